"""Tables → the lines of a CSV: by pandas, and by orjson where all columns are numbers of one type."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..spelling import ended
from . import csv_cells, csv_rows
from .base import Asked, to_bytes

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


class _Capped(io.BytesIO):
    """A buffer that stops whoever writes more than *limit* bytes into it."""

    def __init__(self, limit: int | None) -> None:
        super().__init__()
        self._limit = limit

    def write(self, data: Any, /) -> int:
        """Write *data*; `csv_rows.Full` beyond the limit."""
        if self._limit is not None and self.tell() + len(data) > self._limit:
            raise csv_rows.Full
        return super().write(data)


def write(frame: pd.DataFrame, asked: Asked, limit: int | None) -> bytes:
    """The table's rows, each with its line end; its columns' names first if that is asked.

    Raises CodecError for a cell that holds more than one value, and `csv_rows.Full` beyond *limit* bytes.
    """
    if frame.shape[1] == 0:
        return b""
    csv_cells.refuse_nested(frame)
    if (array := _of_one_type(frame)) is not None:
        head = write(frame.iloc[:0], asked, limit).decode(asked.media.charset or "utf-8")
        return to_bytes(f"{head}{csv_rows.numbers(array, limit)}\n", asked.media)
    body = _by_pandas(frame, asked, limit, csv.QUOTE_MINIMAL)
    # A lone carriage return ends a line for readers, and csv quotes it only where it ends lines for the writer.
    return body if b"\r" not in body else _by_pandas(frame, asked, limit, csv.QUOTE_NONNUMERIC)


def _of_one_type(frame: pd.DataFrame) -> np.ndarray[Any, Any] | None:
    """The array of a table whose columns are numbers of one type, none missing."""
    import numpy as np

    types = set(frame.dtypes)
    if len(frame) == 0 or len(types) > 1 or not isinstance(types.pop(), np.dtype):
        return None
    array = frame.to_numpy()
    return array if csv_rows.are_numbers(array) else None


def _by_pandas(frame: pd.DataFrame, asked: Asked, limit: int | None, quoting: int) -> bytes:
    out = _Capped(limit)
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
