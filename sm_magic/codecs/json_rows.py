"""A table's rows as JSON text, with commas or line ends between them, stopping where the limit is passed.

Numbers of one type go to orjson as they are, and objects to polars where it writes the same; all other rows become
Python's values, a piece at a time.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..collector import paused
from . import json_polars, tables
from .base import Asked
from .json_columns import Frame, keys, records, rows
from .json_text import numbers
from .json_write import write

if TYPE_CHECKING:
    import numpy as np

_CELLS = 20_000  # that are Python's values at once: these take ten times as much as their text
_CELLS_OF_POLARS = 1 << 14  # that are written at once: what polars takes meanwhile is several times as much
_NUMBER = 26  # bytes that a number and its comma take at most

Write = Callable[[Frame], bytes]
"""Some rows → text."""


@dataclass(frozen=True, slots=True)
class Between:
    """What stands before, between and behind rows; before them may stand something of the table."""

    head: Write = lambda _: b""
    glue: bytes = b","
    tail: bytes = b""


LINES = Between(glue=b"\n")


@dataclass(frozen=True, slots=True)
class Row:
    """A way to write rows: their values, and what stands around a row that is an array."""

    values: Callable[[Frame], list[Any]]
    head: bytes = b""
    tail: bytes = b""


ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "records": Row(records),
        "values": Row(rows),
        "features": Row(lambda table: [{"features": row} for row in rows(table)], b'{"features":', b"}"),
        "inputs": Row(lambda table: [{"inputs": row} for row in rows(table)], b'{"inputs":', b"}"),
    }
)


def text(
    frame: Frame,
    how: str,
    asked: Asked,
    between: Between,
    *,
    beside: Write | None = None,
    take: str = tables.HEAD,
) -> bytes:
    """The rows of a pandas or polars table, each written as `ROWS` has it.

    Raises CodecError beyond the limit; what *beside* writes counts, and *take* is how fewer rows are taken.
    """
    glue = between.glue
    if how != "records" and (array := numbers_of(frame, asked)) is not None:
        return b"".join((between.head(frame), of_array(array, how, glue), between.tail))
    write = _writer(frame, how, glue)
    sized = write if beside is None else _both(write, beside)
    tables.refuse_hopeless(frame, sized, asked, take=take)
    head = between.head(frame)
    if how == "records" and (ready := json_polars.table(frame, keys(frame))) is not None:
        frame, write = ready, lambda piece: json_polars.objects(piece, glue)
    out = io.BytesIO()  # PERF: it grows in place, and gives its bytes away without a copy
    out.write(head)
    counted = 0
    for piece, done in _pieces(frame):
        with paused():
            made = write(piece)
        out.write(made if done == len(piece) else glue + made)
        counted += len(made) + len(glue) + (len(beside(piece)) if beside else 0)
        if asked.max_bytes is not None and counted > asked.max_bytes + len(glue):
            raise tables.too_many(len(frame), counted / done * len(frame), asked, take)
    out.write(between.tail)
    return out.getvalue()


def numbers_of(frame: Frame, asked: Asked) -> np.ndarray[Any, Any] | None:
    """The array of a table of numbers, or bools, of one type, none missing, that is within the limit as text."""
    array = _of_one_type(frame)
    if array is None or (asked.max_bytes is not None and array.size * _NUMBER > asked.max_bytes):
        return None
    return array


def _writer(frame: Frame, how: str, glue: bytes) -> Write:
    """What writes rows of *frame*."""
    if how != "records" and _of_one_type(frame) is not None:
        return lambda piece: of_array(piece.to_numpy(), how, glue)
    return lambda piece: joined(ROWS[how].values(piece), glue)


def _both(one: Write, other: Write) -> Write:
    return lambda piece: one(piece) + other(piece)


def _pieces(frame: Frame) -> Iterator[tuple[Frame, int]]:
    """A table's rows in pieces, with the number of rows up to a piece's end."""
    polars = json_polars.is_polars(frame)
    step = max(1, (_CELLS_OF_POLARS if polars else _CELLS) // max(1, frame.shape[1]))
    if len(frame) <= step:
        yield frame, len(frame)
        return
    for start in range(0, len(frame), step):
        piece = frame.slice(start, step) if polars else frame.iloc[start : start + step]
        yield piece, min(len(frame), start + step)


def joined(values: list[Any], glue: bytes) -> bytes:
    """Values as JSON, joined by *glue*; in one go where the text between two of them tells itself apart."""
    if not values:
        return b""
    if glue == b",":
        return write(values)[1:-1]
    for kinds, between in _BETWEEN:
        if isinstance(values[0], kinds) and all(isinstance(value, kinds) for value in values):
            whole = write(values)[1:-1]
            if whole.count(between) == len(values) - 1:
                return whole.replace(between, between.replace(b",", glue))
    return glue.join([write(value) for value in values])


_BETWEEN: tuple[tuple[tuple[type, ...], bytes], ...] = (((dict,), b"},{"), ((list, tuple), b"],["))


def _of_one_type(frame: Frame) -> np.ndarray[Any, Any] | None:
    """The array of a table whose columns are numbers, or bools, of one type, none missing."""
    import numpy as np

    types = set(frame.dtypes)
    if len(types) != 1:
        return None
    only: Any = types.pop()
    if json_polars.is_polars(frame):
        known = only.is_float() or only.is_integer()
        return frame.to_numpy() if known and not any(column.null_count() for column in frame) else None
    return frame.to_numpy() if isinstance(only, np.dtype) and only.kind in "fiub" else None


def of_array(array: np.ndarray[Any, Any], how: str, glue: bytes) -> bytes:
    """An array of numbers of one dimension, item by item, or of two, row by row, as `ROWS` has them."""
    row = ROWS[how]
    made = numbers(array)[1:-1]
    if not made or (not row.head and glue == b","):
        return made
    between = b"," if array.ndim == 1 else b"],["
    made = made.replace(between, between.replace(b",", row.tail + glue + row.head))
    return b"".join((row.head, made, row.tail)) if row.head else made
