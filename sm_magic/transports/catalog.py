"""The control plane by boto3: who we are, and what is deployed.

Side calls.  Each takes at most two seconds, name resolution and credentials included (a thread counts them).  One
that was refused is not tried again for a minute; after one that did not get through, its whole service is left
alone for that long.  So a network without the control plane costs two seconds a minute, and two more without STS.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, TypeVar

from ..errors import ConnectError, ReadTimeout, SmMagicError
from ..messages import Endpoint, Variant
from . import faults
from .clients import Clients, Stamp

__all__ = ["BotoCatalog", "NoCatalog"]

DEADLINE = 2.0
_FOR_EVER, _LIST_AGE, _ENDPOINT_AGE = float("inf"), 60.0, 10.0
_FAILURE_AGE = 60.0

_T = TypeVar("_T")
_Key = tuple[str, str]
"""The service that is asked, and for what; "" is what became of the last try to reach it."""


class BotoCatalog:
    """The control plane spoken by boto3.  Thread-safe.  Every method but `learn_account` may raise SmMagicError.

    What was told holds for the caller who asked: it goes when the clients are made anew.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._kept: dict[_Key, tuple[float, Any]] = {}
        self._stamp: Stamp | None = None
        self._learning: Stamp | None = None

    def account(self) -> str | None:
        """The caller's account id (GetCallerIdentity, regional)."""
        stamp = self._clients.stamp
        found = str(self._ask(("sts", "account"), self._identify, _FOR_EVER))
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

    def endpoint(self, name: str) -> Endpoint | None:
        """The endpoint *name* (DescribeEndpoint); None if there is none."""
        return self._ask(
            ("sagemaker", f"endpoint {name}"), lambda: _describe(self._clients.control(), name), _ENDPOINT_AGE
        )

    def endpoints(self) -> tuple[str, ...]:
        """The names of the endpoints here (ListEndpoints), newest first, at most 100."""
        return self._ask(("sagemaker", "endpoints"), lambda: _list(self._clients.control()), _LIST_AGE)

    def backlog(self, name: str) -> int | None:
        """The requests that wait for the endpoint *name* or are in work (ApproximateBacklogSize of CloudWatch)."""
        return self._ask(("cloudwatch", name), lambda: _backlog(self._clients.metrics(), name), _ENDPOINT_AGE)

    def _identify(self) -> Any:
        return self._clients.identity().get_caller_identity()["Account"]

    def _learn(self) -> None:
        with suppress(SmMagicError):
            self.account()

    def _ask(self, key: _Key, ask: Callable[[], _T], age: float) -> _T:
        kept, resting = self._answers(), (key[0], "")
        now = time.monotonic()
        until, found = kept.get(key, (0.0, None))
        if now >= until:
            until, found = kept.get(resting, (0.0, None))
        if now >= until:
            found, good = self._try(ask)
            kept[key] = (time.monotonic() + (age if good else _FAILURE_AGE), found)
            if isinstance(found, ConnectError | ReadTimeout):
                kept[resting] = kept[key]
        if isinstance(found, SmMagicError):
            raise found
        answer: _T = found
        return answer

    def _answers(self) -> dict[_Key, tuple[float, Any]]:
        """What this caller was told.  A side call that outlives its caller writes into what is dropped."""
        stamp = self._clients.stamp
        with self._lock:
            if stamp != self._stamp:
                self._kept, self._stamp = {}, stamp
            return self._kept

    def _try(self, ask: Callable[[], _T]) -> tuple[_T | SmMagicError, bool]:
        try:
            return _within(DEADLINE, ask), True
        except SmMagicError as exc:
            return exc, False
        except Exception as exc:  # noqa: BLE001 - boto3's and urllib3's become ours
            return faults.translate(
                exc, connection=self._clients.connection, where=self._clients.where
            ), False


class NoCatalog:
    """The control plane of a client that the user made: it can't be told with whose credentials to ask."""

    def account(self) -> NoReturn:
        """Not known."""
        raise ConnectError("Nothing is known of this client's control plane.")

    def learn_account(self) -> None:
        """There is nobody to ask."""

    def endpoint(self, name: str) -> NoReturn:
        """Not known."""
        self.account()

    def endpoints(self) -> NoReturn:
        """Not known."""
        self.account()

    def backlog(self, name: str) -> NoReturn:
        """Not known."""
        self.account()


def _within(seconds: float, ask: Callable[[], _T]) -> _T:
    """*ask*'s answer, or ConnectError after *seconds*.  A resolver that hangs can't be interrupted otherwise."""
    answers: queue.SimpleQueue[tuple[Any, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((ask(), None))
        except Exception as exc:  # noqa: BLE001 - raised again by the thread that waits
            answers.put((None, exc))

    threading.Thread(target=run, name="sm_magic side call", daemon=True).start()
    try:
        answer, failure = answers.get(timeout=seconds)
    except queue.Empty:
        raise ConnectError(f"The control plane did not answer within {seconds:g} s.") from None
    if failure is not None:
        raise failure
    found: _T = answer
    return found


def _list(control: Any) -> tuple[str, ...]:
    answer = control.list_endpoints(SortBy="CreationTime", SortOrder="Descending", MaxResults=100)
    return tuple(endpoint["EndpointName"] for endpoint in answer["Endpoints"])


def _describe(control: Any, name: str) -> Endpoint | None:
    from botocore.exceptions import ClientError

    try:
        told = control.describe_endpoint(EndpointName=name)
    except ClientError as exc:
        if "could not find" in str(exc).lower():
            return None
        raise
    asynchronous = told.get("AsyncInferenceConfig")
    output = (asynchronous or {}).get("OutputConfig", {})
    variants = told.get("ProductionVariants") or _configured(control, told.get("EndpointConfigName"))
    return Endpoint(
        name=told["EndpointName"],
        status=told["EndpointStatus"],
        arn=told.get("EndpointArn", ""),
        variants=tuple(_variant(variant) for variant in variants),
        failure_reason=told.get("FailureReason"),
        asynchronous=bool(asynchronous),
        output_path=output.get("S3OutputPath"),
        failure_path=output.get("S3FailurePath"),
    )


def _configured(control: Any, config: str | None) -> list[dict[str, Any]]:
    """The variants by DescribeEndpointConfig: an endpoint that is being created does not tell them itself."""
    from botocore.exceptions import BotoCoreError, ClientError

    if config is None:
        return []
    try:
        told = control.describe_endpoint_config(EndpointConfigName=config)
    except (BotoCoreError, ClientError):  # often denied where DescribeEndpoint is allowed
        return []
    variants: list[dict[str, Any]] = told.get("ProductionVariants", [])
    return variants


def _backlog(metrics: Any, name: str) -> int | None:
    """The last minute that CloudWatch has, of the last five; GetMetricData would cost money for each call."""
    now = datetime.now(UTC)
    told = metrics.get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName="ApproximateBacklogSize",
        Dimensions=[{"Name": "EndpointName", "Value": name}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now,
        Period=60,
        Statistics=["Average"],
    )
    points = sorted(told["Datapoints"], key=lambda point: point["Timestamp"])
    return round(points[-1]["Average"]) if points else None


def _variant(told: dict[str, Any]) -> Variant:
    images = (
        image.get("SpecifiedImage") or image.get("ResolvedImage") for image in told.get("DeployedImages", [])
    )
    return Variant(
        name=told["VariantName"],
        weight=told.get("CurrentWeight", told.get("InitialVariantWeight")),
        instances=told.get("CurrentInstanceCount", told.get("InitialInstanceCount")),
        desired=told.get("DesiredInstanceCount"),
        images=tuple(image for image in images if image),
    )
