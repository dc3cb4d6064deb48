"""XGBoost reads what we send: its own parser of libsvm, and the container's rules for CSV.

The container (aws/sagemaker-xgboost-container, encoder.py and data_utils.py) takes the delimiter that csv.Sniffer
finds in the first line (a comma if that is a letter or digit) and makes floats of every cell; empty cells are missing.
"""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import xgboost
from hypothesis import given
from hypothesis.extra import numpy as hnp

from sm_magic import codecs

pytestmark = [pytest.mark.peer, pytest.mark.filterwarnings("ignore")]


def container_csv(text: str) -> np.ndarray:
    """encoder.csv_to_dmatrix, up to the DMatrix."""
    delimiter = csv.Sniffer().sniff(text.split("\n")[0][:512]).delimiter
    delimiter = "," if delimiter.isalnum() else delimiter
    rows = (line.split(delimiter) for line in text.splitlines())
    return np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])


def as_dmatrix(text: bytes, tmp_path) -> np.ndarray:
    """What XGBoost reads of a libsvm file; what is not there is 0."""
    file = tmp_path / "body.libsvm"
    file.write_bytes(text)
    return xgboost.DMatrix(f"{file}?format=libsvm").get_data().toarray()


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame({"a": [1, 2], "b": [0.5, np.nan]}),
        pd.DataFrame({"a": [1e-7, 1e300], "b": [True, False]}).astype(float),
        np.array([[0.1, 2], [3, 4]], dtype="float32"),
        [[1, 2], [3, 4.5]],
    ],
    ids=lambda value: type(value).__name__,
)
def test_csv_by_the_container_s_rules(value):
    """Every number arrives, and missing ones as missing."""
    expected = np.asarray(value, dtype=float)
    found = container_csv(codecs.encode(value, "csv").body.decode())
    np.testing.assert_array_equal(
        found.astype(np.asarray(value).dtype), expected.astype(np.asarray(value).dtype)
    )


@pytest.mark.parametrize("kind", [np.asarray, scipy.sparse.csr_matrix, pd.DataFrame])
def test_libsvm_is_read_by_xgboost(kind, tmp_path):
    """Each value in its place: the last column and one that is zero throughout too."""
    dense = np.array([[0, 1.5, 0, 2], [3, 0, 0, 0], [0, 0, 0, 4]], dtype="float32")
    np.testing.assert_array_equal(as_dmatrix(codecs.encode(kind(dense), "libsvm").body, tmp_path), dense)


@given(
    hnp.arrays(
        "float32",
        (3, 4),
        elements={"min_value": -(2.0**120), "max_value": 2.0**120, "allow_subnormal": False},
    )
)
def test_any_float_arrives(tmp_path_factory, array):
    """To the last bit but one: that is how XGBoost's own parser reads."""
    array[:, -1] = 1  # so that the width is known
    body = codecs.encode(array, "libsvm").body
    found = as_dmatrix(body, tmp_path_factory.mktemp("libsvm"))
    np.testing.assert_allclose(found, array, rtol=3e-7)
