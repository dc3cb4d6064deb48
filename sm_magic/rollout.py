"""An endpoint that is being deployed, changed or deleted: followed until it stays what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .deployments import Log
from .descriptions import Missing
from .errors import AccessDeniedException, SmMagicError
from .logtail import group
from .messages import Endpoint
from .readiness import Clock
from .transports import Catalog

__all__ = ["Step", "follow"]

# API reference, DescribeEndpoint: EndpointStatus.
_PASSING: Final = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})
_PAUSE: Final = 10.0  # seconds from one look to the next
_LINES: Final = 8
_MINUTES: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One look.  endpoint: None where there is none.  elapsed: seconds since the first.  over: it stays what it is.

    problem: why the look failed; the endpoint is then what it was.  log: the last lines; None where they can't be read.
    missing: what it would take to read them.
    """

    endpoint: Endpoint | None
    elapsed: float
    over: bool
    log: Log | None = None
    problem: str | None = None
    missing: Missing | None = None


def follow(catalog: Catalog, name: str, *, clock: Clock | None = None) -> Iterator[Step]:
    """Look every ten seconds until *name* is neither created, changed nor deleted any more.

    Raises SmMagicError if the first look fails; what fails later is said and tried again.
    """
    clock = clock or Clock()
    catalog.retry(name)
    started, known = clock.now(), catalog.endpoint(name)
    problem: str | None = None
    log: Log | None = None
    missing: Missing | None = None
    while True:
        if missing is None:
            log, missing = _log(catalog, name)
        over = problem is None and (known is None or known.status not in _PASSING)
        yield Step(
            endpoint=known,
            elapsed=clock.now() - started,
            over=over,
            log=log,
            problem=problem,
            missing=missing,
        )
        if over:
            return
        clock.sleep(_PAUSE)
        catalog.retry(name)
        problem = None
        try:
            known = catalog.endpoint(name)
        except SmMagicError as error:
            problem = error.message


def _log(catalog: Catalog, name: str) -> tuple[Log | None, Missing | None]:
    """The last lines, and what forbids to ask for them again."""
    try:
        return catalog.logs(group(name), minutes=_MINUTES, most=_LINES), None
    except AccessDeniedException:
        return None, Missing("not allowed", "logs:FilterLogEvents")
    except SmMagicError:
        return None, None
