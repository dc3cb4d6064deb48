"""Lines out of bytes, and JSON Lines: a value a line, the last one perhaps without its end."""

from __future__ import annotations

import orjson

from .base import PENDING, Event, too_long

__all__ = ["JsonLines", "Lines", "parsed"]


class Lines:
    r"""Cuts bytes at ``\n``, ``\r\n`` and ``\r``, whatever the split.

    PERF: the pieces of a line are joined once, when it ends.
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self._after_cr = False
        self._began = False

    def cut(self, data: bytes) -> list[bytes]:
        """The lines that *data* completes, without their ends."""
        if not self._began and data:
            data = self._without_mark(data)
        if self._after_cr and data:
            self._after_cr = False
            data = data.removeprefix(b"\n")
        if b"\r" in data:
            self._after_cr = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = data.split(b"\n")
        if lines and self._pieces:
            lines[0] = b"".join((*self._pieces, lines[0]))
            self._pieces, self._size = [], 0
        if rest:
            self._keep(rest)
        return lines

    def rest(self) -> bytes:
        """The line that had no end."""
        rest = b"".join(self._pieces)
        self._pieces, self._size = [], 0
        return rest.removeprefix(b"\xef\xbb\xbf") if not self._began else rest

    def _without_mark(self, data: bytes) -> bytes:
        """UTF-8's byte order mark may begin a stream, and may be cut."""
        data = b"".join((*self._pieces, data))
        self._pieces, self._size = [], 0
        if b"\xef\xbb\xbf".startswith(data):
            self._keep(data)
            return b""
        self._began = True
        return data.removeprefix(b"\xef\xbb\xbf")

    def _keep(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > PENDING:
            raise too_long()


class JsonLines:
    """A JSON value a line; a line that is none is text, blank lines are nothing."""

    def __init__(self) -> None:
        self._lines = Lines()

    def decode(self, data: bytes) -> list[Event]:
        """The values whose lines are complete."""
        return [parsed(line) for line in self._lines.cut(data) if line and not line.isspace()]

    def flush(self) -> list[Event]:
        """The last line."""
        line = self._lines.rest()
        return [parsed(line)] if line.strip() else []


def parsed(text: bytes) -> Event:
    """*text* as JSON, or as text where it is none."""
    try:
        return Event("json", orjson.loads(text))
    except orjson.JSONDecodeError:
        return _not_of_orjson(text)


def _not_of_orjson(text: bytes) -> Event:
    """NaN, Infinity and lone surrogates are no JSON to orjson, but models write them."""
    import json

    try:
        return Event("json", json.loads(text))
    except (ValueError, RecursionError):
        return Event("text", text.decode("utf-8", "replace"))
