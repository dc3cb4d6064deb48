"""What an Arrow table becomes in pandas, and what that takes: told from its buffers before it is made.

Arrow holds in a bit, or in nothing at all, what Python holds in an object: a column of nulls has no buffer, a view
or a dictionary says one long text again and again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import CodecError
from ..spelling import told as said
from .base import Told, too_large_to_decode

# Bytes that pandas, or Python, takes for each value.  Source: sys.getsizeof on CPython 3.11, rounded up.
_NUMBER, _TEXT, _OBJECT, _DICT = 8, 64, 128, 256
_WIDEST = 4  # bytes of a character in a str, where UTF-8 has one


class Meter:
    """Counts what the pieces of an answer take; CodecError as soon as that is too much."""

    def __init__(self, what: str, told: Told) -> None:
        self._what, self._told, self._taken = what, told, 0

    def add(self, columns: Iterable[Any]) -> None:
        """Add these arrays."""
        self._taken += sum(_cost(column, 0) for column in columns)
        self.check(self._taken)

    def check(self, needed: int) -> None:
        """Raise CodecError if *needed* bytes are more than there may be."""
        if needed > self._told.max_bytes:
            raise too_large_to_decode(self._what, needed, self._told.max_bytes)


def _cost(array: Any, depth: int) -> int:
    """Bytes of *array* as Arrow has it and as pandas will; *depth*: how many lists and structs it is in."""
    import pyarrow as pa

    types, kind, count = pa.types, array.type, len(array)
    if isinstance(kind, pa.BaseExtensionType):
        return _cost(array.storage, depth)
    if types.is_dictionary(kind):
        return count * _NUMBER + _cost(array.dictionary, depth) + (_spelt_out(array) if depth else 0)
    if types.is_struct(kind):
        return count * _DICT + sum(_cost(array.field(i), depth + 1) for i in range(kind.num_fields))
    if types.is_map(kind):
        return count * _OBJECT + _cost(array.keys, depth + 1) + _cost(array.items, depth + 1)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return count * _OBJECT + _cost(array.values, depth + 1)
    if _is_text(kind):
        return count * _TEXT + _WIDEST * int(array.nbytes)
    if str(kind) in ("string_view", "binary_view"):  # pyarrow before 16 has no such types
        return count * _TEXT + _WIDEST * _viewed(array)
    if types.is_date(kind) or types.is_time(kind) or types.is_decimal(kind) or types.is_interval(kind):
        return count * _OBJECT
    if types.is_primitive(kind) or types.is_null(kind):
        return count * (2 * _NUMBER if depth == 0 else _TEXT)
    raise _unread(kind)


def _unread(kind: Any) -> CodecError:
    return CodecError(
        f"The answer holds values of type {kind!s:.80}, which are not read.", hint="See `.body`."
    )


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_fixed_size_binary(kind)
    )


def _spelt_out(array: Any) -> int:
    """What a dictionary inside a list or struct takes, where pandas writes each value out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    total = len(array) * _OBJECT
    if _is_text(array.dictionary.type):
        lengths = pc.binary_length(array.dictionary).take(array.indices)
        total += _WIDEST * (pc.sum(lengths.cast("int64")).as_py() or 0)
    elif pa.types.is_nested(array.dictionary.type):
        raise _unread(array.type)
    return total


def _viewed(array: Any) -> int:
    """The length of all texts of a view, which may all be the same one: 16 bytes each, the first four its length."""
    import numpy as np

    views = np.frombuffer(array.buffers()[1], dtype="<i4")[4 * array.offset :: 4]
    return int(views[: len(array)].clip(min=0).sum(dtype="int64"))


def to_pandas(table: Any, what: str) -> Any:
    """*table* as a DataFrame, as the frame was that it was written from; whole numbers stay whole beside missing ones.

    Raises CodecError for a table that pandas can't hold.
    """
    try:
        table.validate(full=True)
        frame = _signed(table).to_pandas()
        return _whole(frame, table)
    except Exception as exc:
        raise CodecError(f"{what} can't become a DataFrame: {said(exc)}", hint="See `.body`.") from exc


def _signed(table: Any) -> Any:
    """Indices of dictionaries with a sign: polars writes them without one, which pyarrow 17 makes no categories of."""
    import pyarrow as pa

    for number, field in enumerate(table.schema):
        kind = field.type
        if pa.types.is_dictionary(kind) and pa.types.is_unsigned_integer(kind.index_type):
            signed = pa.dictionary(pa.int64(), kind.value_type, ordered=kind.ordered)
            table = table.set_column(number, field.with_type(signed), table.column(number).cast(signed))
    return table


def _whole(frame: Any, table: Any) -> Any:
    """Whole numbers of which some are missing as nullable ones: as floats, large ones would change."""
    import pandas as pd
    import pyarrow as pa

    for name in table.schema.names:
        column = table.column(name) if table.schema.names.count(name) == 1 else None
        if column is None or not column.null_count or not pa.types.is_integer(column.type):
            continue
        if name in frame.columns and frame[name].dtype.kind == "f":
            dtype = getattr(pd, f"{'U' if column.type.equals(pa.uint64()) else ''}Int64Dtype")()
            whole = column.to_pandas(types_mapper=lambda _, found=dtype: found)
            frame[name] = whole.set_axis(frame.index)
    return frame
