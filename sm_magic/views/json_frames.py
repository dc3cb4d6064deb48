"""Python's values → a DataFrame, with the types that pandas finds in them, in a fraction of its time.

pandas looks at each value by itself.  Where all values of a column are of one type, numpy takes them at once; any other
column, or a table of rows that are not all numbers of one type, is left to pandas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ..collector import paused

if TYPE_CHECKING:
    import numpy as np
    from pandas import DataFrame

Rows: TypeAlias = Sequence[Mapping[Any, Any]]
_FEW: Final = 8  # Values that pandas takes no time for.
_NEAR: Final = 500  # So many rows stay in a processor's cache.


def of_columns(columns: Mapping[Any, Sequence[Any]], labels: list[Any] | None = None) -> DataFrame:
    """Columns by name, all of one length, as a DataFrame."""
    from pandas import DataFrame

    with paused():
        ready = {name: packed(values, set(map(type, values))) for name, values in columns.items()}
        return DataFrame(ready, index=labels)


def of_rows(rows: list[list[Any]], names: Sequence[Any], labels: list[Any] | None = None) -> DataFrame:
    """Rows of values, all of one length, as a DataFrame."""
    from pandas import DataFrame

    with paused():
        array = _matrix(rows, len(names)) if len(rows) * len(names) > _FEW else None
        data: Any = rows if array is None else array
        return DataFrame(data, columns=list(names), index=labels)


def _matrix(rows: list[list[Any]], width: int) -> np.ndarray[Any, Any] | None:
    """Rows of numbers of one type as an array; None for others, and where a column holds nothing but None."""
    import numpy as np

    types = set(map(type, chain.from_iterable(rows)))
    if (array := _array(types, _OF_ROWS)) is None:
        return None
    try:
        made = array(chain.from_iterable(rows), len(rows) * width).reshape(len(rows), width)
    except OverflowError:  # an integer beyond 64 bits
        return None
    return None if NoneType in types and np.isnan(made).all(axis=0).any() else made


def picked(rows: Rows, names: Iterable[Any] | None = None) -> list[tuple[Any, list[Any]]]:
    """The values under each key, *names* first; None in rows that have it not."""
    names = list(names_of(rows) if names is None else names)
    columns: list[tuple[Any, list[Any]]] = [(name, []) for name in names]
    try:
        # PERF: a few rows at a time, for each is fetched from memory: all their keys while it is near.
        for start in range(0, len(rows), _NEAR):
            near = rows[start : start + _NEAR]
            for name, values in columns:
                values.extend(map(itemgetter(name), near))
    except KeyError:
        every = dict.fromkeys(chain(names, chain.from_iterable(rows)))
        return [(name, [row.get(name) for row in rows]) for name in every]
    return columns


def names_of(rows: Rows) -> Iterable[Any]:
    """All keys of the rows, in the order in which they come.

    PERF: those of the first row where all have as many, and so most likely the same.
    """
    alike = set(map(len, rows)) == {len(rows[0])}
    return rows[0] if alike else dict.fromkeys(chain.from_iterable(rows))


def packed(values: Sequence[Any], types: set[type]) -> Any:
    """A column as an array, where numpy makes of values of these *types* what pandas would."""
    if len(values) > _FEW and (array := _array(types, _OF_COLUMNS)):
        try:
            return array(values, len(values))
        except OverflowError:
            return values
    return values


def _array(types: set[type], dtypes: Dtypes) -> Callable[[Iterable[Any], int], np.ndarray[Any, Any]] | None:
    """What makes an array of values of these types; None where that is pandas' to say."""
    import numpy as np

    dtype = next((dtype for known, dtype in dtypes if types == known), None)
    if dtype is None:
        return None
    if NoneType in types:
        return lambda values, _: np.array(list(values), dtype=dtype)
    return lambda values, count: np.fromiter(values, dtype, count)


Dtypes: TypeAlias = tuple[tuple[set[type], str], ...]
_OF_ROWS: Final[Dtypes] = (({float}, "f8"), ({int}, "i8"), ({bool}, "?"), ({float, NoneType}, "f8"))
"""The types of a column's values, and what pandas makes of them."""
_OF_COLUMNS: Final[Dtypes] = (*_OF_ROWS, ({str}, "O"))
"""Which kind of text an array of objects becomes is pandas' to say: it does not look for other types in it."""
