"""application/jsonlines and application/x-ndjson: one JSON value per line.

Out, no line end after the last line: some containers read an empty last line as a value.  In, empty lines count
for nothing, and values that stand on several lines, or side by side on one, are read too.
"""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

from ..collector import paused
from ..errors import CodecError
from ..messages import Payload
from ..spelling import ended
from . import foreign, masks, orients, tables
from .base import Asked, Codec, Told, a_kind, as_array, is_a, to_bytes, to_text
from .json_columns import column
from .json_integers import may_hold_big_integer
from .json_polars import is_polars
from .json_read import check_memory, is_utf8, without_mark
from .json_rows import LINES, ROWS, joined, of_array, text
from .json_text import numbers
from .json_write import write

if TYPE_CHECKING:
    import numpy as np

CODEC = Codec("application/jsonlines", "application/x-ndjson")
_NOT_SPACE = re.compile(r"\S")


@CODEC.encodes("pandas.DataFrame", "pandas.Series", *foreign.NAMES)
def _table(value: Any, asked: Asked) -> Payload:
    frame = value if is_polars(value) else foreign.in_pandas(value)
    if is_a(frame, "pandas.Series"):
        if asked.orient is None and not tables.is_row(frame):
            return _items(column(frame), asked)
        frame = tables.series_table(frame)
    how = asked.orient or "records"
    if how not in ROWS:
        raise _no_such_layout(asked)
    body = text(frame, how, asked, LINES, take=tables.taker(value))
    return asked.payload(body, **tables.facts(frame))


@CODEC.encodes("builtins.list", "builtins.tuple", "numpy.ndarray", "Sequence", "__array__")
def _items(values: Any, asked: Asked) -> Payload:
    """Each item is a line; with ``features``, each row."""
    if is_a(values, "__array__") and not hasattr(values, "ndim"):
        values = as_array(values)
    if getattr(values, "ndim", 1) == 0:
        return _one(values, asked)
    if _are_numbers(values) and asked.orient in _OF_NUMBERS:
        return _numbers(values, asked)
    if asked.orient == "features":
        items: list[Any] = [{"features": row} for row in orients.array_rows(values)]
    elif asked.orient == "inputs":
        items = [{"inputs": item} for item in values]
    elif asked.orient in (None, "values") or (asked.orient == "records" and tables.is_records(values)):
        items = list(values)
    else:
        raise _no_such_layout(asked)
    return asked.payload(joined(items, LINES.glue), rows=len(items))


_OF_NUMBERS = (None, "values", "features", "inputs")


def _are_numbers(values: Any) -> bool:
    """Whether these are an array of rows or items that are numbers or bools, all of them there."""
    is_array = is_a(values, "numpy.ndarray") and values.dtype.kind in "fiub" and values.ndim <= 2
    return is_array and not masks.hides(values)


def _numbers(array: np.ndarray[Any, Any], asked: Asked) -> Payload:
    tables.refuse_large_array(array, numbers, asked)
    how = asked.orient or "values"
    if how == "features" and array.ndim == 1:
        array = array[None]
    return asked.payload(of_array(array, how, LINES.glue), rows=len(array))


@CODEC.encodes("builtins.str")
def _text(text: str, asked: Asked) -> Payload:
    return asked.payload(to_bytes(text, asked.media))


@CODEC.encodes("builtins.object")
def _one(value: Any, asked: Asked) -> Payload:
    if asked.orient not in (None, "inputs"):
        raise CodecError(f"orient {asked.orient!r} needs a table or a list; this is {a_kind(value)}.")
    return asked.payload(write(value if asked.orient is None else {"inputs": value}), rows=1)


def _no_such_layout(asked: Asked) -> CodecError:
    return CodecError(
        f"JSON Lines has no orient {asked.orient!r}: each line is one row.",
        hint="records, values, features or inputs; or -t json",
    )


@CODEC.decodes
def _decode(body: bytes, told: Told) -> list[Any]:
    """A list with the value of each line."""
    check_memory(body, told, lines=True)
    with paused():
        try:
            if is_utf8(told.media):
                return _fast(without_mark(body))
            lines = to_text(body, told.media).split("\n")
            return [json.loads(line) for line in lines if line.strip()]
        except (ValueError, RecursionError):
            return _one_after_another(to_text(body, told.media), told)


def _fast(body: bytes) -> list[Any]:
    """The value of each line, by orjson where that is exact; it refuses NaN and lone surrogates."""
    import orjson

    values: list[Any] = []
    exact = not may_hold_big_integer(body)
    for line in io.BytesIO(body):
        if exact or not may_hold_big_integer(line):
            try:
                values.append(orjson.loads(line))
                continue
            except orjson.JSONDecodeError:
                pass
        if not line.isspace():
            values.append(json.loads(without_mark(line).decode()))
    return values


def _one_after_another(text: str, told: Told) -> list[Any]:
    """Values that are not one a line."""
    decoder = json.JSONDecoder()
    values: list[Any] = []
    position = 0
    while (start := _NOT_SPACE.search(text, position)) is not None:
        try:
            value, position = decoder.raw_decode(text, start.start())
        except json.JSONDecodeError as exc:
            raise CodecError(
                f"The answer is not {told.media.type}: line {exc.lineno}, column {exc.colno}: {exc.msg}.",
                hint="The bytes are kept in `.body`.",
            ) from exc
        except (ValueError, RecursionError) as exc:
            raise CodecError(
                f"The answer can't be read: {ended(exc)}", hint="The bytes are kept in `.body`."
            ) from exc
        values.append(value)
    return values
