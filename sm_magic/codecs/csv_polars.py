"""Large tables → the lines of a CSV by polars, in pandas' own tokens.

polars writes some fifteen times as fast as `DataFrame.to_csv`.  What it spells otherwise is made pandas' first: bools
are ``True``, a time of midnight alone is a date, NaN and empty text are nothing.  Only floats may look different, and
are equal bit by bit when read (``0.00001``, ``1e-05``).  A table with a column of any other type is not for polars:
it raises on some, panics on others, and its text of most is its own.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from .base import optional
from .csv_rows import Capped, Full

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_WORTH, _WORTH_IMPORT = 5_000, 200_000  # cells; polars' import takes as long as pandas for the second
_PIECE = 25_000  # cells: a thread of polars' holds what it writes of them
_SAMPLE, _ROOM = 200, 1.05  # rows that tell how long all are, and times that
_DAYS = (-354_285, 2_932_897)  # since 1970, from 1000-01-01 to before 10000-01-01


def table(frame: pd.DataFrame) -> pl.DataFrame | None:
    """A large pandas table as polars', cells equal; None where it is small, polars absent, or a column unknown."""
    if frame.size < (_WORTH if "polars" in sys.modules else _WORTH_IMPORT) or not optional("polars"):
        return None
    import polars as pl

    columns: list[pl.Series] = []
    for i in range(frame.shape[1]):
        column = _column(frame.iloc[:, i])
        if column is None or not _is_known(column):
            return None
        columns.append(column.alias(str(i)))  # names may be there twice
    return pl.DataFrame(columns)


def _column(column: pd.Series) -> pl.Series | None:
    """One column as polars'; None for a type that is not known to be the same in both."""
    import numpy as np
    import pandas as pd
    import polars as pl

    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind != "O":
        known = dtype.isnative and (dtype.kind in "iubM" or (dtype.kind == "f" and dtype.itemsize in (4, 8)))
        array = column.to_numpy()
        if dtype == "M8[s]":  # which polars has not
            array = array.astype("M8[ms]")
        return pl.Series(values=array) if known else None
    if isinstance(dtype, pd.StringDtype) or (dtype.kind == "O" and _is_text(column)):
        return _text(column)
    if isinstance(dtype, pd.CategoricalDtype) and _is_text(pd.Series(dtype.categories)):
        codes = pl.Series(values=column.cat.codes.to_numpy().astype(np.int64))
        return _text(pd.Series(dtype.categories)).gather(codes.set(codes < 0, None))
    if pd.api.types.is_bool_dtype(dtype) or pd.api.types.is_numeric_dtype(dtype):
        return _nullable(column)
    return None


def _is_text(column: pd.Series) -> bool:
    """Whether all cells are text or missing."""
    import pandas as pd

    return pd.api.types.infer_dtype(column, skipna=True) in ("string", "empty")


def _text(column: pd.Series) -> pl.Series:
    import polars as pl

    if optional("pyarrow"):
        import pyarrow as pa

        has_own = hasattr(column.array, "__arrow_array__")
        found = column.array.__arrow_array__() if has_own else pa.array(column.to_numpy(), from_pandas=True)
        return pl.Series(values=found).cast(pl.String)
    cells = column.to_numpy(dtype=object, copy=True)
    cells[column.isna().to_numpy()] = None
    return pl.Series(values=cells.tolist(), dtype=pl.String)


def _nullable(column: pd.Series) -> pl.Series | None:
    """A column of pandas' own numbers and bools with a mask; None for what is like one and is not."""
    import polars as pl

    plain = getattr(column.dtype, "numpy_dtype", None)
    if plain is None or plain.kind not in "iubf" or "pyarrow" in str(column.dtype):
        return None
    missing = column.isna().to_numpy()
    values = pl.Series(values=column.to_numpy(dtype=plain, na_value=plain.type(0)))
    if plain.kind == "f" and values.is_nan().any():
        return None  # NaN that is not missing: pandas writes `nan`
    return values.set(pl.Series(values=missing), None)


def takes(table: pl.DataFrame) -> bool:
    """Whether polars writes all columns of a polars table as pandas would."""
    return all(map(_is_known, table.get_columns()))


def _numbered(table: pl.DataFrame) -> pl.DataFrame:
    """The table with numbers for names: polars takes `*` and `^a$` for patterns, of Series too."""
    numbered = table.clone()
    numbered.columns = [str(i) for i in range(table.width)]
    return numbered


