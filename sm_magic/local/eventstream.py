"""``application/vnd.amazon.eventstream``, written: the frames of a streamed answer.

A frame: its length and its headers' length (4 bytes each, big-endian), their CRC-32, the headers, the payload, the
CRC-32 of all before.  A header: its name's length (1 byte), the name, 7 (a string), its length (2 bytes), the value.
Source: the Smithy specification of the Amazon event stream; moto's encoder and botocore's decoder judge it in a test.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from zlib import crc32

CONTENT_TYPE = "application/vnd.amazon.eventstream"
LONGEST_PAYLOAD = 16 << 20
"""Bytes of one frame's payload; botocore refuses a frame above 24 MiB, before 1.31 one above 16 MiB."""

_STRING = 7


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One frame, with *headers* in their order."""
    return _frame(_encoded(headers), payload)


def payload_parts(part: bytes) -> Iterator[bytes]:
    """The frame of a PayloadPart that holds *part*; several where it is too long for one, none where it is empty."""
    for start in range(0, len(part), LONGEST_PAYLOAD):
        yield _frame(_PART, part[start : start + LONGEST_PAYLOAD])


def exception(name: str, members: Mapping[str, str]) -> bytes:
    """The frame that ends a stream: the exception *name*, with the *members* of its shape."""
    headers = {":message-type": "exception", ":exception-type": name, ":content-type": "application/json"}
    return frame(headers, json.dumps(members, ensure_ascii=False).encode())


def _frame(headers: bytes, payload: bytes) -> bytes:
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    prelude += struct.pack("!I", crc32(prelude))
    checksum = crc32(payload, crc32(headers, crc32(prelude)))
    return b"".join((prelude, headers, payload, struct.pack("!I", checksum)))


def _encoded(headers: Mapping[str, str]) -> bytes:
    return b"".join(_header(name.encode(), value.encode()) for name, value in headers.items())


def _header(name: bytes, value: bytes) -> bytes:
    return struct.pack(f"!B{len(name)}sBH{len(value)}s", len(name), name, _STRING, len(value), value)


_PART = _encoded(
    {":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream"}
)
