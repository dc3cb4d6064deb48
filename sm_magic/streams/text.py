"""Text: characters may be cut by the parts of a stream; what is no text of its charset becomes U+FFFD."""

from __future__ import annotations

import codecs

from .base import Event

__all__ = ["Text"]


class Text:
    """Decodes text as it comes.  An unknown *charset* is read as UTF-8."""

    def __init__(self, charset: str = "utf-8") -> None:
        try:
            b"".decode(charset)
            make = codecs.getincrementaldecoder(charset)
        except (LookupError, ValueError):
            make = codecs.getincrementaldecoder("utf-8")
        self._decoder = make(errors="replace")
        self._began = False

    def decode(self, data: bytes) -> list[Event]:
        """The characters that are whole."""
        return self._events(self._decoder.decode(data))

    def flush(self) -> list[Event]:
        """Half a character, replaced."""
        return self._events(self._decoder.decode(b"", final=True))

    def _events(self, text: str) -> list[Event]:
        if text and not self._began:
            self._began = True
            text = text.removeprefix("\ufeff")
        return [Event("text", text)] if text else []
