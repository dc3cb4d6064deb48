"""A Job: an asynchronous request, and what becomes of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any, Literal

from . import capacity, jobcards, outcomes
from .errors import Cancelled, SmMagicError
from .journal import Journal
from .outcomes import Named, Queued
from .polling import Seen, look, pause, until_seen
from .privacy import redact
from .readiness import Clock
from .records import history
from .result import Result
from .transports import Catalog, Store
from .watching import wait_for, watch

__all__ = ["Job", "OnChange", "State"]

State = Literal["waiting", "done", "failed", "cancelled"]
OnChange = Callable[["Job"], None]
"""What is told of each look and of the end, by whichever thread looks."""


class Job(Named):
    """An asynchronous request that the service took.

    `result()` waits for the answer, ``await job`` does so for asyncio; `on_change` and `watch` look in the
    background.  An interrupt, a time that is over and `cancel` end the waiting alone: the request goes on, and the
    Job can be waited for again.  Thread-safe.
    """

    def __init__(
        self,
        queued: Queued,
        store: Store,
        *,
        journal: Journal | None = None,
        clock: Clock | None = None,
        elapsed: float | None = 0.0,
        catalog: Catalog | None = None,
    ) -> None:
        """elapsed: seconds since the request was submitted; None: nobody knows.  catalog: knows of its endpoint."""
        self.queued = queued
        self._store, self._journal = store, journal
        self._places = queued.places
        self._capacity = capacity.of(catalog, self.endpoint)
        self._ended = threading.Event()  # the waiting, for whatever reason
        self._clock = clock or Clock(sleep=self._sleep)
        self._age_known = elapsed is not None
        self._started = self._clock.now() - (elapsed or 0.0)
        self._due = self._started
        self._lock = threading.RLock()
        self._over_at: float | None = None
        self._outcome: Result | SmMagicError | None = None
        self._seen = Seen()
        self._watched = self._cancelled = False
        self._turn = 0  # of watching: a step of one before is over
        self._listeners: list[OnChange] = []

    def _sleep(self, seconds: float) -> None:
        self._ended.wait(seconds)
        self._begins()

    @property
    def elapsed(self) -> float:
        """Seconds from the submission until now, or until the end was seen; as far as it is known."""
        return (self._over_at or self._clock.now()) - self._started

    @property
    def age(self) -> float | None:
        """Seconds since the submission, whatever became of it; None: nobody knows."""
        return self._clock.now() - self._started if self._age_known else None

    @property
    def state(self) -> State:
        """What is known; "cancelled" means that nobody waits."""
        if self._outcome is not None:
            return "done" if isinstance(self._outcome, Result) else "failed"
        return "cancelled" if self._cancelled else "waiting"

    @property
    def error(self) -> SmMagicError | None:
        """What `result` raises of a request that failed; None: it did not, as far as is known."""
        return None if isinstance(self._outcome, Result) else self._outcome

    @property
    def trouble(self) -> SmMagicError | None:
        """Why no waiting helps any more: S3 refuses, or the request must have expired; None: it may still help."""
        waiting = self._outcome is None and not self._cancelled
        if not waiting or not (self._seen.hopeless or self.elapsed > self.queued.lifetime):
            return None
        return outcomes.unanswered(self.queued, self._seen, self.elapsed, given_up=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that help."""
        return outcomes.notes(self.queued, self._seen)

    @property
    def capacity(self) -> str | None:
        """What is known of the endpoint, once it let half a minute pass; None: nothing."""
        return self._capacity.words(self._clock.now()) if self.state == "waiting" else None

    @property
    def done(self) -> bool:
        """Whether it was answered, or failed.  Takes a look if one is due and nobody watches."""
        if self._outcome is None and not self._watched and self._clock.now() >= self._due:
            self._take(look(self._store, self._places))
        return self._outcome is not None

    def result(self, timeout: float | None = None) -> Result:
        """The answer, waited for *timeout* seconds; None: InvocationTimeoutSeconds and ten minutes.

        Raises StillRunning if there is none by then; ModelError if the request failed; CodecError if the answer does
        not decode; what S3 says where the answer may not be read; Cancelled on an interrupt or `cancel`.
        """
        self._cancelled = False
        if self._begins():
            try:
                self._wait(self.queued.patience if timeout is None else timeout)
            except Cancelled:
                raise
            except KeyboardInterrupt:
                raise Cancelled(
                    f"Interrupted after {self.elapsed:,.0f} s; {self.endpoint} goes on, and `result()` waits again."
                ) from None
        return self._told()

    def _begins(self) -> bool:
        """Whether there is something to wait for, from now on."""
        with self._lock:
            if self._outcome is None:
                self._ended.clear()
            return self._outcome is None

    def _told(self) -> Result:
        outcome = self._outcome
        if isinstance(outcome, Result):
            return outcome
        raise outcome or outcomes.unanswered(self.queued, self._seen, self.elapsed, given_up=self._cancelled)

    def _wait(self, patience: float) -> None:
        if self._watched:
            wait_for(self._ended, patience)
            return
        until_seen(
            self._store,
            self._places,
            self._clock,
            started=self._started,
            patience=patience,
            on_look=lambda seen: self._take(seen) or seen.hopeless or self._cancelled,
        )

    def cancel(self) -> None:
        """Stop waiting.  The endpoint is not told: there is no way to."""
        if self._outcome is None and not self._cancelled:
            self._cancelled = True
            self._stop()

    def _stop(self) -> None:
        self._watched = False
        self._ended.set()
        self._tell()

    def watch(self) -> None:
        """Look in the background until there is an answer, or nobody can expect one any more."""
        with self._lock:
            if self._watched or self._outcome is not None:
                return
            self._watched, self._cancelled = True, False
            self._ended.clear()
            self._turn = turn = self._turn + 1
        watch(lambda: self._step(turn))

    def on_change(self, tell: OnChange) -> Callable[[], None]:
        """Call *tell* after each look and at the end; what is returned takes it off.  Starts watching."""
        self._listeners.append(tell)
        self.watch()
        return lambda: self._listeners.remove(tell) if tell in self._listeners else None

    def _step(self, turn: int) -> float | None:
        """A look of the background's; the seconds until the next, None: there is none."""
        if self._watched and turn == self._turn:
            self._take(look(self._store, self._places))
        if not self._watched or turn != self._turn:
            return None
        if self.elapsed > self.queued.lifetime:
            self._stop()
            return None
        return max(self._due - self._clock.now(), 0.0)

    def _take(self, seen: Seen) -> bool:
        """Remember what was seen, and what it means; whether the request is over."""
        with self._lock:
            if self._outcome is not None:
                return True
            self._seen = seen
            self._due = self._clock.now() + pause(self.elapsed)
            if seen.over:
                self._over_at = self._clock.now()
                self._settle(outcomes.judged(self.queued, seen, self.elapsed if self._age_known else None))
            elif seen.hopeless:
                self._ended.set()
        self._tell()
        if not seen.over:
            self._capacity.ask(self.elapsed, self._clock.now(), self._tell)
        return seen.over

    def _settle(self, outcome: Result | SmMagicError) -> None:
        queued = self.queued
        history.add(queued.request, outcome, queued.settings)
        if queued.uploaded is not None:
            with suppress(SmMagicError):  # it may not be allowed, and the answer is there all the same
                self._store.delete(queued.uploaded)
        self._outcome, self._watched = outcome, False
        if self._journal is not None:
            self._journal.mark(self.output_location, self.state)
        self._ended.set()

    def _tell(self) -> None:
        for tell in tuple(self._listeners):
            with suppress(Exception):  # a display that is gone must not end the looking
                tell(self)

    def __await__(self) -> Generator[Any, None, Result]:
        return self._awaited().__await__()

    async def _awaited(self) -> Result:
        """Never a Cancelled, which is a KeyboardInterrupt: that would end the loop."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def tell(job: Job) -> None:
            if not job._watched or job._seen.hopeless:
                with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                    loop.call_soon_threadsafe(ended.set)

        remove = self.on_change(tell)
        try:
            if self._outcome is None:
                await ended.wait()
        finally:
            remove()
        if self.state == "cancelled":
            raise asyncio.CancelledError
        return self._told()

    def __repr__(self) -> str:
        return redact(f"<Job {self.endpoint} · {self.inference_id or 'no id'} · {self.state}>")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The answer's card once it is there; else where it will be, and since when it is waited for."""
        if isinstance(self._outcome, Result):
            return self._outcome._repr_mimebundle_(include, exclude)
        return jobcards.card(self)
