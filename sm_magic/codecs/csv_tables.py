"""Tables → the lines of a CSV, by the fastest of those here that write it as pandas does.

That is orjson where all columns are numbers of one type, polars for a large table, the csv module for a small one.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import CodecError
from ..spelling import ended
from . import csv_cells, csv_columns, csv_polars, csv_rows
from .base import Asked, is_a, to_bytes

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class Lines(NamedTuple):
    """The lines of a table, and what was found on the way.

    dtypes: the columns' types.
    numbers: whether columns hold numbers, by their places, where their cells were looked at.
    """

    body: bytes
    dtypes: list[Any] | None = None
    numbers: Mapping[int, bool] = MappingProxyType({})


def write(frame: Any, asked: Asked, limit: int | None) -> Lines:
    """The rows of a pandas or polars DataFrame, each with its line end; its columns' names first if that is asked.

    Raises CodecError for a cell that holds more than one value, and `csv_rows.Full` beyond *limit* bytes.
    """
    if frame.shape[1] == 0:
        return Lines(b"")
    if is_a(frame, "polars.DataFrame"):
        head = frame.clear().write_csv().encode() if asked.header else b""
        return Lines(recoded(csv_polars.write(frame, limit, head), asked))
    dtypes = frame.dtypes.tolist()  # PERF: pandas makes a Series of them each time
    if (array := _of_one_type(frame, dtypes)) is not None:
        return Lines(recoded(csv_rows.numbers(array, limit, _head(frame, asked), b"\n"), asked), dtypes)
    if (table := csv_polars.table(frame)) is not None:
        return Lines(recoded(csv_polars.write(table, limit, _head(frame, asked)), asked), dtypes)
    if (small := csv_columns.write(frame, dtypes, header=bool(asked.header))) is not None:
        body, numbers = small
        if limit is not None and len(body) > limit:
            raise csv_rows.Full(len(body))
        return Lines(recoded(body, asked), dtypes, numbers)
    texts = csv_cells.refuse_nested(frame, dtypes)
    body = _by_pandas(frame, asked, limit, csv.QUOTE_MINIMAL)
    # A lone carriage return ends a line for readers, and csv quotes it only where it ends lines for the writer.
    if b"\r" in body:
        body = _by_pandas(frame, asked, limit, csv.QUOTE_NONNUMERIC)
    return Lines(body, dtypes, dict.fromkeys(texts, False))


def recoded(text: bytes, asked: Asked) -> bytes:
    """Text in UTF-8, in the charset that is asked for; CodecError for a character that it has not."""
    plain = asked.media.charset.lower() in ("utf-8", "utf8") or (
        asked.media.charset == "us-ascii" and text.isascii()
    )
    return text if plain else to_bytes(text.decode(), asked.media)


def _of_one_type(frame: pd.DataFrame, dtypes: list[Any]) -> np.ndarray[Any, Any] | None:
    """The array of a table whose columns are numbers of one type, none missing."""
    import numpy as np

    if len(frame) == 0 or not isinstance(dtypes[0], np.dtype) or any(d != dtypes[0] for d in dtypes):
        return None
    array = frame.to_numpy()
    return array if csv_rows.are_numbers(array) else None


def _head(frame: pd.DataFrame, asked: Asked) -> bytes:
    """The line of the columns' names, if that is asked, in UTF-8."""
    return frame.iloc[:0].to_csv(index=False, lineterminator="\n").encode() if asked.header else b""


def _by_pandas(frame: pd.DataFrame, asked: Asked, limit: int | None, quoting: int) -> bytes:
    out = csv_rows.Capped(limit)
    try:
        frame.to_csv(
            out,
            header=bool(asked.header),
            index=False,
            lineterminator="\n",
            mode="wb",
            quoting=quoting,
            encoding=asked.media.charset or "utf-8",
        )
    except (UnicodeError, LookupError) as exc:
        raise CodecError(f"The table can't be written in {asked.media.charset}: {ended(exc)}") from exc
    return out.getvalue()
