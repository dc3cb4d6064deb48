"""Values as named tensors of KServe v2, seen in its JSON form."""

from __future__ import annotations

import datetime
import json
import re
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sm_magic import codecs
from sm_magic.errors import CodecError


def document(value, **options):
    """The JSON document that a value becomes."""
    return json.loads(codecs.encode(value, "json", orient="v2", **options).body)


def inputs(value) -> list[tuple]:
    """Its tensors: name, datatype, shape, data."""
    return [tuple(t[k] for k in ("name", "datatype", "shape", "data")) for t in document(value)["inputs"]]


def test_a_mapping_is_a_tensor_a_name():
    """Arrays, lists, and what has no shape; in the mapping's order."""
    assert inputs({"x": np.array([[1, 2.5]], "f4"), "ids": [[1, 2], [3, 4]], "on": True, "text": "hi"}) == [
        ("x", "FP32", [1, 2], [1.0, 2.5]),
        ("ids", "INT64", [2, 2], [1, 2, 3, 4]),
        ("on", "BOOL", [1], [True]),
        ("text", "BYTES", [1], ["hi"]),
    ]


def test_a_table_is_a_tensor_a_column():
    """Of shape [n, 1], which MLServer makes a table of again when it is told "pd"."""
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "é"], 3: [0.5, None]})
    assert document(frame)["parameters"] == {"content_type": "pd"}
    assert inputs(frame) == [
        ("a", "INT64", [2, 1], [1, 2]),
        ("b", "BYTES", [2, 1], ["x", "é"]),
        ("3", "FP64", [2, 1], [0.5, None]),
    ]
    assert inputs(frame.to_dict("records"))[0] == ("a", "INT64", [2, 1], [1, 2])
    facts = codecs.encode(frame, orient="v2").facts
    assert (facts.rows, facts.columns, facts.names) == (2, 3, ("a", "b", "3"))


def test_what_has_no_name_gets_tritons_first():
    """And the card says how to give one."""
    payload = codecs.encode(np.array([[1, 2]], "u1"), orient="v2")
    assert json.loads(payload.body) == {
        "inputs": [{"name": "INPUT__0", "shape": [1, 2], "datatype": "UINT8", "data": [1, 2]}]
    }
    assert payload.facts.notes == (
        "The array was sent as the tensor INPUT__0; a dict gives names: {'name': array}.",
    )
    for value, expected in [
        ([[1.5], [2.5]], ("INPUT__0", "FP64", [2, 1], [1.5, 2.5])),
        ("hi", ("INPUT__0", "BYTES", [1], ["hi"])),
        (5, ("INPUT__0", "INT64", [1], [5])),
        (np.float32(0.5), ("INPUT__0", "FP32", [1], [0.5])),
        (np.array(5), ("INPUT__0", "INT64", [], [5])),
        (pd.Series([1, 2]), ("INPUT__0", "INT64", [2, 1], [1, 2])),
        (Image.new("L", (2, 1)), ("INPUT__0", "UINT8", [1, 2], [0, 0])),
    ]:
        assert inputs(value) == [expected]


@pytest.mark.parametrize(
    ("dtype", "datatype"),
    [
        ("?", "BOOL"), ("u1", "UINT8"), ("u2", "UINT16"), ("u4", "UINT32"), ("u8", "UINT64"), ("i1", "INT8"),
        ("i2", "INT16"), ("i4", "INT32"), (">i8", "INT64"), ("f2", "FP16"), ("f4", "FP32"), (">f8", "FP64"),
        ("U3", "BYTES"), ("S3", "BYTES"),
    ],
)  # fmt: skip
def test_every_datatype(dtype, datatype):
    """By the array's own dtype, whatever its byte order."""
    ((_, found, shape, data),) = inputs({"x": np.ones(2, dtype)})
    assert (found, shape) == (datatype, [2])
    assert data == np.ones(2, dtype).astype(str).tolist() if datatype == "BYTES" else [1, 1]


@pytest.mark.parametrize(
    ("column", "datatype", "data"),
    [
        (pd.Series([1, None], dtype="Int64"), "FP64", [1.0, None]),
        (pd.Series([1, 2], dtype="Int32"), "INT32", [1, 2]),
        (pd.Series([True, False], dtype="boolean"), "BOOL", [True, False]),
        (pd.Series([1, None], dtype=object), "FP64", [1.0, None]),
        (pd.Series([1, 2**40], dtype=object), "INT64", [1, 2**40]),
        (pd.Series(["a", "b"], dtype="category"), "BYTES", ["a", "b"]),
        (pd.Series(["a", "b"], dtype="string"), "BYTES", ["a", "b"]),
        (
            pd.Series(pd.to_datetime(["2024-01-01", "2024-01-02"])),
            "BYTES",
            ["2024-01-01T00:00:00", "2024-01-02T00:00:00"],
        ),
        (pd.Series([datetime.date(2024, 1, 1)] * 2), "BYTES", ["2024-01-01"] * 2),
    ],
    ids=str,
)
def test_columns_of_all_kinds(column, datatype, data):
    """Numbers with their width, or as floats where some are missing; dates as ISO 8601."""
    assert inputs(pd.DataFrame({"c": column})) == [("c", datatype, [2, 1], data)]


