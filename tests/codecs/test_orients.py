"""The JSON layouts of tables and arrays; pandas' own `to_json` and MLflow's documents are the judges."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest

from sm_magic import codecs
from sm_magic.errors import CodecError, UsageError

FRAME = pd.DataFrame({"a": [1, 2], "b": [0.5, None], "c": ["x", "y"]}, index=["r", "s"])


def layout(value, orient, content_type="json"):
    """The JSON document that a value becomes."""
    return json.loads(codecs.encode(value, content_type, orient=orient).body)


@pytest.mark.parametrize("orient", ["records", "split", "values", "columns", "index"])
def test_pandas_own_names_mean_what_pandas_means(orient):
    """The five layouts of DataFrame.to_json, here with all digits."""
    assert layout(FRAME, orient) == json.loads(FRAME.to_json(orient=orient))


ROWS = [[1, 0.5, "x"], [2, None, "y"]]
RECORDS = [{"a": 1, "b": 0.5, "c": "x"}, {"a": 2, "b": None, "c": "y"}]


@pytest.mark.parametrize(
    ("orient", "expected"),
    [
        ("instances", {"instances": ROWS}),
        ("inputs", {"inputs": ROWS}),
        ("features", {"instances": [{"features": row} for row in ROWS]}),
        ("dataframe_records", {"dataframe_records": RECORDS}),
        (
            "dataframe_split",
            {"dataframe_split": {"columns": ["a", "b", "c"], "index": ["r", "s"], "data": ROWS}},
        ),
    ],
)
def test_servers_names_mean_what_they_read(orient, expected):
    """TensorFlow Serving's instances, Hugging Face's inputs, built-in algorithms' features, MLflow's dataframe_*."""
    assert layout(FRAME, orient) == expected


def test_a_frame_asked_for_as_json_is_records():
    """Without an orient, names travel with their values."""
    assert layout(FRAME, None) == RECORDS


def test_an_orient_alone_means_json():
    """`--orient instances` without -t can mean nothing else."""
    assert codecs.encode(FRAME, orient="instances").content_type == "application/json"


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8", "?"])
def test_numbers_of_one_type_are_laid_out_alike(dtype):
    """The way for uniform tables gives what the way for mixed ones gives."""
    array = np.array([[0, 1], [1, 0]], dtype=dtype)
    assert layout(pd.DataFrame(array), "instances") == {"instances": array.tolist()}


def test_arrays_and_lists_have_the_layouts_of_rows():
    """values, instances, inputs and features need no names."""
    array = np.array([[1.5, 2.0], [3.0, 4.0]])
    for value in (array, array.tolist()):
        assert layout(value, "values") == [[1.5, 2.0], [3.0, 4.0]]
        assert layout(value, "instances") == {"instances": [[1.5, 2.0], [3.0, 4.0]]}
        assert layout(value, "inputs") == {"inputs": [[1.5, 2.0], [3.0, 4.0]]}
        assert layout(value, "features") == {
            "instances": [{"features": [1.5, 2.0]}, {"features": [3.0, 4.0]}]
        }
    assert layout(np.array([1.5, 2.0]), "features") == {"instances": [{"features": [1.5, 2.0]}]}
    assert layout(["a", "b"], "inputs") == {"inputs": ["a", "b"]}
    assert layout({"text": "a"}, "inputs") == {"inputs": {"text": "a"}}
    assert layout(RECORDS, "dataframe_records") == {"dataframe_records": RECORDS}


def test_a_series_is_a_row_or_a_column():
    """df.iloc[0] is one row with names, a column is one value a row."""
    assert layout(FRAME[["a", "b"]].iloc[0], "instances") == {"instances": [[1.0, 0.5]]}
    assert layout(pd.Series([1.5, 2.5]), "instances") == {"instances": [[1.5], [2.5]]}


def test_a_layout_that_the_value_has_not_is_an_error():
    """split of an array has no names; features of a dict has no rows."""
    for value, orient in [
        (np.eye(2), "split"),
        ([1, 2], "records"),
        ({"a": 1}, "features"),
        (5, "instances"),
    ]:
        with pytest.raises(CodecError, match="needs a table"):
            codecs.encode(value, "json", orient=orient)
    with pytest.raises(UsageError, match="orient is for JSON"):
        codecs.encode(FRAME, "csv", orient="split")
    with pytest.raises(CodecError, match="would be lost"):
        codecs.encode(pd.concat([FRAME, FRAME]), "json", orient="index")


def test_no_layout_loses_a_digit():
    """pandas' to_json rounds to ten digits; nothing here does."""
    frame = pd.DataFrame({"x": [1 / 3, 5e-324, 1.7976931348623157e308], "y": ["a", "b", "c"]})
    for orient in codecs.ORIENTS:
        body = codecs.encode(frame, "json", orient=orient).body.decode()
        for number in frame["x"]:
            assert repr(number) in body.replace("e308", "e+308") or str(number).replace("e+", "e") in body


@pytest.mark.parametrize("orient", ["records", "split", "values", "columns", "index"])
def test_many_rows_are_as_few(orient):
    """A table written in pieces is the table written at once."""
    frame = pd.DataFrame({"a": range(5_000), "b": np.linspace(0, 1, 5_000), "c": "text" * 300})
    whole = codecs.encode(frame, "json", orient=orient)
    pieces = codecs.encode(frame, "json", orient=orient, max_bytes=100_000_000)
    assert whole.body == pieces.body
    back = pd.read_json(io.BytesIO(whole.body), orient=orient, precise_float=True)
    assert back.shape == frame.shape
