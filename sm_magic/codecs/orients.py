"""The layouts of tables and arrays in JSON, `--orient`.

pandas' own names mean what pandas means by them; `instances` and `inputs` are TensorFlow Serving's and Hugging
Face's, `features` is the built-in algorithms', ``dataframe_*`` are MLflow's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from . import tables
from .base import ORIENTS, Asked, a_kind, is_a
from .json_values import column, key_text, records, rows
from .json_write import write

if TYPE_CHECKING:
    import pandas as pd


def frame(table: pd.DataFrame, orient: str, asked: Asked) -> bytes:
    """A table as one JSON document."""
    if orient in _BY_ROWS:
        head, row_writer, tail = _BY_ROWS[orient]
        with_index = orient in ("split", "dataframe_split")

        def sized(piece: pd.DataFrame) -> bytes:
            return row_writer(piece) + (write(_axis(piece.index)) if with_index else b"")

        body = tables.in_pieces(table, lambda piece: row_writer(piece)[1:-1], b",", asked, sized)
        return b"".join((head(table), body, tail))
    layout = {"columns": _columns, "index": _index}[orient]
    # Written in one piece, of many small dicts: what is too large must be refused before.
    tables.refuse_hopeless(table, lambda piece: write(layout(piece)), asked, times=1.2)
    return write(layout(table))


def list_rows(table: pd.DataFrame) -> bytes:
    """A table as a JSON array with one array a row; numbers of one type go to orjson as they are."""
    import numpy as np

    types = set(table.dtypes)
    if len(types) == 1 and isinstance(only := types.pop(), np.dtype) and only.kind in "fiub":
        return write(table.to_numpy())
    return write(rows(table))


def record_rows(table: pd.DataFrame) -> bytes:
    """A table as a JSON array with one object a row."""
    return write(records(table))


def feature_rows(table: pd.DataFrame) -> bytes:
    """A table as a JSON array with one ``{"features": […]}`` a row."""
    return write([{"features": row} for row in rows(table)])


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
        _label(label): dict(zip(index, column(table.iloc[:, i]), strict=True))
        for i, label in enumerate(table.columns.tolist())
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


Head = Callable[["pd.DataFrame"], bytes]
_BY_ROWS: dict[str, tuple[Head, Callable[[pd.DataFrame], bytes], bytes]] = {
    "records": (lambda _: b"[", record_rows, b"]"),
    "values": (lambda _: b"[", list_rows, b"]"),
    "instances": (lambda _: b'{"instances":[', list_rows, b"]}"),
    "inputs": (lambda _: b'{"inputs":[', list_rows, b"]}"),
    "features": (lambda _: b'{"instances":[', feature_rows, b"]}"),
    "split": (_split_head, list_rows, b"]}"),
    "dataframe_split": (lambda table: b'{"dataframe_split":' + _split_head(table), list_rows, b"]}}"),
    "dataframe_records": (lambda _: b'{"dataframe_records":[', record_rows, b"]}"),
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


__all__ = ["ORIENTS", "array_rows", "feature_rows", "frame", "list_rows", "record_rows", "wrap"]
