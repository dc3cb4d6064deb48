"""Where the table is in an answer: a DataFrame, an array, or the predictions inside a JSON value.

Nothing is copied and pandas is not imported to find or to show one; `Table.frame` does, when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from .grid import Grid

if TYPE_CHECKING:
    from pandas import DataFrame

Corner = Callable[[int, int], tuple[Sequence[object], Sequence[Sequence[object]], Sequence[object] | None]]
"""(rows, columns) -> the names, the rows of values and the labels of that corner of the table."""
Columns: TypeAlias = dict[Any, Sequence[Any]]
ONE_COLUMN = "prediction"
"""The name of a column that has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table found in an answer.

    corner: reads what is shown of it.  frame: makes the whole a DataFrame.
    key: the key of the JSON object that it stood under.  rest: what else that object held.
    """

    height: int
    width: int
    corner: Corner = field(repr=False)
    frame: Callable[[], DataFrame] = field(repr=False)
    key: str | None = None
    rest: Mapping[str, object] = field(default_factory=dict)

    def grid(self, rows: int, columns: int) -> Grid:
        """The corner of at most so many rows and columns."""
        names, values, labels = self.corner(min(rows, self.height), min(columns, self.width))
        return Grid(names=names, rows=values, labels=labels, height=self.height, width=self.width)


def find(value: object) -> Table | None:
    """The table in *value*; None if there is none."""
    finder = _OF_TYPE.get(_kind(value))
    if finder is not None:
        return finder(value)
    if isinstance(value, dict | list):
        from .json_tables import find_in_json

        return find_in_json(value)
    return None


def from_rows(rows: list[Any], names: Sequence[Any], labels: list[Any] | None = None) -> Table:
    """Rows of values, all of one length."""

    def frame() -> DataFrame:
        from .json_frames import of_rows

        return of_rows(rows, names, labels)

    def corner(height: int, width: int) -> tuple[Sequence[Any], list[Any], list[Any] | None]:
        return (
            names[:width],
            [row[:width] for row in rows[:height]],
            None if labels is None else labels[:height],
        )

    return Table(height=len(rows), width=len(names), corner=corner, frame=frame)


def from_columns(columns: Mapping[Any, Sequence[Any]], labels: list[Any] | None = None) -> Table:
    """Columns of values by name, all of one length."""
    height = len(next(iter(columns.values())))

    def frame() -> DataFrame:
        from .json_frames import of_columns

        return of_columns(columns, labels)

    def corner(rows: int, width: int) -> tuple[Sequence[Any], list[Any], list[Any] | None]:
        shown = list(islice(columns.items(), width))
        cells = list(zip(*(values[:rows] for _, values in shown), strict=True))
        return [name for name, _ in shown], cells, None if labels is None else labels[:rows]

    return Table(height=height, width=len(columns), corner=corner, frame=frame)


def _kind(value: object) -> tuple[str, str]:
    """Top-level package and name of the first known class of *value*, without importing the package."""
    for of in type(value).__mro__:
        if (kind := (of.__module__.partition(".")[0], of.__name__)) in _OF_TYPE:
            return kind
    return ("", "")


def _of_frame(frame: Any) -> Table:
    def corner(rows: int, columns: int) -> tuple[list[object], list[list[object]], list[object] | None]:
        part = frame.iloc[:, :columns].iloc[:rows]  # PERF: columns first; each may be a block of its own
        names = [".".join(map(str, n)) if isinstance(n, tuple) else n for n in part.columns]
        labels = None if type(frame.index).__name__ == "RangeIndex" else list(part.index)
        # PERF: as one block; itertuples makes a Series of each column, seconds for a row of 100,000.
        return names, part.to_numpy(dtype=object).tolist(), labels

    return Table(height=frame.shape[0], width=frame.shape[1], corner=corner, frame=lambda: frame)


def _of_series(series: Any) -> Table:
    return _of_frame(series.to_frame(ONE_COLUMN if series.name is None else series.name))


def _of_sparse(sparse: Any) -> Table | None:
    if sparse.ndim != 2:
        return None
    height, width = sparse.shape

    def corner(rows: int, columns: int) -> tuple[Sequence[int], list[list[object]], None]:
        return range(columns), sparse.tocsr()[:rows, :columns].toarray().tolist(), None

    def frame() -> DataFrame:
        from pandas import DataFrame

        return DataFrame.sparse.from_spmatrix(sparse)

    return Table(height=height, width=width, corner=corner, frame=frame)


def _of_array(array: Any) -> Table | None:
    if array.dtype.names:
        names = array.dtype.names
        return _whole_frame(
            array, array.size, len(names), lambda r, c: (names[:c], _fields(array, r, c), None)
        )
    if array.ndim == 1:
        one = (ONE_COLUMN,)
        return _whole_frame(array, array.size, 1, lambda r, c: (one[:c], array[:r, None].tolist(), None), one)
    if array.ndim == 2:
        height, width = array.shape
        return _whole_frame(array, height, width, lambda r, c: (range(c), array[:r, :c].tolist(), None))
    return None


def _whole_frame(
    values: Any, height: int, width: int, corner: Corner, columns: Sequence[str] | None = None
) -> Table:
    def frame() -> DataFrame:
        from pandas import DataFrame

        return DataFrame(values, columns=None if columns is None else list(columns))

    return Table(height=height, width=width, corner=corner, frame=frame)


def _fields(array: Any, rows: int, columns: int) -> list[tuple[object, ...]]:
    return [row[:columns] for row in array.reshape(-1)[:rows].tolist()]


_OF_TYPE: Mapping[tuple[str, str], Callable[[Any], Table | None]] = MappingProxyType(
    {
        ("pandas", "DataFrame"): _of_frame,
        ("pandas", "Series"): _of_series,
        ("numpy", "ndarray"): _of_array,
        ("scipy", "sparray"): _of_sparse,
        ("scipy", "spmatrix"): _of_sparse,
    }
)
