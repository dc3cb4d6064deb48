"""application/x-recordio-protobuf: rows of numbers, dense or sparse, with or without labels ⇄ Amazon's Records.

Out: what the SageMaker SDK writes, byte for byte; ``(x, labels)`` sends labels.  In: what the Records hold, see
`recordio_answer`; a row of features is one Record, and so is an answer's row of predictions.

A frame is the magic number, the length, the Record, and zeros up to the next four bytes.  Integers go out as int32, the
only ones that there are.  Source: aialgs.data.Record of sagemaker.amazon.record_pb2, mxnet.recordio.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..messages import Payload
from . import protobuf, recordio_answer, records, tables
from .base import Asked, Codec, Told, size
from .features import TYPES, Features, features, is_sparse
from .scratch import Scratch

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

CODEC = Codec("application/x-recordio-protobuf")
_FLOAT32, _FLOAT64, _INT32 = 2, 3, 7  # the fields of a Value
_AT_ONCE = 1 << 16  # numbers that become varints in one go


@CODEC.encodes(*TYPES)
def _encode(value: Any, asked: Asked) -> Payload:
    found = features(value, "RecordIO")
    x = found.x
    if asked.max_bytes is not None:
        least = x.nnz if is_sparse(x) else x.size if x.dtype.kind != "f" else x.nbytes
        if least > asked.max_bytes:
            raise tables.too_many(x.shape[0], least, asked, tables.SLICE)
    x, labels = _typed(x), found.labels if found.labels is None else _typed(found.labels)
    found = Features(x=x, labels=labels, facts=found.facts)
    varying = is_sparse(x) or x.dtype.kind == "i" or (labels is not None and labels.dtype.kind == "i")
    body = b"".join(_varying(found)) if varying or not x.shape[0] else _fixed(found)
    return asked.payload(body, **found.facts)


def _typed(array: Any) -> Any:
    """Numbers in the types that there are: float32, float64, int32.  CodecError where one would be lost."""
    import numpy as np

    if array.dtype.kind == "f":
        if array.dtype.itemsize > 8:
            raise CodecError(f"RecordIO has no {array.dtype}.", hint="`.astype('float64')`")
        return array.astype("<f8" if array.dtype.itemsize == 8 else "<f4", copy=False)
    stored = array.data if is_sparse(array) else array
    bounds = np.iinfo(np.int32)
    if (
        stored.size
        and array.dtype.kind != "b"
        and not (bounds.min <= int(stored.min()) and int(stored.max()) <= bounds.max)
    ):
        raise CodecError(
            f"RecordIO's integers have 32 bits; these go from {stored.min():,} to {stored.max():,}.",
            hint="`.astype('float64')` keeps integers up to 2⁵³.",
        )
    return array.astype("<i4", copy=False)


def _fixed(found: Features) -> bytes:
    """Frames of one size, floats alone: the first is repeated and all numbers are put in at once."""
    import numpy as np

    x, labels = found.x, found.labels
    width = x.shape[1] * x.itemsize
    row = _entry(1, x.dtype, bytes(width))
    parts = {"x": (np.dtype((x.dtype, (x.shape[1],))), 8 + len(row) - width)}
    if labels is not None:
        row += _entry(2, labels.dtype, bytes(labels.itemsize))
        parts["label"] = (labels.dtype, 8 + len(row) - labels.itemsize)
    frame = _frame(row)
    formats, offsets = zip(*parts.values(), strict=True)
    layout = np.dtype({"names": list(parts), "formats": formats, "offsets": offsets, "itemsize": len(frame)})
    scratch = Scratch(frame * x.shape[0])
    frames = scratch.array(layout)
    frames["x"] = x
    if labels is not None:
        frames["label"] = labels
    del frames
    return scratch.bytes()


def _varying(found: Features) -> Iterator[bytes]:
    """Frames of different sizes, one after another: sparse rows, and integers, whose varints differ in length."""
    import numpy as np

    x, labels = found.x, found.labels
    rows, columns = x.shape
    tail = protobuf.field(3, protobuf.varint(columns)) if is_sparse(x) else b""
    step = max(1, _AT_ONCE // max(1, columns))
    if is_sparse(x):
        step = max(1, _AT_ONCE * rows // max(_AT_ONCE, x.nnz))
    for start in range(0, rows, step):
        count = min(step, rows - start)
        keys: Iterator[bytes] = repeat(b"", count)
        if is_sparse(x):
            bounds = x.indptr[start : start + count + 1]
            stored = slice(bounds[0], bounds[-1])
            values = _pieces(x.data[stored], bounds - bounds[0])
            keys = _pieces(x.indices[stored], bounds - bounds[0])
        else:
            values = _pieces(x[start : start + count].reshape(-1), np.arange(count + 1) * columns)
        marks: Iterator[bytes] = repeat(b"", count)
        if labels is not None:
            marks = _pieces(labels[start : start + count], np.arange(count + 1))
        for value, key, mark in zip(values, keys, marks, strict=True):
            rest = (protobuf.field(2, key) if key else b"") + tail
            row = _entry(1, x.dtype, value, rest)
            yield _frame(row + _entry(2, labels.dtype, mark) if labels is not None else row)


def _pieces(numbers: Array, bounds: Array) -> Iterator[bytes]:
    """The packed numbers of each row; *bounds* are where the rows start, and the last one's end."""
    if numbers.dtype.kind == "f":
        packed, edges = numbers.tobytes(), bounds * numbers.itemsize
    else:
        packed, starts = protobuf.pack(numbers)
        edges = starts[bounds]
    for start, end in pairwise(edges.tolist()):
        yield packed[start:end]


def _entry(place: int, dtype: np.dtype[Any], values: bytes, rest: bytes = b"") -> bytes:
    """``features["values"]`` (place 1) or ``label["values"]`` (place 2) of a Record; *rest* is keys and shape."""
    kind = _INT32 if dtype.kind == "i" else _FLOAT64 if dtype.itemsize == 8 else _FLOAT32
    tensor = (protobuf.field(1, values) if values else b"") + rest
    return protobuf.field(
        place, protobuf.field(1, b"values") + protobuf.field(2, protobuf.field(kind, tensor))
    )


def _frame(record: bytes) -> bytes:
    length = len(record)
    if length > records.LONGEST:
        raise CodecError(
            f"A row of {size(length)} is too long for RecordIO.",
            hint=f"The longest has {size(records.LONGEST)}.",
        )
    return b"".join((records.MAGIC, length.to_bytes(4, "little"), record, bytes(-length % 4)))


@CODEC.decodes
def _decode(body: bytes, told: Told) -> Any:
    return recordio_answer.read(body, told)
