"""Work in the background: few threads, one for looks unless it is late; none while there is nothing to do.

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

__all__ = ["Step", "Threads", "wait_for", "watch"]

Step = Callable[[], float | None]
"""Something to do; the seconds until it is to be done again, None if it is over."""


class Threads:
    """A heap of what is due, and at most *most* threads that work on it, made when they are needed.

    ThreadPoolExecutor's threads are no daemons: the interpreter waits at its end for what they do.
    """

    def __init__(self, name: str, most: int) -> None:
        self._name, self._most = name, most
        self._forget()

    def _forget(self) -> None:
        self._process = os.getpid()
        self._due: list[tuple[float, int, Step]] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        self._running = self._waiting = 0

    def add(self, step: Step, after: float = 0.0) -> None:
        """Take *step* in *after* seconds, and again for as long as it wants more; one that raises is over."""
        if self._process != os.getpid():  # a fork has the heap and none of the threads
            self._forget()
        with self._changed:
            self._push(step, after)
            if self._waiting:
                self._changed.notify()
            elif self._running < self._most:
                self._start()

    def _push(self, step: Step, after: float) -> None:
        heapq.heappush(self._due, (time.monotonic() + after, next(self._count), step))

    def _start(self) -> None:
        self._running += 1
        threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def _work(self) -> None:
        while (step := self._next()) is not None:
            after = None
            with suppress(Exception):  # it would be printed, into whichever cell is running
                after = step()
            if after is not None:
                with self._changed:
                    self._push(step, after)
                    self._changed.notify()

    def _next(self) -> Step | None:
        """What is due, once it is; None where this thread is not needed any more."""
        with self._changed:
            while self._due:
                late = time.monotonic() - self._due[0][0]
                if late >= 0:
                    step = heapq.heappop(self._due)[2]
                    if self._is_last():
                        self._start()
                    return step
                if self._waiting > 1:  # two: who has looked need not end for the other to look
                    break
                self._waiting += 1
                self._changed.wait(-late)
                self._waiting -= 1
            self._running -= 1
            return None

    def _is_last(self) -> bool:
        """Whether nobody else would take what is due next, should this step be slow."""
        return bool(self._due) and not self._waiting and self._running < self._most


_looks: Final = Threads("sm_magic watch", 8)


def watch(step: Step) -> None:
    """Look now, and again for as long as *step* wants more."""
    _looks.add(step)


def wait_for(event: threading.Event, seconds: float) -> None:
    """Until *event*, for so long at most; in pieces, for not every system interrupts a long wait."""
    end = time.monotonic() + seconds
    while not event.wait(max(min(end - time.monotonic(), 0.5), 0.0)) and time.monotonic() < end:
        continue
