from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.local.fleet import ContainerError
from sm_magic.local.models import rows

NAMES = ("sepal length (cm)", "width")
TABLE = [[1.0, 2.0], [3.0, 4.0]]
RECORDS = [{"sepal length (cm)": 1, "width": 2}, {"width": 4, "sepal_length": 3}]


def read(body: str | bytes, content_type: str = "application/json") -> list[list[float]]:
    """The rows in *body*."""
    encoded = body.encode() if isinstance(body, str) else body
    found: list[list[float]] = rows.read(encoded, content_type, NAMES, "Model").tolist()
    return found


@pytest.mark.parametrize(
    "document",
    [
        TABLE,
        {"instances": TABLE},
        {"inputs": TABLE},
        {"instances": [{"features": row} for row in TABLE]},
        {"instances": [{"data": {"features": {"values": row}}} for row in TABLE]},
        RECORDS,
        {"instances": RECORDS},
        {"dataframe_records": RECORDS},
        {"columns": ["width", "sepal length (cm)"], "index": [0, 1], "data": [[2, 1], [4, 3]]},
        {"dataframe_split": {"columns": list(NAMES), "data": TABLE}},
        {"width": {"0": 2, "1": 4}, "sepal_length": {"0": 1, "1": 3}},
        {"width": [2, 4], "sepal length (cm)": [1, 3]},
        {"0": RECORDS[0], "1": RECORDS[1]},
    ],
)
def test_every_layout_of_json_is_the_same_table(document: Any) -> None:
    """values, instances, features, records, split, columns, index: named columns are put in order."""
    assert read(json.dumps(document)) == TABLE


@pytest.mark.parametrize("document", [[1, 2], {"features": [1, 2]}, RECORDS[0]])
def test_one_row_may_stand_alone(document: Any) -> None:
    """A row without its list is a table of one row."""
    assert read(json.dumps(document)) == [[1, 2]]


def test_the_other_content_types() -> None:
    """CSV with and without a final newline, quoted, JSON Lines, npy."""
    npy = io.BytesIO()
    np.save(npy, np.array(TABLE, dtype=np.float32))
    assert read("1,2\n3,4", "text/csv") == TABLE
    assert read('1,"2"\r\n\r\n3,4\r\n', "text/csv") == TABLE
    assert read("\n".join(json.dumps(record) for record in RECORDS), "application/jsonlines") == TABLE
    assert read(npy.getvalue(), "application/x-npy") == TABLE


def refused(body: str | bytes, content_type: str = "application/json") -> tuple[int, str]:
    """Status and text of the refusal."""
    with pytest.raises(ContainerError) as caught:
        read(body, content_type)
    return caught.value.status, caught.value.message


@pytest.mark.parametrize("content_type", ["", "text/csv; charset=utf-8", "TEXT/CSV", "application/x-image"])
def test_types_are_compared_exactly(content_type: str) -> None:
    """As real containers do: a charset is another type."""
    status, text = refused("1,2", content_type)
    assert status == 415
    assert text.startswith(f"Content type {content_type or 'None'} is not supported")


def test_a_row_that_begins_with_a_hash_is_not_left_out() -> None:
    """Rows never vanish in silence: what looks like a comment is refused."""
    status, text = refused("1,2\n#3,4\n5,6", "text/csv")
    assert (status, "could not convert string to float: '#3'" in text) == (415, True)


def test_a_csv_header_is_no_number() -> None:
    """XGBoost's words, and its 415."""
    status, text = refused("length,width\n1,2", "text/csv")
    assert (status, "please ensure data is in csv format" in text) == (415, True)
    assert "could not convert string to float: 'length'" in text


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        ("1,2,3", "text/csv", "X has 3 features, but Model is expecting 2 features as input."),
        ("1,", "text/csv", "Input X contains NaN"),
        ("[1, Infinity]", "application/json", "Input X contains infinity"),
        ("  ", "text/csv", "No data"),
        ("{oops", "application/json", "Unable to parse the JSON body: Expecting property name"),
        ("[[1,2],[3]]", "application/json", "not rows of numbers"),
        ("[[[1,2]]]", "application/json", "Found array with dim 3. Model expected <= 2."),
        ('"text"', "application/json", "Expected instances"),
        ('[{"width": 1, "colour": 2}]', "application/json", "unseen at fit time:\n- colour"),
        ('[{"width": 1}]', "application/json", "now missing:\n- sepal length (cm)"),
        ("\x93NUMPY", "application/x-npy", "Unable to load the array"),
        ("[" * 100_000, "application/json", "Unable to parse"),
    ],
)
def test_what_is_wrong_is_said(body: str, content_type: str, said: str) -> None:
    """400, and a sentence as scikit-learn would put it."""
    status, text = refused(body, content_type)
    assert (status, said in text) == (400, True), text


def test_a_pickle_is_not_loaded() -> None:
    """An npy of objects is refused, unread."""
    body = io.BytesIO()
    np.save(body, np.array([{}], dtype=object), allow_pickle=True)
    status, text = refused(body.getvalue(), "application/x-npy")
    assert (status, "Object arrays cannot be loaded" in text) == (400, True)


@given(
    st.binary(max_size=200),
    st.sampled_from(["text/csv", "application/json", "application/jsonlines", "application/x-npy"]),
)
def test_hostile_bytes_are_rows_or_a_refusal(body: bytes, content_type: str) -> None:
    """Whatever comes, a model sees numbers or its caller a 4xx."""
    try:
        found = rows.read(body, content_type, NAMES, "Model")
    except ContainerError as error:
        assert 400 <= error.status < 500
    else:
        assert found.shape[1] == 2
        assert np.isfinite(found).all()


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["instances", "features", "data", "columns", "width", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(json_values)
def test_any_json_is_rows_or_a_refusal(document: Any) -> None:
    """Layouts that are almost right are refused, they break nothing."""
    try:
        assert rows.read(json.dumps(document).encode(), "application/json", NAMES, "Model").shape[1] == 2
    except ContainerError as error:
        assert 400 <= error.status < 500
