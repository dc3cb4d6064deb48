"""application/jsonlines and application/x-ndjson: one JSON value per line.

Out, no line end after the last line: some containers read an empty last line as a value.  In, empty lines count
for nothing, and values that stand on several lines, or side by side on one, are read too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..messages import Payload
from ..spelling import ended
from . import orients, tables
from .base import Asked, Codec, Told, a_kind, as_array, is_a, to_bytes, to_text
from .json import check_memory, loads
from .json_values import column, records, rows
from .json_write import write

if TYPE_CHECKING:
    import pandas as pd

CODEC = Codec("application/jsonlines", "application/x-ndjson")
_NOT_SPACE = re.compile(r"\S")


@CODEC.encodes("pandas.DataFrame", "pandas.Series", "to_pandas")
def _table(value: Any, asked: Asked) -> Payload:
    if asked.orient is None and is_a(value, "pandas.Series") and not tables.is_row(value):
        return _items(column(value), asked)
    frame = tables.table(value)
    if asked.orient not in _ROWS:
        raise _no_such_layout(asked)
    lines = _ROWS[asked.orient]
    body = tables.in_pieces(frame, lambda piece: _lines(lines(piece)), b"\n", asked)
    return asked.payload(body, **tables.facts(frame))


_ROWS: dict[str | None, Callable[[pd.DataFrame], list[Any]]] = {
    None: records,
    "records": records,
    "values": rows,
    "features": lambda table: [{"features": row} for row in rows(table)],
    "inputs": lambda table: [{"inputs": row} for row in rows(table)],
}
"""What a table's line is, by orient."""


@CODEC.encodes("builtins.list", "builtins.tuple", "numpy.ndarray", "Sequence", "__array__")
def _items(values: Any, asked: Asked) -> Payload:
    """Each item is a line; with ``features``, each row."""
    if is_a(values, "__array__") and not hasattr(values, "ndim"):
        values = as_array(values)
    if getattr(values, "ndim", 1) == 0:
        return _one(values, asked)
    if asked.orient == "features":
        items: list[Any] = [{"features": row} for row in orients.array_rows(values)]
    elif asked.orient == "inputs":
        items = [{"inputs": item} for item in values]
    elif asked.orient in (None, "values") or (asked.orient == "records" and tables.is_records(values)):
        items = list(values)
    else:
        raise _no_such_layout(asked)
    return asked.payload(_lines(items), rows=len(items))


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


def _lines(values: list[Any]) -> bytes:
    """Values as lines, in one go where the text between two of them tells itself apart."""
    if not values:
        return b""
    whole = write(values)
    if all(isinstance(value, dict) for value in values) and whole.count(b"},{") == len(values) - 1:
        return whole[1:-1].replace(b"},{", b"}\n{")
    return b"\n".join(write(value) for value in values)


@CODEC.decodes
def _decode(body: bytes, told: Told) -> list[Any]:
    """A list with the value of each line."""
    check_memory(body, told)
    text = to_text(body, told.media)
    try:
        return [_loads(line) for line in text.split("\n") if line.strip()]
    except ValueError:
        return _one_after_another(text, told)
    except RecursionError as exc:
        raise CodecError("A line is nested too deeply to be read.", hint="The bytes are in `.body`.") from exc


def _loads(line: str) -> Any:
    try:
        return loads(line.encode("utf-8", "surrogatepass"))
    except CodecError as exc:
        raise ValueError(line) from exc


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
