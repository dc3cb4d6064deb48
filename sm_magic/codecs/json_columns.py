"""A table's columns as Python values that JSON has, put together to rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import CodecError
from . import json_polars
from .json_text import key_text, numbers

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import polars as pl

Frame: TypeAlias = "pd.DataFrame | pl.DataFrame"
_UNITS = ("s", "us", "ns")
"""What `isoformat` writes: no fraction, or six digits, or nine."""


def records(frame: Frame) -> list[dict[str, Any]]:
    """A table as one dict a row; CodecError where two columns have one name."""
    names = keys(frame)
    return [dict(zip(names, row, strict=True)) for row in rows(frame)]


def keys(frame: Frame) -> list[str]:
    """The columns' names as an object's keys; CodecError where two have one name."""
    names = [
        key_text(label) if isinstance(label, (str, int, float)) else str(label) for label in frame.columns
    ]
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise CodecError(
            f"Two columns are called {double!r}; as records one would be lost.",
            hint="--orient split keeps both.",
        )
    return names


def rows(frame: Frame) -> list[tuple[Any, ...]]:
    """A table as one tuple a row, of values that `write` takes."""
    if frame.shape[1] == 0:
        return [()] * len(frame)
    if json_polars.is_polars(frame):
        columns = [json_polars.column(series) for series in frame.get_columns()]
    else:
        columns = [column(series) for _, series in frame.items()]
    return list(zip(*columns, strict=True))


def column(series: pd.Series) -> list[Any]:
    """A column's values; float32 as the shortest decimals that read back to the same bits."""
    import numpy as np

    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        if dtype.kind == "f" and dtype.itemsize < 8:
            import orjson

            return list(orjson.loads(numbers(series.to_numpy())))
        if dtype.kind == "M" and (texts := _times(series.to_numpy())) is not None:
            return texts
    return list(series.tolist())


def _times(array: np.ndarray[Any, Any]) -> list[Any] | None:
    """datetime64 as `Timestamp.isoformat` writes it, NaT as None; None where a year has not four digits.

    PERF: ten times as fast as a Timestamp each.
    """
    import numpy as np

    left = ~np.isnat(array)
    years = array[left].astype("M8[Y]").astype(np.int64) + 1970
    if ((years < 1000) | (years > 9999)).any():
        return None
    texts = np.full(array.shape, None, dtype=object)
    for unit in _UNITS:
        whole = array.astype(f"M8[{unit}]")
        fits = left & (whole == array)
        texts[fits] = np.datetime_as_string(whole[fits])
        left &= ~fits
        if not left.any():
            break
    return list(texts.tolist())
