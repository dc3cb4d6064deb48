"""A large CSV → DataFrame by pyarrow, faster than pandas; None wherever pandas might read something else.

pyarrow is strict: a line of another length, or a cell that is not of its column's type, is an error.  So the types are
those that the first lines show, and whole numbers are read as text first, which is longer than they are if it says
`007`.  pyarrow divides the text at line ends, inside quotes too, so where there are quotes each line has to be a row,
and no part's first or last row may hold a line end.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .csv_exact import BOOLS, EXACT, INTEGER, MISSING, are_plain, is_word, text_dtype
from .csv_scan import Scan, count_lines

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

_TRUE, _FALSE = (["True", "TRUE", "true"], ["False", "FALSE", "false"])  # pandas' own
_WORD, _FLAG, _WHOLE, _FLOAT = "word", "flag", "whole", "float"
_BLANK, _NINE = b" 9"
_HEAD = 1 << 14  # bytes


@dataclass(frozen=True)
class Reading:
    """A text (UTF-8, no header) that pyarrow reads in another thread, while more is found out about it."""

    data: bytes
    kinds: Sequence[str]
    table: Future[pa.Table]

    def frame(self, scan: Scan) -> pd.DataFrame | None:
        """The table in the text, as pandas reads it; None in doubt."""
        import pandas as pd
        import pyarrow as pa

        if scan.is_foreign or b"\xed" in self.data:  # which starts a surrogate
            return None
        rows = count_lines(self.data) - self.data.endswith(b"\n") if scan.has_quotes else None
        try:
            table = self.table.result()
            if rows is not None and (table.num_rows != rows or _ends_open(self.data, table)):
                return None
            if self.kinds[0] == _WORD and any(map(_blank_first, table.column(0).chunks)):
                return None  # pandas leaves out the blanks that a line starts with
            columns = _columns(table, self.kinds, scan)
        except pa.ArrowException:
            return None
        return pd.DataFrame(columns, copy=False) if len(columns) == table.num_columns else None


def begin(data: bytes, sample: Sequence[Iterable[str]], block: int | None = None) -> Reading | None:
    """Start to read *data*, of whose columns *sample* are the first cells; None if they don't tell what they are.

    *block*: the bytes that are read at a time; None: as many as pyarrow likes.
    """
    kinds = [_kind([cell for cell in cells if cell]) for cells in sample]
    told = [kind for kind in kinds if kind]
    if not told or len(told) < len(kinds) or Scan(data[:_HEAD]).is_foreign:
        return None
    import pyarrow.csv  # noqa: F401 - not by the other thread

    # PERF: pyarrow leaves one processor of two idle for a third of the time.
    pool = ThreadPoolExecutor(1, thread_name_prefix="sm_magic csv")
    table = pool.submit(_table, data, told, block)
    pool.shutdown(wait=False)
    return Reading(data, told, table)


def _kind(cells: list[str]) -> str | None:
    """What pandas would take a column for that starts with these *cells*, none empty; None if they do not tell."""
    if not cells:
        return None
    if is_word(cells[0]):
        return _WORD
    if not MISSING.isdisjoint(cells):
        return None
    if BOOLS.issuperset(map(str.lower, cells)):
        return _FLAG
    return _WHOLE if all(map(INTEGER.fullmatch, cells)) else _FLOAT


def _ends_open(data: bytes, table: pa.Table) -> bool:
    """Whether a quote may be open where *data* ends, or where pyarrow divided it; it takes both for closed."""
    import pyarrow as pa

    words = [column for column in table.columns if pa.types.is_large_string(column.type)]
    chunks = [chunk for column in words for chunk in column.chunks if len(chunk)]
    if any("\n" in str(chunk[i]) for chunk in chunks for i in (0, -1)):
        return True  # in another column it is no value
    end = len(data) - data.endswith(b"\n")
    line = data[data.rfind(b"\n", 0, end) + 1 : end].decode()
    try:
        return not list(csv.reader([line], strict=True))
    except csv.Error:
        return True


def _table(data: bytes, kinds: Sequence[str], block: int | None) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv as reader

    types = {_FLAG: pa.bool_(), _FLOAT: pa.float64(), _WORD: pa.large_string()}  # as pandas holds text
    return reader.read_csv(
        pa.BufferReader(data),
        read_options=reader.ReadOptions(block_size=block, column_names=[str(i) for i in range(len(kinds))]),
        convert_options=reader.ConvertOptions(
            check_utf8=False,  # who asks does
            column_types={str(i): types.get(kind, pa.string()) for i, kind in enumerate(kinds)},
            null_values=[""],
            strings_can_be_null=True,
            true_values=_TRUE,
            false_values=_FALSE,
        ),
    )


def _columns(table: pa.Table, kinds: Sequence[str | None], scan: Scan) -> dict[int, Any]:
    """The columns as pandas has them, by their places; those in doubt are left out."""
    found: dict[int, Any] = {}
    floats: dict[int, pa.ChunkedArray] = {}
    for i, (kind, column) in enumerate(zip(kinds, table.columns, strict=True)):
        made = _READERS[kind](column) if kind in _READERS else None
        if made is not None:
            found[i] = made
        elif kind == _FLOAT:
            floats[i] = column
    if floats:
        array = _floats(list(floats.values()))
        if are_plain(array, sum(column.null_count for column in floats.values()), scan):
            found |= {i: array[:, place] for place, i in enumerate(floats)}
    return {i: found[i] for i in sorted(found)}


def _floats(columns: Sequence[pa.ChunkedArray]) -> np.ndarray[Any, Any]:
    """Floats in one array of shape [rows, columns]; missing ones NaN."""
    import numpy as np

    array = np.empty((len(columns[0]), len(columns)), order="F")
    for i, column in enumerate(columns):
        array[:, i] = column.to_numpy()
    return array


def _integers(column: pa.ChunkedArray) -> np.ndarray[Any, Any] | None:
    """Whole numbers, as floats if some are missing; None if a cell is none, or says more than its number."""
    import numpy as np
    import pyarrow as pa

    try:
        cells = column.cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    array: np.ndarray[Any, Any] = np.require(cells.to_numpy(), requirements="W")
    if cells.null_count and not bool(np.nanmax(np.abs(array)) < EXACT):
        return None
    texts = [_text(chunk) for chunk in column.chunks]
    if any(bool((text > _NINE).any()) for text, _, _ in texts):
        return None  # `0xFF`
    written = sum(int(size.sum()) for _, _, size in texts)
    return array if written == _shortest(array, len(cells) - cells.null_count) else None


def _shortest(array: np.ndarray[Any, Any], count: int) -> int:
    """The characters of so many whole numbers, each written without a zero, a plus or a blank in front."""
    import numpy as np

    sizes = np.abs(array)
    largest, power, found = np.nanmax(sizes, initial=0), 10, count + int(np.count_nonzero(array < 0))
    while power <= largest:
        found += int(np.count_nonzero(sizes >= power))
        power *= 10
    return found


def _blank_first(chunk: pa.LargeStringArray) -> bool:
    """Whether a cell starts with a blank."""
    cells, start, size = _text(chunk)
    return bool(((cells.take(start, mode="clip") == _BLANK) & (size > 0)).any())


def _text(chunk: pa.Array) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The text of all cells in one, where each starts, and its bytes."""
    import numpy as np
    import pyarrow as pa

    _, offsets, text = chunk.buffers()
    width = np.int64 if pa.types.is_large_string(chunk.type) else np.int32
    ends = np.frombuffer(offsets, width)[chunk.offset : chunk.offset + len(chunk) + 1]
    return np.frombuffer(text or b"\0", np.uint8), ends[:-1], np.diff(ends)


def _flags(column: pa.ChunkedArray) -> np.ndarray[Any, Any] | None:
    """Bools; None where some are missing."""
    found: np.ndarray[Any, Any] | None = None if column.null_count else column.to_numpy()
    return found


def _words(column: pa.ChunkedArray) -> Any:
    """Words, missing ones as pandas has them."""
    import pandas as pd

    if (dtype := text_dtype()) is not None:
        return dtype.__from_arrow__(column)
    cells = column.to_numpy()
    cells[column.is_null().to_numpy()] = float("nan")
    return pd.Series(cells)


_READERS: Final[Mapping[str | None, Callable[[pa.ChunkedArray], Any]]] = {
    _WORD: _words,
    _FLAG: _flags,
    _WHOLE: _integers,
}
