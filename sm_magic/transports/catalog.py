"""The control plane, CloudWatch and its logs by boto3: who we are, what is deployed, and how it does.

`control`, `metrics` and `logs` call, a service each; all are side calls (`asking`).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

from ..deployments import Component, Configuration, Listed, Log, Model, Traffic
from ..errors import ConnectError, SmMagicError
from ..messages import Endpoint
from . import bucket, control, logs, metrics
from .asking import DEADLINE, Asking
from .clients import Clients, Stamp

__all__ = ["BotoCatalog", "NoCatalog"]

_FOR_EVER, _LIST_AGE, _ENDPOINT_AGE = float("inf"), 60.0, 10.0
_CONFIG_AGE = 600.0  # configurations and models are never changed, only made anew
_PAGES = 3


class BotoCatalog:
    """The control plane spoken by boto3.  Thread-safe.  Every method but `learn_account` may raise SmMagicError."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._asking = Asking(clients)
        self._lock = threading.Lock()
        self._learning: Stamp | None = None

    def account(self) -> str | None:
        """The caller's account id (GetCallerIdentity, regional)."""
        stamp = self._clients.stamp
        found = str(self._asking.ask(("sts", "account"), self._identify, _FOR_EVER))
        self._clients.know_account(found, stamp)
        return found

    def learn_account(self) -> None:
        """Ask for the account in a thread, once for each caller: the cards that come after the answer have it."""
        stamp = self._clients.stamp
        with self._lock:
            if stamp == self._learning:
                return
            self._learning = stamp
        threading.Thread(target=self._learn, name="sm_magic account", daemon=True).start()

    def retry(self, endpoint: str | None = None) -> None:
        """Ask again what was refused or not told, and not in a minute only; of *endpoint* what changes as well."""
        self._asking.retry(lambda what: endpoint is not None and _changes(what, endpoint))

    def endpoint(self, name: str) -> Endpoint | None:
        """The endpoint *name* (DescribeEndpoint); None if there is none."""
        return self._asking.ask(
            ("sagemaker", f"endpoint {name}"),
            lambda: control.endpoint(self._clients.control(), name),
            _ENDPOINT_AGE,
        )

    def endpoints(self) -> tuple[str, ...]:
        """The names of the endpoints here (ListEndpoints), newest first, at most 100."""
        found = self._asking.ask(
            ("sagemaker", "endpoints"), lambda: control.listed(self._clients.control(), "", 1), _LIST_AGE
        )
        return tuple(one.name for one in found)

    def listed(self, contains: str = "") -> tuple[Listed, ...]:
        """The endpoints whose names contain *contains* (ListEndpoints), newest first, at most 300."""
        return self._asking.ask(
            ("sagemaker", f"listed {contains}"),
            lambda: control.listed(self._clients.control(), contains, _PAGES),
            _ENDPOINT_AGE,
        )

    def configuration(self, name: str) -> Configuration | None:
        """The endpoint configuration *name* (DescribeEndpointConfig); None if there is none."""
        return self._asking.ask(
            ("sagemaker", f"configuration {name}"),
            lambda: control.configuration(self._clients.control(), name),
            _CONFIG_AGE,
        )

    def model(self, name: str) -> Model | None:
        """The model *name* (DescribeModel); None if there is none."""
        return self._asking.ask(
            ("sagemaker", f"model {name}"), lambda: control.model(self._clients.control(), name), _CONFIG_AGE
        )

    def components(self, endpoint: str | None = None) -> tuple[Component, ...]:
        """The inference components of *endpoint*, or of all (ListInferenceComponents), at most 300."""
        return self._asking.ask(
            ("sagemaker", f"components {endpoint or ''}"),
            lambda: control.components(self._clients.control(), endpoint),
            _ENDPOINT_AGE,
        )

    def component(self, name: str) -> Component | None:
        """The inference component *name* (DescribeInferenceComponent); None if there is none."""
        return self._asking.ask(
            ("sagemaker", f"component {name}"),
            lambda: control.component(self._clients.control(), name),
            _ENDPOINT_AGE,
        )

    def below(self, folder: str, most: int = 100) -> tuple[str, ...]:
        """The keys below a folder of S3 (ListObjectsV2), without it; *most* of them, and one more."""
        return self._asking.ask(
            ("s3", f"{folder} {most}"),
            lambda: bucket.below(self._clients.storage(), folder, most),
            _ENDPOINT_AGE,
        )

    def backlog(self, name: str) -> int | None:
        """The requests that wait for the endpoint *name* or are in work (ApproximateBacklogSize of CloudWatch)."""
        return self._asking.ask(
            ("cloudwatch", name), lambda: metrics.backlog(self._clients.metrics(), name), _ENDPOINT_AGE
        )

    def traffic(self, name: str, variants: Sequence[str]) -> tuple[Traffic, ...]:
        """The last hour of *variants* of the endpoint *name* (GetMetricData of CloudWatch)."""
        return self._asking.ask(
            ("cloudwatch", f"traffic {name} {' '.join(variants)}"),
            lambda: metrics.traffic(self._clients.metrics(), name, variants),
            _ENDPOINT_AGE,
        )

    def logs(
        self,
        group: str,
        *,
        stream: str = "",
        minutes: float = 60.0,
        grep: str = "",
        most: int = 100,
        seconds: float = DEADLINE,
    ) -> Log:
        """The last lines of a log group (FilterLogEvents of CloudWatch Logs), newest last."""
        return self._asking.ask(
            ("logs", group),
            lambda: logs.tail(
                self._clients.logs(),
                group,
                stream=stream,
                minutes=minutes,
                grep=grep,
                most=most,
                seconds=seconds * _SHARE,
            ),
            0.0,
            seconds=seconds,
        )

    def _identify(self) -> Any:
        return self._clients.identity().get_caller_identity()["Account"]

    def _learn(self) -> None:
        with suppress(SmMagicError):
            self.account()


