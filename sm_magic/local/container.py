"""A model container behind the local endpoint: ``POST BASE/invocations`` and ``GET BASE/ping``.

The container sees what it would see in SageMaker: Content-Type, Accept and the X-Amzn-SageMaker headers, and
nothing of the caller's signature.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import urllib3

from .. import addresses
from ..errors import UsageError
from ..members import INPUTS
from ..settings import GiB
from .asynchronous import LONGEST
from .fleet import ContainerError, Deployed, Variant
from .wire import Call, Refusal, Reply, StreamFault, from_container, to_container

VARIANT = "AllTraffic"
_CHUNK = 1 << 20
_DEAD = (
    "The container of endpoint {name} at {base} does not answer ({reason}): nothing was sent to the model. "
    "Start it, or serve another address with --container {name}=URL."
)


class Container:
    """A model: asks the container at *base*, for at most *timeout* seconds."""

    def __init__(self, name: str, base: str, *, timeout: float = 60.0) -> None:
        self.name = name
        self.base = base
        self._timeout = timeout
        # A pool manager of its own knows no proxies of the environment: nothing leaves for another address.
        self._pool = urllib3.PoolManager(maxsize=16, retries=False)
        self._healthy = False

    def __call__(self, call: Call) -> Reply:
        """The container's answer; one that is streamed comes on as the container sends it.

        Raises Refusal when it can't be reached (nothing was sent) or is not ready, ContainerError when it broke
        off.
        """
        if not self._healthy and not self.ping():
            raise Refusal(
                "ModelNotReadyException",
                f"Model for endpoint {self.name} is not ready: GET {self.base}/ping does not answer 200 yet.",
            )
        try:
            return self._send(call)
        except urllib3.exceptions.NewConnectionError as error:
            raise self._dead(error) from error
        except (urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.LocationParseError) as error:
            raise self._dead(error) from error
        except urllib3.exceptions.ReadTimeoutError as error:
            raise TimeoutError from error
        except urllib3.exceptions.HTTPError as error:
            text = f"The container closed the connection before it had answered ({error})."
            raise ContainerError(500, text) from error

    def ping(self) -> bool:
        """Whether ``GET /ping`` answers 200; Refusal if nobody listens there."""
        try:
            answer = self._pool.request("GET", f"{self.base}/ping", timeout=1.0, redirect=False)
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
            raise self._dead(error) from error
        except urllib3.exceptions.HTTPError:
            return False
        self._healthy = answer.status == 200
        return self._healthy

    def status(self) -> str:
        """The endpoint's status: SageMaker calls one InService once its container has answered the ping."""
        try:
            return "InService" if self.ping() else "Creating"
        except Refusal:
            return "Failed" if self._healthy else "Creating"

    def _send(self, call: Call) -> Reply:
        timeout = LONGEST if call.operation == "InvokeEndpointAsync" else self._timeout
        deadline = time.monotonic() + timeout
        answer = self._pool.request(
            "POST",
            f"{self.base}/invocations",
            body=call.body,
            headers=to_container(call),
            timeout=urllib3.Timeout(connect=5.0, read=timeout),
            redirect=False,
            preload_content=False,
        )
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if call.operation == "InvokeEndpointWithResponseStream" and 200 <= answer.status < 300:
            return replace(from_container(answer.status, headers, b""), parts=_parts(answer, self._timeout))
        try:
            body = _read(answer, deadline)
        finally:
            answer.release_conn()
        return from_container(answer.status, headers, body)

    def _dead(self, error: Exception) -> Refusal:
        reason = "connection refused" if "refused" in str(error).lower() else "no connection"
        text = _DEAD.format(name=self.name, base=self.base, reason=reason)
        return Refusal("InternalDependencyException", text)


def deployed(name: str, base: str, *, timeout: float = 60.0) -> Deployed:
    """The endpoint *name* with the container at *base* behind it; UsageError if either can't be one."""
    pattern = next(member.invoke for member in INPUTS if member.name == "endpoint")
    if not re.fullmatch(pattern.pattern or "" if pattern else "", name) or len(name) > 63:
        raise UsageError(
            f"{name!r} can't be an endpoint's name.",
            hint="Letters, digits and single hyphens between them, 63 at most: --container my-model=http://…",
        )
    container = Container(name, _checked(name, base), timeout=timeout)
    variant = Variant(name=VARIANT, model=container, image=container.base)
    return Deployed(name=name, variants=(variant,), status=container.status)


def _checked(name: str, base: str) -> str:
    """*base* without /invocations; what it is sent is the user's data, so it is judged as an endpoint's URL is."""
    option = f"--container {name}="
    if "@" not in base and (set(base) & set("?#") or not addresses.is_url(base)):
        raise UsageError(
            f"{addresses.shown(base)} can't be a container's address.",
            hint=f"Give the part before /invocations, without a query: {option}http://127.0.0.1:8080",
        )
    addresses.check(base, option=option)
    return base.rstrip("/").removesuffix("/invocations")


def _parts(answer: urllib3.BaseHTTPResponse, seconds: float) -> Iterator[bytes]:
    """What the container sends, as it comes: chunk by chunk, or what has arrived of a body that has no chunks."""
    if answer.chunked or not hasattr(answer, "read1"):  # urllib3 before 2.1
        chunks = answer.stream(_CHUNK, decode_content=True)
    else:
        chunks = iter(partial(answer.read1, _CHUNK), b"")
    try:
        yield from chunks
    except urllib3.exceptions.ReadTimeoutError as error:
        text = f"The container sent nothing for {seconds:g} seconds."
        raise StreamFault(text, "ModelInvocationTimeExceeded") from error
    except urllib3.exceptions.HTTPError as error:
        raise StreamFault(f"The container closed the connection within its answer ({error}).") from error
    finally:
        answer.close()  # of a stream that was read to its end, the connection is in the pool by now
        answer.release_conn()


def _read(answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := answer.read(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if time.monotonic() > deadline:
            raise TimeoutError
        if size > GiB:
            raise ContainerError(500, "The container's answer is longer than 1 GiB.")
    return b"".join(chunks)
