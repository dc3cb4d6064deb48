"""Rows of numbers: fast, exact, and stopped at the limit."""

from __future__ import annotations

import decimal
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.errors import CodecError

NUMBERS = st.one_of(
    st.floats(),
    st.integers(),
    st.floats(width=32).map(np.float32),
    st.integers(-(2**63), 2**63 - 1).map(np.int64),
    st.none(),
)


def sent(value, content_type="csv", **options) -> bytes:
    """The CSV of a value."""
    return codecs.encode(value, content_type, **options).body


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(NUMBERS, min_size=n, max_size=n), min_size=1)))
def test_every_number_of_a_list_is_read_back_exactly(rows):
    """Integers of any size, floats to the bit, missing ones empty; whichever way they are written."""
    lines = sent(rows).decode().replace('""', "").split("\n")
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        for text, number in zip(line.split(","), row, strict=True):
            if number is None or number != number:
                assert text == ""
            elif isinstance(number, (int, np.integer)):
                assert int(text) == number
            else:
                assert type(number)(text) == number


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4", "u8", ">f8"])
@pytest.mark.parametrize("header", [False, True])
def test_a_frame_of_one_type_reads_back_as_what_pandas_writes(dtype, header):
    """Small, large and negative ones, with a header or without."""
    array = np.array([[1e-05, 1e16, -3.5], [0, 1 / 3, 123456789]])
    array = array if "f" in dtype else np.abs(array) % 2**31
    frame = pd.DataFrame(array.astype(dtype), columns=["a", "b,c", "d"], index=[5, 6])
    judge = frame.to_csv(index=False, header=header, lineterminator="\n").encode()
    options = {"header": 0 if header else None, "dtype": np.dtype(dtype).newbyteorder("=")}
    pd.testing.assert_frame_equal(
        pd.read_csv(io.BytesIO(sent(frame, header=header)), **options),
        pd.read_csv(io.BytesIO(judge), **options),
    )
    assert sent(frame, header=header).count(b"\n") == judge.count(b"\n")


def test_frames_at_the_edges_are_what_pandas_writes():
    """No rows, one cell, missing and infinite numbers, columns of two levels, another charset."""
    for frame in (
        pd.DataFrame({"a": np.zeros(0)}),
        pd.DataFrame({"a": [1.5]}),
        pd.DataFrame({"a": [1.5, np.nan], "b": [np.inf, -np.inf]}),
        pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")])),
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame([[1, 2]], columns=["a,b", "c\nd"]),
    ):
        for header in (False, True):
            judge = frame.to_csv(index=False, header=header, lineterminator="\n")
            assert sent(frame, header=header).decode() == judge
            assert sent(frame, "text/csv; charset=utf-16", header=header).decode("utf-16") == judge


@pytest.mark.parametrize("value", [np.eye(2), np.array([["a", "b"]]), [[1, 2], [3, 4]], [["é", 1]]], ids=repr)
def test_a_charset_holds_for_arrays_and_lists_too(value):
    """One byte order mark, and no line end left over."""
    assert sent(value, "text/csv; charset=utf-16").decode("utf-16") == sent(value).decode()


def test_the_cells_of_lists_are_not_judged_one_by_one(calls):
    """200,000 numbers took over a second when they were; words are looked at, each in few steps."""
    rows = np.random.default_rng(0).normal(size=(20_000, 10)).tolist()
    assert calls(lambda: sent(rows)) < 1.5 * len(rows)
    words = [[str(cell) for cell in row] for row in rows]
    assert calls(lambda: sent(words)) < 4 * 10 * len(rows)
    frame = pd.DataFrame(rows)
    assert calls(lambda: sent(frame)) < 2_000


@pytest.mark.parametrize("cell", [0.123456789, "some words", None], ids=repr)
def test_writing_a_list_stops_at_the_limit(cell):
    """The error says how many of the rows fit, in a list's own words; and so many do."""
    rows = [[cell, "some words" if cell is None else cell]] * 30_000
    with pytest.raises(CodecError, match="30,000 rows are about") as caught:
        sent(rows, max_bytes=100_000)
    hint = caught.value.hint
    assert "head" not in hint
    fitting = int(hint.split("[:")[1].split("]")[0])
    assert 100_000 / 2 < len(sent(rows[:fitting], max_bytes=100_000)) <= 100_000


def test_what_is_far_too_large_is_refused_long_before_it_is_written():
    """Most of its cells are never made text."""
    written = []

    class Counted(decimal.Decimal):
        def __str__(self):
            written.append(self)
            return super().__str__()

    with pytest.raises(CodecError, match="200,000 rows are about"):
        sent([[None, Counted(1), "some words"]] * 200_000, max_bytes=100_000)
    assert 5_000 < len(written) < 40_000


def test_what_the_hint_says_fits_what_was_sent():
    """Frames have a head, lists and dicts of columns have none."""
    records = [{"a": i} for i in range(20_000)]
    for value, words in (
        (pd.DataFrame(records), "`.head("),
        (pd.Series(range(20_000)), "`.head("),
        (records, "`[:"),
        ({"a": list(range(20_000))}, "`pandas.DataFrame(…).head("),
    ):
        for limit in (10_000, 90_000):
            with pytest.raises(CodecError) as caught:
                sent(value, max_bytes=limit)
            assert words in caught.value.hint


def test_the_facts_say_whether_a_header_was_written():
    """None where the text or bytes are the user's own."""
    frame = pd.DataFrame({"a": [1]})
    assert codecs.encode(frame).facts.header is False
    assert codecs.encode(frame, header=False).facts.header is False
    assert codecs.encode(frame, header=True).facts.header is True
    assert codecs.encode([{"a": 1}], "csv", header=True).facts.header is True
    for value in ([1, 2], np.eye(2), np.zeros((0, 2)), 5):
        assert codecs.encode(value, "csv").facts.header is False
    for value in ("a\n1", b"a\n1"):
        assert codecs.encode(value, "csv").facts.header is None
    assert codecs.encode(frame, "json").facts.header is None
