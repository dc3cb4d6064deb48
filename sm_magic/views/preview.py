"""A body as text where it is text, and as a hex view of its first bytes where it is not."""

from __future__ import annotations

import codecs
from typing import Final

from ..mediatypes import parse, sniff
from ..messages import Payload
from .quantities import size

HEX: Final = 256
"""How many bytes the hex view shows."""
_LOOKED_AT: Final = 4_096
_ROW: Final = 16
_SIGNS: Final = bytes(byte if 0x20 <= byte < 0x7F else ord(".") for byte in range(256))
_NAMES_OF_HOSTS: Final = frozenset({"idna", "punycode"})  # Python's codecs for those are none of text.


def is_text(payload: Payload) -> bool:
    """Whether the body can be read as text, by its charset and its first bytes."""
    head = payload.body[:_LOOKED_AT]
    if sniff(head) is not None or b"\0" in head:
        return False
    try:
        text = _decoder(payload, "strict").decode(head)
    except UnicodeError:
        return False
    return all(character.isprintable() or character in "\t\r\n" for character in text)


def text_of(payload: Payload, limit: int | None = None) -> str:
    """The body, or its first *limit* bytes, as text; what can't be decoded becomes U+FFFD."""
    return _decoder(payload, "replace").decode(payload.body[:limit], final=limit is None)


def hex_view(body: bytes, count: int = HEX) -> str:
    """The first bytes: offset, hexadecimal, ASCII."""
    lines = []
    for start in range(0, min(len(body), count), _ROW):
        row = body[start : min(start + _ROW, count)]
        pairs = f"{row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}"
        lines.append(f"{start:08x}  {pairs}  {row.translate(_SIGNS).decode()}")
    if len(body) > count:
        lines.append(f"… {size(len(body) - count)} more")
    return "\n".join(lines)


def _decoder(payload: Payload, errors: str) -> codecs.IncrementalDecoder:
    charset = parse(payload.content_type).charset
    try:
        b"".decode(charset)  # refuses what is no encoding of text: "zlib" would unpack a bomb
        known = codecs.lookup(charset).name not in _NAMES_OF_HOSTS
    except (LookupError, ValueError):
        known = False
    return codecs.getincrementaldecoder(charset if known else "utf-8")(errors)
