"""Tables ⇄ Arrow's own tables, for the formats that pyarrow writes.  Nothing here writes a format.

A table is written in pieces, so that what is too large is refused before all of it was built.  A row index is a
column if all of its levels have names, else it is left out.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..errors import CodecError
from ..messages import Payload
from ..spelling import told, upper
from . import tables
from .base import ARROW, Asked, a_kind, is_a, optional

FORMS = (
    "pandas.DataFrame",
    "pandas.Series",
    "builtins.list",
    "builtins.tuple",
    "polars.DataFrame",
    "to_pandas",
    "__arrow_c_stream__",
)
"""What a table may be."""
_PIECE, _ROWS = 64_000_000, 1 << 20  # bytes in memory and rows of a piece: pyarrow's own row group
_SAFE = (14, 0, 1)  # before, pyarrow unpickled what a schema's metadata held (CVE-2023-47248)

Open = Callable[[Any, Any], Any]
"""A sink and a schema → a writer: an object with `write_table` and `close`."""


@contextmanager
def unpickled() -> Iterator[None]:
    """Pyarrow before 21 says aloud that it does not load the pickle that a schema may hold; nor do we, in silence."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*PyExtensionType")
        yield


def pyarrow(what: str) -> Any:
    """The module pyarrow; CodecError that says how to get it if it is absent, or so old that it unpickles."""
    found = optional("pyarrow")
    if found is None:
        raise CodecError(f"{what} needs pyarrow, which is not here.", hint='%pip install "sm-magic[fast]"')
    return checked(found, what)


def checked(found: Any, what: str) -> Any:
    """The pyarrow *found*, unless it would unpickle an answer."""
    if tuple(int(n) for n in re.findall(r"\d+", found.__version__)[:3]) < _SAFE:
        raise CodecError(
            f"{what} needs pyarrow 14.0.1 or newer: {found.__version__} runs code that an answer holds.",
            hint='%pip install -U "sm-magic[fast]"',
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A table to be written: its Arrow schema, its rows, those of a piece, and how some of them are had."""

    schema: Any
    rows: int
    step: int
    take: Callable[[int, int], Any]

    def pieces(self) -> Iterator[tuple[int, Any]]:
        """Each piece as a pyarrow.Table, and how many rows are written with it."""
        for start in range(0, self.rows, self.step):
            stop = min(self.rows, start + self.step)
            yield stop, self.take(start, stop)


def write(value: Any, asked: Asked, open_writer: Open, what: str) -> Payload:
    """*value* as the format that *open_writer* writes; CodecError if it is no such table, or beyond the limit."""
    pa = pyarrow(what)
    try:
        source = _source(value, pa)
        out = io.BytesIO()
        writer = open_writer(out, source.schema)
        for done, piece in source.pieces():
            writer.write_table(piece)
            if asked.max_bytes is not None and out.tell() > asked.max_bytes:
                raise tables.too_many(
                    source.rows, out.tell() / done * source.rows, asked, tables.taker(value)
                )
        writer.close()
    except CodecError:
        raise
    except Exception as exc:
        raise CodecError(
            f"{upper(a_kind(value))} can't be sent as {asked.media.type}: {told(exc)}",
            hint="--columns, --drop, or -t csv",
        ) from exc
    return asked.payload(out.getvalue(), **facts(source.rows, source.schema.names))


def facts(rows: int, names: list[str]) -> dict[str, Any]:
    """The fields of `Facts` for a table of these columns."""
    return {"rows": rows, "columns": len(names), "names": tuple(names)}


def _source(value: Any, pa: Any) -> Source:
    if not is_a(value, "pandas.DataFrame"):
        table = _arrow_table(value, pa)
        if table is not None:
            step = _step(table.num_rows, table.nbytes)
            return Source(
                schema=table.schema,
                rows=table.num_rows,
                step=step,
                take=lambda start, stop: table.slice(start, stop - start),
            )
    return _of_pandas(frame_of(value), pa)


def _arrow_table(value: Any, pa: Any) -> Any:
    """What is Arrow's already, or hands itself over by the PyCapsule interface; None if *value* is neither."""
    if isinstance(value, pa.Table):
        return value
    if isinstance(value, pa.RecordBatch):
        return pa.Table.from_batches([value])
    if is_a(value, "polars.DataFrame"):
        return value.to_arrow()
    if is_a(value, "pandas.Series") or not any(hasattr(type(value), name) for name in ARROW):
        return None
    try:
        return pa.table(value)
    except Exception as exc:
        if callable(getattr(value, "to_pandas", None)):  # a single column: no table by this interface
            return None
        raise CodecError(f"{upper(a_kind(value))} did not become a table: {told(exc)}") from exc


def frame_of(value: Any) -> Any:
    """*value* as a DataFrame; CodecError for a list that is none of records."""
    if isinstance(value, (list, tuple)) and not tables.is_records(value):
        raise CodecError(
            f"{upper(a_kind(value))} is no table.", hint="A list of dicts is one, or `pandas.DataFrame(…)`"
        )
    return tables.table(value)


def _of_pandas(frame: Any, pa: Any) -> Source:
    named = all(name is not None for name in frame.index.names)
    index = frame.index if named else range(len(frame))  # a range is a note in the schema, no column
    frame = frame.set_axis(index, axis=0)
    frame.attrs = {}  # the user's own notes: pyarrow would send them along
    preserve_index = named or None
    schema = pa.Schema.from_pandas(frame, preserve_index=preserve_index)
    plain = frame.set_axis(schema.names[: frame.shape[1]], axis=1)  # 0 is "0" there, and remembered as 0
    return Source(
        schema=schema,
        rows=len(frame),
        step=_step(len(frame), frame.memory_usage(index=False).sum()),
        take=lambda start, stop: pa.Table.from_pandas(
            plain.iloc[start:stop], schema=schema, preserve_index=preserve_index
        ),
    )


def _step(rows: int, size: int) -> int:
    return max(1, min(_ROWS, int(_PIECE * rows / size) if size else _ROWS))