def _changes(what: str, endpoint: str) -> bool:
    """Whether the answer to *what* tells of *endpoint* now; of a component its name doesn't say whose it is."""
    kind, _, name = what.partition(" ")
    return (
        what == endpoint
        or kind == "component"
        or (kind == "traffic" and name.split(" ")[0] == endpoint)
        or (kind in ("endpoint", "components") and name == endpoint)
    )


_SHARE = 0.5  # of the time, after which no further page is asked for


class NoCatalog:
    """The control plane of a client that the user made: it can't be told with whose credentials to ask."""

    def account(self) -> NoReturn:
        """Not known."""
        raise ConnectError("Nothing is known of this client's control plane.")

    def learn_account(self) -> None:
        """There is nobody to ask."""

    def retry(self, endpoint: str | None = None) -> None:
        """There is nobody to ask."""

    def endpoint(self, name: str) -> NoReturn:
        """Not known."""
        self.account()

    def endpoints(self) -> NoReturn:
        """Not known."""
        self.account()

    def listed(self, contains: str = "") -> NoReturn:
        """Not known."""
        self.account()

    def configuration(self, name: str) -> NoReturn:
        """Not known."""
        self.account()

    def model(self, name: str) -> NoReturn:
        """Not known."""
        self.account()

    def components(self, endpoint: str | None = None) -> NoReturn:
        """Not known."""
        self.account()

    def component(self, name: str) -> NoReturn:
        """Not known."""
        self.account()

    def below(self, folder: str, most: int = 100) -> NoReturn:
        """Not known."""
        self.account()

    def backlog(self, name: str) -> NoReturn:
        """Not known."""
        self.account()

    def traffic(self, name: str, variants: Sequence[str]) -> NoReturn:
        """Not known."""
        self.account()

    def logs(self, group: str, **wanted: Any) -> NoReturn:
        """Not known."""
        self.account()
