"""Features and labels: which values are rows of numbers, and which pairs are rows with their labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sm_magic.codecs.features import features, is_labelled
from sm_magic.errors import CodecError

X = np.array([[1.5, 2], [3, 4]])


@pytest.mark.parametrize(
    ("value", "labelled"),
    [
        ((X, [0, 1]), True),
        ((X.tolist(), [0, 1]), True),
        ((pd.DataFrame(X), pd.Series([0, 1])), True),
        (([{"a": 1}], [0]), True),
        ((X, None), True),
        (([1, 2], [3, 4]), False),
        ((X[0], X[1]), False),
        ([X, [0, 1]], False),
        ((X, [0, 1], [1, 1]), False),
        (X, False),
    ],
    ids=repr,
)
def test_labels_come_with_rows_of_two_dimensions(value, labelled):
    """Two plain rows in a tuple stay two rows."""
    assert is_labelled(value) is labelled


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (X, X),
        (X.tolist(), X),
        (tuple(map(tuple, X)), X),
        ([1, 2, 3], [[1, 2, 3]]),
        (5, [[5]]),
        (np.float32(0.5), [[0.5]]),
        (pd.DataFrame(X), X),
        (pd.Series([1, 2]), [[1], [2]]),
        (pd.Series({"a": 1, "b": 2}), [[1, 2]]),
        ([{"a": 1, "b": 2}, {"a": 3, "b": 4}], [[1, 2], [3, 4]]),
        ([[1, None], [2, 3]], [[1, np.nan], [2, 3]]),
        (pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}), [[1], [np.nan]]),
        (pd.DataFrame({"a": pd.array([2**53 + 1, 1], dtype="Int64")}), [[2**53 + 1], [1]]),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
    ids=repr,
)
def test_rows_of_numbers(value, expected):
    """One dimension is one row, but for a Series, which is a column unless it is a frame's row."""
    found = features(value, "RecordIO")
    np.testing.assert_array_equal(found.x, expected)
    assert found.labels is None
    assert (found.facts["rows"], found.facts["columns"]) == found.x.shape


def test_tables_of_other_libraries():
    """polars and pyarrow, whole and by the column; missing values in either."""
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"a": [1, None], "b": [0.5, 1]})
    found = features((frame, pl.Series([0, 1])), "RecordIO")
    np.testing.assert_array_equal(found.x, [[1, 0.5], [np.nan, 1]])
    assert found.labels.tolist() == [0, 1]
    assert features((frame, pd.Series([0, 1], dtype="Int64")), "RecordIO").labels.tolist() == [0, 1]
    pa = pytest.importorskip("pyarrow", exc_type=ImportError)
    assert features(pa.table({"a": [1, 2]}), "RecordIO").x.tolist() == [[1], [2]]


def test_what_is_known_of_a_table_is_kept():
    """Names of columns; and what a value of one dimension was taken for."""
    assert features(pd.DataFrame({"a": [1]}), "RecordIO").facts["names"] == ("a",)
    assert features([1, 2], "RecordIO").facts["notes"] == ("1 row × 2 columns",)


def test_sparse_values_become_rows():
    """Any format of scipy's, in two dimensions or one."""
    sparse = pytest.importorskip("scipy.sparse")
    for value in (sparse.csc_matrix(X), sparse.coo_array(X), sparse.lil_matrix(X)):
        found = features((value, [0, 1]), "RecordIO")
        assert found.x.format == "csr"
        np.testing.assert_array_equal(found.x.toarray(), X)
        assert found.labels.tolist() == [0, 1]
    assert features(sparse.coo_array(np.array([0, 1, 0])), "RecordIO").x.shape == (1, 3)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.zeros((2, 3, 4)), r"shape \(2, 3, 4\)"),
        ([[1, 2], [3]], "become an array|none"),
        ([["a", "b"]], "holds numbers, none of dtype"),
        (pd.DataFrame({"a": [1], "b": ["x"]}), "columns are none: b"),
        (pd.DataFrame({"a": [pd.Timestamp("2024-01-01")]}), "holds numbers"),
        (np.array([[1j]]), "complex"),
        (np.array([(1, 2)], dtype=[("a", "i4"), ("b", "i4")]), "holds numbers"),
        (np.ma.array([[1, 2]], mask=[[0, 1]]), "mask"),
        ((X, [1]), r"2 rows and labels of shape \(1,\)"),
        ((X, [[0, 1], [1, 0]]), "labels of shape"),
        ((X, ["yes", "no"]), "Labels of RecordIO are numbers"),
    ],
    ids=repr,
)
def test_what_is_no_row_of_numbers_is_an_error(value, words):
    """It says what was found instead."""
    with pytest.raises(CodecError, match=words):
        features(value, "RecordIO")
