"""Looks at the two places in S3 where an asynchronous answer may be: a pure function of a Store and a Clock.

There is no API that tells the state of an asynchronous request (InvokeEndpointAsync): only these two objects do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from .errors import CredentialsError, ServiceError, SmMagicError, ThrottlingException
from .readiness import Clock
from .s3 import Look, S3Uri
from .transports import Store

__all__ = ["Places", "Seen", "look", "pause", "until_seen"]

_SHORTEST, _SHARE, _LONGEST = 0.1, 0.1, 30.0  # seconds, of the elapsed time, seconds
_BUSY: Final = frozenset({"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where an answer and a failure will be; an object from before *since* (whole seconds, UTC) is neither."""

    output: S3Uri
    failure: S3Uri | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look at both places found.

    answer, failure: the object, if it is there.  trouble: why something could not be looked at.
    hopeless: no waiting helps against the trouble.  hidden: S3 does not say whether there is an answer.
    """

    answer: Look | None = None
    failure: Look | None = None
    trouble: SmMagicError | None = None
    hopeless: bool = False
    hidden: bool = False

    @property
    def over(self) -> bool:
        """Whether the request was answered, or failed."""
        return self.answer is not None or self.failure is not None


def pause(elapsed: float) -> float:
    """Seconds until the next look, *elapsed* seconds after the submission."""
    return min(_LONGEST, max(_SHORTEST, _SHARE * elapsed))


def look(store: Store, places: Places) -> Seen:
    """One look: at the output, then at the failure.  Raises nothing: what goes wrong is the `trouble`."""
    try:
        output = store.look(places.output, places.since)
        if output.state == "there":
            return Seen(answer=output)
        failure = None if places.failure is None else store.look(places.failure, places.since)
    except SmMagicError as error:
        return Seen(trouble=error, hopeless=_hopeless(error))
    if failure is not None and failure.state == "there":
        return Seen(failure=failure)
    if output.state == "denied":
        return Seen(trouble=output.error, hopeless=True)
    denied = failure is not None and failure.state == "denied"
    return Seen(trouble=failure.error if failure and denied else None, hidden=output.state == "hidden")


def _hopeless(error: SmMagicError) -> bool:
    """Not what a network or a busy service does: those are asked again."""
    if isinstance(error, ThrottlingException):
        return False
    if isinstance(error, ServiceError):
        return error.code not in _BUSY and (error.status or 0) < 500
    return isinstance(error, CredentialsError)


def until_seen(
    store: Store,
    places: Places,
    clock: Clock,
    *,
    started: float,
    patience: float,
    on_look: Callable[[Seen], bool],
) -> Seen | None:
    """Look until there is an answer or a failure, for *patience* seconds at most; None if there was none.

    started: when the request was submitted, by *clock*.  on_look: told of each look; True ends it.
    """
    end = clock.now() + patience
    while True:
        seen = look(store, places)
        if on_look(seen) or seen.over:
            return seen
        now = clock.now()
        if now >= end:
            return None
        clock.sleep(min(pause(now - started), end - now))
