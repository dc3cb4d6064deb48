"""Masked arrays: what the mask hides is in no body."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sm_magic import codecs
from sm_magic.errors import CodecError

SECRET = 99
ROW = np.ma.array([1, SECRET], mask=[0, 1])
TABLE = np.ma.array([[1, SECRET], [3, 4]], mask=[[0, 1], [0, 0]])
FIELDS = np.ma.array([(1, SECRET), (3, 4)], dtype=[("a", "i4"), ("b", "i4")], mask=[(0, 1), (0, 0)])
DAYS = np.ma.array(np.array(["2024-01-01", "1999-01-01"], "M8[ns]"), mask=[0, 1])


@pytest.mark.parametrize(
    ("value", "body"),
    [
        (ROW, "1,"),
        (TABLE, "1,\n3,4"),
        (ROW.astype("f4") / 10, "0.1,"),
        (FIELDS, "1,\n3,4\n"),
        (np.ma.array(["a", "99"], mask=[0, 1]), "a,"),
        (np.ma.array([True, True], mask=[0, 1]), "True,"),
        ([ROW, ROW], "1,\n1,"),
    ],
    ids=repr,
)
def test_a_masked_cell_of_a_csv_is_empty(value, body):
    """And whole numbers beside it stay whole."""
    sent = codecs.encode(value, "csv").body.decode().replace(".0", "")
    assert [line.rstrip() for line in sent.splitlines()] == body.splitlines()


@pytest.mark.parametrize("content_type", ["npy", "png", "jpeg"])
@pytest.mark.parametrize("value", [ROW, TABLE, FIELDS, DAYS], ids=["row", "table", "fields", "days"])
def test_a_format_without_a_mask_refuses_one_that_hides(value, content_type):
    """The way out is the user's own word for what is missing."""
    with pytest.raises(CodecError) as caught:
        codecs.encode(value, content_type)
    if content_type == "npy" or value is TABLE:
        assert "mask" in caught.value.message
        assert ".filled(" in caught.value.hint


def test_a_mask_that_hides_nothing_is_no_obstacle():
    """Most masked arrays that files give are like that."""
    bare = np.ma.array([[1, 2]], dtype="u1")
    for content_type in ("npy", "csv", "json", "png"):
        assert codecs.encode(bare, content_type).body == codecs.encode(bare.data, content_type).body


def test_masked_values_are_null_in_json():
    """Numbers, dates and rows of lists; the others keep their digits."""

    def sent(value, content_type="json"):
        return codecs.encode(value, content_type).body.decode()

    assert json.loads(sent(TABLE)) == [[1, None], [3, 4]]
    assert json.loads(sent(DAYS))[1] is None
    assert "2024-01-01" in sent(DAYS)
    assert sent(np.ma.array([0.1, 99], mask=[0, 1], dtype="f4")) == "[0.1,null]"
    assert json.loads(sent({"x": ROW})) == {"x": [1, None]}
    assert sent(ROW, "jsonl") == "1\nnull"
    assert json.loads(sent(FIELDS.reshape(2, 1)))[0] == [{"a": 1, "b": None}]
    with pytest.raises(CodecError, match="no place"):
        sent(FIELDS.reshape(2, 1), "csv")
    assert sent(FIELDS, "jsonl") == '{"a":1,"b":null}\n{"a":3,"b":4}'
    assert sent(np.ma.array(np.zeros(2, "V4"), mask=[1, 1]), "jsonl") == "null\nnull"
    assert json.loads(sent(FIELDS)) == [{"a": 1, "b": None}, {"a": 3, "b": 4}]
