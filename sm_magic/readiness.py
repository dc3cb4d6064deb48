"""Waiting for a model that is not ready yet: what certainly never reached it is sent again, visibly."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .errors import Cancelled, ModelNotReadyException, ServiceError
from .progress import OnProgress, Progress
from .transports import cancellation

__all__ = ["Clock", "stopped", "until_ready"]

_FIRST, _LONGEST = 1.0, 15.0  # seconds between two looks at a model that is not ready
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time, as an argument: tests hand in one that does not wait."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = cancellation.sleep


def until_ready(
    send: Callable[[], Answer], endpoint: str, patience: float, on_progress: OnProgress, clock: Clock
) -> tuple[Answer, int]:
    """What *send* gives, and how many sendings were refused before it.

    It is called again for as long as the model certainly never saw the request and *patience* (seconds) allows.
    Raises what *send* raises; Cancelled on an interrupt, or where the call is given up.
    """
    started, wait, refused = clock.now(), _FIRST, 0
    try:
        while True:
            try:
                return send(), refused
            except ServiceError as error:
                elapsed = clock.now() - started
                refused += error.attempts
                if not _worth_waiting(error) or elapsed + wait > patience:
                    error.attempts = refused
                    raise
                on_progress(Progress(what=f"{endpoint} is not ready: {error.message}", elapsed=elapsed))
            clock.sleep(wait)
            wait = min(wait * 1.5, _LONGEST)
    except KeyboardInterrupt as stop:
        raise Cancelled(
            f"{stopped(stop)} after {clock.now() - started:.1f} s; {endpoint} may still be computing an answer."
        ) from None


def stopped(stop: KeyboardInterrupt) -> str:
    """How the call was ended: by the user in its thread, or from another."""
    return "Cancelled" if isinstance(stop, Cancelled) else "Interrupted"


def _worth_waiting(error: ServiceError) -> bool:
    """The model is loading or has no capacity.  A throttled request never ran either, but waiting is no cure."""
    return error.never_ran and (error.not_ready or isinstance(error, ModelNotReadyException))
