"""What may stand in a cell of a CSV: one number, text, date or nothing.

Anything else would go out as its repr, which no reader takes back: ``[0 1 ... 1999]`` of an array, ``In(x=1)`` of an
object.  Cells are judged by their types, and each type once.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..spelling import upper
from . import masks, tables
from .base import a_kind, as_array

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Writer = Callable[[Any], "str | None"]


def write(cell: Any) -> str | None:
    """A cell of a list as csv.writer takes it, None where it is missing; CodecError for what has no place in one."""
    cls: type = type(cell)
    return _writer(cls)(cell)


def is_number(cls: type) -> bool:
    """Whether cells of this type read as numbers, or are missing."""
    return _writer(cls) in (_number, _integer, _decimal, _nothing, _item)


def refuse_nested(frame: pd.DataFrame, dtypes: Sequence[Any]) -> set[int]:
    """The places of columns with text, of those whose cells were looked at.

    Raises CodecError for a column that holds more than one value in a cell, or what has no text of its own.
    """
    import pandas as pd

    text = (pd.StringDtype, pd.PeriodDtype, pd.IntervalDtype)
    found = set()
    for i, dtype in enumerate(dtypes):
        if dtype.kind in "fiubmM" or isinstance(dtype, text):
            continue
        cells = _cells(tables.column_at(frame, i))
        types = set(map(type, cells))
        if wrong := _first(cells, types):
            raise _no_place(wrong[0], f"Column {str(frame.columns[i])!r} holds {a_kind(wrong[0])}, which")
        if str in types:
            found.add(i)
    return found


def refuse_nested_items(array: np.ndarray[Any, Any]) -> None:
    """Raise CodecError for an array whose items have no place in a cell."""
    if array.dtype.kind in "fiubmMU":
        return
    cells = array.astype(object).ravel()
    if wrong := _first(cells, set(map(type, cells))):
        raise _no_place(wrong[0], upper(a_kind(wrong[0])))


def _cells(column: pd.Series) -> np.ndarray[Any, Any]:
    """A column's cells, or those that its categories are."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.dtype.categories.to_series()
    cells: np.ndarray[Any, Any] = column.to_numpy(dtype=object)
    return cells


def _first(cells: Iterable[Any], types: set[type]) -> tuple[Any] | None:
    """The first cell that has no place in a CSV, in a tuple; *types* are those of all."""
    # PERF: the set of types takes 20 ms for a million cells.
    wrong = {cls for cls in types if _writer(cls) in (_refuse, _item)}
    return next((cell,) for cell in cells if type(cell) in wrong) if wrong else None


def _no_place(cell: Any, subject: str) -> CodecError:
    is_complex = isinstance(cell, complex)
    return CodecError(
        f"{subject} has no place in a cell of a CSV.",
        hint="Send `x.real` and `x.imag`, or -t npy" if is_complex else "-t json",
    )


# --- writers ------------------------------------------------------------------------------------------------


def _text(cell: str) -> str:
    return cell


def _word(cell: Any) -> str:
    return str(cell)


def _integer(cell: Any) -> str:
    return str(cell)


def _number(cell: Any) -> str | None:
    return str(cell) if cell == cell else None  # NaN alone is not itself


def _moment(cell: Any) -> str | None:
    return str(cell) if cell == cell else None  # nor is NaT


def _decimal(cell: Any) -> str | None:
    return None if cell.is_nan() else str(cell)


def _nothing(_: Any) -> None:
    return None


def _item(cell: Any) -> str | None:
    """The one value of an array or tensor without dimensions."""
    if masks.hides(cell):
        return None
    array = as_array(cell)
    return write(array[()]) if array.ndim == 0 and array.dtype.kind in "fiubmMU" else _refuse(cell)


def _refuse(cell: Any) -> str | None:
    raise _no_place(cell, upper(a_kind(cell)))


_WRITERS: dict[str, Writer] = {
    "builtins.str": _text,
    "builtins.bool": _word,
    "builtins.int": _integer,
    "builtins.float": _number,
    "builtins.NoneType": _nothing,
    "datetime.date": _word,
    "datetime.time": _word,
    "datetime.timedelta": _word,
    "decimal.Decimal": _decimal,
    "uuid.UUID": _word,
    "numpy.bool": _word,
    "numpy.bool_": _word,
    "numpy.timedelta64": _moment,
    "numpy.datetime64": _moment,
    "numpy.integer": _integer,
    "numpy.floating": _number,
    "pandas.NAType": _nothing,
    "pandas.NaTType": _nothing,
    "pandas.Period": _word,
    "pandas.Interval": _word,
}
"""How a cell is written, by the names of its class and bases, the first that is here."""


@lru_cache(maxsize=1_000)
def _writer(cls: type) -> Writer:
    if issubclass(cls, enum.Enum) and not issubclass(cls, (str, enum.ReprEnum)):
        return _refuse  # its text is its name, not its value
    for base in cls.__mro__:
        if writer := _WRITERS.get(f"{base.__module__.partition('.')[0]}.{base.__name__}"):
            return writer
    return _item if callable(getattr(cls, "__array__", None)) else _refuse
