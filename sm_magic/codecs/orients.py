"""The layouts of tables and arrays in JSON, `--orient`.

pandas' own names mean what pandas means by them; `instances` and `inputs` are TensorFlow Serving's and Hugging
Face's, `features` is the built-in algorithms', ``dataframe_*`` are MLflow's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..collector import paused
from ..errors import CodecError
from . import json_rows, tables
from .base import ORIENTS, Asked, a_kind, is_a
from .json_columns import Frame, column, records
from .json_text import key_text, numbers
from .json_write import write

if TYPE_CHECKING:
    import pandas as pd


def frame(table: Frame, orient: str, asked: Asked, take: str = tables.HEAD) -> bytes:
    """A table as one JSON document; *take* is how fewer rows of it are taken.

    A polars table has the layouts `of_rows` alone, for it has no index.
    """
    if orient in UNDER and (array := json_rows.numbers_of(table, asked)) is not None:
        return numbers(array, UNDER[orient])
    if orient in _BY_ROWS:
        head, how, tail = _BY_ROWS[orient]
        beside = _labels if orient in _WITH_INDEX else None
        between = json_rows.Between(head=head, tail=tail)
        return json_rows.text(table, how, asked, between, beside=beside, take=take)
    layout = {"columns": _columns, "index": _index}[orient]
    # Written in one piece, of many small dicts: what is too large must be refused before.
    tables.refuse_hopeless(table, lambda piece: write(layout(piece)), asked, times=1.2, take=take)
    with paused():
        return write(layout(table))


def of_rows(orient: str) -> bool:
    """Whether a layout holds rows and nothing else of a table: no index."""
    return orient in _BY_ROWS and orient not in _WITH_INDEX


def _labels(table: pd.DataFrame) -> bytes:
    return write(_axis(table.index))


def _axis(labels: Any) -> list[Any]:
    """Labels as JSON values; those of several levels as text."""
    return [str(label) if isinstance(label, tuple) else label for label in labels.tolist()]


def _split_head(table: pd.DataFrame) -> bytes:
    return (
        b'{"columns":' + write(_axis(table.columns)) + b',"index":' + write(_axis(table.index)) + b',"data":['
    )


def _label(label: Any) -> str:
    return str(label) if isinstance(label, tuple) else key_text(label)


def _columns(table: pd.DataFrame) -> dict[str, Any]:
    records(table.head(0))  # refuses two columns of one name
    index = [_label(label) for label in table.index.tolist()]
    _refuse_double(index)
    return {
        _label(label): dict(zip(index, column(series), strict=True))
        for label, (_, series) in zip(table.columns.tolist(), table.items(), strict=True)
    }


def _index(table: pd.DataFrame) -> dict[str, Any]:
    index = [_label(label) for label in table.index.tolist()]
    _refuse_double(index)
    return dict(zip(index, records(table), strict=True))


def _refuse_double(index: list[str]) -> None:
    if len(set(index)) < len(index):
        raise CodecError(
            "Rows share an index label; in this layout one would be lost.",
            hint="`.reset_index(drop=True)` first.",
        )


UNDER: Mapping[str | None, str | None] = MappingProxyType(
    {None: None, "values": None, "instances": "instances", "inputs": "inputs"}
)
"""The key under which an array is all of the body, by orient; None: it is the body."""
_WITH_INDEX = ("split", "dataframe_split")
_BY_ROWS: dict[str, tuple[Callable[[Any], bytes], str, bytes]] = {
    "records": (lambda _: b"[", "records", b"]"),
    "values": (lambda _: b"[", "values", b"]"),
    "instances": (lambda _: b'{"instances":[', "values", b"]}"),
    "inputs": (lambda _: b'{"inputs":[', "values", b"]}"),
    "features": (lambda _: b'{"instances":[', "features", b"]}"),
    "split": (_split_head, "values", b"]}"),
    "dataframe_split": (lambda table: b'{"dataframe_split":' + _split_head(table), "values", b"]}}"),
    "dataframe_records": (lambda _: b'{"dataframe_records":[', "records", b"]}"),
}
"""Layouts made row by row: what stands before the rows, how rows are written, what stands after."""


def wrap(value: Any, orient: str) -> Any:
    """A value that is no table, in a layout that it has; CodecError for one that it has not."""
    if orient == "inputs":
        return {"inputs": value}
    if _is_array(value):
        if orient == "values":
            return value
        if orient == "instances":
            return {"instances": value}
        if orient == "features":
            return {"instances": [{"features": row} for row in array_rows(value)]}
        if tables.is_records(value) and orient in ("records", "dataframe_records"):
            return value if orient == "records" else {orient: value}
    raise CodecError(
        f"orient {orient!r} needs a table; this is {a_kind(value)}.",
        hint="Make it one: pandas.DataFrame(…)" if _is_array(value) else "--orient inputs takes any value.",
    )


def array_rows(value: Any) -> list[Any]:
    """The rows of a list or array; one of a single dimension is one row."""
    if hasattr(value, "ndim"):
        return [value] if value.ndim < 2 else list(value)
    items = list(value)
    nested = [hasattr(item, "__len__") and not isinstance(item, (str, bytes, dict)) for item in items]
    if all(nested):
        return items
    if any(nested):
        raise CodecError("Some items of the list are rows and some are not.")
    return [items]


def _is_array(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or is_a(value, "numpy.ndarray")


__all__ = ["ORIENTS", "UNDER", "array_rows", "frame", "of_rows", "wrap"]
