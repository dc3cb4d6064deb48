"""text/plain, and any other text: str ⇄ bytes, UTF-8 unless the content type names a charset.

``application/x-text`` is JumpStart's name for a prompt or a sentence (sagemaker/jumpstart/enums.py, MIMEType).
"""

from __future__ import annotations

from typing import Any

from ..messages import Payload
from .base import Asked, Codec, Told, size, to_bytes, to_text, too_large_to_decode

CODEC = Codec("text/plain", "text/html", "text/markdown", "application/x-text")


@CODEC.encodes("builtins.str")
def _text(text: str, asked: Asked) -> Payload:
    return asked.payload(to_bytes(text, asked.media))


@CODEC.encodes(
    "builtins.bool", "builtins.int", "builtins.float", "numpy.generic", "decimal.Decimal", "uuid.UUID"
)
def _number(value: Any, asked: Asked) -> Payload:
    return asked.payload(to_bytes(str(value), asked.media))


@CODEC.decodes
def _decode(body: bytes, told: Told) -> str:
    if 4 * len(body) > told.max_bytes:  # a str takes up to four bytes a character
        raise too_large_to_decode(f"The text ({size(len(body))})", 4 * len(body), told.max_bytes)
    return to_text(body, told.media)
