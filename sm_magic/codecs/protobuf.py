"""Protocol Buffers' wire format, as much of it as RecordIO needs, without a schema compiler.

A message is a row of fields: a tag (number << 3 | wire type) as varint, then the field.  Varints hold seven bits a
byte, the lowest first; negative numbers take ten bytes.  Source: protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
_DEPTHS = {3: 1, 4: -1}  # a group's start and end
_WIDTHS = {FIXED64: 8, FIXED32: 4}


class Malformed(ValueError):
    """The bytes are no message."""


@lru_cache(maxsize=4096)
def varint(number: int) -> bytes:
    """A number of 0 or more as a varint."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number: int, body: bytes) -> bytes:
    """A field that tells its length: text, bytes, a message, or packed numbers."""
    return b"".join((varint(number << 3 | LENGTH), varint(len(body)), body))


def pack(numbers: np.ndarray[Any, Any]) -> tuple[bytes, np.ndarray[Any, Any]]:
    """Integers as varints, one after another; and where each starts, with the end as last.

    *numbers*: one dimension, any integer dtype.
    """
    import numpy as np

    left = numbers.astype(np.uint64 if numbers.dtype.kind == "u" else np.int64).view(np.uint64)
    lengths = np.ones(left.size, np.int64)
    longest = int(left.max(initial=0)).bit_length()
    for shift in range(7, longest, 7):
        lengths += left >= np.uint64(1 << shift)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    out = np.empty(starts[-1], np.uint8)
    for place in range(int(lengths.max(initial=0))):
        at = np.flatnonzero(lengths > place)
        bits = (left[at] >> np.uint64(7 * place)).astype(np.uint8) & np.uint8(0x7F)
        out[starts[at] + place] = bits | (lengths[at] > place + 1).astype(np.uint8) << 7
    return out.tobytes(), starts


def unpack(packed: bytes | memoryview) -> np.ndarray[Any, Any]:
    """Varints, one after another, as uint64; Malformed where the last is cut off or one is too long."""
    import numpy as np

    raw = np.frombuffer(packed, np.uint8)
    if raw.size and raw[-1] > 0x7F:
        raise Malformed("a number is cut off")
    ends = np.flatnonzero(raw < 0x80)
    if ends.size == raw.size:
        return raw.astype(np.uint64)
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts + 1
    longest = int(lengths.max())
    if longest > 10:
        raise Malformed("a number is longer than ten bytes")
    numbers = np.zeros(ends.size, np.uint64)
    for place in range(longest):
        at = np.flatnonzero(lengths > place)
        bits = (raw[starts[at] + place] & np.uint8(0x7F)).astype(np.uint64)
        numbers[at] |= bits << np.uint64(7 * place)
    return numbers


UNPACKING = 48
"""Bytes that `unpack` takes at its peak for a byte of varints, the numbers included."""


def fields(
    message: memoryview, start: int = 0, end: int | None = None
) -> Iterator[tuple[int, int, int, int]]:
    """The fields of the message that stands there: number, wire type, where its bytes start and end.

    A varint's bytes are its own, those of text or a message are without the length.  Groups are skipped.
    Raises Malformed where it is no message.
    """
    end = len(message) if end is None else end
    at, depth = start, 0
    while at < end:
        tag, at = number_at(message, at, end)
        number, wire = tag >> 3, tag & 7
        first = at
        if wire == VARINT:
            _, at = number_at(message, at, end)
        elif wire == LENGTH:
            length, first = number_at(message, at, end)
            at = first + length
        elif wire in _WIDTHS:
            at += _WIDTHS[wire]
        else:
            depth += _DEPTHS.get(wire, 0)
        if wire > FIXED32 or depth < 0 or not 0 < number < 1 << 29:
            raise Malformed(f"there is no field {number} of wire type {wire}")
        if at > end:
            raise Malformed(f"field {number} is cut off")
        if depth == 0 and wire not in _DEPTHS:
            yield number, wire, first, at
    if depth:
        raise Malformed("a group has no end")


def number_at(message: memoryview, at: int, end: int) -> tuple[int, int]:
    """The varint that starts there, and where it ends."""
    number = 0
    for shift in range(0, 70, 7):
        if at >= end:
            break
        byte = message[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
    raise Malformed("a number is cut off, or longer than ten bytes")
