"""application/jsonlines: one value a line, both ways."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

EXAMPLES = [
    ([{"a": 1}, {"a": 2}], "application/jsonlines", [{"a": 1}, {"a": 2}]),
    ([1.5, None, "x\ny", [2**70]], "application/x-ndjson", [1.5, None, "x\ny", [2**70]]),
    (pd.DataFrame({"a": [1, 2]}), "application/jsonlines", [{"a": 1}, {"a": 2}]),
]


def lines(value, **options) -> bytes:
    """The lines of a value."""
    return codecs.encode(value, "jsonl", **options).body


def received(body: bytes, content_type="application/jsonlines"):
    """The values that an answer is read as."""
    return codecs.decode(Payload(body=body, content_type=content_type))


@pytest.mark.parametrize(
    ("value", "body", "rows"),
    [
        ([{"a": 1}, {"a": 2}], b'{"a":1}\n{"a":2}', 2),
        ([{"a": "},{"}, {"a": [{}, {}]}], b'{"a":"},{"}\n{"a":[{},{}]}', 2),
        ([{"a": [{}, {}]}, 5], b'{"a":[{},{}]}\n5', 2),
        ({"a": 1}, b'{"a":1}', 1),
        ([], b"", 0),
        ([[1, 2], "x"], b'[1,2]\n"x"', 2),
        (np.array([[1, 2], [3, 4]]), b"[1,2]\n[3,4]", 2),
        (np.array([0.1, 0.2], "f4"), b"0.1\n0.2", 2),
        (5, b"5", 1),
        (pd.Series([1.5, None]), b"1.5\nnull", 2),
        (pd.Series({"a": 1, "b": "x"}), b'{"a":1,"b":"x"}', 1),
        ('{"a": 1}\n{"a": 2}\n', b'{"a": 1}\n{"a": 2}\n', None),
    ],
)
def test_each_item_is_a_line(value, body, rows):
    """A dict is one line, not its keys; text goes out as it is."""
    payload = codecs.encode(value, "jsonl")
    assert payload.body == body
    assert payload.facts.rows == rows


def test_a_table_is_a_line_a_row():
    """As records, rows of values, or the built-in algorithms' features."""
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    assert lines(frame) == b'{"a":1,"b":"x"}\n{"a":2,"b":null}'
    assert lines(frame, orient="values") == b'[1,"x"]\n[2,null]'
    assert lines(frame, orient="features") == b'{"features":[1,"x"]}\n{"features":[2,null]}'
    assert codecs.encode(frame, "jsonl").facts.names == ("a", "b")


def test_rows_of_arrays_are_features():
    """k-means and linear learner read one instance a line."""
    assert lines(np.eye(2), orient="features") == b'{"features":[1.0,0.0]}\n{"features":[0.0,1.0]}'
    assert lines([[1, 2]], orient="features") == b'{"features":[1,2]}'
    assert lines([1, 2], orient="features") == b'{"features":[1,2]}'
    assert lines(["a", "b"], orient="inputs") == b'{"inputs":"a"}\n{"inputs":"b"}'


def test_a_layout_of_more_than_one_row_is_refused():
    """split is one document, not lines."""
    with pytest.raises(CodecError, match="each line is one row"):
        lines(pd.DataFrame({"a": [1]}), orient="split")


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", []),
        (b'{"a":1}\n\n{"a":2}\r\n', [{"a": 1}, {"a": 2}]),
        (b'{"a":1}{"a":2}', [{"a": 1}, {"a": 2}]),
        (b'{\n "a": 1\n}\n{\n "a": 2\n}', [{"a": 1}, {"a": 2}]),
        (b"\xef\xbb\xbf1\nNaN", None),
        ('"a\u2028b"\n1'.encode(), ["a\u2028b", 1]),
    ],
)
def test_answers_are_read_however_their_lines_end(body, value):
    """Blank lines, values side by side, values over several lines, U+2028 inside a text."""
    found = received(body)
    assert value is None or found == value


def test_what_is_no_json_is_an_error_with_its_line():
    """The line and column are those of the answer."""
    with pytest.raises(CodecError, match="line 2, column 1"):
        received(b'{"a":1}\noops\n')


@given(
    st.lists(
        st.recursive(
            st.integers() | st.text() | st.none(),
            lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(max_size=4), x, max_size=4),
            max_leaves=8,
        ),
        max_size=8,
    )
)
def test_any_list_comes_back(values):
    """The json module reads each line, and we all of them."""
    body = lines(values)
    assert [json.loads(line) for line in body.decode().split("\n") if line] == values
    assert received(body) == values
