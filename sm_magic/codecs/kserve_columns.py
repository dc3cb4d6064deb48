"""A table's columns as arrays, one each, for what is sent by columns: numbers as they are, all else as objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from . import tables

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def columns(frame: pd.DataFrame) -> Iterable[tuple[str, Any]]:
    """Names and columns; those of one block of numbers as what they are in it."""
    import numpy as np

    types = set(frame.dtypes)
    if len(types) == 1 and isinstance(only := types.pop(), np.dtype) and only.kind in "biuf":
        block = frame.to_numpy()
        return ((str(label), block[:, i : i + 1]) for i, label in enumerate(frame.columns))
    return ((str(label), frame.iloc[:, i]) for i, label in enumerate(frame.columns))


def column(name: str, series: pd.Series) -> np.ndarray[Any, Any]:
    """A column's values: numbers as they are, or with NaN where some are missing; all else as objects."""
    import numpy as np
    import pandas as pd

    dtype = series.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "biufc":
        return np.asarray(series)
    missing = bool(series.isna().any())
    if isinstance(dtype, np.dtype) and tables.holds_numbers(series) and len(series):
        return np.asarray(pd.to_numeric(series), dtype="float64" if missing else None)
    if pd.api.types.is_numeric_dtype(dtype):
        return np.asarray(
            series.to_numpy("float64", na_value=np.nan) if missing else series.to_numpy(_plain(dtype))
        )
    if missing:
        raise CodecError(
            f"The column {name!r} has missing values, which no datatype but a float holds.",
            hint="`.fillna('')` or `.dropna()` first.",
        )
    return objects(series.tolist())


def _plain(dtype: Any) -> Any:
    """The dtype of numpy that is a nullable one's."""
    return getattr(dtype, "numpy_dtype", None) or getattr(dtype, "subtype", None)


def objects(items: list[Any]) -> np.ndarray[Any, Any]:
    """An array of shape [n] that holds *items* as they are, whatever they are."""
    import numpy as np

    return np.fromiter(items, dtype=object, count=len(items))
