"""text/libsvm: lines as XGBoost's container and scikit-learn read them (XGBoost itself: tests/peers)."""

from __future__ import annotations

import io
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

TYPE = "text/libsvm"
X = np.array([[1.5, 0], [-2, 1e-7]])
LABELS = np.array([1.0, 0.0])
BACK = X
if find_spec("scipy"):
    from scipy import sparse

    BACK = sparse.csr_array((X.reshape(-1), [0, 1, 0, 1], [0, 2, 4]), shape=(2, 2))
EXAMPLES = [
    ((X, LABELS), TYPE, (BACK, LABELS)),
    (X, "text/x-libsvm", (BACK, np.zeros(2))),
    ("0 0:1.5 1:0\n0 0:-2 1:1e-7\n", TYPE, (BACK, np.zeros(2))),
]


def sent(value, **options) -> str:
    """The lines."""
    return codecs.encode(value, "libsvm", **options).body.decode()


def received(text: str, **options):
    """What they are read as."""
    return codecs.decode(Payload(body=text.encode(), content_type=TYPE), **options)


def container_rows(text: str) -> list[dict[int, float]]:
    """What the container makes of a body (sagemaker-xgboost-container, serve_utils.py): cells with a colon alone."""
    rows = (line.split(" ") for line in text.strip().split("\n"))
    return [{int(k): float(v) for k, _, v in (c.partition(":") for c in row if ":" in c)} for row in rows]


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (X, "0 0:1.5 1:0.0\n0 0:-2.0 1:1e-7\n"),
        ((X, [1, 0]), "1 0:1.5 1:0.0\n0 0:-2.0 1:1e-7\n"),
        ((X, None), "0 0:1.5 1:0.0\n0 0:-2.0 1:1e-7\n"),
        (np.array([[0.1]], "f4"), "0 0:0.1\n"),
        (np.array([[0.5]], "f2"), "0 0:0.5\n"),
        (np.array([[2**63]], "u8"), "0 0:9223372036854775808\n"),
        (np.array([[True, False]]), "0 0:1 1:0\n"),
        (pd.DataFrame({"a": [1, 2], "b": [0.5, np.nan]}), "0 0:1.0 1:0.5\n0 0:2.0\n"),
        ([1, 2], "0 0:1 1:2\n"),
        ((X, [0.25, -1]), "0.25 0:1.5 1:0.0\n-1.0 0:-2.0 1:1e-7\n"),
        (np.zeros((0, 2)), ""),
        (np.zeros((2, 0)), "0\n0\n"),
        ("1 3:4", "1 3:4"),
    ],
    ids=repr,
)
def test_lines(value, lines):
    """A label always, 0 where there is none; indices from 0; zeros written, NaN not; the shortest exact digits."""
    assert sent(value) == lines


def test_a_sparse_row_has_what_it_stores():
    """Zeros that are stored among it."""
    sparse = pytest.importorskip("scipy.sparse")
    csr = sparse.csr_matrix((np.array([1.5, 0]), [2, 0], [0, 1, 1, 2]), shape=(3, 4))
    assert sent(csr) == "0 2:1.5\n0\n0 0:0.0\n"
    assert sent((csr.tocoo(), [1, 2, 3])) == "1 2:1.5\n2\n3 0:0.0\n"


def test_the_card_says_what_is_not_there():
    """Missing values; and rows at the end that the container would not answer."""
    assert codecs.encode(np.array([[np.nan, 1]]), TYPE).facts.notes == (
        "1 NaN left out, which is missing to XGBoost",
    )
    sparse = pytest.importorskip("scipy.sparse")
    notes = codecs.encode(sparse.csr_matrix(np.array([[1], [0], [0]])), TYPE).facts.notes
    assert notes == ("the last 2 rows hold nothing: XGBoost's container leaves them out",)
    assert codecs.encode(sparse.csr_matrix(np.array([[0], [1]])), TYPE).facts.notes == ()


FLOATS = hnp.arrays(
    st.sampled_from(["f4", "f8"]), (3, 4), elements={"allow_infinity": False, "allow_nan": False}
)


@given(FLOATS)
def test_no_bit_is_lost(array):
    """In the container's reading, and in ours."""
    rows = container_rows(sent(array))
    found = np.array([[row[i] for i in range(4)] for row in rows]).astype(array.dtype)
    assert found.tobytes() == array.tobytes()
    x, labels = received(sent((array, [1, 2, 3])))
    dense = x.toarray() if find_spec("scipy") else x
    np.testing.assert_array_equal(dense.astype(array.dtype), array)
    assert labels.tolist() == [1, 2, 3]


def test_scikit_learn_reads_what_we_write_and_we_what_it_writes():
    """Its own indices start at 0 too."""
    datasets = pytest.importorskip("sklearn.datasets")
    x, labels = datasets.load_svmlight_file(io.BytesIO(sent((X, LABELS)).encode()))
    np.testing.assert_array_equal(x.toarray(), X)
    np.testing.assert_array_equal(labels, LABELS)
    file = io.BytesIO()
    datasets.dump_svmlight_file(X, LABELS, file, comment="about", query_id=[7, 8])
    x, labels = received(file.getvalue().decode())
    np.testing.assert_array_equal(x.toarray(), X)
    np.testing.assert_array_equal(labels, LABELS)


def test_lines_without_labels_have_none():
    """As other people's programs write them."""
    x, labels = received("0:1 2:3\n\n1:5 # five\n")
    assert labels is None
    assert x.shape == (2, 3)
    assert received("")[0].shape == (0, 0)


@pytest.mark.parametrize(
    "text", ["1 2", "1 a:2", "x 1:2", "1 -1:2", "1 99999999999:2", "1 1:2\n2:3", "1 1:2:3"]
)
def test_what_is_no_line_is_an_error(text):
    """It says which."""
    with pytest.raises(CodecError, match=rf"line {text.count(chr(10)) + 1}\."):
        received(text)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([[np.inf, 1]], "no infinity"),
        ([["a", "b"]], "holds numbers"),
        (np.zeros((2, 2, 2)), "rows of numbers"),
    ],
    ids=repr,
)
def test_what_libsvm_has_not_is_refused(value, words):
    """XGBoost would read 0 for infinity."""
    with pytest.raises(CodecError, match=words):
        sent(value)


def test_encoding_stops_at_the_limit():
    """And says how many rows fit."""
    with pytest.raises(CodecError, match="rows are about") as caught:
        sent(np.ones((100_000, 100)), max_bytes=1_000_000)
    assert "[:" in caught.value.hint


def test_reading_keeps_to_its_memory():
    """From the number of lines and cells."""
    with pytest.raises(CodecError, match=r"the limit is 10\.0 MB"):
        received("1\n" * 500_000, max_bytes=10_000_000)
