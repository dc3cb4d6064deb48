"""application/vnd.apache.arrow.stream: pyarrow and polars are the judges; what is packed is measured first."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import struct

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.codecs.arrow_messages import unpacked
from sm_magic.codecs.base import optional
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

ARROW = "application/vnd.apache.arrow.stream"
LIMIT = 64_000_000
FRAME = pd.DataFrame({"a": [1.5, None], "b": ["x", "é"], "c": pd.Categorical([3, 1])})
EMPTY = pd.DataFrame({"a": np.zeros(0), "b": pd.Series([], dtype="Int8")})
HERE = optional("pyarrow") is not None
EXAMPLES = [(FRAME, ARROW, FRAME), (EMPTY, ARROW, EMPTY)] if HERE else []


@pytest.fixture
def pa():
    """pyarrow."""
    return pytest.importorskip("pyarrow", exc_type=ImportError)


def received(body: bytes, **options):
    """The frame that an answer is read as."""
    return codecs.decode(Payload(body=body, content_type=ARROW), **options)


def written(*batches, **options) -> bytes:
    """What pyarrow itself writes."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batches[0].schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def _bombs():
    """Little streams that are large frames."""
    import pyarrow as pa

    long = pa.array(["x" * 500_000])
    same = pa.DictionaryArray.from_arrays(pa.array(np.zeros(10_000, "i4")), long)
    bombs = [
        ("zeros, packed", written(pa.record_batch({"a": np.zeros(10**7)}), compression="zstd")),
        ("nothing but nulls", written(pa.record_batch({"a": pa.nulls(10**8)}))),
        (
            "a list of nulls",
            written(pa.record_batch({"a": pa.ListArray.from_arrays([0, 10**8], pa.nulls(10**8))})),
        ),
        (
            "one text said again and again",
            written(pa.record_batch({"a": pa.ListArray.from_arrays([0, 10_000], same)})),
        ),
    ]
    if hasattr(pa, "string_view"):
        view = struct.pack("<i4sii", 500_000, b"xxxx", 0, 0)
        buffers = [None, pa.py_buffer(view * 10_000), pa.py_buffer(b"x" * 500_000)]
        with contextlib.suppress(ValueError):  # pyarrow 17 can't make one
            views = pa.Array.from_buffers(pa.string_view(), 10_000, buffers)
            bombs.append(("one text seen again and again", written(pa.record_batch({"a": views}))))
    return bombs


NAMED_BOMBS = _bombs() if HERE else []
BOMBS = [(body, ARROW) for _, body in NAMED_BOMBS]


@pytest.mark.parametrize("body", [body for _, body in NAMED_BOMBS], ids=[name for name, _ in NAMED_BOMBS])
def test_a_bomb_takes_no_more_than_it_may(pa, body):
    """Arrow's own count of its memory, beside Python's in the laws."""
    assert len(body) < LIMIT / 30
    usual = pa.default_memory_pool()
    counted = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(counted)
    try:
        with pytest.raises(CodecError, match=r"\.save"):
            received(body, max_bytes=LIMIT)
        assert counted.max_memory() < LIMIT
    finally:
        pa.set_memory_pool(usual)


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_what_pyarrow_packs_is_read(pa, compression):
    """And measured to the byte: all buffers as they are unpacked."""
    batch = pa.record_batch({"a": np.arange(1000) % 3, "b": ["x"] * 1000})
    body = written(batch, compression=compression)
    pd.testing.assert_frame_equal(received(body), batch.to_pandas())
    found = sum(
        unpacked(message.metadata.to_pybytes(), memoryview(message.body))
        for message in pa.ipc.MessageReader.open_stream(pa.BufferReader(body))
        if message.body is not None
    )
    held = sum(buffer.size for column in batch.columns for buffer in column.buffers() if buffer is not None)
    assert found == (0 if compression is None else pytest.approx(held, abs=128))


def test_pyarrow_and_polars_read_what_we_write(pa):
    """The judges' own readers; categories, and the dictionary's batches, too."""
    pd.testing.assert_frame_equal(pa.ipc.open_stream(codecs.encode(FRAME, "arrow").body).read_pandas(), FRAME)
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"a": [1, None], "b": ["x", "a text too long for a view"], "c": [[1], [2, 3]]})
    payload = codecs.encode(frame, "arrow")
    assert pl.read_ipc_stream(io.BytesIO(payload.body)).equals(frame)
    assert (payload.facts.rows, payload.facts.columns) == (2, 3)
    assert "view" not in str(pa.ipc.open_stream(payload.body).schema)  # readers of old know no views


def test_what_polars_writes_by_itself_is_read(pa):
    """Views, packed: polars' own choice where nobody says."""
    del pa
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"b": ["x", None, "a text too long for a view"], "d": ["u", "v", "u"]})
    out = io.BytesIO()
    frame.with_columns(pl.col("d").cast(pl.Categorical)).write_ipc_stream(out, compression="zstd")
    found = received(out.getvalue())
    assert found["b"].dropna().tolist() == ["x", "a text too long for a view"]
    assert found["d"].tolist() == ["u", "v", "u"]


def test_encoding_stops_at_the_limit(pa):
    """The error tells how many rows fit; whoever made the frame."""
    table = pa.table({"a": np.arange(10**6)})
    frames = [table, table.to_pandas()]
    if importlib.util.find_spec("polars"):
        import polars as pl

        frames.append(pl.from_arrow(table))
    for frame in frames:
        with pytest.raises(CodecError, match=r"1,000,000 rows are about 8\.0 MB") as caught:
            codecs.encode(frame, "arrow", max_bytes=1_000_000)
        assert "112499" in caught.value.hint or "112" in caught.value.hint


@given(st.binary(max_size=40), st.integers(0, 2000), st.booleans())
def test_hostile_bytes_are_an_error(noise, at, packed):
    """Changed or cut in the middle, in the messages or in what they hold."""
    if HERE:
        import pyarrow as pa

        batch = pa.RecordBatch.from_pandas(FRAME)
        body = written(batch, compression="zstd" if packed else None)
        for hostile in (body[:at], body[:at] + noise + body[at + len(noise) :]):
            with contextlib.suppress(CodecError):
                received(hostile, max_bytes=LIMIT)


@given(st.binary(max_size=300), st.binary(max_size=50))
def test_a_hostile_message_is_an_error_of_two_kinds(metadata, body):
    """Read by hand, and never beyond its end or before its beginning."""
    with contextlib.suppress(ValueError, struct.error, IndexError):
        assert unpacked(metadata, memoryview(body)) >= 0