def test_half_floats_are_no_json_for_triton():
    """MLServer takes them, Triton does not: the card says so."""
    assert (
        "Triton takes FP16 as binary only: -t triton"
        in codecs.encode(np.ones(1, "f2"), orient="v2").facts.notes
    )
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    payload = codecs.encode(np.array([1, -1.5], bfloat16), orient="v2")
    assert inputs(np.array([1, -1.5], bfloat16)) == [("INPUT__0", "BF16", [2], [1.0, -1.5])]
    assert "Triton takes BF16 as binary only: -t triton" in payload.facts.notes


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({}, "There is no tensor to send"),
        ({"": [1]}, "A tensor's name is text, not ''"),
        ({1: [1]}, "A tensor's name is text, not 1"),
        ({"x": [1j]}, "holds complex128, the dtype of 'x'"),
        ({"x": np.array([1], "m8[s]")}, "holds timedelta64"),
        ({"x": np.array(["NaT"], "M8[s]")}, "has missing dates"),
        ({"x": [None, 1]}, "'x' holds a NoneType, which no datatype has"),
        ({"x": [1, "a"]}, "'x' holds an int"),
        ({"x": [[1], [2, 3]]}, "did not become an array"),
        ({"x": [["a"], ["b", "c"]]}, "holds a list|did not become an array"),
        ({"inputs": [{"name": "x"}]}, "'inputs' holds a dict"),
        ({"x": b"\xff"}, "no UTF-8, which JSON can't hold"),
        ({"x": np.ma.array([1.0], mask=[True])}, "KServe v2 has no mask"),
        (pd.DataFrame({"a": [[1, 2], [3, 4]]}), "'a' holds a list"),
        (pd.DataFrame({"a": ["x", None]}), "'a' has missing values"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "Two tensors are called 'a'"),
        (pd.DataFrame(index=[1]), "There is no tensor to send"),
    ],
    ids=str,
)
def test_what_no_datatype_holds(value, words):
    """The error names the tensor."""
    with pytest.raises(CodecError, match=words):
        document(value)


def test_what_is_too_large_is_not_written():
    """It is told before the text is made."""
    with pytest.raises(CodecError, match=r"as application/json; the limit is 1\.0 MB"):
        document({"x": np.zeros(10**6)}, max_bytes=10**6)


def test_a_table_far_beyond_the_limit_is_refused_by_a_sample():
    """Before any of it is built; the error says how many rows fit, and they do."""
    frame = pd.DataFrame({"count": np.arange(200_000), "word": ["some words"] * 200_000})
    tracemalloc.start()
    with pytest.raises(CodecError, match="200,000 rows are about") as raised:
        document(frame, max_bytes=100_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
    fitting = int(re.search(r"head\((\d+)\)", raised.value.hint)[1])
    assert len(document(frame.head(fitting), max_bytes=100_000)["inputs"][0]["data"]) == fitting > 1_000


def test_ndjson_has_no_such_layout():
    """A line is a row."""
    with pytest.raises(CodecError, match="no orient 'v2'"):
        codecs.encode([1], "jsonl", orient="v2")


def test_columns_of_one_kind_are_columns_all_the_same():
    """A block of numbers is cut by columns, whatever its order in memory."""
    frame = pd.DataFrame(np.arange(6, dtype="f4").reshape(3, 2), columns=["a", "b"])
    assert inputs(frame) == [("a", "FP32", [3, 1], [0, 2, 4]), ("b", "FP32", [3, 1], [1, 3, 5])]


def test_tables_of_other_libraries():
    """The columns that they are as pandas'; a column alone in a mapping; an image stays an image."""
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"a": [1, 2], "b": ["x", "é"]})
    expected = [("a", "INT64", [2, 1], [1, 2]), ("b", "BYTES", [2, 1], ["x", "é"])]
    assert inputs(frame) == expected
    assert document(frame)["parameters"] == {"content_type": "pd"}
    assert inputs({"b": frame["b"]}) == expected[1:]
    assert list(codecs.decode(codecs.encode(frame, "triton"))) == ["a", "b"]
    pyarrow = pytest.importorskip("pyarrow", exc_type=ImportError)
    assert inputs(pyarrow.table({"a": [1, 2], "b": ["x", "é"]})) == expected
    assert inputs({"x": Image.new("L", (2, 1))}) == [("x", "UINT8", [1, 2], [0, 0])]
