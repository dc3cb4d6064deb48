"""A small CSV → DataFrame without pandas' reader; None wherever pandas might read something else.

`pandas.read_csv` takes longer to be set up than to read some hundred cells, and what it changes must be looked for
again.  Here a cell is what it says at once: a number in its usual form, a bool, a word.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any

from .csv_exact import EXACT, MISSING, is_word, text_dtype

if TYPE_CHECKING:
    import pandas as pd

_MOST, _MOST_NUMBERS = 4_000, 20_000  # commas, up to which it is faster than pandas
_LARGE = 500_000  # bytes
_FOREIGN = (b"\r", b"\0", b"\xed")  # the last starts half a surrogate pair
_NUMBERS = b"0123456789+-.eE,"  # no blanks, no `1_000`, no digits of other scripts
_NAN = float("nan")


def read(data: bytes, width: int) -> pd.DataFrame | None:
    """The table of *width* columns in *data* (UTF-8, no header), as `csv_exact` reads it; None in doubt."""
    if len(data) > _LARGE:
        return None
    if b'"' not in data:
        data = data.replace(b"\r\n", b"\n")
    commas = data.count(b",")
    if commas <= _MOST_NUMBERS and not data.translate(None, _NUMBERS + b"\n"):
        found = _numbers(data, width)
        if found is not None:
            return found
    if commas > _MOST or any(mark in data for mark in _FOREIGN):
        return None
    return _cells(data, width)


# --- all cells are numbers ----------------------------------------------------------------------------------


def _numbers(data: bytes, width: int) -> pd.DataFrame | None:
    """A table of numbers, none missing, each as JSON has it: its lines are arrays but for their brackets."""
    import numpy as np
    import orjson
    import pandas as pd

    try:
        rows = orjson.loads(b"[[%b]]" % data.removesuffix(b"\n").replace(b"\n", b"],["))
    except orjson.JSONDecodeError:
        return None  # `007`, `+5`, `.5`, an empty cell
    if set(map(len, rows)) != {width} or b"-0," in data or b"-0\n" in data or data.endswith(b"-0"):
        return None
    array = np.array(rows)
    if array.dtype == np.int64:
        return pd.DataFrame(array, copy=False)
    if array.dtype != np.float64 or not (np.abs(array) < EXACT).all():
        return None
    whole = np.flatnonzero((array == np.trunc(array)).all(axis=0)).tolist()
    integers = [i for i in whole if all(type(row[i]) is int for row in rows)]
    frame = pd.DataFrame(array, copy=False)
    return frame.astype(dict.fromkeys(integers, np.int64)) if integers else frame


# --- a column at a time -------------------------------------------------------------------------------------


def _cells(data: bytes, width: int) -> pd.DataFrame | None:
    import pandas as pd

    try:
        rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    except csv.Error:
        return None
    if set(map(len, rows)) != {width}:
        return None  # a blank line, lines of other lengths
    columns = {}
    for i, cells in enumerate(zip(*rows, strict=True)):
        if i == 0 and _are_blank(cells):
            return None
        if (column := _column(cells)) is None:
            return None
        columns[i] = column
    return pd.DataFrame(columns, copy=False)


def _are_blank(starts: tuple[str, ...]) -> bool:
    """Whether a line may start with a blank: pandas skips it if there is nothing more."""
    joined = "\n".join(("", *starts))
    return "\n " in joined or "\n\t" in joined


def _column(cells: tuple[str, ...]) -> Any:
    """Numbers, bools or words; None in doubt."""
    import numpy as np

    first = next(filter(None, cells), None)
    if first is None:
        return np.full(len(cells), _NAN)
    if is_word(first):
        return _words(cells)
    if (numbers := _as_numbers(cells)) is not None:
        return _array(numbers, None)
    if {"True", "False"}.issuperset(cells):
        return np.array([cell == "True" for cell in cells])
    there = [cell not in MISSING for cell in cells]
    numbers = _as_numbers(list(compress(cells, there)))
    return _array(numbers, there) if numbers else None


def _words(cells: Sequence[str]) -> Any:
    """Words, the empty ones missing."""
    if (dtype := text_dtype()) is None:
        return [cell or _NAN for cell in cells]
    import pyarrow as pa

    return dtype.__from_arrow__(pa.array([cell or None for cell in cells], pa.large_string()))


def _as_numbers(cells: Sequence[str]) -> list[int | float] | None:
    """The numbers that the cells are, each as JSON has it; None if one is not."""
    import orjson

    try:
        found: list[int | float] = orjson.loads(f"[{','.join(cells)}]")
    except orjson.JSONDecodeError:
        return None  # `007`, `+5`, `.5`, a word
    numbers = len(found) == len(cells) and {int, float}.issuperset(map(type, found)) and "-0" not in cells
    return found if numbers else None


def _array(numbers: list[int | float], present: list[bool] | None) -> Any:
    """Numbers as pandas has them, the missing ones NaN; None where a float may not show what stood there."""
    import numpy as np

    array = np.array(numbers)
    if present is None and array.dtype == np.int64:
        return array
    if array.dtype.kind not in "if" or not (np.abs(array) < EXACT).all():
        return None
    if present is None:
        return array
    spread = np.full(len(present), _NAN)
    spread[present] = array
    return spread
