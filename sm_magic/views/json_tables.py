"""The shapes in which models put a table into JSON, each found by a function of its own.

Keys that hold predictions: ``predictions`` (built-in algorithms, TensorFlow Serving, MLflow), ``projections``
(PCA), ``scores`` (random cut forest), ``outputs`` (TensorFlow Serving's columns, LMI), ``instances`` (what was sent).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeGuard

from ..collector import paused
from .json_frames import Rows, names_of, packed, picked
from .json_models import cells, ranked
from .tables import ONE_COLUMN, Columns, Table, from_columns, from_rows

if TYPE_CHECKING:
    from pandas import DataFrame

KEYS: Final = ("predictions", "projections", "scores", "outputs", "instances")
_SCALARS: Final = frozenset({int, float, bool, str, NoneType})
_NUMBERS: Final = frozenset({int, float, bool, NoneType})
_SAMPLE: Final = 1_000  # So many rows tell what the others are.
_DEPTH: Final = 3  # Objects inside a row's object become columns "a.b.c" down to this level.
Pack: TypeAlias = Callable[[Sequence[Any], set[type]], Sequence[Any]]
"""A column's values, and their types → the same column."""


def find_in_json(value: dict[str, Any] | list[Any], *, nested: int = 2) -> Table | None:
    """The table in a decoded JSON value; None if there is none."""
    if not value:
        return None
    if isinstance(value, list):
        return next((table for of in _OF_LISTS if (table := of(value)) is not None), None)
    table = next((table for of in _OF_OBJECTS if (table := of(value)) is not None), None)
    return _under_key(value, nested) if table is None and nested else table


def _under_key(value: dict[str, Any], nested: int) -> Table | None:
    for key in KEYS:
        inner = value.get(key)
        if isinstance(inner, dict | list) and (table := find_in_json(inner, nested=nested - 1)) is not None:
            rest = {k: v for k, v in value.items() if k != key}
            inside = {key: dict(table.rest)} if table.rest else {}
            return replace(table, key=table.key or key, rest={**rest, **inside})
    return None


# --- arrays -------------------------------------------------------------------------------------------------


def _scalars(values: list[Any]) -> Table | None:
    """``[0.1, 0.9, 0.4]``: one prediction per row."""
    return from_columns({ONE_COLUMN: values}) if _is_column(values) else None


def _rows(values: list[Any]) -> Table | None:
    """``[[0.1, 0.9], [0.8, 0.2]]``: one vector per row, all of one length."""
    if type(values[0]) is not list or _types(values) != {list}:
        return None
    widths = set(map(len, values))
    if len(widths) != 1 or not _types(chain.from_iterable(values[:_SAMPLE])) <= _SCALARS:
        return None
    (width,) = widths
    return from_rows(values, range(width)) if width else None


def _records(values: list[Any]) -> Table | None:
    """``[{"score": 0.9, "label": 1}, …]``: one object per row; vectors and objects in it become columns.

    PERF: what becomes of the columns is judged by the first rows; `frame` looks at all of them.
    """
    if _types(values) != {dict}:
        return None
    names = list(names_of(values))
    columns = _columns_of(values[:_SAMPLE], names)
    if not columns:
        return None

    def frame() -> DataFrame:
        from pandas import DataFrame

        with paused():
            return DataFrame(_columns_of(values, names, pack=packed) or values)

    return replace(from_columns(columns), height=len(values), frame=frame)


def _lists_of_records(values: list[Any]) -> Table | None:
    """``[[{"label": "a", "score": 0.9}, …], …]``: several objects for each row, whose number comes first."""
    if _types(values) != {list} or _types(chain.from_iterable(values)) != {dict}:
        return None
    return _records([{"row": i, **item} for i, items in enumerate(values) for item in items])


def _columns_of(
    rows: Rows, names: Iterable[Any] | None = None, depth: int = _DEPTH, pack: Pack = lambda values, _: values
) -> Columns | None:
    """The columns of rows of objects, those of *names* or all; None where an object holds more than a row does."""
    columns: Columns = {}
    for name, values in picked(rows, names):
        flat = _flatten(name, values, depth, pack)
        if flat is None:
            return None
        columns.update(flat)
    return columns


