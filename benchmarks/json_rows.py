"""JSON and JSON Lines, out and in.

What goes out is beside the SageMaker SDK's way, `json.dumps` of Python's values; what comes in beside `json.loads`
and pandas.  5 MB each, and small values, whose imports are done.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import data
import numpy as np
import pandas as pd
from measure import Encoding, Row, Work, faster, not_slower_by, peak

from sm_magic import codecs
from sm_magic.messages import Payload
from sm_magic.views import Answer, find_table

_LIMIT = 25_000_000  # bytes that an endpoint takes


def rows() -> list[Row]:
    """All of them."""
    return [*large_out(), *large_in(), *small(), *memory()]


def ours(value: Any, media_type: str, **options: Any) -> Callable[[], bytes]:
    """A value as it is sent."""
    return lambda: codecs.encode(value, media_type, max_bytes=_LIMIT, **options).body


def sdk(array: Any) -> Work:
    """`JSONSerializer` of ``{"instances": …}``, which a table becomes by way of its array."""
    return lambda: json.dumps({"instances": np.asarray(array).tolist()})


def dicts(table: pd.DataFrame) -> Work:
    """Records as people make them."""
    return lambda: json.dumps(table.to_dict("records"), default=str)


def lines(table: pd.DataFrame) -> Work:
    """The same, a line a record."""
    return lambda: "\n".join(json.dumps(row, default=str) for row in table.to_dict("records"))


def large_out() -> list[Row]:
    """Tables and arrays that are sent."""
    array, singles, mixed = data.array(), data.singles(), data.mixed(_ROWS)
    return [
        faster("instances: a float32 array", ours(array, "json", orient="instances"), sdk(array), 18),
        faster("instances: a frame of float32", ours(singles, "json", orient="instances"), sdk(singles), 18),
        faster("records of a mixed frame", ours(mixed, "json"), dicts(mixed), 4),
        faster("JSON Lines of a mixed frame", ours(mixed, "jsonl"), lines(mixed), 6),
    ]


_ROWS = 22_000
"""Rows of `data.mixed` that are about 5 MB as records."""


def answer(value: Any) -> Payload:
    """An answer that holds *value*."""
    return Payload(body=json.dumps({"predictions": value}).encode(), content_type="application/json")


def read(payload: Payload) -> Work:
    """The answer's value."""
    return lambda: codecs.decode(payload)


def framed(payload: Payload) -> Work:
    """The answer's table."""
    return lambda: find_table(Answer(value=codecs.decode(payload), payload=payload))


def plain(payload: Payload) -> Work:
    """The same by the json module and pandas."""
    return lambda: pd.DataFrame(json.loads(payload.body)["predictions"])


def large_in() -> list[Row]:
    """Answers that are read, and what `Result.frame()` makes of them."""
    records, numbers = answer(data.records()), answer(data.number_rows())
    return [
        faster("an answer of records", read(records), lambda: json.loads(records.body), 1.7),
        faster("an answer of rows of numbers", read(numbers), lambda: json.loads(numbers.body), 3),
        faster("records with nested dicts → DataFrame", framed(records), plain(records), 1.5),
        faster("rows of numbers → DataFrame", framed(numbers), plain(numbers), 2),
    ]


def small() -> list[Row]:
    """Values of a few rows."""
    made = []
    for count in data.SMALL_ROWS:
        mixed, array = data.mixed(count), data.array(count)
        records, numbers = answer(data.records(count)), answer(data.number_rows(count))
        size = f"{count} row{'' if count == 1 else 's'}"
        made += [
            not_slower_by(f"records, {size}", ours(mixed, "json"), dicts(mixed), 0.2),
            not_slower_by(f"JSON Lines, {size}", ours(mixed, "jsonl"), lines(mixed), 0.2),
            not_slower_by(f"instances, {size}", ours(array, "json", orient="instances"), sdk(array), 0.2),
            not_slower_by(f"an answer, {size}", read(records), lambda p=records: json.loads(p.body), 0.2),
            not_slower_by(f"records → DataFrame, {size}", framed(records), plain(records), 0.2),
            not_slower_by(f"rows of numbers → DataFrame, {size}", framed(numbers), plain(numbers), 0.2),
        ]
    return made


def memory() -> list[Row]:
    """What writing takes at its peak."""
    return [
        peak("memory: instances of a float32 frame", singles_written, 2.5),
        peak("memory: records of a mixed frame", records_written, 2.5),
        peak("memory: JSON Lines of a mixed frame", lines_written, 2.5),
    ]


def singles_written() -> Encoding:
    """For `peak`."""
    few, many = data.singles(300), data.singles()
    return ours(few, "json", orient="instances"), ours(many, "json", orient="instances")


def records_written() -> Encoding:
    """For `peak`."""
    return _written("json")


def lines_written() -> Encoding:
    """For `peak`."""
    return _written("jsonl")


def _written(media_type: str) -> Encoding:
    with suppress(ImportError):
        import polars  # noqa: F401 - it is imported for a large table, and then used for smaller ones
    return ours(data.mixed(1_000), media_type), ours(data.mixed(_ROWS), media_type)
