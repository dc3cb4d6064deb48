"""Rows sent ⇄ predictions that came back: the count that settles doubts about headers."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import Any

from . import mediatypes
from .messages import Payload

# Keys under which containers answer one item per row: built-in algorithms, TensorFlow Serving, MLflow, KServe.
LISTS = ("predictions", "projections", "scores", "outputs", "instances")
_COUNTED_UP_TO = 1_000_000  # bytes of a literal body that are read to count its rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The sentence for the card ("150 rows → 150 predictions") and, if the count is off, what to do."""

    rows: int | None = None
    predictions: int | None = None
    note: str | None = None

    @property
    def sentence(self) -> str | None:
        """What the card says; None where no rows were sent or no rows came back."""
        if self.rows is None or self.predictions is None:
            return None
        return f"{_plural(self.rows, 'row')} → {_plural(self.predictions, 'prediction')}"


def settle(sent: Payload | None, value: object) -> Ledger:
    """Hold the rows of *sent* against the predictions in *value*."""
    rows = None if sent is None else sent.facts.rows
    if sent is None or rows is None:
        return Ledger()
    predictions = count(value, rows)
    csv_sent = mediatypes.parse(sent.content_type).type == "text/csv"
    note = None
    if predictions is not None and csv_sent and rows > 1:
        note = _NOTES.get((predictions - rows, sent.facts.header))
    return Ledger(rows=rows, predictions=predictions, note=note)


# (answers beyond the rows, whether a header was sent; None: the user's own text) -> what that means.
_NOTES = {
    (-1, False): "One answer too few: the container took the first row for a header. Send one with --header.",
    (-1, None): "One answer fewer than lines: the container took the first line for a header.",
    (1, True): "One answer too many: the container took the header for a row. Leave it out with --no-header.",
}


def count(value: Any, rows: int) -> int | None:
    """How many predictions *value* holds, if *rows* rows were sent; None where that is no question."""
    if isinstance(value, dict):
        return _count_dict(value, rows)
    if isinstance(value, list):
        if rows == 1 and len(value) != 1 and not any(isinstance(item, (list, dict)) for item in value):
            return 1
        return len(value)
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape and all(isinstance(n, int) for n in shape):
        return 1 if rows == 1 and len(shape) == 1 else shape[0]
    return None


def _count_dict(value: dict[str, Any], rows: int) -> int | None:
    for key in LISTS:
        if isinstance(value.get(key), list):
            return count(value[key], rows)
    lengths = {len(v) if isinstance(v, list) else None for v in value.values()}
    return rows if lengths == {rows} else None  # columns of a table, and not some list of names


def counted(payload: Payload) -> Payload:
    """*payload* with the rows of a literal body counted, where its type has rows and it is small."""
    if payload.facts.rows is not None or payload.size > _COUNTED_UP_TO:
        return payload
    rows = _COUNTERS.get(mediatypes.parse(payload.content_type).type, lambda _: None)(payload.body)
    return payload if rows is None else replace(payload, facts=replace(payload.facts, rows=rows))


def _csv_rows(body: bytes) -> int | None:
    try:
        return sum(1 for row in csv.reader(io.StringIO(body.decode(), newline="")) if row)
    except (UnicodeDecodeError, csv.Error):
        return None


def _lines(body: bytes) -> int:
    return sum(1 for line in body.splitlines() if line.strip())


def _json_rows(body: bytes) -> int | None:
    """Only the layouts that say what their rows are: `instances`, `inputs`, MLflow's dataframe_*."""
    import orjson

    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(value, dict):
        return None
    for key in ("instances", "inputs", "dataframe_records"):
        if isinstance(value.get(key), list) and not _are_tensors(value[key]):
            return len(value[key])
    split = value.get("dataframe_split")
    data = split.get("data") if isinstance(split, dict) else None
    return len(data) if isinstance(data, list) else None


def _are_tensors(items: list[Any]) -> bool:
    """KServe v2's `inputs` are tensors, whose rows their shapes tell."""
    return any(isinstance(item, dict) and "datatype" in item for item in items)


_COUNTERS = {
    "text/csv": _csv_rows,
    "application/jsonlines": _lines,
    "application/x-ndjson": _lines,
    "application/json": _json_rows,
}


def _plural(n: int, word: str) -> str:
    return f"{n:,} {word}{'' if n == 1 else 's'}"
