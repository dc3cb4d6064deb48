"""Rows sent against predictions that came back."""

import pandas as pd
import pytest

from sm_magic.ledger import count, counted, settle
from sm_magic.messages import Facts, Payload


def csv(rows, *, header=False):
    """A CSV of that many rows."""
    return Payload(body=b"", content_type="text/csv", facts=Facts(rows=rows, header=header))


@pytest.mark.parametrize(
    ("value", "rows", "expected"),
    [
        (pd.DataFrame({0: [0.1, 0.9, 0.4]}), 3, 3),
        ([0.1, 0.9, 0.4], 3, 3),
        ([0.1, 0.9, 0.4], 1, 1),
        ([[0.1, 0.9]], 1, 1),
        ({"predictions": [{"score": 1}, {"score": 2}]}, 2, 2),
        ({"predictions": [0.2, 0.8]}, 1, 1),
        ({"projections": [{"projection": [1, 2]}]}, 1, 1),
        ({"label": ["a", "b"], "score": [1, 2]}, 2, 2),
        ({"generated_text": "hello"}, 1, None),
        ("text", 1, None),
        (None, 2, None),
    ],
)
def test_predictions_are_counted_in_the_shapes_containers_answer(value, rows, expected):
    """One item per row, wherever the container put the items."""
    assert expected == count(value, rows)


def test_one_answer_too_few_points_at_the_header():
    """A container that eats the first row is found out, and the option that helps is named."""
    found = settle(csv(4), [1, 2, 3])

    assert found.sentence == "4 rows → 3 predictions"
    assert "--header" in found.note


def test_one_answer_too_many_points_the_other_way():
    """A header that was scored like a row is found out."""
    found = settle(csv(4, header=True), [1, 2, 3, 4, 5])

    assert found.sentence == "4 rows → 5 predictions"
    assert "--no-header" in found.note


def test_no_advice_where_the_header_is_not_the_cause():
    """A header that was sent, or none that was, is not blamed for the opposite; a cell's own text has no options."""
    assert settle(csv(4, header=True), [1, 2, 3]).note is None
    assert settle(csv(4), [1, 2, 3, 4, 5]).note is None
    assert "--" not in settle(csv(4, header=None), [1, 2, 3]).note
    assert settle(csv(3), {"class_names": ["a", "b"]}).note is None


def test_no_rows_no_sentence():
    """What is no table has no ledger."""
    assert settle(Payload(body=b"", content_type="image/png"), [1]).sentence is None
    assert settle(None, [1]).sentence is None


@pytest.mark.parametrize(
    ("body", "content_type", "rows"),
    [
        (b"1,2\n3,4\n", "text/csv", 2),
        (b'"a\nb",2\n', "text/csv", 1),
        (b'{"a":1}\n\n{"a":2}', "application/jsonlines", 2),
        (b'{"instances": [[1], [2], [3]]}', "application/json", 3),
        (b'{"dataframe_split": {"columns": ["a"], "data": [[1], [2]]}}', "application/json", 2),
        (b'{"text": "hi"}', "application/json", None),
        (
            b'{"inputs": [{"name": "x", "shape": [4, 2], "datatype": "FP32", "data": []}]}',
            "application/json",
            None,
        ),
        (b"not json", "application/json", None),
        (b"\xff\xfe", "text/csv", None),
        (b"x", "image/png", None),
    ],
)
def test_a_literal_body_is_counted(body, content_type, rows):
    """A cell's text has rows too, where its type says what a row is."""
    assert rows == counted(Payload(body=body, content_type=content_type)).facts.rows
