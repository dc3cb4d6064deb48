"""A call in a thread of the background: given up at once, and without a trace when it fails."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from threading import Event
from typing import Final, Generic, Self, TypeVar

from .errors import Cancelled
from .transports.cancellation import Cancellation
from .watching import Threads

__all__ = ["MOST", "Call"]

MOST: Final = 16
"""Calls at a time, as many as boto3's client keeps connections; the others wait for their turn."""
_threads: Final = Threads("sm_magic background", MOST)
Answer = TypeVar("Answer")


class Call(Generic[Answer]):
    """*work*, done in a thread once it is started; *on_end* is told there when it is over, cancelled or not.

    future: what *work* returns or raises.  It is cancelled by `cancel` alone, and then at once: what *work* still
    does is its own affair, and what it leaves (a Cancelled, with what came of the answer) is `left`.
    """

    def __init__(self, work: Callable[[], Answer], *, on_end: Callable[[], None] = lambda: None) -> None:
        self.future: Future[Answer] = Future()
        self.begun = False
        self.left: Cancelled | None = None
        self.over = Event()
        self._work, self._on_end = work, on_end
        self._cancellation = Cancellation()

    def start(self) -> Self:
        """Let a thread take it, now or when it is its turn."""
        _threads.add(self._run)
        return self

    def cancel(self) -> bool:
        """Give it up: its connection is shut down.  Whether there was still something to give up."""
        given_up = self.future.cancel()
        if given_up:
            self._cancellation.cancel()
        return given_up

    def _run(self) -> None:
        try:
            if not self.future.cancelled():
                self.begun = True
                self._call()
        finally:
            del self._work
            with suppress(Exception):
                self._on_end()
            self.over.set()

    def _call(self) -> None:
        try:
            with self._cancellation.call():
                answer = self._work()
        except Cancelled as error:
            self.left = error
            self.future.cancel()
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is asked for
            with suppress(InvalidStateError):
                self.future.set_exception(error)
        else:
            with suppress(InvalidStateError):
                self.future.set_result(answer)
