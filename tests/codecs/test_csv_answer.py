"""text/csv, in: no container's way of answering loses a row, a digit or a word."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.codecs import csv_exact
from sm_magic.codecs.csv_scan import Scan
from sm_magic.errors import CodecError
from sm_magic.messages import Payload


def received(body: bytes | str, rows=None, content_type="text/csv", **options) -> pd.DataFrame:
    """The frame that an answer is read as."""
    body = body.encode() if isinstance(body, str) else body
    return codecs.decode(Payload(body=body, content_type=content_type), rows=rows, **options)


def table(body, rows=None):
    """Its column names and its rows, missing values as None."""
    frame = received(body, rows)
    return list(frame.columns), frame.astype(object).where(frame.notna(), None).to_numpy().tolist()


@pytest.mark.parametrize(
    ("body", "rows", "names", "values"),
    [
        # XGBoost: a line, or a value a line, or vectors
        ("0.1,0.9,0.4", 3, [0], [[0.1], [0.9], [0.4]]),
        ("0.1,0.9,0.4\n", 1, [0, 1, 2], [[0.1, 0.9, 0.4]]),
        ("0.1,0.9,0.4", None, [0, 1, 2], [[0.1, 0.9, 0.4]]),
        ("0.1\n0.9\n0.4", 3, [0], [[0.1], [0.9], [0.4]]),
        ("[0.1, 0.7, 0.2],[0.8, 0.1, 0.1]", 2, [0, 1, 2], [[0.1, 0.7, 0.2], [0.8, 0.1, 0.1]]),
        ("[0.1, 0.7, 0.2]\n[0.8, 0.1, 0.1]\n", 2, [0, 1, 2], [[0.1, 0.7, 0.2], [0.8, 0.1, 0.1]]),
        ('"[0.1, 0.7]"\n"[0.8, 0.1]"\n', 2, [0, 1], [[0.1, 0.7], [0.8, 0.1]]),
        ("[[0.1, 0.7], [0.8, 0.1]]", 2, [0, 1], [[0.1, 0.7], [0.8, 0.1]]),
        ("[0.1, 0.7, 0.2]", 1, [0, 1, 2], [[0.1, 0.7, 0.2]]),
        ("[0.1, 0.7, 0.2]", 3, [0], [[0.1], [0.7], [0.2]]),
        ("1,2,3\n", 3, [0], [[1], [2], [3]]),
        ("yes,no", 2, [0], [["yes"], ["no"]]),
        # headers
        ("score\n0.1\n0.2\n", 2, ["score"], [[0.1], [0.2]]),
        ("score\n0.1\n0.2\n", 3, ["score"], [[0.1], [0.2]]),
        ("label,score\ncat,0.9\ndog,0.1\n", None, ["label", "score"], [["cat", 0.9], ["dog", 0.1]]),
        (",a,a\n0,0.1,0.2\n", None, ["Unnamed: 0", "a", "a.1"], [[0, 0.1, 0.2]]),
        ('"two\nlines",b\n1,2\n', None, ["two\nlines", "b"], [[1, 2]]),
        ("label\ncat\ndog\n", 2, ["label"], [["cat"], ["dog"]]),
        ("a,b\n1,2\n3,4,5\n", None, ["a", "b", "Unnamed: 2"], [[1, 2, None], [3, 4, 5]]),
        ("score\n0.1\nerror\n0.3\n", None, ["score"], [["0.1"], ["error"], ["0.3"]]),
        # no headers
        ("cat\ndog\n", 2, [0], [["cat"], ["dog"]]),
        ("cat\ndog\n", None, [0], [["cat"], ["dog"]]),
        ("Hello\nworld\n", 1, [0], [["Hello"], ["world"]]),
        ("Hello\nIt is\n42\n", None, [0], [["Hello"], ["It is"], ["42"]]),
        ("nan\n0.5\n", 2, [0], [[None], [0.5]]),
        ("cat,0.9\ndog,0.1\n", 2, [0, 1], [["cat", 0.9], ["dog", 0.1]]),
        ("score\n", 1, [0], [["score"]]),
        ("True\nFalse\n", 2, [0], [[True], [False]]),
        # odd lines
        ("1\n2,3\n", None, [0, 1], [[1, None], [2, 3]]),
        ("1,2,3\n4\n", None, [0, 1, 2], [[1, 2, 3], [4, None, None]]),
        ('a,"x\ny"\nb,z\n', None, [0, 1], [["a", "x\ny"], ["b", "z"]]),
        ('"never ends\n1\n', None, [0], [['"never ends'], ["1"]]),
        ("a\r\nb\r\n", None, [0], [["a"], ["b"]]),
        ("a\rb\r", None, [0], [["a"], ["b"]]),
        ('""\n', 1, [0], [[None]]),
        ("1\n\n3\n", 3, [0], [[1], [None], [3]]),
        ("1\n\n3\n", 2, [0], [[1], [3]]),
        ("1\n\n", 2, [0], [[1], [None]]),
        ("1\n\n", None, [0], [[1]]),
        ("1,2\n\n3,4\n", None, [0, 1], [[1, 2], [3, 4]]),
        ("\n\n", 2, [0], [[None], [None]]),
        ("", 3, [], []),
        ("\ufeff0.5\n", 1, [0], [[0.5]]),
        ("[not json]\n[at all]\n", 2, [0], [["[not json]"], ["[at all]"]]),
        ("[[1, [2]]]\n", None, [0, 1], [["[[1", " [2]]]"]]),
    ],
    ids=repr,
)
def test_an_answer_is_read_as_it_was_meant(body, rows, names, values):
    """What containers answer, and what they might; `rows` is how many were sent."""
    assert table(body, rows) == (names, values)


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("1180591620717411303424\n1\n", [2**70, 1]),
        ("18446744073709551615\n-1\n", [2**64 - 1, -1]),
        ('9007199254740993\n""\n3\n', [2**53 + 1, None, 3]),
        ("9223372036854775807\n", [2**63 - 1]),
        ("007\n010\n", ["007", "010"]),
        ("-0\n0\n", [0, 0]),
        ("NA\nNone\nyes\n", ["NA", "None", "yes"]),
        ("None\nNone\n", ["None", "None"]),
        ("1\nnull\n3\n", [1, None, 3]),
        ("nan\nNaN\n", [None, None]),
        ("0.1\ninf\n-inf\n", [0.1, np.inf, -np.inf]),
        ("1e5\n1E-5\n", [1e5, 1e-5]),
        ("yes\n\nno\n", ["yes", None, "no"]),
    ],
    ids=repr,
)
def test_pandas_habits_lose_nothing(body, values):
    """Big integers, leading zeros, and words that mean missing elsewhere."""
    assert [row[0] for row in table(body, None)[1]] == values


@given(st.lists(st.floats(), min_size=1))
def test_every_float_is_read_exactly(numbers):
    """To the bit, as Python's float does."""
    frame = received("\n".join(map(repr, numbers)))
    np.testing.assert_array_equal(frame[0].to_numpy(dtype=float), np.array(numbers))


