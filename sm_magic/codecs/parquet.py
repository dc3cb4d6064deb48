"""application/x-parquet: tables ⇄ Parquet, dtypes kept; an answer → DataFrame.

Needs pyarrow, but for polars frames, which polars itself can write.  Packed with Snappy, which every reader has.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..messages import Payload
from ..spelling import told as said
from . import arrow_tables, polars_frames
from .arrow_cost import Meter, to_pandas
from .base import Asked, Codec, Told, optional
from .parquet_pages import need

if TYPE_CHECKING:
    import pandas as pd

CODEC = Codec("application/x-parquet")
_WHAT = "The Parquet file"
_MOST_ROWS = 1 << 16  # of a piece that is read at once
_SHARE = 4  # a piece is at most this part of what there may be


@CODEC.encodes(*(form for form in arrow_tables.FORMS if form != "polars.DataFrame"))
def _table(value: Any, asked: Asked) -> Payload:
    return arrow_tables.write(value, asked, _writer, "Parquet")


@CODEC.encodes("polars.DataFrame")
def _polars(frame: Any, asked: Asked) -> Payload:
    """By polars itself, which is faster."""
    if polars_frames.is_large(frame, asked):
        return _table(frame, asked)
    return polars_frames.write(frame, asked, _by_polars)


def _writer(sink: Any, schema: Any) -> Any:
    from pyarrow.parquet import ParquetWriter

    return ParquetWriter(sink, schema)


def _by_polars(frame: Any, out: io.BytesIO) -> None:
    frame.write_parquet(out, compression="snappy")


@CODEC.decodes
def _decode(body: bytes, told: Told) -> pd.DataFrame:
    """The frame; sizes are read from the pages' headers first, then from what they hold, piece by piece."""
    pa = arrow_tables.pyarrow("Parquet")
    if optional("pyarrow.parquet") is None:
        raise CodecError("This pyarrow was built without Parquet.", hint='%pip install "sm-magic[fast]"')
    try:
        with arrow_tables.unpickled():
            table = _read(body, told, pa)
    except CodecError:
        raise
    except Exception as exc:
        raise CodecError(f"The answer is no Parquet file: {said(exc)}", hint="See `.body`.") from exc
    with arrow_tables.unpickled():
        return to_pandas(table, _WHAT)


def _read(body: bytes, told: Told, pa: Any) -> Any:
    """The Arrow table; the texts of a list that might be too many are read as a dictionary, and counted then."""
    from pyarrow.parquet import ParquetFile

    meter = Meter(_WHAT, told)
    with ParquetFile(pa.BufferReader(body)) as file:
        wanted = need(body, file.metadata)
        schema = file.schema_arrow
    meter.check(wanted.unpacked)
    doubted = [path for path, size in wanted.repeated.items() if size > told.max_bytes]
    rows = max(1, min(_MOST_ROWS, told.max_bytes // (_SHARE * max(1, wanted.longest))))
    pieces = []
    with ParquetFile(pa.BufferReader(body), read_dictionary=doubted, pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=rows):
            meter.add(batch.columns)
            piece = pa.Table.from_batches([batch])
            pieces.append(piece.cast(schema) if doubted else piece)
    return pa.concat_tables(pieces) if pieces else schema.empty_table()
