"""Streams that do not say what they are: the first bytes tell."""

from __future__ import annotations

import re

from .base import Decoder, Event
from .sse import ServerSent
from .text import Text
from .whole import Json

__all__ = ["Unsaid"]

_SSE = re.compile(rb"(?:data|event|id|retry)?:")
_LONGEST = 6  # bytes that tell server-sent events from text


class Unsaid:
    """Server-sent events begin with a field, JSON with a bracket; anything else is text."""

    def __init__(self, charset: str = "utf-8") -> None:
        self._charset = charset
        self._decoder: Decoder | None = None
        self._head = b""

    def decode(self, data: bytes) -> list[Event]:
        """Nothing, until the first bytes are enough to tell; then by the decoder that fits."""
        if self._decoder is not None:
            return self._decoder.decode(data)
        self._head += data
        begin = self._head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if not begin or (len(begin) < _LONGEST and begin[:1] not in b"{[" and not _SSE.match(begin)):
            return []
        return self._choose(begin).decode(self._drained())

    def flush(self) -> list[Event]:
        """What is left, by the decoder that fits."""
        if self._decoder is None:
            decoder = self._choose(self._head.removeprefix(b"\xef\xbb\xbf").lstrip())
            return [*decoder.decode(self._drained()), *decoder.flush()]
        return self._decoder.flush()

    def _choose(self, begin: bytes) -> Decoder:
        if _SSE.match(begin):
            self._decoder = ServerSent()
        elif begin[:1] in (b"{", b"["):
            self._decoder = Json()
        else:
            self._decoder = Text(self._charset)
        return self._decoder

    def _drained(self) -> bytes:
        head, self._head = self._head, b""
        return head
