"""What a Client tells of endpoints: which there are, one in detail, what its containers wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from . import catalog, logtail, rollout
from .errors import ConnectError, SmMagicError, ValidationError
from .progress import OnProgress, silent
from .spelling import near, question

if TYPE_CHECKING:
    from .descriptions import Description, Overview
    from .logtail import Tail
    from .readiness import Clock
    from .rollout import Step
    from .settings import Settings
    from .transports import Catalog, Runtime

__all__ = ["Describing"]


class Describing:
    """The part of Client that asks the control plane, CloudWatch and its logs.  A call takes two seconds at most."""

    settings: Settings
    runtime: Runtime
    catalog: Catalog | None

    def endpoints(self, pattern: str | None = None, *, on_progress: OnProgress = silent) -> Overview:
        """The endpoints here, newest first; only those whose names fit *pattern* (``iris*``), whatever the case.

        Of the first 50 what `Description` tells of state, kind and variants.  Raises SmMagicError if they can't be
        listed; what else is denied stands in `missing`.
        """
        plane = self._plane()
        plane.retry()
        found = catalog.overview(plane, pattern, on_progress)
        where = self.runtime.where
        rows = tuple(replace(one, where=where, settings=self.settings) for one in found.endpoints)
        return replace(found, endpoints=rows, where=where, settings=self.settings)

    def describe(self, name: str, *, brief: bool = False) -> Description:
        """The endpoint *name* in detail: its `endpoint` (state, variants), `components`, `models`, `traffic` and more.

        What could not be asked stands in `missing`, each with the permission that it takes.
        brief: its variants and the names of its components alone, by two calls.
        Raises ValidationError if there is no such endpoint, ConnectError if there is no control plane to ask.
        """
        plane = self._plane()
        if not brief:
            plane.retry(name)
        found = catalog.describe(plane, name, brief=brief)
        if found is None:
            raise self._absent(name)
        return replace(found, where=self.runtime.where, settings=self.settings)

    def logs(
        self,
        name: str,
        *,
        variant: str | None = None,
        component: str | None = None,
        minutes: float = 60.0,
        grep: str | None = None,
        most: int = 100,
        seconds: float = 10.0,
    ) -> Tail:
        """The last lines that the containers of the endpoint *name* wrote (CloudWatch Logs), newest last.

        variant: those of one.  component: those of an inference component, which has a log of its own.
        minutes: how far back.  grep: what a line holds; case counts.  most: how many lines.
        seconds: what it may take.  Raises AccessDeniedException without logs:FilterLogEvents, ValidationError if
        there is no such endpoint and no log of one.
        """
        plane = self._plane()
        plane.retry()
        log = plane.logs(
            logtail.group(name, component),
            stream=f"{variant}/" if variant and not component else "",
            minutes=minutes,
            grep=grep or "",
            most=most,
            seconds=seconds,
        )
        if not log.there and not component and self._is_absent(name):
            raise self._absent(name)
        return logtail.Tail(
            name=name, log=log, minutes=minutes, grep=grep, where=self.runtime.where, settings=self.settings
        )

    def follow(self, name: str, *, clock: Clock | None = None) -> Iterator[Step]:
        """The states of the endpoint *name*, a look every ten seconds, until it is neither made, changed nor deleted.

        for step in client.follow("my-llm"):
            print(step.endpoint.status, step.elapsed)

        Raises ValidationError if there is no such endpoint, SmMagicError if it can't be described.
        """
        for number, step in enumerate(rollout.follow(self._plane(), name, clock=clock)):
            if step.endpoint is None and not number:
                raise self._absent(name)
            yield step

    def _plane(self) -> Catalog:
        if self.catalog is None:
            raise ConnectError("Nothing is known of this client's control plane.")
        return self.catalog

    def _is_absent(self, name: str) -> bool:
        """Whether there is no endpoint of that name: a new one has no log yet, a deleted one may still have it."""
        try:
            return self._plane().endpoint(name) is None
        except SmMagicError:
            return False

    def _absent(self, name: str) -> ValidationError:
        where = self.runtime.where
        try:
            found = near(name, self._plane().endpoints(), most=3)
        except SmMagicError:
            found = []
        return ValidationError(
            f"There is no endpoint {name} {f'in {where.region}' if where.region else 'here'}.",
            hint=question(*found) if found else "%sm_endpoints lists those that there are.",
            status=400,
            code="ValidationException",
        )
