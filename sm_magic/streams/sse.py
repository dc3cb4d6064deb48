"""Server-sent events (WHATWG HTML, "Server-sent events"): ``data: …`` lines, an empty line ends an event.

Beyond the standard, as model servers do it: an event at the end counts without its empty line, ``[DONE]`` ends a chat,
and a line that is no field at all is text, for some servers print errors into their stream.
"""

from __future__ import annotations

from .base import PENDING, Event, too_long
from .lines import Lines, parsed

__all__ = ["ServerSent"]

_FIELDS = (b"data", b"event", b"id", b"retry")


class ServerSent:
    """Decodes server-sent events; their data is JSON where it can be read as JSON."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._data: list[bytes] = []
        self._size = 0
        self._name: str | None = None

    def decode(self, data: bytes) -> list[Event]:
        """The events whose empty line has come."""
        events: list[Event] = []
        for line in self._lines.cut(data):
            self._take(line, events)
        return events

    def flush(self) -> list[Event]:
        """The event that lacked its empty line, or even its line end."""
        events: list[Event] = []
        if line := self._lines.rest():
            self._take(line, events)
        self._take(b"", events)
        return events

    def _take(self, line: bytes, events: list[Event]) -> None:
        if not line:
            if self._data:
                events.append(_event(b"\n".join(self._data), self._name))
                self._data, self._size = [], 0
            self._name = None
            return
        field, _, value = line.partition(b":")
        if not field:
            return  # a comment: servers send them to keep the connection open
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            self._size += len(value)
            if self._size > PENDING:
                raise too_long()
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        elif field not in _FIELDS:
            events.append(parsed(line))


def _event(data: bytes, name: str | None) -> Event:
    if data.strip() == b"[DONE]":
        return Event("done", None, name)
    event = parsed(data)
    return event if name is None else event._replace(name=name)
