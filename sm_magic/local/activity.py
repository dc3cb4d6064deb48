"""What the models here were asked and how they did: lines for their logs, numbers for their metrics.

Both are kept for a while, in memory: the last lines of each endpoint, the minutes of the last hours.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from .wire import Call, Refusal, Reply

__all__ = ["Activity", "Line", "Minute"]

_LINES: Final = 1_000  # of an endpoint
_MINUTES: Final = 20_000  # of all variants together
_STREAM: Final = "{variant}/i-local"
_ACCESS: Final = '"POST /invocations HTTP/1.1" {status} {size} {seconds:.4f} "{content_type}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that a container wrote.  stamp: milliseconds since 1970."""

    stamp: int
    stream: str
    text: str


@dataclass(slots=True)
class Minute:
    """What a variant did in one minute; latencies in microseconds, one for each request."""

    clients: int = 0
    servers: int = 0
    latencies: list[float] = field(default_factory=list)


class Activity:
    """The lines and numbers of one server.  Thread-safe.  clock: seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._lines: dict[str, deque[Line]] = {}
        self._minutes: dict[tuple[str, str, int], Minute] = {}

    def served(self, variant: str, call: Call, reply: Reply, seconds: float) -> None:
        """The model answered."""
        size = "-" if reply.parts is not None else str(len(reply.body))
        self._add(variant, call, seconds, reply.status, [_access(call, reply.status, size, seconds)])

    def failed(self, variant: str, call: Call, refusal: Refusal, seconds: float) -> None:
        """It did not: a ModelError with the container's own status, or the traceback of what it raised."""
        status = refusal.extra.get("OriginalStatusCode", refusal.status)
        cause = refusal.__cause__
        raised = cause is not None and type(cause).__module__.partition(".")[0] != "sm_magic"
        said = (
            "".join(traceback.format_exception(cause))
            if raised
            else str(refusal.extra.get("OriginalMessage", refusal.message))
        )
        lines = [line for line in said.splitlines() if line.strip()]
        self._add(variant, call, seconds, status, [*lines, _access(call, status, "-", seconds)])

    def lines(self, endpoint: str) -> list[Line]:
        """The lines of *endpoint*, oldest first."""
        with self._lock:
            return list(self._lines.get(endpoint, ()))

    def minutes(self, endpoint: str, variant: str) -> Iterator[tuple[int, Minute]]:
        """What *variant* did, minute by minute: (seconds since 1970, …), oldest first."""
        with self._lock:
            found = [
                (minute, one)
                for (name, other, minute), one in self._minutes.items()
                if (name, other) == (endpoint, variant)
            ]
        yield from sorted(found, key=lambda item: item[0])

    def _add(self, variant: str, call: Call, seconds: float, status: int, texts: list[str]) -> None:
        now = self.clock()
        stream = _STREAM.format(variant=variant)
        key = (call.endpoint, variant, int(now // 60 * 60))
        with self._lock:
            lines = self._lines.setdefault(call.endpoint, deque(maxlen=_LINES))
            lines.extend(Line(stamp=int(now * 1000), stream=stream, text=text) for text in texts)
            minute = self._minutes.setdefault(key, Minute())
            minute.clients += 400 <= status < 500
            minute.servers += not 200 <= status < 500
            minute.latencies.append(seconds * 1e6)
            while len(self._minutes) > _MINUTES:
                del self._minutes[next(iter(self._minutes))]


def _access(call: Call, status: int, size: str, seconds: float) -> str:
    return _ACCESS.format(status=status, size=size, seconds=seconds, content_type=call.content_type)
