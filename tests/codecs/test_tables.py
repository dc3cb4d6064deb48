"""Columns chosen, dropped and named; and the limit that stops a table before it is built."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from sm_magic import codecs
from sm_magic.errors import CodecError, UsageError

FRAME = pd.DataFrame({"age": [1, 2], "height": [0.5, 1.5], "name": ["x", "y"], 7: [8, 9]})


def sent(**options):
    """The CSV of the frame, and what is known of it."""
    payload = codecs.encode(FRAME, "csv", **options)
    return payload.body.decode(), payload.facts


def test_columns_are_chosen_and_ordered():
    """By label, or by the label's text, which is all that a command line has."""
    body, facts = sent(columns=["7", "age"])
    assert body == "8,1\n9,2\n"
    assert facts.names == ("7", "age")
    assert facts.dropped == ("height", "name")
    assert facts.text_columns == ()
    assert sent(columns=pd.Index([7, "age"]))[0] == body


def test_columns_are_dropped():
    """The label column of a training frame, above all."""
    body, facts = sent(drop=["name", "7"])
    assert body == "1,0.5\n2,1.5\n"
    assert facts.dropped == ("name", "7")


def test_a_column_that_is_not_there_is_an_error_with_the_nearest_name():
    """The list of columns follows."""
    for options in ({"columns": ["agee"]}, {"drop": ["agee"]}):
        with pytest.raises(CodecError, match="no column 'agee'") as caught:
            sent(**options)
        assert "Did you mean `age`?" in str(caught.value)
        assert "height, name, 7" in str(caught.value)


def test_a_column_can_not_be_both():
    """Chosen and dropped contradict each other."""
    with pytest.raises(UsageError, match="both"):
        sent(columns=["age", "name"], drop=["name"])


def test_columns_of_other_tables():
    """Records and a frame's row have columns; arrays, dicts and texts have none."""
    records = [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    assert codecs.encode(records, "csv", columns=["b"]).body == b"2\n4\n"
    assert codecs.encode(records, columns=["b"]).body == b'[{"b":2},{"b":4}]'
    for value in (np.eye(2), {"a": 1}, "a,b", [1, 2]):
        with pytest.raises(UsageError, match="Columns are chosen of a table"):
            codecs.encode(value, "csv", columns=["a"])


def test_a_frames_row_keeps_its_names():
    """df.iloc[0] takes the options of its frame."""
    row = FRAME[["age", "height", "name"]].iloc[0]
    payload = codecs.encode(row, drop=["name"])
    assert payload.body == b"1,0.5\n"
    assert payload.facts.dropped == ("name",)


class Elsewhere:
    """A table of another library."""

    def __init__(self, made):
        self.made = made

    def to_pandas(self):
        """What polars, pyarrow and others have."""
        if isinstance(self.made, Exception):
            raise self.made
        return self.made


def test_what_becomes_a_frame_is_sent_like_one():
    """Anything with `to_pandas`; if it fails, its error is named."""
    assert codecs.encode(Elsewhere(FRAME)).body == codecs.encode(FRAME).body
    assert codecs.encode({"t": Elsewhere(FRAME[["age"]])}).body == b'{"t":[{"age":1},{"age":2}]}'
    assert codecs.encode(Elsewhere(pd.Series([1, 2])), "csv").body == b"1\n2\n"
    with pytest.raises(CodecError, match="no pyarrow"):
        codecs.encode(Elsewhere(ImportError("no pyarrow")))
    with pytest.raises(CodecError, match="no DataFrame"):
        codecs.encode(Elsewhere(5))


HUGE = pd.DataFrame({"number": np.linspace(0, 1, 1_000_000), "text": "some words in a cell"})


@pytest.mark.parametrize(
    ("content_type", "orient"),
    [
        ("csv", None),
        ("jsonl", None),
        *(("json", orient) for orient in (None, *codecs.ORIENTS) if orient != "v2"),
        *(("jsonl", orient) for orient in ("values", "features", "inputs")),
    ],
)
def test_a_huge_table_is_refused_before_it_is_built(content_type, orient):
    """In no time and no memory, naming the size and how many rows would fit."""
    tracemalloc.start()
    started = time.perf_counter()
    try:
        with pytest.raises(CodecError, match=r"1,000,000 rows are about \d+\.\d MB") as caught:
            codecs.encode(HUGE, content_type, orient=orient, max_bytes=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - started < 5
    fitting = int(caught.value.hint.partition(".head(")[2].partition(")")[0])
    assert codecs.encode(HUGE.head(fitting), content_type, orient=orient, max_bytes=1_000_000).size > 500_000


@pytest.mark.parametrize("content_type", ["csv", "json", "jsonl"])
def test_encoding_stops_at_the_limit_where_a_sample_misleads(content_type):
    """A few rows that are far larger than the others are found while writing."""
    frame = pd.DataFrame({"text": "x", "number": range(10_000)})
    frame.loc[4_321:4_330, "text"] = "y" * 1_000_000
    tracemalloc.start()
    try:
        with pytest.raises(CodecError, match=r"the limit is 1\.0 MB"):
            codecs.encode(frame, content_type, max_bytes=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 80_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("content_type", ["csv", "json", "jsonl", "npy"])
def test_what_just_fits_is_sent_whole(content_type):
    """A limit that is kept changes nothing."""
    frame = pd.DataFrame({"a": np.linspace(0, 1, 2_000), "b": range(2_000)})
    body = codecs.encode(frame, content_type).body
    assert codecs.encode(frame, content_type, max_bytes=len(body)).body == body
    with pytest.raises(CodecError, match="limit"):
        codecs.encode(frame, content_type, max_bytes=len(body) - 1)


def test_arrays_and_bytes_keep_the_limit():
    """A large array is refused before it is written as text; what is no table has the same limit."""
    for content_type in ("csv", "json", "npy"):
        with pytest.raises(CodecError, match="limit"):
            codecs.encode(np.random.default_rng(0).random((1000, 100)), content_type, max_bytes=100_000)
    for value in (b"x" * 1000, "x" * 1000, ["x"] * 1000):
        with pytest.raises(CodecError, match="--no-limit"):
            codecs.encode(value, max_bytes=100)
