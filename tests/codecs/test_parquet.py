"""application/x-parquet: pyarrow, pandas and polars are the judges; sizes are known before anything is unpacked."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.codecs import parquet_pages
from sm_magic.codecs.base import optional
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

PARQUET = "application/x-parquet"
LIMIT = 64_000_000
FRAME = pd.DataFrame({"a": [1.5, None], "b": ["x", "é"], "c": pd.Categorical(["u", None])})
EMPTY = pd.DataFrame({"a": np.zeros(0), "b": pd.Series([], dtype="Int8")})
HERE = optional("pyarrow") is not None
EXAMPLES = [(FRAME, PARQUET, FRAME), (EMPTY, PARQUET, EMPTY)] if HERE else []


@pytest.fixture
def pa():
    """pyarrow."""
    return pytest.importorskip("pyarrow", exc_type=ImportError)


def received(body: bytes, **options):
    """The frame that an answer is read as."""
    return codecs.decode(Payload(body=body, content_type=PARQUET), **options)


def written(table, **options) -> bytes:
    """What pyarrow itself writes, without a note on what the columns were before."""
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(table, out, store_schema=False, **options)
    return out.getvalue()


def _bombs():
    """Little files that are large frames."""
    import pyarrow as pa

    long = pa.array(["x" * 500_000])
    same = pa.DictionaryArray.from_arrays(np.zeros(100_000, "i4"), long)
    listed = pa.ListArray.from_arrays([0, len(same)], same)
    prefixed = pa.array(["y" * 400_000] * 200)
    return [
        ("one text said again and again", written(pa.table({"a": same}))),
        ("the same inside a list", written(pa.table({"a": listed}))),
        ("nothing but nulls", written(pa.table({"a": pa.nulls(10**7)}))),
        ("one list of zeros", written(pa.table({"a": [np.zeros(2_000_000, "i8")]}))),
        ("zeros", written(pa.table({"a": np.zeros(10**7)}), compression="zstd", use_dictionary=False)),
        (
            "each text begins as the one before",
            written(
                pa.table({"a": prefixed}), use_dictionary=False, column_encoding={"a": "DELTA_BYTE_ARRAY"}
            ),
        ),
    ]


NAMED_BOMBS = _bombs() if HERE else []
BOMBS = [(body, PARQUET) for _, body in NAMED_BOMBS]


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
        assert counted.max_memory() < LIMIT * 2
    finally:
        pa.set_memory_pool(usual)


def test_pandas_reads_what_we_write_and_we_what_pandas_writes(pa):
    """The judge's own reader, both ways."""
    del pa
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(codecs.encode(FRAME, "parquet").body)), FRAME)
    pd.testing.assert_frame_equal(received(FRAME.to_parquet()), FRAME)


def test_polars_frames_are_written_by_polars(pa):
    """No pandas, no pyarrow on the way out; the card knows the table."""
    del pa
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"a": [2**60 + 1, None], "b": ["x", "y"], "c": [[1], [2, 3]]})
    payload = codecs.encode(frame, "parquet")
    assert pl.read_parquet(io.BytesIO(payload.body)).equals(frame)
    assert b"polars" in payload.body.lower()
    assert (payload.facts.rows, payload.facts.names) == (2, ("a", "b", "c"))
    back = received(payload.body)
    assert (back["a"].dtype, back["a"][0], back["a"].isna().tolist()) == ("Int64", 2**60 + 1, [False, True])
    with pytest.raises(CodecError, match="can't be sent as application/x-parquet"):
        codecs.encode(pl.DataFrame({"a": [object()]}), "parquet")


def test_a_list_of_texts_that_may_be_too_many_is_counted_and_read(pa):
    """Its dictionary could be said again and again; it is not."""
    texts = [["a" * 1000] + ["b"] * 999] * 20
    body = written(pa.table({"a": texts, "n": range(20)}))
    bounded = received(body, max_bytes=8_000_000)
    assert bounded["a"].map(list).tolist() == texts
    assert (
        parquet_pages.need(body, pa.parquet.read_metadata(io.BytesIO(body))).repeated["a.list.element"] > 8e6
    )


def test_encoding_stops_at_the_limit(pa):
    """The error tells how many rows fit."""
    del pa
    frame = pd.DataFrame(np.random.default_rng(0).random((100_000, 4)))
    with pytest.raises(CodecError, match=r"the limit is 1\.0 MB") as caught:
        codecs.encode(frame, "parquet", max_bytes=1_000_000)
    assert "`.head(" in caught.value.hint


@pytest.mark.parametrize("size", [0, 1, 3, 10])
def test_a_page_that_says_it_is_large_is_not_unpacked(pa, size):
    """A reader makes room for what a page's header says; here it is read first."""
    del pa
    body = bytearray(codecs.encode(pd.DataFrame({"a": np.arange(1000) % 7}), "parquet").body)
    at = body.index(b"\x15", 6)  # PageHeader: type, then the size unpacked
    body[at + 1 : at + 2] = b"\xff" * size + b"\x7f"
    with pytest.raises(CodecError):
        received(bytes(body), max_bytes=LIMIT)


@given(st.binary(max_size=40), st.integers(0, 3000))
def test_hostile_bytes_are_an_error(noise, at):
    """Changed or cut in the middle, in the pages or in the footer."""
    if HERE:
        body = codecs.encode(FRAME, "parquet").body
        for hostile in (body[:at], body[:at] + noise + body[at + len(noise) :]):
            with contextlib.suppress(CodecError):
                received(hostile, max_bytes=LIMIT)


def test_without_pyarrow_the_line_that_gets_it_is_given():
    """Both ways; never an ImportError."""
    program = """
import sys
sys.modules["pyarrow"] = None  # as where it is not installed
import pandas as pd
from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload
frame = pd.DataFrame({"a": [1]})
for media_type in ("application/x-parquet", "application/vnd.apache.arrow.stream"):
    for try_it in (
        lambda: codecs.encode(frame, media_type),
        lambda: codecs.decode(Payload(body=b"PAR1", content_type=media_type)),
    ):
        try:
            try_it()
        except CodecError as error:
            print(error.hint)
"""
    path = f"import sys; sys.path[:0] = {[str(Path(codecs.__file__).parents[2])]!r}\n"
    done = subprocess.run(
        [sys.executable, "-I", "-c", path + program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ['%pip install "sm-magic[fast]"'] * 4
