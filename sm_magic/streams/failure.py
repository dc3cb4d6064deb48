"""An error inside the data: once a stream has begun its HTTP status is 200, so a server says it in an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..plain import shortened
from ..said import written
from .base import Event

__all__ = ["failure", "told"]

_MESSAGES: Final = ("message", "error_msg", "msg", "detail", "error")
_LONGEST: Final = 4_000  # characters
_TAIL: Final = 600  # a traceback's last lines say what happened


def failure(event: Event) -> str | None:
    """The server's own words for what went wrong, if *event* tells of an error.

    ``{"error": "…", "error_type": "generation"}`` (TGI), ``{"error": "…", "code": 424}`` (DJL),
    ``{"error": {"message": "…"}}`` (vLLM, SGLang, TGI's chat), ``{"object": "error", "message": "…"}`` (older vLLM),
    and anything that a server-sent event named ``error`` holds.  A number called "error" is none.
    """
    value, named = event.data, event.name == "error"
    message = _message(value) if isinstance(value, dict) and ("error" in value or "object" in value) else None
    return told(written(value)) if named and message is None else message


def told(message: str) -> str:
    """*message* in at most 4,000 characters, its end among them."""
    return shortened(message.strip(), _LONGEST, tail=_TAIL) or "an error without a message"


def _message(value: Mapping[str, Any]) -> str | None:
    found = value.get("error")
    if found is True or value.get("object") == "error":
        found = {key: text for key, text in value.items() if key != "error"}
    if isinstance(found, dict):
        texts = (found.get(key) for key in _MESSAGES)
        found = next((text for text in texts if isinstance(text, str) and text), None)
    return told(found) if isinstance(found, str) and found else None
