"""text/csv, out: pandas' own to_csv and read_csv are the judges."""

from __future__ import annotations

import datetime
import decimal
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.errors import CodecError, UsageError

EXAMPLES = [
    (pd.DataFrame({"a": [1, 2], "b": [0.5, None]}), "text/csv", pd.DataFrame({0: [1, 2], 1: [0.5, None]})),
    (pd.DataFrame({"t": ["a,b", 'c"d', "e\nf"]}), "text/csv", pd.DataFrame({0: ["a,b", 'c"d', "e\nf"]})),
    (np.array([[0.1, 0.2]]), "text/csv", pd.DataFrame([[0.1, 0.2]])),
    ([1, 2, 3], "text/csv", pd.DataFrame([[1, 2, 3]])),
]

MIXED = pd.DataFrame(
    {
        "number": [1.5, np.nan, 1e-300],
        "count": pd.array([1, None, 3], dtype="Int64"),
        "text": ["a", 'quoted "b", c', "two\nlines"],
        "flag": [True, False, True],
        "day": pd.to_datetime(["2024-01-01", "2024-01-02", None]),
        "kind": pd.Categorical(["x", "y", "x"]),
        "level": pd.Categorical([1, 2, 1]),
        "small": np.array([0.1, 0.2, 0.3], dtype="f4"),
        "exact": [decimal.Decimal("1.10"), None, decimal.Decimal(2)],
    },
    index=[10, 20, 30],
)


def sent(value, **options) -> str:
    """The CSV of a value, as text."""
    return codecs.encode(value, "csv", **options).body.decode()


def test_a_frame_is_what_pandas_writes():
    """Without index; without header unless it is asked for."""
    assert sent(MIXED) == MIXED.to_csv(index=False, header=False, lineterminator="\n")
    assert sent(MIXED, header=True) == MIXED.to_csv(index=False, lineterminator="\n")
    assert sent(MIXED, header=False) == sent(MIXED)


def test_a_frame_is_sent_as_csv_unless_asked_otherwise():
    """The default of the most common value, bare: no charset."""
    payload = codecs.encode(MIXED)
    assert payload.content_type == "text/csv"
    assert (payload.facts.rows, payload.facts.columns) == (3, 9)
    assert payload.facts.names == tuple(MIXED.columns)


def test_columns_that_hold_no_numbers_are_named():
    """Most tabular containers refuse bools, dates and words; numbers under another name are not among them."""
    assert codecs.encode(MIXED).facts.text_columns == ("text", "flag", "day", "kind")
    assert codecs.encode(MIXED, "json").facts.text_columns == ()


def test_a_lone_missing_value_is_a_row():
    """An empty line would be skipped by readers: it is written as two quotes."""
    assert sent(pd.DataFrame({"a": [1, None, 3]})) == '1.0\n""\n3.0\n'
    assert sent([None]) == '""'


@pytest.mark.parametrize(
    ("value", "body", "shape"),
    [
        ([1, 2.5, "a b", "q,r"], '1,2.5,a b,"q,r"', "1 row × 4 columns"),
        (np.array([0.1, 0.2], dtype="f4"), "0.1,0.2", "1 row × 2 columns"),
        ([1.0, float("nan"), None], "1.0,,", "1 row × 3 columns"),
        (["a", "b"], "a,b", "1 row × 2 columns"),
        (pd.Series([1, 2, 3, 4]), "1\n2\n3\n4\n", "4 rows × 1 column"),
        (pd.Series({"a": 1.5, "b": 2.0}), "1.5,2.0\n", "1 row × 2 columns"),
        (pd.DataFrame({"a": [1], "b": ["x"]}).iloc[0], "1,x\n", "1 row × 2 columns"),
        (pd.Series([1, 2], index=[7, 9]), "1\n2\n", "2 rows × 1 column"),
        ({"a": 1, "b": "x"}, "1,x\n", "1 row × 2 columns"),
        ({"a": [1, 2], "b": [3, 4]}, "1,3\n2,4\n", "2 rows × 2 columns"),
    ],
)
def test_one_dimension_is_a_row_or_a_column_and_says_which(value, body, shape):
    """A list is a row; a Series is a column, unless it is a frame's row."""
    payload = codecs.encode(value, "csv")
    assert payload.body.decode() == body
    assert shape in payload.facts.notes


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ([[1, 2], (3, 4)], "1,2\n3,4"),
        ([np.array([1.5, 2]), np.array([3, 4.0])], "1.5,2.0\n3.0,4.0"),
        (((1, 2), (3, 4)), "1,2\n3,4"),
        ([{"a": 1, "b": 2}, {"b": 4, "a": 3}], "1,2\n3,4\n"),
        (np.array([[0.1, 0.2], [1, 2]], dtype="f4"), "0.1,0.2\n1.0,2.0"),
        (np.array([[1, 2], [3, 4]], order="F"), "1,2\n3,4"),
        (np.array([[1.5, np.nan], [np.inf, 2]]), "1.5,\ninf,2.0"),
        (np.array([[True, False]]), "True,False"),
        (np.array([["a", "b,c"]]), 'a,"b,c"'),
        (np.array([0.1], dtype="f2"), "0.1"),
        (np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]), "1,2.5\n"),
        (np.array(5), "5"),
        (5, "5"),
        (0.1, "0.1"),
        (datetime.date(2024, 1, 2), "2024-01-02"),
        ([], ""),
        (np.zeros((0, 3)), ""),
        (pd.DataFrame(), ""),
        ("1,2\n3,4", "1,2\n3,4"),
        (b"1,2\r\n", "1,2\r\n"),
    ],
)
def test_lists_and_arrays_are_rows(value, body):
    """What the SageMaker SDK writes, where it writes something sensible; text and bytes as they are."""
    assert sent(value) == body


