"""A large CSV → DataFrame by polars, some twice as fast as pandas; None wherever pandas might read something else.

polars says nothing of what it makes of `007`, of a line of blanks or of a quote in the middle of a word, so such a
text is not for it; neither is a column whose cells do not show at once what pandas takes them for.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from .base import optional
from .csv_exact import EXACT, MISSING, may_be_whole
from .csv_scan import Scan

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_WORTH, _WORTH_IMPORT = 200_000, 20_000_000  # bytes; polars' import takes as long as pandas for the second
_SAMPLE = 1 << 16  # bytes in which the types are looked for
_BOOLS = frozenset({"true", "false"})
_HALF_A_NUMBER = re.compile(r"[+-]?[0-9.]*[eE][+-]?")


def is_worth_it(data: bytes) -> bool:
    """Whether a text is so large that polars is the faster way, and polars is here."""
    worth = _WORTH if "polars" in sys.modules else _WORTH_IMPORT
    return len(data) >= worth and optional("polars") is not None


def read(data: bytes, width: int, scan: Scan) -> pd.DataFrame | None:
    """The table of *width* columns in *data* (UTF-8, no header), as pandas reads it; None in doubt."""
    if scan.odd:
        return None
    import pandas as pd
    import polars as pl

    try:
        sample = pl.read_csv(
            data[: data.rfind(b"\n", 0, _SAMPLE) + 1], has_header=False, infer_schema_length=None
        )
        if sample.width != width:
            return None
        table = pl.read_csv(data, has_header=False, schema=sample.schema)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None  # lines of other lengths, a word among numbers: pandas knows
    columns: dict[int, Any] = {}
    for i, column in enumerate(table.get_columns()):
        found = _column(column, scan)
        if found is None:
            return None
        columns[i] = found
    return pd.DataFrame(columns, copy=False)


def _column(column: pl.Series, scan: Scan) -> Any:
    """One column as pandas has it; None in doubt."""
    import polars as pl

    if column.dtype == pl.Boolean and not column.null_count():
        return column.to_numpy()
    if column.dtype == pl.Int64 and not scan.leading_zero:
        return _integers(column)
    if column.dtype == pl.Float64:
        return _floats(column, scan)
    return _words(column) if column.dtype == pl.String else None


def _integers(column: pl.Series) -> Any:
    """Floats if some are missing, as long as floats hold them all."""
    if not column.null_count():
        return column.to_numpy()
    largest = column.abs().max()
    return column.to_numpy() if isinstance(largest, int) and largest < EXACT else None


def _floats(column: pl.Series, scan: Scan) -> Any:
    """None where a cell may be a whole number that a float does not show."""
    largest = column.fill_nan(None).abs().max()
    if not isinstance(largest, float) or largest >= EXACT:
        return None
    values = column.to_numpy()
    return None if may_be_whole(values, scan) else values


def _words(column: pl.Series) -> Any:
    """Words, the empty ones missing; None if the first of them might be a number, a bool or a missing value."""
    import pandas as pd

    if (column == "").any():
        column = column.set(column == "", None)
    first = column.drop_nulls().head(1).to_list()
    if not first or not _is_word(first[0]):
        return None
    if pd.__version__ >= "3" and optional("pyarrow") is not None:
        return column.to_arrow().to_pandas()
    cells = column.to_numpy(writable=True)
    cells[column.is_null().to_numpy()] = float("nan")
    return pd.Series(cells)


def _is_word(cell: str) -> bool:
    """Whether no reader takes a cell for anything but a word."""
    text = cell.strip()
    if text in MISSING or text.lower() in _BOOLS or _HALF_A_NUMBER.fullmatch(text):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False
