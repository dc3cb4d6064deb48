"""What of sm_magic works with one endpoint, and what it would take: a Check for each feature and permission.

Nothing is invoked.  The questions go side by side, each with two seconds; one that is denied, slow or pointless is a
Check like any other.
"""

from __future__ import annotations

import queue
import threading
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from . import verdicts
from .arns import parse_endpoint
from .errors import ConnectError, SmMagicError
from .messages import Endpoint, Request, Where
from .s3 import S3Folder, S3Uri
from .spelling import ended

if TYPE_CHECKING:
    from .checklist import Check
    from .client import Client
    from .transports import Catalog, Store
    from .transports.access import Access

__all__ = ["Checking", "check"]

_DEADLINE: Final = 2.2  # seconds: most questions have two of their own


class Checking:
    """The part of Client that looks at what works."""

    access: Access

    def check(self: Client, endpoint: str) -> tuple[Check, ...]:  # type: ignore[misc] # Client alone has it
        """What works with *endpoint*, a name or an ARN: a `Check` for each feature and permission.

        Takes some seconds at most; nothing is invoked, and what is denied raises nothing.
        Raises UsageError for an ARN of another region or place.
        """
        name, arn = parse_endpoint(endpoint)
        home = self.home(Request(endpoint=name, arn=arn))
        return check(name, where=home.where, catalog=home.catalog, store=home.store, access=home.access)


def check(
    name: str, *, where: Where, catalog: Catalog | None, store: Store | None, access: Access
) -> tuple[Check, ...]:
    """The checks of the endpoint *name*."""
    access.prepare()
    first: dict[str, Callable[[], Any]] = {"caller": access.caller, "reach": access.reach}
    if catalog is not None:
        catalog.retry(name)
        first["endpoint"] = lambda: catalog.endpoint(name)
        first["endpoints"] = catalog.endpoints
        first["components"] = lambda: catalog.components(name)
    answers = _Answers()
    answers.ask(first)
    endpoint = verdicts.described(answers)
    answers.ask(
        {
            **({} if catalog is None else _watching(name, endpoint, answers.given("components"), catalog)),
            **({} if store is None or endpoint is None else _stored(endpoint, store)),
            **(
                {}
                if where.place != "AWS"
                else _permitted(name, endpoint, where, answers.given("caller"), access)
            ),
        }
    )
    return verdicts.checks(name, where, answers)


class _Answers:
    """What was answered to the questions, by name: values, and SmMagicErrors."""

    def __init__(self) -> None:
        self._told: dict[str, Any] = {}

    def ask(self, questions: Mapping[str, Callable[[], Any]]) -> None:
        """Ask them side by side; what is not answered in time is a ConnectError."""
        answers: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()

        def put(name: str, question: Callable[[], Any]) -> None:
            try:
                answers.put((name, question()))
            except SmMagicError as error:
                answers.put((name, error))
            except Exception as exc:  # noqa: BLE001 - a check tells, and raises nothing
                answers.put((name, ConnectError(f"It failed: {ended(exc)}")))

        for one in questions.items():
            threading.Thread(target=put, args=one, name="sm_magic check", daemon=True).start()
        try:
            for _ in questions:
                name, answer = answers.get(timeout=_DEADLINE)
                self._told[name] = answer
        except queue.Empty:
            late = ConnectError("No answer within 2 s.")
            self._told |= {name: late for name in questions if name not in self._told}

    def given(self, name: str) -> Any:
        """The answer, an SmMagicError; None also where nothing was asked."""
        return self._told.get(name)

    def asked(self, name: str) -> bool:
        """Whether there was somebody to ask."""
        return name in self._told


_Questions = dict[str, Callable[[], Any]]


def _watching(name: str, endpoint: Endpoint | None, components: Any, catalog: Catalog) -> _Questions:
    """Logs and metrics: a component has a log of its own."""
    variants = [variant.name for variant in endpoint.variants] if endpoint else []
    group = f"/aws/sagemaker/Endpoints/{name}"
    if isinstance(components, tuple) and components:
        group = f"/aws/sagemaker/InferenceComponents/{components[0].name}"
    return {
        "logs": lambda: catalog.logs(group, most=1),
        "traffic": lambda: catalog.traffic(name, variants or ["AllTraffic"]),
    }


def _stored(endpoint: Endpoint, store: Store) -> _Questions:
    """The folders of asynchronous answers, each by a key that nothing has: reading it tells what is allowed."""
    folders = {"answers": endpoint.output_path, "failures": endpoint.failure_path}
    return {
        name: partial(store.look, _nowhere(folder))
        for name, folder in folders.items()
        if endpoint.asynchronous and folder
    }


def _permitted(
    name: str, endpoint: Endpoint | None, where: Where, caller: object, access: Access
) -> _Questions:
    """What the caller's policies allow.  In a policy the endpoint's name is in lower case."""
    if not isinstance(caller, str):
        return {}
    _, partition, _, _, account, _ = caller.split(":", 5)
    arn = f"arn:{partition}:sagemaker:{where.region}:{account}:endpoint/{name.lower()}"
    return {"allowed": lambda: access.allowed(verdicts.actions(endpoint), arn)}


def _nowhere(folder: str) -> S3Uri:
    """A key of the folder that nothing has."""
    inside = S3Folder.of(folder)
    return S3Uri(inside.bucket, f"{inside.prefix}sm_magic-check-{uuid.uuid4().hex}")