def test_facts_of_lists_and_arrays():
    """Rows are counted, and words among numbers named by their place."""
    facts = codecs.encode([[1, "x"], [2, "y"]], "csv").facts
    assert (facts.rows, facts.columns, facts.text_columns) == (2, 2, ("column 2",))
    facts = codecs.encode(np.array([["1", "x"]], dtype=object), "csv").facts
    assert (facts.rows, facts.columns, facts.text_columns) == (1, 2, ("column 1", "column 2"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.zeros((2, 3, 4)), r"reshape\(2, -1\)"),
        ([[1, 2], 3], "some are not"),
        ([[1, 2], [3]], "differ in length"),
        ([[1, [2]]], "no place in a cell"),
        ([b"x"], "no place in a cell"),
        (object(), "can't be sent as text/csv"),
        (1j, "can't be sent as text/csv"),
        ({"a": [1, 2], "b": [1]}, "no table"),
    ],
)
def test_what_is_no_table_is_an_error_that_says_what_to_do(value, words):
    """Three dimensions, rows of different lengths, and nested values have no CSV."""
    with pytest.raises(CodecError, match=words):
        codecs.encode(value, "csv")


def test_a_header_needs_names():
    """A list has none, and text is sent as it is."""
    for value in ([1, 2], np.eye(2), "a,b\n1,2", b"a,b\n1,2"):
        with pytest.raises(UsageError, match="header"):
            codecs.encode(value, "csv", header=True)
    assert sent([{"a": 1}], header=True) == "a\n1\n"
    with pytest.raises(UsageError, match="header is for text/csv"):
        codecs.encode(MIXED, "json", header=True)


def test_a_charset_that_was_asked_for_is_used():
    """The content type goes out as it was asked; a character it has not is an error."""
    frame = pd.DataFrame({"a": ["é"]})
    payload = codecs.encode(frame, "text/csv; charset=latin-1")
    assert (payload.body, payload.content_type) == (b"\xe9\n", "text/csv; charset=latin-1")
    with pytest.raises(CodecError, match="latin-1"):
        codecs.encode(pd.DataFrame({"a": ["€"]}), "text/csv; charset=latin-1")
    with pytest.raises(CodecError, match="klingon"):
        codecs.encode(frame, "text/csv; charset=klingon")


@given(st.lists(st.tuples(st.floats(), st.floats(width=32)), min_size=1))
def test_floats_are_read_back_bit_by_bit(rows):
    """By Python's float, which reads exactly; missing is missing."""
    frame = pd.DataFrame(rows, columns=["double", "single"]).astype({"single": "f4"})
    for value in (frame, frame.to_numpy()):
        cells = [line.split(",") for line in sent(value).splitlines()]
        doubles = np.array([float(cell or "nan") for cell, _ in cells])
        singles = np.array([float(cell or "nan") for _, cell in cells], dtype="f4")
        np.testing.assert_array_equal(doubles, frame["double"].to_numpy())
        np.testing.assert_array_equal(singles, frame["single"].to_numpy())


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=2, max_size=2),
        min_size=1,
    )
)
def test_text_is_read_back_by_pandas(rows):
    """Commas, quotes and line ends inside a cell stay inside it, from frames and from lists."""
    for value in (rows, pd.DataFrame(rows), np.array(rows, dtype=object)):
        body = io.StringIO(sent(value), newline="")
        assert pd.read_csv(body, header=None, dtype=str, keep_default_na=False).to_numpy().tolist() == rows
