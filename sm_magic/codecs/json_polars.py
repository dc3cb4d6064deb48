"""polars' tables in JSON: written by polars where it writes what we do of the same table in pandas, to the byte.

Of many types polars writes a form of its own (Decimals as text, times without T), it raises on some and panics on
others.  So what is known to be alike is listed, and any other column becomes Python's values.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from . import csv_polars
from .base import is_a
from .json_text import numbers

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_TIME = "%Y-%m-%dT%H:%M:%S"
_TICKS = {"ms": 10**3, "us": 10**6, "ns": 10**9}  # a second


def table(frame: pd.DataFrame | pl.DataFrame, names: list[str]) -> pl.DataFrame | None:
    """A table that polars writes as we do, its columns called *names*; None for one that it does not.

    A pandas table is only made polars' if it is large.
    """
    import pandas as pd

    if isinstance(frame, pd.DataFrame):
        try:
            made = csv_polars.table(frame)
        except Exception:  # noqa: BLE001 - half a surrogate pair, a time beyond its range: Python's values take it
            return None
        if made is None:
            return None
        made.columns = names
        frame = made
    return _with_times_as_text(frame)


def _with_times_as_text(frame: pl.DataFrame) -> pl.DataFrame | None:
    import polars as pl

    alike = (pl.Boolean, pl.Float32, pl.Float64, pl.String, pl.Categorical, pl.Enum, pl.Null, pl.Date)
    columns: list[pl.Series] = []
    for column in frame.get_columns():
        if column.dtype == pl.Datetime:
            column = time_texts(column)
        elif not (column.dtype.is_integer() or column.dtype in alike):
            return None
        columns.append(column)
    return pl.DataFrame(columns)


def objects(table: pl.DataFrame, glue: bytes) -> bytes:
    """The rows of a `table` as objects, joined by *glue*: a comma or a line end."""
    out = io.BytesIO()
    table.write_ndjson(out)
    return out.getvalue()[:-1].replace(b"\n", glue)  # within a row a line end is escaped


def column(series: pl.Series) -> list[Any]:
    """A column's values, as `json_columns.column` has those of pandas."""
    import polars as pl

    if series.dtype == pl.Float32:
        import orjson

        return list(orjson.loads(numbers(series.to_numpy())))
    return list((time_texts(series) if series.dtype == pl.Datetime else series).to_list())


def time_texts(series: pl.Series) -> pl.Series:
    """A column of times as ISO 8601, as Python's `isoformat` writes it: no fraction, six digits, or nine."""
    import polars as pl

    zone = "%:z" if series.dtype.time_zone else ""
    second = _TICKS[series.dtype.time_unit]
    ticks = series.cast(pl.Int64)
    texts = series.dt.to_string(_TIME + zone)
    if not (whole := ticks % second == 0).all():
        texts = texts.zip_with(whole, series.dt.to_string(f"{_TIME}%.6f{zone}"))
    if second > 10**6 and not (whole := ticks % (second // 10**6) == 0).all():
        texts = texts.zip_with(whole, series.dt.to_string(f"{_TIME}%.9f{zone}"))
    return texts


def is_polars(frame: object) -> bool:
    """Whether *frame* is a polars.DataFrame."""
    return is_a(frame, "polars.DataFrame")
