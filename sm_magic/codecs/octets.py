"""application/octet-stream: bytes, as they are.  Without a content type their first bytes say what they are."""

from __future__ import annotations

from ..mediatypes import sniff
from ..messages import Payload
from .base import Asked, Codec, Told, to_bytes

CODEC = Codec("application/octet-stream")


def default(value: bytes | bytearray | memoryview) -> str:
    """The media type that the first bytes give away, else application/octet-stream."""
    return sniff(bytes(value)) or CODEC.media_types[0]


@CODEC.encodes("builtins.bytes", "builtins.bytearray", "builtins.memoryview", default=default)
def _bytes(value: bytes | bytearray | memoryview, asked: Asked) -> Payload:
    return asked.payload(bytes(value))


@CODEC.encodes("builtins.str")
def _text(text: str, asked: Asked) -> Payload:
    return asked.payload(to_bytes(text, asked.media))


@CODEC.decodes
def _decode(body: bytes, told: Told) -> bytes:
    del told  # bytes need no more memory than they have
    return body
