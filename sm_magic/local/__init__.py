"""An endpoint on this machine that speaks SageMaker Runtime: real models, no AWS.

``start()`` runs it in this process, ``serve()`` until interrupted, ``join_or_start()`` takes one that already
runs.  The unmodified boto3 is its client: give it `LocalEndpoint.url` and, as access key id,
`LocalEndpoint.token`.  It listens on 127.0.0.1 only, and never changes the environment.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SmMagicError

if TYPE_CHECKING:
    from .fleet import Fleet

__all__ = ["LocalEndpoint", "discover", "env_lines", "join_or_start", "published", "serve", "start"]

INVOCATION_TIMEOUT = 60.0
"""Seconds that a container has for an answer, as in SageMaker."""
STREAM_TIMEOUT = 480.0
"""Seconds that a container has for a streamed answer, as in SageMaker."""
ASYNC_TIMEOUT = 900.0
"""Seconds that a container has for an asynchronous answer, as in SageMaker, unless the call says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalEndpoint:
    """A running local endpoint: its address, the token it knows callers by, whether it is this process's own."""

    url: str
    token: str = field(repr=False)
    owned: bool = False
    _stop: Callable[[], None] | None = field(default=None, repr=False, compare=False)
    _wait: Callable[[], None] | None = field(default=None, repr=False, compare=False)

    @property
    def connection(self) -> dict[str, str]:
        """What ``Client(**endpoint.connection)`` needs to call it."""
        return {
            "endpoint_url": self.url,
            "sagemaker_endpoint_url": self.url,
            "local_token": self.token,
        }

    def stop(self) -> None:
        """Stop it, if it is this process's own; another process's goes on."""
        if self._stop is not None:
            self._stop()

    def wait(self) -> None:
        """Block until it stops, if it is this process's own."""
        if self._wait is not None:
            self._wait()


_own: LocalEndpoint | None = None
_own_process = 0
_own_lock = threading.Lock()


def start(
    containers: Mapping[str, str] | None = None,
    port: int = 0,
    *,
    seed: int | None = None,
    timeout: float = INVOCATION_TIMEOUT,
    stream_timeout: float = STREAM_TIMEOUT,
    async_timeout: float = ASYNC_TIMEOUT,
) -> LocalEndpoint:
    """Start an endpoint server in this process, with the demo models and *containers* (name -> base URL).

    port: 0 finds a free one.  seed: makes the draw of variants repeatable.  timeout: seconds an answer may take;
    stream_timeout: a streamed one, to its end; async_timeout: an asynchronous one that does not say.
    Raises SmMagicError if the extra is missing or the port is taken, UsageError for a name or URL that can't be.
    """
    _require_extra()
    from .server import Server

    fleet = _fleet(containers or {}, seed, timeout)
    server = Server(
        fleet, port=port, timeout=timeout, stream_timeout=stream_timeout, async_timeout=async_timeout
    )
    server.start()
    return LocalEndpoint(url=server.url, token=server.token, owned=True, _stop=server.stop, _wait=server.wait)


def discover() -> LocalEndpoint | None:
    """A live server that another process left its address of; None if there is none."""
    from . import discovery

    found = discovery.find()
    return None if found is None else LocalEndpoint(url=found[0], token=found[1])


def join_or_start(new: bool = False) -> LocalEndpoint:
    """This process's own server if it has one, else a live one of another process, else a new one of its own.

    new: always a new one of its own; the former goes on for whoever still uses it.
    """
    global _own, _own_process
    with _own_lock:
        own = _own if _own_process == os.getpid() else None
        if own is not None and not new and _alive(own):
            return own
        if not new and (joined := discover()) is not None:
            return joined
        _own, _own_process = start(), os.getpid()
        return _own


@contextmanager
def published(endpoint: LocalEndpoint) -> Iterator[Path | None]:
    """Within the block, other processes of this user find *endpoint* (`discover`)."""
    from . import discovery

    with discovery.published(endpoint.url, endpoint.token) as path:
        yield path


def serve(
    containers: Mapping[str, str] | None = None,
    port: int = 0,
    *,
    say: Callable[[str], None] = print,
) -> None:
    """Serve until interrupted (Ctrl-C or SIGTERM), found by ``%sm_connect local``; for ``sm-magic serve``."""
    from .foreground import until_interrupted

    endpoint = start(containers, port)
    try:
        with published(endpoint):
            say(f"The local endpoint answers at {endpoint.url} (this machine only). Ctrl-C stops it.")
            say("In a notebook:  %sm_connect local")
            say("For boto3 or the AWS CLI:")
            for line in env_lines(endpoint):
                say(f"  {line}")
            until_interrupted(endpoint.wait)
    finally:
        endpoint.stop()


def env_lines(endpoint: LocalEndpoint) -> tuple[str, ...]:
    """The shell lines after which plain boto3 and the AWS CLI call *endpoint*."""
    services = ("SAGEMAKER_RUNTIME", "SAGEMAKER", "STS", "S3", "CLOUDWATCH", "CLOUDWATCH_LOGS")
    return (
        *(f"export AWS_ENDPOINT_URL_{service}={endpoint.url}" for service in services),
        f"export AWS_ACCESS_KEY_ID={endpoint.token}",
        "export AWS_SECRET_ACCESS_KEY=local",
        "export AWS_DEFAULT_REGION=us-east-1",
        "unset AWS_PROFILE AWS_SESSION_TOKEN",
    )


def _fleet(containers: Mapping[str, str], seed: int | None, timeout: float) -> Fleet:
    from .fleet import Fleet
    from .models import demo

    endpoints = {endpoint.name: endpoint for endpoint in demo()}
    if containers:
        from .container import deployed

        endpoints |= {name: deployed(name, base, timeout=timeout) for name, base in containers.items()}
    return Fleet(endpoints, seed=seed)


def _alive(endpoint: LocalEndpoint) -> bool:
    from . import discovery

    return discovery.answers(endpoint.url, endpoint.token) is not False


def _require_extra() -> None:
    """SmMagicError unless the extra is there; one whose import fails for any reason counts as absent."""
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401

        missing = None if find_spec("sklearn") else "scikit-learn"
    except Exception as error:  # noqa: BLE001 - a broken install says anything
        missing = getattr(error, "name", None) or "starlette and uvicorn"
    if missing:
        raise SmMagicError(
            f"The local endpoint needs {missing}, which is not installed here.",
            hint='%pip install "sm-magic[local]"',
        )
