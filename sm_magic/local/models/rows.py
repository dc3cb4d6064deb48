"""Bytes -> rows of numbers, as tabular containers read them; and how they refuse.

Independent of `sm_magic.codecs` on purpose: a container is foreign code, and the same mistake on both sides would
be seen by nobody.  Content types are compared exactly, as SageMaker's own containers do.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..fleet import ContainerError
from .weights import Array


def read(body: bytes, content_type: str, names: Sequence[str], model: str) -> Array:
    """The rows in *body*, of shape (rows, len(names)).

    names: the features' names, in order; model: what the errors call the model.
    Raises ContainerError: 415 for another content type or a CSV that is none, 400 for anything else.
    """
    if content_type not in _READERS:
        known = ", ".join(_READERS)
        text = f"Content type {content_type or 'None'} is not supported by this framework. Supported: {known}"
        raise ContainerError(415, text)
    if not body.strip():
        raise ContainerError(400, "No data was sent.")
    rows = _READERS[content_type](body, names)
    if rows.ndim == 1:
        rows = rows.reshape(1, -1)
    if rows.ndim != 2:
        raise ContainerError(400, f"Found array with dim {rows.ndim}. {model} expected <= 2.")
    if rows.shape[1] != len(names):
        expected = f"{model} is expecting {len(names)} features as input."
        raise ContainerError(400, f"X has {rows.shape[1]} features, but {expected}")
    for bad, word in ((np.isnan, "NaN"), (np.isinf, "infinity")):
        if bad(rows).any():
            raise ContainerError(400, f"Input X contains {word}.\n{model} does not accept missing values.")
    return rows


def _csv(body: bytes, _: Sequence[str]) -> Array:
    try:
        text = body.decode("utf-8")
        try:
            # No comments: a row that begins with # is data that can't be read, not a row to leave out.
            return np.loadtxt(io.StringIO(text), delimiter=",", comments=None, ndmin=2, dtype=np.float64)
        except ValueError:  # slower, but it knows empty fields and quotes, and which field is at fault
            lines = [line for line in csv.reader(io.StringIO(text)) if line]
            return np.array([[float(field) if field.strip() else np.nan for field in row] for row in lines])
    except (ValueError, csv.Error) as error:
        # XGBoost's container, word for word; it too takes 415 for what it can't parse.
        text = "Loading csv data failed with Exception, please ensure data is in csv format:"
        raise ContainerError(415, f"{text}\n {type(error)}\n {error}") from error


def _json(body: bytes, names: Sequence[str]) -> Array:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ContainerError(400, f"Unable to parse the JSON body: {error}") from error
    return _rows(document, names)


def _lines(body: bytes, names: Sequence[str]) -> Array:
    try:
        records = [json.loads(line) for line in body.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise ContainerError(400, f"Unable to parse the JSON Lines body: {error}") from error
    return _rows(records, names)


def _npy(body: bytes, _: Sequence[str]) -> Array:
    try:
        return _numbers(np.load(io.BytesIO(body), allow_pickle=False))
    except (ValueError, EOFError, OSError) as error:
        raise ContainerError(400, f"Unable to load the array: {error}") from error


def _rows(document: Any, names: Sequence[str]) -> Array:
    try:
        instances = _instances(document, names)
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        text = f"The JSON has none of the known layouts (instances, records, split, columns, values): {error}"
        raise ContainerError(400, text) from error
    return _numbers(instances)


def _numbers(value: Any) -> Array:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ContainerError(400, f"The instances are not rows of numbers: {error}") from error


def _instances(document: Any, names: Sequence[str]) -> Any:
    """Rows in any of the layouts in use: values, instances, features, records, split, columns, index."""
    if isinstance(document, list):
        if document and all(isinstance(item, dict) for item in document):
            return [_record(item, names) for item in document]
        return document
    if not isinstance(document, dict):
        raise ContainerError(400, "Expected instances: a list of rows, or an object that holds one.")
    for key in ("instances", "inputs", "dataframe_records", "dataframe_split"):
        if key in document:
            return _instances(document[key], names)
    if "data" in document and "columns" in document:
        columns = [str(column) for column in document["columns"]]
        return [_record(dict(zip(columns, row, strict=True)), names) for row in document["data"]]
    if document and all(isinstance(value, dict | list) for value in document.values()):
        if "features" not in document and not _is_index(document, names):
            return _columns(document, names)
        if "features" not in document:
            return [_record(item, names) for item in document.values()]
    return [_record(document, names)]


def _is_index(document: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Whether the keys are the rows' ({row: {column: value}}), not the columns'."""
    known = {_plain(name) for name in names}
    return all(isinstance(value, dict) for value in document.values()) and not known & set(
        map(_plain, document)
    )


def _columns(document: Mapping[str, Any], names: Sequence[str]) -> Any:
    columns = _record(
        {key: list(v.values() if isinstance(v, dict) else v) for key, v in document.items()}, names
    )
    return [list(row) for row in zip(*columns, strict=True)]


def _record(record: Mapping[str, Any], names: Sequence[str]) -> Any:
    """One row's values in the order of *names*; a feature that is unknown or missing is an error."""
    if "features" in record:
        return record["features"]
    if isinstance(record.get("data"), dict):  # {"data": {"features": {"values": […]}}}
        return record["data"]["features"]["values"]
    given = {_plain(key): value for key, value in record.items()}
    unseen = [key for key in record if _plain(key) not in {_plain(name) for name in names}]
    missing = [name for name in names if _plain(name) not in given]
    if unseen or missing:
        text = "The feature names should match those that were passed during fit.\n"
        if unseen:
            text += "Feature names unseen at fit time:\n" + "".join(f"- {name}\n" for name in unseen[:5])
        if missing:
            text += "Feature names seen at fit time, yet now missing:\n"
            text += "".join(f"- {name}\n" for name in missing[:5])
        raise ContainerError(400, text)
    return [given[_plain(name)] for name in names]


def _plain(name: str) -> str:
    """``sepal_length`` and ``Sepal length (cm)`` are one name."""
    return str(name).lower().replace("_", " ").removesuffix("(cm)").strip()


_READERS: dict[str, Callable[[bytes, Sequence[str]], Array]] = {
    "text/csv": _csv,
    "application/json": _json,
    "application/jsonlines": _lines,
    "application/x-npy": _npy,
}
