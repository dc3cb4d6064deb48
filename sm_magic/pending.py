"""A Pending: a call that goes on in the background, and what becomes of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from concurrent import futures
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, Literal

from . import views
from .background import Call
from .errors import Cancelled, SmMagicError, StillRunning
from .jobcards import since
from .messages import Where
from .privacy import redact
from .progress import OnProgress, Progress
from .result import Result
from .settings import Settings
from .watching import watch

__all__ = ["OnChange", "Pending", "State"]

State = Literal["waiting", "done", "failed", "cancelled"]
OnChange = Callable[["Pending"], None]
"""What is told that there is something new, by a thread of the background."""

_SLICE: Final = 0.5  # seconds
_SOON: Final = 1.0  # seconds within which a thread is found for a call
_GIVING_UP: Final = 1.0  # seconds that `result` gives a call to leave what came


class Pending:
    """A call in a thread of its own, sent already.

    `result()` waits for the answer, ``await pending`` does so for asyncio.  An interrupt of the waiting, or a time
    that is over, leaves the call alone; `cancel` gives it up.  Thread-safe.
    """

    def __init__(
        self, work: Callable[[OnProgress], Result], *, endpoint: str, where: Where, settings: Settings
    ) -> None:
        """work: sends the request; it is told what to tell of its progress."""
        self.endpoint, self.where, self.settings = endpoint, where, settings
        self._started = time.monotonic()
        self._ended: float | None = None
        self._says = ""
        self._listeners: list[OnChange] = []
        self._call = Call(lambda: work(self._progress), on_end=self._tell)
        self._call.start()

    @property
    def state(self) -> State:
        """What is known: "waiting" until there is an answer or an error."""
        future = self._call.future
        if future.cancelled():
            return "cancelled"
        if not future.done():
            return "waiting"
        return "done" if future.exception() is None else "failed"

    @property
    def done(self) -> bool:
        """Whether it is over: answered, failed or given up."""
        return self._call.future.done()

    @property
    def elapsed(self) -> float:
        """Seconds since it was begun, or until its end."""
        return (self._ended or time.monotonic()) - self._started

    @property
    def error(self) -> BaseException | None:
        """What `result` raises; None if it was answered, or is not over."""
        if not self.done:
            return None
        if not self._call.future.cancelled():
            return self._call.future.exception()
        if not self._call.begun:
            return Cancelled(f"Cancelled after {self.elapsed:.1f} s, before it was sent.")
        return self._call.left or Cancelled(
            f"Cancelled after {self.elapsed:.1f} s; {self.endpoint} may still be computing an answer."
        )

    def result(self, timeout: float | None = None) -> Result:
        """The answer, waited for *timeout* seconds; None: until there is one.

        Raises what the call raised; StillRunning if the time is over; Cancelled if it was given up, or on an interrupt.
        """
        try:
            self._wait(timeout)
            return self._call.future.result(0)
        except CancelledError:
            if self._call.begun:
                self._call.over.wait(_GIVING_UP)
            raise self.error or Cancelled("Cancelled.") from None
        except TimeoutError:
            if self.done:  # by now, or the call's own
                return self._call.future.result(0)
            raise StillRunning(
                f"{self.endpoint} has not answered within {timeout:g} s.",
                hint="It goes on: `.result()` waits again, `.cancel()` gives it up.",
                result=self,
            ) from None
        except KeyboardInterrupt:
            raise Cancelled(
                f"Interrupted after {self.elapsed:.1f} s; the call goes on.",
                hint="`.result()` waits again, `.cancel()` gives it up.",
                result=self,
            ) from None

    def _wait(self, timeout: float | None) -> None:
        """In slices: a signal that comes just before a wait without an end is heard when it ends."""
        end = None if timeout is None else time.monotonic() + timeout
        while not self.done:
            left = _SLICE if end is None else min(_SLICE, end - time.monotonic())
            if left <= 0:
                return
            futures.wait([self._call.future], left)

    def cancel(self) -> None:
        """Give the call up.  Its connection is closed; the endpoint may go on computing, unheard."""
        if self._call.cancel():
            self._tell()

    def on_change(self, tell: OnChange, *, every: float = 1.0) -> Callable[[], None]:
        """Call *tell* now, *every* so many seconds, and at the end; what is returned takes it off."""
        self._listeners.append(tell)

        def tick() -> float | None:
            if tell not in self._listeners:
                return None
            tell(self)
            return None if self.done else every

        watch(tick)
        return lambda: self._listeners.remove(tell) if tell in self._listeners else None

    def _progress(self, progress: Progress) -> None:
        self._says = progress.what

    def _tell(self) -> None:
        if self.done and self._ended is None:
            self._ended = time.monotonic()
        for tell in tuple(self._listeners):
            with suppress(Exception):  # a display that is gone must not end the call
                tell(self)

    def __await__(self) -> Generator[Any, None, Result]:
        """Whoever stops waiting leaves the call alone.

        One that was given up is an asyncio.CancelledError: Cancelled, a KeyboardInterrupt, would end the loop.
        """
        return asyncio.shield(asyncio.wrap_future(self._call.future)).__await__()

    def __repr__(self) -> str:
        return redact(f"<Pending {self.endpoint} · {self.state}>")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The answer's card once it is there; else what is known of the call, or its error."""
        error = self.error
        if self.state == "done":
            return self.result()._repr_mimebundle_(include, exclude)
        if isinstance(error, SmMagicError) and isinstance(error.result, Result):
            return _shown(error, error.result)._repr_mimebundle_(include, exclude)
        facts: list[tuple[str, object]] = [("where", str(self.where))]
        if self._says and not self.done:
            facts.append(("note", self._says))
        if error is not None:
            facts.append(("error", f"{type(error).__name__}: {error}".splitlines()))
        return views.report(f"{self.endpoint} · {self._title}", facts, settings=self.settings)

    @property
    def _title(self) -> str:
        if not (self.done or self._call.begun) and self.elapsed > _SOON:
            return "waiting for its turn"
        words = {"failed": "failed after", "cancelled": "cancelled after"}
        return f"{words.get(self.state, 'in the background,')} {since(self.elapsed)}"


def _shown(error: SmMagicError, came: Result) -> Result:
    """What came, which says itself that it is not all; what to do is the error's to say."""
    if error.hint is None:
        return came
    return replace(came, notes=(*came.notes, f"→ {error.hint}"))