@given(st.lists(st.integers() | st.none(), min_size=1).filter(any))
def test_every_integer_is_read_exactly(numbers):
    """Whatever its size, beside missing values or not."""
    body = "\n".join("null" if number is None else str(number) for number in numbers)
    assert [row[0] for row in table(body)[1]] == numbers


WORD = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"], exclude_characters="\x00"), min_size=1
)


@given(
    st.lists(st.lists(WORD | st.floats(allow_nan=False) | st.integers(), min_size=1, max_size=3), min_size=1)
)
def test_no_row_is_lost(rows):
    """However many cells a line has and whatever they are, each line is a row or the names."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    frame = received(out.getvalue(), content_type="text/csv; charset=utf-8")
    named = not all(isinstance(name, int) for name in frame.columns)
    vectors = out.getvalue().lstrip('"').startswith("[")
    assert vectors or len(frame) + named == len(rows)


@given(st.data())
def test_pandas_reads_the_same_numbers(data):
    """For plain tables of numbers pandas.read_csv(header=None) is right, and we say what it says."""
    width = data.draw(st.integers(1, 4))
    number = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False, width=32)
    rows = data.draw(st.lists(st.lists(number, min_size=width, max_size=width), min_size=1))
    body = "\n".join(",".join(map(repr, row)) for row in rows)
    pd.testing.assert_frame_equal(received(body), pd.read_csv(io.StringIO(body), header=None), rtol=1e-15)


@given(
    st.lists(
        st.tuples(
            *[st.sampled_from(["word", "NA", "", "1", "007", "0.5", "True", "None", '"a,b"', "0x1"])] * 2
        ),
        min_size=2,
        max_size=6,
    )
)
def test_what_is_known_of_columns_changes_nothing(rows):
    """Columns that start with a word are read in one go, to the same end."""
    body = "".join(",".join(row) + "\n" for row in [*rows, ("x", "x")]).encode()
    known = csv_exact.word_columns(csv_exact.first_cells(body, large=0))
    found = csv_exact.restore(body, {}, Scan(body), known)
    pd.testing.assert_frame_equal(found, csv_exact.restore(body, {}, Scan(body)))


def test_a_long_answer_is_read_whole():
    """A base64 cell beyond the csv module's limit, and 100,000 rows."""
    assert received("x" * 300_000 + ",1\n").shape == (1, 2)
    assert received("0.25,cat\n" * 100_000).shape == (100_000, 2)
    assert received(",".join(["0.25"] * 150_528)).shape == (1, 150_528)
    assert received(",".join(["cat"] * 5_000)).iloc[0].tolist() == ["cat"] * 5_000


