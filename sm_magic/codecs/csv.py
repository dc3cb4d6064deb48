"""text/csv: tables, arrays and lists → rows of cells; an answer → DataFrame (`csv_answer`).

No header and no index unless asked: most tabular containers take a header for a row.  A value of one dimension is
one row, but for a Series, which is one column unless it is a frame's row.  Cells are pandas': missing ones empty,
bools ``True``, floats with as many digits as they need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import CodecError, UsageError
from ..mediatypes import MediaType
from ..messages import Payload
from ..spelling import ended, upper
from . import csv_cells, csv_polars, csv_rows, csv_tables, foreign, masks, tables
from .base import Asked, Codec, Told, a_kind, as_array, is_a, to_bytes
from .csv_answer import read

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CODEC = Codec("text/csv")
_PLAIN = Asked(content_type="text/csv", media=MediaType("text/csv"))


@CODEC.encodes("pandas.DataFrame", *foreign.NAMES, default=True)
def _table(value: Any, asked: Asked) -> Payload:
    if is_a(value, "polars.DataFrame") and csv_polars.takes(value):
        return _frame(value, asked)
    found = foreign.in_pandas(value)
    if is_a(found, "pandas.Series"):
        return _series(found, asked)
    return _frame(found, asked, take=tables.taker(value))


@CODEC.encodes("pandas.Series", default=True)
def _series(series: pd.Series, asked: Asked) -> Payload:
    frame = tables.series_table(series)
    return _frame(frame, asked, note=tables.shape_note(*frame.shape))


def _frame(frame: Any, asked: Asked, note: str | None = None, take: str = tables.HEAD) -> Payload:
    """A table; *take* is how its user takes the first rows of it."""

    def sample(piece: Any) -> bytes:
        return csv_tables.write(piece, asked, None).body

    tables.refuse_hopeless(frame, sample, asked, take=take)
    try:
        lines = csv_tables.write(frame, asked, asked.max_bytes)
    except csv_rows.Full:
        raise tables.too_large(frame, sample, asked, take) from None
    return asked.payload(
        lines.body,
        **tables.facts(frame),
        text_columns=tables.text_columns(frame, lines.dtypes, lines.numbers),
        header=bool(asked.header),
        notes=(note,) if note else (),
    )


@CODEC.encodes("numpy.ndarray", "pandas.Index", "pandas.ExtensionArray", "__array__")
def _array(value: Any, asked: Asked) -> Payload:
    import numpy as np

    array = as_array(value)
    if array.dtype.names and array.ndim <= 1:
        return _frame(_fields(value if masks.hides(value) else array), asked)
    _refuse_header(asked, value)
    if array.ndim > 2:
        raise CodecError(
            f"A CSV has two dimensions; this array has shape {array.shape}.",
            hint=f"`x.reshape({len(array)}, -1)` makes a row of each item; -t npy keeps the shape.",
        )
    note = tables.shape_note(1, array.size) if array.ndim == 1 else None
    if array.dtype.names:
        csv_cells.refuse_nested_items(array)
    table = np.atleast_2d(masks.emptied(value) if masks.hides(value) else array)
    if array.size == 0:
        rows = table.shape[0] if array.ndim == 2 else 0
        return asked.payload(b"", rows=rows, columns=table.shape[1], header=False)
    csv_cells.refuse_nested_items(table)
    tables.refuse_large_array(table, lambda part: _cells(np.atleast_2d(part)), asked)
    return asked.payload(
        csv_tables.recoded(_cells(table), asked),
        rows=table.shape[0],
        columns=table.shape[1],
        text_columns=_text_columns(table),
        header=False,
        notes=(note,) if note else (),
    )


def _fields(array: np.ndarray[Any, Any]) -> pd.DataFrame:
    """A structured array as a table, a column for each field."""
    import numpy as np
    import pandas as pd

    flat = np.atleast_1d(array)
    return pd.DataFrame({name: list(masks.emptied(flat[name])) for name in array.dtype.names or ()})


def _text_columns(table: np.ndarray[Any, Any]) -> tuple[str, ...]:
    import pandas as pd

    if table.dtype.kind in "fiu":
        return ()
    found = tables.text_columns(pd.DataFrame(table).infer_objects())
    return tuple(f"column {int(name) + 1}" for name in found)


def _cells(table: np.ndarray[Any, Any]) -> bytes:
    """A 2-D array's rows, without a last line end, as the SageMaker SDK has it."""
    import pandas as pd

    if csv_rows.are_numbers(table):
        return csv_rows.numbers(table, None)
    return csv_tables.write(pd.DataFrame(table), _PLAIN, None).body.removesuffix(b"\n")


