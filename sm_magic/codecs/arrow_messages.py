"""What the compressed buffers of an Arrow stream become, read from its messages before any is unpacked.

A message's metadata is a flatbuffer: a table finds its fields by a vtable, all offsets are relative, all numbers
little-endian.  A compressed buffer begins with its length unpacked, in eight bytes, -1 for one left as it is.
Sources: flatbuffers.dev, "FlatBuffer Internals"; arrow.apache.org, "IPC format"; format/Message.fbs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_DICTIONARY, _RECORDS = 2, 3  # MessageHeader
_OLD = b"ARROW:experimental_compression"  # how pyarrow 0.15 to 0.17 said that buffers are compressed


def unpacked(metadata: bytes, body: memoryview) -> int:
    """Bytes that the buffers of one message take once unpacked; 0 if they are not compressed.

    Raises ValueError or struct.error for a message that can't be read.
    """
    message = _Table(metadata, _u32(metadata, 0))
    header, kind = message.table(2), message.byte(1)
    if kind == _DICTIONARY and header is not None:
        header = header.table(1)
    if kind not in (_DICTIONARY, _RECORDS) or header is None:
        return 0
    if header.table(3) is None and _OLD not in metadata:
        return 0
    return sum(_length(body, offset, size) for offset, size in header.buffers(2))


def _length(body: memoryview, offset: int, size: int) -> int:
    if size == 0:
        return 0
    if offset < 0 or size < 8 or offset + size > len(body):
        raise ValueError("a buffer lies outside its message")
    found = int.from_bytes(body[offset : offset + 8], "little", signed=True)
    if found < -1:
        raise ValueError("a buffer has a negative length")
    return size if found == -1 else found


class _Table:
    """A table of a flatbuffer, at *at* in *data*."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at
        self._vtable = at - struct.unpack_from("<i", data, _inside(at))[0]
        self._size = struct.unpack_from("<H", data, _inside(self._vtable))[0]

    def _field(self, number: int) -> int | None:
        """Where the field *number* is; None if it has its default."""
        slot = 4 + 2 * number
        if slot + 2 > self._size:
            return None
        offset: int = struct.unpack_from("<H", self._data, _inside(self._vtable + slot))[0]
        return self._at + offset if offset else None

    def byte(self, number: int) -> int:
        """A field of one byte."""
        at = self._field(number)
        return 0 if at is None else self._data[at]

    def table(self, number: int) -> _Table | None:
        """A field that is a table; None if it is not there."""
        at = self._field(number)
        return None if at is None else _Table(self._data, at + _u32(self._data, at))

    def buffers(self, number: int) -> Iterator[tuple[int, int]]:
        """A field that is a vector of pairs of 64-bit numbers: offset and length."""
        at = self._field(number)
        if at is None:
            return iter(())
        at += _u32(self._data, at)
        count = _u32(self._data, at)
        if at + 4 + 16 * count > len(self._data):
            raise ValueError("a vector ends outside its message")
        return struct.iter_unpack("<qq", self._data[at + 4 : at + 4 + 16 * count])


def _u32(data: bytes, at: int) -> int:
    found: int = struct.unpack_from("<I", data, _inside(at))[0]
    return found


def _inside(at: int) -> int:
    """*at*; struct would count one that is negative from the end."""
    if at < 0:
        raise ValueError("an offset lies before its message")
    return at
