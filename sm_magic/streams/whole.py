"""JSON over several parts: a value a line, or one document, which may have several lines."""

from __future__ import annotations

from .base import PENDING, Event, too_long
from .lines import Lines, parsed

__all__ = ["Json", "Whole"]


class Whole:
    """One document: keeps everything until the end, and reads it then."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def decode(self, data: bytes) -> list[Event]:
        """Nothing yet."""
        self._pieces.append(data)
        self._size += len(data)
        if self._size > PENDING:
            raise too_long()
        return []

    def flush(self) -> list[Event]:
        """The document, or text where it is none; nothing where nothing came."""
        body = b"".join(self._pieces).removeprefix(b"\xef\xbb\xbf")
        self._pieces, self._size = [], 0
        return [parsed(body)] if body.strip() else []


class Json:
    """The first line tells: where it is a value, so are the others; where it is none, all lines are one document."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._are_values: bool | None = None
        self._whole = Whole()

    def decode(self, data: bytes) -> list[Event]:
        """The values whose lines are complete."""
        events: list[Event] = []
        for line in self._lines.cut(data):
            if not self._are_values:
                self._judge(line, events)
            elif line and not line.isspace():
                events.append(parsed(line))
        return events

    def flush(self) -> list[Event]:
        """The last value, or the document."""
        rest = self._lines.rest()
        if self._are_values is False:
            self._whole.decode(rest)
            return self._whole.flush()
        return [parsed(rest)] if rest.strip() else []

    def _judge(self, line: bytes, events: list[Event]) -> None:
        if self._are_values is None:
            if not line.strip():
                return
            event = parsed(line)
            self._are_values = event.kind == "json"
            if self._are_values:
                events.append(event)
                return
        self._whole.decode(line + b"\n")
