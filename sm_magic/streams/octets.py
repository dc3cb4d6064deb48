"""Bytes, as they come: sound, pictures, whatever is no text."""

from __future__ import annotations

from .base import Event

__all__ = ["Octets"]


class Octets:
    """Hands on what comes."""

    def decode(self, data: bytes) -> list[Event]:
        """The same bytes."""
        return [Event("bytes", data)] if data else []

    def flush(self) -> list[Event]:
        """Nothing was kept."""
        return []