def _flatten(
    name: Any, values: Sequence[Any], depth: int, pack: Pack = lambda values, _: values
) -> Columns | None:
    """A column of vectors or objects as several: ``score.0``, ``score.1``; None where they hold more than that."""
    kinds = _types(values)
    if kinds == {dict} and depth:
        inner = _columns_of(values, None, depth - 1, pack)
        return None if inner is None else {f"{name}.{part}": column for part, column in inner.items()}
    if kinds == {list} and _are_vectors(values):
        columns = enumerate(zip(*values, strict=True))
        return {f"{name}.{part}": pack(column, _types(column)) for part, column in columns}
    if kinds <= _SCALARS or (kinds <= _SCALARS | {list} and _are_shallow(values)):
        return {name: pack(values, kinds)}
    return None


def _are_vectors(values: Sequence[list[Any]]) -> bool:
    """Whether these are vectors of numbers of one length."""
    widths = set(map(len, values))
    return len(widths) == 1 and 0 not in widths and _types(chain.from_iterable(values)) <= _NUMBERS


def _are_shallow(values: Sequence[Any]) -> bool:
    """Whether the lists among these hold scalars only."""
    lists = (value for value in values if type(value) is list)
    return _types(chain.from_iterable(lists)) <= _SCALARS


# --- objects ------------------------------------------------------------------------------------------------


def _split(value: dict[str, Any]) -> Table | None:
    """The layout "split" of pandas: ``{"columns": […], "index": […], "data": [[…], …]}``."""
    names, rows = value.get("columns"), value.get("data")
    if not isinstance(names, list) or not isinstance(rows, list) or not rows:
        return None
    if _types(rows) != {list} or set(map(len, rows)) != {len(names)}:
        return None
    labels = value.get("index")
    fits = isinstance(labels, list) and len(labels) == len(rows) and labels != list(range(len(rows)))
    return from_rows(rows, names, labels if fits else None)


def _labelled(value: dict[str, Any]) -> Table | None:
    """``{"labels": […], "probabilities": […]}``, with what else the object holds left out of the table."""
    labels = value.get("labels")
    for key, name in (("probabilities", "probability"), ("scores", "score")):
        numbers = value.get(key)
        if _is_column(labels) and _is_column(numbers) and len(labels) == len(numbers):
            rest = {k: v for k, v in value.items() if k not in ("labels", key)}
            return replace(from_columns({"label": labels, name: numbers}), rest=rest)
    return None


def _columns(value: dict[str, Any]) -> Table | None:
    """``{"a": [1, 2], "b": [[3, 4], [5, 6]]}``: a list per column; one alone only if it holds numbers."""
    lists = list(value.values())
    if _types(lists) != {list} or len(set(map(len, lists))) != 1 or not lists[0]:
        return None
    if len(value) == 1 and (next(iter(value)) in KEYS or str in _types(lists[0])):
        return None
    columns: Columns = {}
    for name, values in value.items():
        flat = _flatten(name, values, 0)
        if flat is None:
            return None
        columns.update(flat)
    return from_columns(columns)


def _indexed(value: dict[str, Any]) -> Table | None:
    """The layouts "columns", ``{"a": {"0": 1, "1": 2}, …}``, and "index" of pandas, ``{"0": {"a": 1, "b": 2}, …}``."""
    if _types(value.values()) != {dict}:
        return None
    first = next(iter(value.values()))
    inner, outer = _all_digits(first), _all_digits(value)
    if not first or not (inner or outer or len(value) > 1):
        return None
    if any(item.keys() != first.keys() for item in value.values()):
        return None
    if not _types(chain.from_iterable(item.values() for item in value.values())) <= _SCALARS:
        return None
    if inner and not outer:
        return from_columns({k: list(item.values()) for k, item in value.items()}, list(first))
    return from_columns({k: [row[k] for row in value.values()] for k in first}, list(value))


def _all_digits(keys: Mapping[Any, Any]) -> bool:
    return all(isinstance(key, str) and key.isdecimal() for key in keys)


def _is_column(value: object) -> TypeGuard[list[Any]]:
    return (
        isinstance(value, list) and bool(value) and type(value[0]) in _SCALARS and _types(value) <= _SCALARS
    )


# --- both ---------------------------------------------------------------------------------------------------


def _types(values: Iterable[object]) -> set[type]:
    return set(map(type, values))


_OF_LISTS: tuple[Callable[[list[Any]], Table | None], ...] = (
    _scalars,
    _rows,
    ranked,
    _records,
    _lists_of_records,
)
_OF_OBJECTS: tuple[Callable[[dict[str, Any]], Table | None], ...] = (
    _split,
    _labelled,
    cells,
    _columns,
    _indexed,
)
