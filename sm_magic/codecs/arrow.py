"""application/vnd.apache.arrow.stream: tables ⇄ Arrow's IPC stream, dtypes kept; an answer → DataFrame.

Needs pyarrow, but for polars frames, which polars itself can write.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..messages import Payload
from ..spelling import told as said
from . import arrow_tables, polars_frames
from .arrow_cost import Meter, to_pandas
from .arrow_messages import unpacked
from .base import Asked, Codec, Told

if TYPE_CHECKING:
    import pandas as pd

CODEC = Codec("application/vnd.apache.arrow.stream")
_WHAT = "The Arrow stream"


@CODEC.encodes(*(form for form in arrow_tables.FORMS if form != "polars.DataFrame"))
def _table(value: Any, asked: Asked) -> Payload:
    return arrow_tables.write(value, asked, _writer, "An Arrow stream")


@CODEC.encodes("polars.DataFrame")
def _polars(frame: Any, asked: Asked) -> Payload:
    """By polars itself, in the types that every reader of Arrow knows."""
    if polars_frames.is_large(frame, asked):
        return _table(frame, asked)
    return polars_frames.write(frame, asked, _by_polars)


def _writer(sink: Any, schema: Any) -> Any:
    import pyarrow as pa

    return pa.ipc.new_stream(sink, schema)


def _by_polars(frame: Any, out: io.BytesIO) -> None:
    import polars as pl

    frame.write_ipc_stream(out, compat_level=pl.CompatLevel.oldest())


@CODEC.decodes
def _decode(body: bytes, told: Told) -> pd.DataFrame:
    """The frame; sizes are read from the messages first, then from what they hold."""
    pa = arrow_tables.pyarrow("An Arrow stream")
    meter = Meter(_WHAT, told)
    try:
        meter.check(_unpacked(body, pa))
        with arrow_tables.unpickled(), pa.ipc.open_stream(pa.BufferReader(body)) as reader:
            batches = []
            for batch in reader:
                batch.validate()
                meter.add(batch.columns)
                batches.append(batch)
            table = pa.Table.from_batches(batches, schema=reader.schema)
    except CodecError:
        raise
    except Exception as exc:
        raise CodecError(f"The answer is no Arrow stream: {said(exc)}", hint="See `.body`.") from exc
    with arrow_tables.unpickled():
        return to_pandas(table, _WHAT)


def _unpacked(body: bytes, pa: Any) -> int:
    """What the compressed parts of the stream take, all of them."""
    messages = pa.ipc.MessageReader.open_stream(pa.BufferReader(body))
    return sum(
        unpacked(message.metadata.to_pybytes(), memoryview(message.body))
        for message in messages
        if message.body is not None
    )
