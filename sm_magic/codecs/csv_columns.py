"""A small table → the lines of a CSV without `DataFrame.to_csv`, in pandas' own tokens; None in doubt.

`to_csv` takes longer to be set up than to write some hundred cells.  Here each column becomes what the csv module
writes as pandas would: numbers, bools, text, times without a zone.  A table with a column of any other type, or with
text that pandas would quote otherwise, is left to pandas.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from . import tables

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MOST = 5_000  # cells
_NUMBERS = frozenset({int, float, type(None)})
_PLAIN = _NUMBERS | {str, bool}
_UNITS: tuple[Literal["D", "s", "ms", "us", "ns"], ...] = ("D", "s", "ms", "us", "ns")


def write(
    frame: pd.DataFrame, dtypes: Sequence[Any], *, header: bool
) -> tuple[bytes, dict[int, bool]] | None:
    """The rows of a table in UTF-8, each with its line end, its columns' names first if *header*.

    And, by their places, whether columns of objects hold numbers.
    """
    if frame.size > _MOST:
        return None
    names = tables.labels(frame) if header else []
    if not {str, int}.issuperset(map(type, names)):
        return None
    columns = []
    numbers = {}
    for i, (_, column) in enumerate(frame.items()):
        if dtypes[i] == "O":
            types = set(map(type, column))
            if not types <= _PLAIN:
                return None
            numbers[i] = types <= _NUMBERS
        if (cells := _cells(column, dtypes[i])) is None:
            return None
        columns.append(cells)
    body = _lines([names] if header else [], zip(*columns, strict=True))
    return None if body is None else (body, numbers)


def _lines(*parts: Iterable[Sequence[Any]]) -> bytes | None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for rows in parts:
        writer.writerows(rows)
    text = out.getvalue()
    try:
        return None if "\r" in text else text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return None


def _cells(column: pd.Series, dtype: Any) -> Sequence[Any] | None:
    """What the csv module writes as pandas writes this column, ``""`` where it is missing; None in doubt."""
    import numpy as np
    import pandas as pd

    if isinstance(dtype, pd.StringDtype):
        return [cell if isinstance(cell, str) else "" for cell in column.tolist()]
    if not isinstance(dtype, np.dtype):
        return None
    if dtype.kind in "biu":
        return list(column.tolist())
    if dtype.kind == "f":
        return _floats(column.to_numpy())
    if dtype.kind == "M":
        return _times(column.to_numpy())
    if dtype.kind == "O":
        return ["" if cell is None or cell != cell else cell for cell in column.tolist()]
    return None


def _floats(array: np.ndarray[Any, Any]) -> list[Any] | None:
    """Each with as many digits as its type needs."""
    if array.itemsize == 8:
        return [cell if cell == cell else "" for cell in array.tolist()]  # NaN alone is not itself
    if array.itemsize == 4:
        return ["" if cell == "nan" else cell for cell in array.astype(str).tolist()]
    return None


def _times(array: np.ndarray[Any, Any]) -> list[str] | None:
    """Days if all are midnight, else as many digits of a second as the finest needs."""
    import numpy as np

    gaps = np.isnat(array)
    days = array[~gaps].astype("M8[D]")
    if days.size and not (np.datetime64("1000") <= days.min() and days.max() < np.datetime64("10000")):
        return None
    unit = next(unit for unit in _UNITS if ((array.astype(f"M8[{unit}]") == array) | gaps).all())
    cells: list[str] = np.datetime_as_string(array, unit=unit).tolist()
    return ["" if cell == "NaT" else cell.replace("T", " ") for cell in cells]
