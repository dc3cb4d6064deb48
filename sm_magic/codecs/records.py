"""RecordIO's frames and the Records in them (aialgs.data.Record), read without trust.

A Record maps names to tensors, in `features` and in `label`.  Fields that nobody knows are skipped, and so are uid,
metadata and configuration.  Source: sagemaker.amazon.record_pb2, mxnet.recordio.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import protobuf
from .base import Told, size, too_large_to_decode
from .protobuf import FIXED32, FIXED64, LENGTH, Malformed

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MAGIC = (0xCED7230A).to_bytes(4, "little")
LONGEST = (1 << 29) - 1
"""A Record's bytes; the three bits above them tell the parts of a split one."""
_WHOLE, _FIRST, _MIDDLE, _LAST = range(4)
FEATURES, LABEL = 1, 2
Name = tuple[int, str]
"""`FEATURES` or `LABEL`, and the name in that map."""
_RECORD, _TENSOR = 500, 700  # bytes that one takes in Python, with all that belongs to it


@dataclass(slots=True)
class Tensor:
    """One row: its values, and if it is sparse the column of each; shape as told.  at: where floats stand."""

    values: Any
    keys: Array | None = None
    shape: tuple[int, ...] = ()
    at: int | None = None

    @property
    def is_sparse(self) -> bool:
        """Whether what is not there is 0; a row without any value has a shape alone."""
        return self.keys is not None or (len(self.values) == 0 and math.prod(self.shape) > 0)


class Memory:
    """What reading takes, counted before it is taken."""

    def __init__(self, body: bytes, told: Told) -> None:
        self.what = f"The RecordIO answer ({size(len(body))})"
        self.limit, self.taken = told.max_bytes, 0

    def take(self, count: int, for_now: int = 0) -> None:
        """Count these bytes, beside some *for_now*; CodecError where the limit is passed."""
        self.taken += count
        if self.taken + for_now > self.limit:
            raise too_large_to_decode(self.what, self.taken + for_now, self.limit)


def frames(body: bytes) -> Iterator[tuple[memoryview, int, int]]:
    """Each Record: the bytes it stands in, its start and end.  Split ones are joined by the magic number."""
    view = memoryview(body)
    parts: list[memoryview] = []
    at = 0
    while at < len(body):
        if body[at : at + 4] != MAGIC or at + 8 > len(body):
            raise Malformed(f"there is no frame at byte {at:,}")
        word = int.from_bytes(body[at + 4 : at + 8], "little")
        part, start, end = word >> 29, at + 8, at + 8 + (word & LONGEST)
        if end > len(body):
            raise Malformed(f"the frame at byte {at:,} is cut off")
        if part > _LAST or (part in (_WHOLE, _FIRST)) == bool(parts):
            raise Malformed(f"the frame at byte {at:,} is no part that fits there")
        at = end + -(word & LONGEST) % 4
        if part == _WHOLE:
            yield view, start, end
            continue
        parts.append(view[start:end])
        if part == _LAST:
            whole = memoryview(MAGIC.join(parts))
            parts = []
            yield whole, 0, len(whole)
    if parts:
        raise Malformed("the last Record is not whole")


def record(view: memoryview, start: int, end: int, memory: Memory) -> dict[Name, Tensor]:
    """A Record's tensors by name."""
    memory.take(_RECORD)
    found: dict[Name, Tensor] = {}
    for place, wire, first, last in protobuf.fields(view, start, end):
        if place not in (FEATURES, LABEL) or wire != LENGTH:
            continue
        name, tensor = "", None
        for number, wire_type, one, two in protobuf.fields(view, first, last):
            if wire_type == LENGTH and number == 1:
                name = str(view[one:two], "utf-8")
            elif wire_type == LENGTH and number == 2:
                tensor = _of_value(view, one, two, memory)
        memory.take(_TENSOR + len(name))
        if tensor is not None:
            found[place, name] = tensor
    return found


def _of_value(view: memoryview, start: int, end: int, memory: Memory) -> Tensor | None:
    """A Value is one of four; the last that is known counts."""
    found = None
    for number, wire, first, last in protobuf.fields(view, start, end):
        if wire != LENGTH:
            continue
        if number in _READERS:
            found = _tensor(view, first, last, _READERS[number], memory)
        elif number == 9:
            found = Tensor(_texts(view, first, last, memory))
    return found


def _texts(view: memoryview, start: int, end: int, memory: Memory) -> list[bytes]:
    found = []
    for number, wire, first, last in protobuf.fields(view, start, end):
        if number == 1 and wire == LENGTH:
            memory.take(64 + last - first)
            found.append(bytes(view[first:last]))
    return found


_READERS = {2: "<f4", 3: "<f8", 7: "<i4"}
_FIXED = {"<f4": FIXED32, "<f8": FIXED64}


def _tensor(view: memoryview, start: int, end: int, dtype: str, memory: Memory) -> Tensor:
    """values, keys and shape; packed as they should be, or one by one as they may be."""
    pieces: dict[int, list[Array]] = {1: [], 2: [], 3: []}
    at = None
    for number, wire, first, last in protobuf.fields(view, start, end):
        if number not in pieces:
            continue
        of = dtype if number == 1 else "<u8"
        if wire in (LENGTH, _FIXED.get(of, protobuf.VARINT)):
            at = first if number == 1 else at
            pieces[number].append(_numbers(view[first:last], of, memory))
    values, keys, shape = (_joined(pieces[n], dtype if n == 1 else "<u8") for n in (1, 2, 3))
    packed = dtype in _FIXED and len(pieces[1]) == 1 and not keys.size
    return Tensor(values, keys if keys.size else None, tuple(shape.tolist()), at if packed else None)


def _numbers(packed: memoryview, dtype: str, memory: Memory) -> Array:
    """The numbers of one field."""
    import numpy as np

    memory.take(_TENSOR // 4, 3 * len(packed) if dtype in _FIXED else protobuf.UNPACKING * len(packed))
    found = np.frombuffer(packed, dtype) if dtype in _FIXED else protobuf.unpack(packed).astype(dtype)
    memory.take(3 * found.nbytes)
    return found


def _joined(pieces: list[Array], dtype: str) -> Array:
    import numpy as np

    return pieces[0] if len(pieces) == 1 else np.concatenate([np.empty(0, dtype), *pieces])
