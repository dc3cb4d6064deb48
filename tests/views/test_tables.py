"""`find_table`: the predictions as a tidy DataFrame."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.views import find_table
from sm_magic.views.tables import find

NAN = float("nan")
# (the answer, the frame)
FRAMES = [
    ([0.1, 0.9], {"prediction": [0.1, 0.9]}),
    ([[1, 2], [3, 4]], {0: [1, 3], 1: [2, 4]}),
    ({"predictions": [1, 2]}, {"prediction": [1, 2]}),
    ({"predictions": [{"score": 0.5}, {"score": 0.25}]}, {"score": [0.5, 0.25]}),
    (
        {"predictions": [{"score": [0.1, 0.9], "predicted_label": 1}]},
        {"score.0": [0.1], "score.1": [0.9], "predicted_label": [1]},
    ),
    ({"projections": [{"projection": [1.0, 2.0]}]}, {"projection.0": [1.0], "projection.1": [2.0]}),
    ({"scores": [{"score": 0.02}]}, {"score": [0.02]}),
    ({"outputs": {"a": [1, 2], "b": [[3, 4], [5, 6]]}}, {"a": [1, 2], "b.0": [3, 5], "b.1": [4, 6]}),
    ({"predictions": ["a", "b"], "probabilities": [[0.1, 0.9], [0.8, 0.2]]},
     {"predictions": ["a", "b"], "probabilities.0": [0.1, 0.8], "probabilities.1": [0.9, 0.2]}),
    ([{"a": 1}, {"b": 2}], {"a": [1, None], "b": [None, 2]}),
    ([{"box": {"x": 1, "y": {"z": 2}}}], {"box.x": [1], "box.y.z": [2]}),
    ([{"tags": ["x"]}, {"tags": ["y", "z"]}], {"tags": [["x"], ["y", "z"]]}),
    ({"labels": ["a", "b"], "probabilities": [0.9, 0.1], "k": 2}, {"label": ["a", "b"], "probability": [0.9, 0.1]}),
    ({"columns": ["p", "q"], "data": [[1, 2], [3, 4]]}, {"p": [1, 3], "q": [2, 4]}),
    ({"a": [1, 2], "b": ["x", "y"]}, {"a": [1, 2], "b": ["x", "y"]}),
]  # fmt: skip


@pytest.mark.parametrize(("value", "columns"), FRAMES, ids=[str(value)[:50] for value, _ in FRAMES])
def test_the_tidy_table_of_each_shape(value, columns, answer):
    """A row is a prediction; vectors and objects in it are columns."""
    pd.testing.assert_frame_equal(find_table(answer(value)), pd.DataFrame(columns))


def test_labels_of_rows_become_the_index(answer):
    """The layouts of pandas with an index keep it, as JSON has it."""
    split = find_table(answer({"columns": ["p"], "index": ["x", "y"], "data": [[1], [2]]}))
    columns = find_table(answer({"a": {"x": 1, "y": 2}, "b": {"x": 3, "y": 4}, "c": {"x": 5, "y": 6}}))
    index = find_table(answer({"0": {"a": 1, "b": 2}, "1": {"a": 3, "b": 4}}))

    assert list(split.index) == ["x", "y"]
    assert list(columns.columns) == ["x", "y"]
    assert list(columns.index) == ["a", "b", "c"]
    assert index.to_dict("list") == {"a": [1, 3], "b": [2, 4]}


def test_arrays_and_frames_as_they_are(answer):
    """A DataFrame is itself; vectors have one column, matrices number theirs, structured arrays name them."""
    frame = pd.DataFrame({"a": [1]})
    named = np.array([(1, 2.5)], dtype=[("n", "i4"), ("x", "f8")])

    assert find_table(answer(frame)) is frame
    assert find_table(answer(pd.Series([1.0]))).to_dict("list") == {"prediction": [1.0]}
    assert find_table(answer(np.arange(2.0))).to_dict("list") == {"prediction": [0.0, 1.0]}
    assert find_table(answer(np.eye(2))).shape == (2, 2)
    assert find_table(answer(named)).to_dict("list") == {"n": [1], "x": [2.5]}
    assert find_table(answer(np.zeros((2, 2, 2)))) is None


@pytest.mark.parametrize(
    "value", [None, 1, "a", b"a", [], {}, {"a": 1}, [[1], [2, 3]], [1, [2]], {"predictions": []}]
)
def test_what_holds_no_table(value, answer):
    """None, not an error and not an empty frame."""
    assert find_table(answer(value)) is None


def test_a_late_odd_row_is_not_lost(answer):
    """The first rows decide what is shown; the frame is made from all of them."""
    rows = [{"a": 1}] * 1_500 + [{"a": {"deep": [{"b": 1}]}, "z": 2}]
    frame = find_table(answer(rows))

    assert frame.shape == (1_501, 2)
    assert frame["a"].iloc[-1] == {"deep": [{"b": 1}]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_a_found_table_has_the_shape_it_says(value):
    """Whatever the JSON: what is found can be read, and its corner has the size that was asked for."""
    table = find(value)

    if table is not None:
        grid = table.grid(2, 2)
        assert len(grid.rows) == min(2, table.height)
        assert all(len(row) == len(grid.names) == min(2, table.width) for row in grid.rows)
        assert table.frame().shape[0] == table.height


def test_a_frames_corner_is_made_of_what_its_cells_hold():
    """Python's numbers and texts, timestamps, what is missing: as iterating over the column gives them."""
    frame = pd.DataFrame(
        {
            "whole": [1, 2**60],
            "half": [0.5, None],
            "text": ["a", None],
            "yes": [True, False],
            "when": pd.to_datetime(["2026-01-01", None], utc=True),
            "few": pd.Series([1, None], dtype="Int64"),
            "kind": pd.Categorical(["x", "y"]),
        }
    )
    _, rows, _ = find(frame).corner(2, 7)

    for row, expected in zip(rows, frame.itertuples(index=False, name=None), strict=True):
        assert not any(isinstance(cell, np.generic) for cell in row)
        assert list(map(str, row)) == list(map(str, expected))


def test_a_corner_goes_through_no_column_that_it_does_not_show():
    """A frame of a hundred thousand columns is looked at where it is shown, as one block."""
    frame = pd.DataFrame(np.arange(200_000.0).reshape(2, 100_000))

    names, rows, labels = find(frame).corner(1, 3)

    assert (list(names), list(map(list, rows)), labels) == ([0, 1, 2], [[0.0, 1.0, 2.0]], None)


def test_a_frame_without_columns_has_no_cells():
    """Nothing is shown of it but its size."""
    assert find(pd.DataFrame(index=range(3))).grid(20, 20).height == 3


@pytest.mark.parametrize("kind", ["csr_array", "csc_matrix", "coo_array"])
def test_a_sparse_array_is_a_table(answer, kind):
    """Its corner is read, and its frame stays sparse."""
    sparse = pytest.importorskip("scipy.sparse")
    value = getattr(sparse, kind)(np.array([[0.0, 2.0, 0.0], [1.5, 0.0, 0.0]]))
    names, rows, labels = find(value).corner(2, 2)
    frame = find_table(answer(value))

    assert (list(names), rows, labels) == ([0, 1], [[0.0, 2.0], [1.5, 0.0]], None)
    assert frame.to_numpy().tolist() == [[0.0, 2.0, 0.0], [1.5, 0.0, 0.0]]
    assert all(isinstance(dtype, pd.SparseDtype) for dtype in frame.dtypes)
