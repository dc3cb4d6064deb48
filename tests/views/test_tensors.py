"""Named tensors: each under its name, type and shape."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import Answer, find_table, show
from sm_magic.views.tensors import read

KSERVE = {
    "model_name": "densenet",
    "model_version": "1",
    "outputs": [
        {"name": "probs", "datatype": "FP32", "shape": [2, 3], "data": [0.1, 0.2, 0.7, 0.3, 0.3, 0.4]},
        {"name": "label", "datatype": "BYTES", "shape": [2], "data": ["cat", "<b>dog"]},
        {
            "name": "maps",
            "datatype": "INT64",
            "shape": [2, 2, 2],
            "data": [[[1, 2], [3, 4]], [[5, 6], [7, 2**60]]],
        },
    ],
}
ARRAYS = {"a": np.arange(6.0).reshape(3, 2), "b": np.arange(3), "c": np.array(3.5), "d": np.zeros((2, 2, 2))}
SHOWN_AS = [
    ("KServe v2", KSERVE, 2, "tensors"),
    ("KServe v2, one probability vector", {"outputs": [KSERVE["outputs"][0]]}, 2, "tensors"),
    ("arrays by name", ARRAYS, None, "tensors"),
    ("rows and labels of RecordIO", (np.eye(3), np.arange(3)), 3, "tensors"),
    ("outputs that are no tensors", {"outputs": [{"name": "a", "score": 1}, {"name": "b", "score": 2}]}, 2, "table"),
]  # fmt: skip


def _one(datatype, shape, data):
    return {"outputs": [{"name": "y", "datatype": datatype, "shape": shape, "data": data}]}


def test_tensors(shown, golden):
    """A matrix as a table, a larger one by its first slice, and the model beside them."""
    made = shown(KSERVE)

    golden("tensors", text=made.text, html=made.html)


def test_arrays_by_name(shown):
    """As a Triton answer and an npz hold them; one number is told."""
    text = shown(ARRAYS).text

    assert text.startswith("a · float64 · 3 × 2\n")
    assert "\nb · int64 · 3\n" in text
    assert "c · float64 · no dimensions" in text
    assert "value 3.5" in text
    assert "slice [0, :, :]" in text


def test_a_shape_is_told_once(shown):
    """By the array below its name, where there are more dimensions than a table has."""
    made = shown(_one("INT64", [2, 2, 2], list(range(8))))

    assert made.text.startswith("y · INT64\narray, 2 × 2 × 2 · int64")
    assert made.text.count("2 × 2 × 2") == made.html.count("2 × 2 × 2") == 1


def test_a_part_of_a_tensor(shown):
    """How much of it is shown stands beside its shape."""
    text = shown({"a": np.zeros((300, 2))}, settings=Settings(max_rows=3)).text

    assert text.startswith("a · float64 · 300 × 2: 3 of 300 rows × 2 columns\n")


@pytest.mark.parametrize(
    ("datatype", "dtype", "data"),
    [
        ("BOOL", "bool", [True, False]),
        ("UINT8", "uint8", [0, 255]),
        ("INT64", "int64", [2**62 + 1, -1]),
        ("UINT64", "uint64", [2**64 - 1, 0]),
        ("FP16", "float16", [0.5, 1.5]),
        ("BF16", "float32", [0.5, 1.5]),
        ("FP32", "float32", [0.1, 2.0]),
        ("FP64", "float64", [0.1, 2.0]),
        ("BYTES", "object", ["a", "b"]),
        ("NEW128", "object", [1, 2]),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_types_and_shapes(datatype, dtype, data, nested):
    """Data may be flat or nested; a type that is not known stays what JSON made of it."""
    kind, array = read(_one(datatype, [2, 1], [[item] for item in data] if nested else data))["y"]

    assert (kind, array.dtype, array.shape) == (datatype, dtype, (2, 1))
    assert array[:, 0].tolist() == np.array(data, dtype=dtype).tolist()


@pytest.mark.parametrize(
    "output",
    [
        _one("FP32", [2, 3], [1, 2]),
        _one("FP32", [2], ["a", None]),
        _one("UINT8", [2], [-1.5, 10**30]),
        _one("FP32", [2], [[1], [2, 3]]),
        _one("FP32", [0, 3], []),
        _one("FP32", [], [1]),
        _one("FP16", [1], [1e30]),
        _one("FP32", [10**9, 10**9], [1]),
    ],
)
def test_what_does_not_fit_is_shown_as_it_is(shown, output):
    """Wrong shapes, types and ranges break nothing."""
    assert "Not shown" not in shown(output).text
    assert "y · " in shown(output).text


@pytest.mark.parametrize("shape", [["2"], [2.0], [-1], [True], None, [1] * 33])
def test_a_shape_that_is_none(shown, shape):
    """Then it is JSON of some other meaning."""
    assert "y · " not in shown(_one("FP32", shape, [1, 2])).text


def test_their_frame(answer):
    """Side by side where each has as many rows, a matrix in several columns; else the first; else none."""
    frame = find_table(answer({"outputs": KSERVE["outputs"][:2]}))
    assert list(frame.columns) == ["probs.0", "probs.1", "probs.2", "label"]
    assert frame["label"].tolist() == ["cat", "<b>dog"]
    assert frame["probs.2"].dtype == "float32"

    assert list(find_table(answer(ARRAYS)).columns) == ["a.0", "a.1", "b"]
    assert list(find_table(answer({"a": np.zeros((3, 1)), "b": np.zeros(2)})).columns) == ["a"]
    assert find_table(answer({"a": np.zeros((3, 0)), "b": np.ones(3)}))["b"].tolist() == [1, 1, 1]
    assert find_table(answer({"c": np.array(1.0), "d": np.zeros((1, 2, 2))})) is None


def test_a_frame_without_rows(answer):
    """Its columns are there."""
    frame = find_table(answer(_one("FP32", [0, 2], [])))

    pd.testing.assert_frame_equal(frame, pd.DataFrame({"y.0": [], "y.1": []}, dtype="float32"))


@pytest.mark.parametrize(
    "value",
    [
        {f"{'<' * 300}{i}": np.full((40, 40), 1e-17) for i in range(500)},
        _one("BYTES", [1_000, 1_000], ["<&" * 50] * 1_000_000),
        {"a": np.zeros((1, 1_000_000))},
        {"a": np.array([["é" * 9_000] * 90] * 90, dtype=object)},
        {f"{i}": np.zeros((3, 30, 30)) for i in range(100)},
    ],
)
def test_they_are_capped(shown, value):
    """Many tensors, wide ones, long texts in them."""
    made = shown(value, settings=Settings())

    assert len(made.html.encode()) < 256 * 1024
    assert len(made.text.encode()) < 256 * 1024
    assert "Not shown" not in made.text


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from(["FP16", "FP32", "INT8", "UINT64", "BOOL", "BYTES", "X"]),
    st.lists(st.integers(0, 3), max_size=4),
    st.lists(ODD, max_size=6),
)
@example("UINT64", [], [-1])
def test_no_data_breaks_it(datatype, shape, data):
    """Whatever a server puts under `data`."""
    payload = Payload(body=b"{}", content_type="application/json")

    assert (
        "Not shown" not in show(Answer(value=_one(datatype, shape, data), payload=payload), Settings()).text
    )


def test_rows_and_their_labels(shown, answer):
    """RecordIO's ``(x, labels)``: both are seen, and they are one table."""
    value = (np.float32([[1, 2], [3, 4]]), np.float32([0, 1]))
    text = shown(value).text
    assert "values · float32 · 2 × 2" in text
    assert "label · float32 · 2" in text
    frame = find_table(answer(value))
    assert frame.to_dict("list") == {"values.0": [1, 3], "values.1": [2, 4], "label": [0, 1]}


def test_sparse_rows_and_their_labels(shown, answer):
    """As dense ones; the table stays sparse."""
    sparse = pytest.importorskip("scipy.sparse")
    value = (sparse.csr_array(np.float32([[0, 2, 0], [3, 0, 0]])), np.float32([0, 1]))
    assert "values · float32 · 2 × 3" in shown(value).text
    frame = find_table(answer(value))
    assert frame.to_numpy().tolist() == [[0, 2, 0, 0], [3, 0, 0, 1]]
    assert frame["values.0"].sparse.density == 0.5
