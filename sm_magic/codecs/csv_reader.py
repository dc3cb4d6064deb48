"""A large CSV → DataFrame by polars, faster than pandas; None wherever pandas might read something else.

polars says nothing of what it makes of `007`, of a line of blanks or of a quote in the middle of a word, so such a
text is not for it; neither is a column whose cells do not show at once what pandas takes them for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .csv_exact import EXACT, are_plain, is_word, text_dtype
from .csv_scan import Scan

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import polars as pl

_SAMPLE = 1 << 16  # bytes in which the types are looked for


def read(data: bytes, width: int, scan: Scan) -> pd.DataFrame | None:
    """The table of *width* columns in *data* (UTF-8, no header), as pandas reads it; None in doubt."""
    if scan.is_foreign:
        return None
    import pandas as pd
    import polars as pl

    try:
        table = pl.read_csv(data, has_header=False, infer_schema_length=max(1, data.count(b"\n", 0, _SAMPLE)))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None  # lines of other lengths, a word among numbers: pandas knows
    if table.width != width or (_has_words_or_gaps(table, scan) and scan.odd):
        return None
    floats = [i for i, dtype in enumerate(table.dtypes) if dtype == pl.Float64]
    array = _floats(table[:, floats], scan) if floats else None
    if floats and array is None:
        return None
    if array is not None and len(floats) == width:
        return pd.DataFrame(array, copy=False)
    columns: dict[int, Any] = {}
    for i, column in enumerate(table.get_columns()):
        found = array[:, floats.index(i)] if array is not None and i in floats else _column(column, scan)
        if found is None:
            return None
        columns[i] = found
    return pd.DataFrame(columns, copy=False)


def _has_words_or_gaps(table: pl.DataFrame, scan: Scan) -> bool:
    """Whether there is more than numbers and no gap among them: then a line that is odd could have changed them."""
    numbers = all(dtype.is_numeric() for dtype in table.dtypes)
    return scan.has_quotes or not numbers or any(column.null_count() for column in table.get_columns())


def _column(column: pl.Series, scan: Scan) -> Any:
    """One column, not of floats, as pandas has it; None in doubt."""
    import polars as pl

    if column.dtype == pl.Boolean and not column.null_count():
        return column.to_numpy(writable=True)
    if column.dtype == pl.Int64 and not scan.leading_zero:
        return _integers(column)
    return _words(column, scan) if column.dtype == pl.String else None


def _integers(column: pl.Series) -> Any:
    """Floats if some are missing, as long as floats hold them all."""
    if not column.null_count():
        return column.to_numpy(writable=True)
    largest = column.abs().max()
    return column.to_numpy(writable=True) if isinstance(largest, int) and largest < EXACT else None


def _floats(table: pl.DataFrame, scan: Scan) -> np.ndarray[Any, Any] | None:
    """Columns of floats; None where a cell may be a whole number that a float does not show, or is no number."""
    array: np.ndarray[Any, Any] = table.to_numpy(order="fortran", writable=True)
    missing = sum(column.null_count() for column in table.get_columns())
    return array if are_plain(array, missing, scan) else None


def _words(column: pl.Series, scan: Scan) -> Any:
    """Words, the empty ones missing; None if the first of them might be a number, a bool or a missing value."""
    import pandas as pd

    if scan.has_empty_quotes and (column == "").any():
        column = column.set(column == "", None)
    first = column.drop_nulls().head(1).to_list()
    if not first or not is_word(first[0]):
        return None
    if (dtype := text_dtype()) is not None:
        return dtype.__from_arrow__(column.to_arrow())
    cells = column.to_numpy(writable=True)
    cells[column.is_null().to_numpy()] = float("nan")
    return pd.Series(cells)