def test_charsets():
    """By the content type's own parameter; one that is unknown is named, and so is the byte that is wrong."""
    assert table("é,1".encode())[1] == [["é", 1]]
    assert received("é,1".encode("latin-1"), content_type="text/csv; charset=latin-1").iloc[0, 0] == "é"
    assert received("é,1".encode("utf-16"), content_type="text/csv; charset=utf-16").iloc[0, 0] == "é"
    with pytest.raises(CodecError, match="klingon"):
        received(b"1", content_type="text/csv; charset=klingon")
    with pytest.raises(CodecError, match="byte 2"):
        received(b"1,\xff")


def test_too_much_is_refused_before_it_is_read():
    """The limit is on what the table would take, not on its text."""
    with pytest.raises(CodecError, match=r"\.body"):
        received(b"a,b\n" * 500_000, max_bytes=64_000_000 // 10)
    assert len(received(b"1,2\n" * 100_000, max_bytes=64_000_000)) == 100_000


@pytest.mark.parametrize("before", [0, 500, (1 << 17) - 20, (1 << 17) - 8, (1 << 17) - 1])
@pytest.mark.parametrize(
    ("token", "value"),
    [("9007199254740993", 9007199254740993), ("-9007199254740993", -9007199254740993), ("0071", "0071")],
)
def test_digits_are_kept_wherever_they_stand(before, token, value):
    """In a text of any length, also across the blocks that it is looked through in."""
    rows = ["1.5,"] * (before // 5) + ["1.5".ljust(before % 5 + 3, "0") + "," + token] + ["1.5,7"] * 5_000
    frame = received("\n".join(rows) + "\n")
    assert frame[1].iloc[before // 5] == value


@given(
    st.lists(
        st.from_regex(r"-?[0-9]{0,14}\.?[0-9]{1,17}([eE][+-]?[0-9]{1,2})?", fullmatch=True),
        min_size=1,
        max_size=9,
    ),
    st.sampled_from([0, *((1 << 17) - n for n in (40, 26, 13, 9, 8, 7, 6))]),
)
def test_a_float_is_exact_however_it_is_spelt(tokens, before):
    """Few digits or many, with an exponent or without, wherever it stands in the text."""
    rows = ["0.5"] * (before // 4) + ["0.25" + "0" * (before % 4), *tokens]
    found = csv_exact.restore("\n".join(rows).encode(), {}, Scan("\n".join(rows).encode()))
    assert found[0].tolist()[-len(tokens) :] == [float(token) for token in tokens]
