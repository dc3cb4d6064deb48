"""CSV.

Beside `DataFrame.to_csv(header=False, index=False)`, which the SageMaker Python SDK's CSVSerializer calls, and
`pandas.read_csv` by its default engine.  Memory is the process's own, beside the size of what was made.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import data
import pandas as pd
from measure import Encoding, Row, Work, faster, not_slower_by, peak

from sm_magic import codecs
from sm_magic.messages import Payload


def ours(value: Any) -> Callable[[], bytes]:
    """The encoding of a value."""
    return lambda: codecs.encode(value, "text/csv").body


def theirs(frame: pd.DataFrame) -> Callable[[], object]:
    """What the SDK does with a table."""
    return lambda: frame.to_csv(header=False, index=False)


def mixed() -> Encoding:
    """For `peak`."""
    import polars  # noqa: F401 - for a small table alone it is not imported

    return ours(data.mixed(8_000)), ours(data.mixed())


def singles() -> Encoding:
    """For `peak`."""
    return ours(data.singles(1_000)), ours(data.singles())


def rows() -> list[Row]:
    """Large tables, small tables, memory, answers."""
    large = {"a mixed table, 5 MB": data.mixed(), "100 float32 columns, 5 MB": data.singles()}
    return [
        *(faster(f"CSV of {what}", ours(frame), theirs(frame), 10) for what, frame in large.items()),
        *_of_polars(),
        *_small(),
        peak("Memory for CSV of a mixed table", mixed, 2.5),
        peak("Memory for CSV of 100 float32 columns", singles, 2.5),
        *(_answer(what, frame) for what, frame in large.items()),
        *_small_answers(),
    ]


def _of_polars() -> list[Row]:
    try:
        import polars as pl
    except ImportError:
        return []
    frame = pl.DataFrame({name: column.tolist() for name, column in data.mixed().items()}, strict=False)

    def converted() -> object:
        return pd.DataFrame(frame.to_dict(as_series=False)).to_csv(header=False, index=False)

    return [faster("CSV of a polars frame, beside its way through pandas", ours(frame), converted, 10)]


def _small() -> list[Row]:
    makers = {"mixed": data.mixed, "of 100 float32 columns": data.singles}
    return [
        not_slower_by(f"CSV of a table {what}, {count} rows", ours(make(count)), theirs(make(count)), 0.2)
        for what, make in makers.items()
        for count in data.SMALL_ROWS
    ]


def _answer(what: str, frame: pd.DataFrame) -> Row:
    return faster(f"CSV answer → DataFrame: {what}", *_ways_in(frame), 1)


def _small_answers() -> list[Row]:
    makers = {"mixed": data.mixed, "100 float32 columns": data.singles}
    return [
        not_slower_by(f"CSV answer → DataFrame: {what}, {count} rows", *_ways_in(make(count)), 0.2)
        for what, make in makers.items()
        for count in data.SMALL_ROWS
    ]


def _ways_in(frame: pd.DataFrame) -> tuple[Work, Work]:
    """Ours and theirs."""
    body = frame.to_csv(header=False, index=False).encode()
    payload = Payload(body=body, content_type="text/csv")
    return (
        lambda: codecs.decode(payload, rows=len(frame)),
        lambda: pd.read_csv(io.BytesIO(body), header=None),
    )