@CODEC.encodes("builtins.dict", "Mapping")
def _dict(value: Any, asked: Asked) -> Payload:
    """A dict of columns is a table, a dict of single values is a row."""
    import pandas as pd

    columns = [hasattr(item, "__len__") and not isinstance(item, (str, bytes)) for item in value.values()]
    try:
        frame = pd.DataFrame(dict(value) if any(columns) else [dict(value)])
    except (ValueError, TypeError, NotImplementedError) as exc:
        raise CodecError(f"The dict is no table: {ended(exc)}", hint="-t json takes any dict.") from exc
    return _frame(frame, asked, tables.shape_note(*frame.shape), tables.taker(value))


@CODEC.encodes("builtins.list", "builtins.tuple", "Sequence")
def _list(values: Any, asked: Asked) -> Payload:
    """A list of lists is rows, a list of dicts a table, any other list one row."""
    items = list(values)
    if tables.is_records(items):
        return _frame(tables.table(items), asked, take=tables.SLICE)
    _refuse_header(asked, values)
    nested = [_is_row(item) for item in items]
    if any(nested) and not all(nested):
        raise CodecError("Some items of the list are rows and some are not.", hint="-t json takes any list.")
    rows = (
        [item if type(item) is list else list(item) for item in items]
        if any(nested)
        else [items]
        if items
        else []
    )
    if len({len(row) for row in rows}) > 1:
        raise CodecError("The list's rows differ in length.", hint="Pad them with None; or -t json")
    width = len(rows[0]) if rows else 0
    note = tables.shape_note(1, width) if rows and not any(nested) else None
    kinds = [set(map(type, column)) for column in zip(*rows, strict=True)]
    try:
        body = csv_tables.recoded(csv_rows.lines(rows, kinds, asked.max_bytes), asked)
    except csv_rows.Full as full:
        raise tables.too_many(len(rows), full.size / full.share, asked, tables.SLICE) from None
    return asked.payload(
        body,
        rows=len(rows),
        columns=width,
        text_columns=tuple(
            f"column {i + 1}" for i, types in enumerate(kinds) if not all(map(csv_cells.is_number, types))
        ),
        header=False,
        notes=(note,) if note else (),
    )


@CODEC.encodes("builtins.str")
def _text(text: str, asked: Asked) -> Payload:
    if asked.header is not None:
        raise UsageError("header is for tables; text is sent as it is.", hint="Leave it out.")
    return asked.payload(to_bytes(text, asked.media))


@CODEC.encodes(
    "builtins.int", "builtins.float", "builtins.NoneType", "numpy.generic", "decimal.Decimal", "datetime.date"
)
def _one(value: Any, asked: Asked) -> Payload:
    return _list([value], asked)


def _refuse_header(asked: Asked, value: Any) -> None:
    if asked.header:
        raise UsageError(
            f"{upper(a_kind(value))} has no column names for a header.",
            hint="pandas.DataFrame(x, columns=[…])",
        )


def _is_row(item: Any) -> bool:
    return isinstance(item, (list, tuple)) or is_a(item, "pandas.Series") or (getattr(item, "ndim", 0) == 1)


@CODEC.decodes
def _decode(body: bytes, told: Told) -> pd.DataFrame:
    return read(body, told)
