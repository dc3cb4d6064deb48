"""Rows of vectors in a CSV answer, in every way that XGBoost's and others' containers write them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.messages import Payload

ROWS = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=width, max_size=width),
        min_size=2,
        max_size=4,
    )
)


def quoted(rows):
    """Each row as one cell."""
    out = io.StringIO()
    csv.writer(out).writerows([json.dumps(row)] for row in rows)
    return out.getvalue()


def received(text, rows=None):
    """The frame that a text is read as."""
    return codecs.decode(Payload(body=text.encode(), content_type="text/csv"), rows=rows)


@pytest.mark.parametrize(
    "written",
    [
        lambda rows: ",".join(map(json.dumps, rows)),
        lambda rows: "\n".join(map(json.dumps, rows)) + "\n",
        lambda rows: "\r\n\r\n".join(map(json.dumps, rows)),
        json.dumps,
        quoted,
    ],
    ids=["side by side", "a line each", "blank lines", "JSON", "quoted"],
)
@given(ROWS)
def test_rows_of_vectors_are_rows(written, rows):
    """However they stand beside each other."""
    frame = received(written(rows), len(rows))
    assert frame.to_numpy().tolist() == rows


def test_one_vector_is_a_value_a_row_if_so_many_were_sent():
    """And one row if not, as `0.1,0.7,0.2` is."""
    assert received("[0.1, 0.7, 0.2]", 3).to_numpy().tolist() == [[0.1], [0.7], [0.2]]
    assert received("[0.1, 0.7, 0.2]", 1).to_numpy().tolist() == [[0.1, 0.7, 0.2]]


def test_vectors_of_different_lengths_lose_nothing():
    """The shorter ones get missing values."""
    frame = received("[1, 2]\n[3]\n[4, 5, 6]")
    assert frame.shape == (3, 3)
    assert frame.iloc[2].tolist() == [4, 5, 6]
    assert frame.isna().to_numpy().sum() == 3


@pytest.mark.parametrize("text", ["[a, b]\n[c, d]", "[1, 2\n[3, 4", '[{"a": 1}]\n[{"a": 2}]', "[[1], [[2]]]"])
def test_what_only_begins_like_vectors_is_cells(text):
    """Words in brackets, an open bracket, objects, tensors."""
    frame = received(text)
    assert "[" in str(frame.iloc[0, 0])