def write(table: pl.DataFrame, limit: int | None, head: bytes) -> bytes:
    """*head*, and the rows, each with its line end, of a table that polars `takes`; `Full` beyond *limit* bytes."""
    import polars as pl

    table = _numbered(table)
    tokens = [_token(column) for column in table.get_columns()]
    formats = [form for _, form in tokens if form]
    common = max(formats, key=formats.count, default=None)
    cells = [cell if form in (None, common) else cell.dt.to_string(form) for cell, form in tokens]
    if common and optional("pyarrow"):
        cells = [
            _by_arrow(table.to_series(i), form) if form else cell for i, (cell, form) in enumerate(tokens)
        ]
    # A line of nothing would be skipped by who reads it.
    write = partial(
        pl.DataFrame.write_csv,
        include_header=False,
        datetime_format=common,
        null_value='""' if table.width == 1 else "",
    )
    table = table.select(cells)
    every = max(1, len(table) // _SAMPLE)
    sample = len(write(table.gather_every(every))) * every if len(table) > _SAMPLE else 0
    out = Capped(limit, len(head) + int(_ROOM * sample))
    out.write(head)
    try:
        # PERF: in one call, each takes 0.3 ms however few its rows; it writes in pieces, so the limit stops it.
        write(_in_pieces(table), out)
    except (OSError, pl.exceptions.PolarsError):  # of ours, polars keeps the text alone
        if out.full:
            raise Full from None
        raise
    return out.getvalue()


def _in_pieces(table: pl.DataFrame) -> pl.DataFrame:
    """The same table in chunks: polars writes each by itself, and holds what it writes of some."""
    import polars as pl

    rows = max(1, _PIECE // table.width)
    starts = range(0, len(table), rows)
    return pl.concat([table.slice(i, rows) for i in starts], rechunk=False) if len(starts) > 1 else table


def _is_known(column: pl.Series) -> bool:
    """Whether polars writes a column's cells as pandas would."""
    import polars as pl

    dtype = column.dtype
    if dtype in (pl.Date, pl.Datetime):
        return getattr(dtype, "time_zone", None) is None and _four_digits(column)
    words = (pl.Boolean, pl.String, pl.Categorical, pl.Enum, pl.Null)
    return dtype.is_integer() or dtype == pl.Decimal or dtype in (pl.Float32, pl.Float64, *words)


def _token(column: pl.Series) -> tuple[pl.Expr, str | None]:
    """What makes the cells of a known column pandas' tokens, and the format of its times."""
    import polars as pl

    name, dtype = column.name, column.dtype
    cell = pl.col(name)
    if dtype in (pl.Float32, pl.Float64):
        return (cell.fill_nan(None) if column.is_nan().any() else cell), None
    if dtype == pl.Decimal:
        return cell.cast(pl.String), None  # which older polars quotes
    if dtype == pl.Boolean:
        words = pl.when(cell).then(pl.lit("True")).when(~cell).then(pl.lit("False"))
        return words.alias(name), None
    if dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        text = cell.cast(pl.String)
        # PERF: as they are, they are not copied.
        return (pl.when(text != "").then(text) if _has_empty(column) else text), None
    if dtype in (pl.Date, pl.Datetime):
        form = _time_format(column) if dtype == pl.Datetime else None
        return (cell if form else cell.cast(pl.Date)), form
    return cell, None


_UNITS: Mapping[int, str] = {0: "s", 3: "ms", 6: "us", 9: "ns"}


def _by_arrow(column: pl.Series, form: str) -> pl.Series:
    """Times as text.  PERF: three times as fast as polars."""
    import polars as pl
    import pyarrow as pa

    digits = int(form[-2]) if form.endswith("f") else 0
    text = column.to_arrow().cast(pa.timestamp(_UNITS[digits])).cast(pa.string())
    return pl.Series(column.name, text)


def _has_empty(column: pl.Series) -> bool:
    """Whether a column of words has an empty one."""
    import polars as pl

    words = column if column.dtype == pl.String else column.cast(pl.String)
    return bool((words == "").any())


_TICKS: Mapping[str, int] = {"ms": 10**3, "us": 10**6, "ns": 10**9}  # a second


def _four_digits(column: pl.Series) -> bool:
    """Whether all years have four digits, so that both write them alike."""
    import polars as pl

    a_day = 86_400 * _TICKS[column.dtype.time_unit] if column.dtype == pl.Datetime else 1
    ticks = column.to_physical()
    least, most = ticks.min(), ticks.max()
    return least is None or _DAYS[0] * a_day <= least <= most < _DAYS[1] * a_day


def _time_format(column: pl.Series) -> str | None:
    """The shortest format that holds all times of a column, as pandas chooses it; None if all are midnight."""
    import polars as pl

    second = _TICKS[column.dtype.time_unit]
    ticks = column.cast(pl.Int64)
    # PERF: few of them show that most are no days.
    if all((part % (86_400 * second) == 0).all() for part in (ticks.head(100), ticks)):
        return None
    digits = next((n for n in (0, 3, 6) if second >= 10**n and (ticks % (second // 10**n) == 0).all()), 9)
    return "%Y-%m-%d %H:%M:%S" + (f"%.{digits}f" if digits else "")
