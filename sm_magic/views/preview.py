"""A body as text where it is text, as a hex view of its first bytes where it is not, and a form's parts as either."""

from __future__ import annotations

import codecs
from typing import Final

from ..mediatypes import parse, sniff
from ..messages import Payload
from ..multipart import split
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


def form_view(payload: Payload, most: int = 4_000) -> str | None:
    """A multipart/form-data body as it is sent, but for what is no text; None if it is no such body."""
    media = parse(payload.content_type)
    if media.type != "multipart/form-data":
        return None
    boundary = media.parameters.get("boundary", "")
    try:
        parts = split(payload.body, boundary)
    except ValueError:
        return None
    lines: list[str] = []
    room = most
    for shown, part in enumerate(parts):
        if room <= 0:
            lines.append(f"… {len(parts) - shown} more of {len(parts)} parts")
            break
        body = Payload(body=part.body, content_type=part.content_type or "text/plain")
        text = text_of(body, room) if is_text(body) else f"({size(body.size)})"
        if is_text(body) and body.size > room:
            text += f"\n… {size(body.size - room)} more"
        head = part.head.replace("\r\n", "\n")
        lines += [f"--{boundary}", head, "", text]
        room -= len(head) + len(text)
    return "\n".join([*lines, f"--{boundary}--"])


def _decoder(payload: Payload, errors: str) -> codecs.IncrementalDecoder:
    charset = parse(payload.content_type).charset
    try:
        b"".decode(charset)  # refuses what is no encoding of text: "zlib" would unpack a bomb
        known = codecs.lookup(charset).name not in _NAMES_OF_HOSTS
    except (LookupError, ValueError):
        known = False
    return codecs.getincrementaldecoder(charset if known else "utf-8")(errors)
