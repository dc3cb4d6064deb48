"""Streams that do not say what they are: the first bytes tell."""

from __future__ import annotations

from .base import Decoder, Event
from .sse import ServerSent
from .text import Text
from .whole import Json

__all__ = ["Unsaid"]

_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b":")
_BOM = b"\xef\xbb\xbf"


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
        begin = self._head.removeprefix(_BOM).lstrip()
        if not begin or any(
            len(begin) < len(field) and field.startswith(begin) for field in (*_FIELDS, _BOM)
        ):
            return []
        return self._choose(begin).decode(self._drained())

    def flush(self) -> list[Event]:
        """What is left, by the decoder that fits."""
        if self._decoder is None:
            decoder = self._choose(self._head.removeprefix(_BOM).lstrip())
            return [*decoder.decode(self._drained()), *decoder.flush()]
        return self._decoder.flush()

    def _choose(self, begin: bytes) -> Decoder:
        if begin.startswith(_FIELDS):
            self._decoder = ServerSent()
        elif begin[:1] in (b"{", b"["):
            self._decoder = Json()
        else:
            self._decoder = Text(self._charset)
        return self._decoder

    def _drained(self) -> bytes:
        head, self._head = self._head, b""
        return head
