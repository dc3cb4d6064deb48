"""Looks at many things in the background: one thread, more only while it is late; none while there is nothing.

The threads are daemons: they stop with the process, and nothing waits for them.  They print nothing.
"""

from __future__ import annotations

import heapq
import itertools
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

__all__ = ["Step", "watch"]

_MOST: Final = 8  # threads


Step = Callable[[], float | None]
"""One look; the seconds until the next, None if there is none."""


class _Watcher:
    """A heap of what is due, and the threads that work on it."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Step]] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        self._threads = 0

    def add(self, step: Step, after: float = 0.0) -> None:
        """Take *step* in *after* seconds."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + after, next(self._count), step))
            if self._threads == 0:
                self._start()
            self._changed.notify()

    def _start(self) -> None:
        self._threads += 1
        threading.Thread(target=self._work, name="sm_magic watch", daemon=True).start()

    def _work(self) -> None:
        while (step := self._next()) is not None:
            after = None
            with suppress(Exception):  # it would be printed, into whichever cell is running
                after = step()
            if after is not None:
                self.add(step, after)

    def _next(self) -> Step | None:
        """What is due, once it is; None where this thread is not needed any more."""
        with self._changed:
            while self._due:
                late = time.monotonic() - self._due[0][0]
                if late >= 0:
                    step = heapq.heappop(self._due)[2]
                    if self._due and self._due[0][0] <= time.monotonic() and self._threads < _MOST:
                        self._start()
                    return step
                if self._threads > 1:
                    break
                self._changed.wait(-late)
            self._threads -= 1
            return None


_watcher, _process = _Watcher(), os.getpid()


def watch(step: Step) -> None:
    """Take *step* now, and again for as long as it wants more; one that raises is over."""
    global _watcher, _process
    if _process != os.getpid():  # a fork has the heap and none of the threads
        _watcher, _process = _Watcher(), os.getpid()
    _watcher.add(step)
