"""application/x-recordio-protobuf, written: the bytes of the SageMaker SDK (which is asked in tests/peers)."""

from __future__ import annotations

import tracemalloc
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sm_magic import codecs
from sm_magic.errors import CodecError

TYPE = "application/x-recordio-protobuf"
X = np.array([[1.5, -2], [0, 4]], "f4")
EXAMPLES = [
    (X, TYPE, X),
    (X.astype("f8"), TYPE, X.astype("f8")),
    (np.array([[1, -1], [2**31 - 1, -(2**31)]]), TYPE, np.array([[1, -1], [2**31 - 1, -(2**31)]], "i4")),
    ((X, [1, 300]), TYPE, (X, np.array([1, 300], "i4"))),
    ((X, np.array([0.5, 1])), TYPE, (X, np.array([0.5, 1]))),
    (pd.DataFrame({"a": [1.5], "b": [2]}), TYPE, np.array([[1.5, 2]])),
    ([1, 2], TYPE, np.array([[1, 2]], "i4")),
]
if find_spec("scipy"):
    from scipy import sparse

    CSR = sparse.csr_array(np.array([[0, 1.5, 0], [0, 0, 0], [2, 0, 3]], "f4"))
    EXAMPLES += [
        (CSR, TYPE, CSR),
        ((sparse.csc_matrix(CSR), [1.5, 2, 3]), TYPE, (CSR, np.array([1.5, 2, 3]))),
    ]


def sent(value) -> bytes:
    """The body."""
    return codecs.encode(value, "recordio").body


# What write_numpy_to_dense_tensor and write_spmatrix_to_sparse_tensor of sagemaker 2.257.6 wrote.
FLOATS = np.array([1.0, 2.0]).tobytes()
MEASURED = [
    (np.array([1.0, 2.0]), b"\n#\xd7\xce \0\0\0\n\x1e\n\x06values\x12\x14\x1a\x12\n\x10" + FLOATS),
    (
        np.array([[1, 2], [3, 4]], "f4"),
        b"\n#\xd7\xce\x18\0\0\0\n\x16\n\x06values\x12\x0c\x12\n\n\x08\0\0\x80?\0\0\0@"
        b"\n#\xd7\xce\x18\0\0\0\n\x16\n\x06values\x12\x0c\x12\n\n\x08\0\0@@\0\0\x80@",
    ),
    (np.array([1, 2]), b"\n#\xd7\xce\x12\0\0\0\n\x10\n\x06values\x12\x06:\x04\n\x02\1\2\0\0"),
    (
        (np.zeros((1, 0), "f4"), [-2]),
        b"\n#\xd7\xce(\0\0\0\n\x0c\n\x06values\x12\x02\x12\0\x12\x18\n\x06values\x12\x0e:\x0c\n\n\xfe"
        + b"\xff" * 8
        + b"\x01",
    ),
]


@pytest.mark.parametrize(("value", "body"), MEASURED, ids=["f8", "f4", "int", "label"])
def test_the_bytes_are_the_sdk_s(value, body):
    """Floats, integers, labels; the padding is zeros."""
    assert sent(value) == body


def test_a_sparse_row_has_values_keys_and_shape():
    """A row of zeros has its shape alone; labels follow."""
    sparse = pytest.importorskip("scipy.sparse")
    zero = b"\n#\xd7\xce)\0\0\0\n\x0f\n\x06values\x12\x05\x12\x03\x1a\x01\x03\x12\x16\n\x06values\x12\x0c\x1a\n\n\x08"
    assert sent((sparse.csr_matrix((1, 3), dtype="f4"), [0.0])) == zero + bytes(8) + bytes(3)
    one = sparse.csr_matrix(np.array([[0, 0, 1]], "f4"))
    assert sent(one) == (
        b"\n#\xd7\xce\x1a\0\0\0\n\x18\n\x06values\x12\x0e\x12\x0c\n\x04\0\0\x80?\x12\x01\x02\x1a\x01\x03\0\0"
    )
    for kind in (sparse.csc_matrix, sparse.coo_array, sparse.lil_matrix, sparse.dia_matrix):
        assert sent(kind(one)) == sent(one)


@given(
    hnp.arrays(
        st.sampled_from(["f4", "f8", "i4", "i2", "u1", "?", "f2", ">f8"]),
        hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
        elements={"allow_nan": False},
    ),
    st.booleans(),
)
def test_no_bit_is_lost(array, fortran):
    """Small integers and bools are int32, float16 is float32; strides do not matter."""
    kept = {"f": "f8" if array.itemsize == 8 else "f4"}.get(array.dtype.kind, "i4")
    back = codecs.decode(codecs.encode(np.asfortranarray(array) if fortran else array, "recordio"))
    assert back.dtype == kept
    np.testing.assert_array_equal(back, array)
    labelled = codecs.decode(codecs.encode((array, array[:, 0]), "recordio"))
    np.testing.assert_array_equal(labelled[0], array)
    np.testing.assert_array_equal(labelled[1], array[:, 0])


def test_no_rows_are_no_bytes():
    """And come back as none."""
    assert sent(np.zeros((0, 3))) == b""
    assert codecs.decode(codecs.encode(np.zeros((0, 3)), "recordio")).shape == (0, 0)


def test_facts_of_the_rows():
    """The card says how many."""
    facts = codecs.encode(pd.DataFrame({"a": [1.0, 2], "b": [3, 4]}), "recordio").facts
    assert (facts.rows, facts.columns, facts.names) == (2, 2, ("a", "b"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.array([[2**31]]), "32 bits; these go from 2,147,483,648"),
        (np.array([[2**64 - 1]], np.uint64), "32 bits"),
        ((X, [0, 2**40]), "32 bits"),
        ([["a"]], "holds numbers"),
        ({"a": [1]}, "can't be sent as application/x-recordio-protobuf"),
        ("text", "can't be sent as"),
    ],
    ids=repr,
)
def test_what_would_be_lost_is_refused(value, words):
    """With what to type."""
    with pytest.raises(CodecError, match=words):
        sent(value)


def test_the_limit_is_told_before_anything_is_built():
    """And how many rows fit."""
    big = np.broadcast_to(np.float32(1), (10**7, 100))
    with pytest.raises(CodecError, match="10,000,000 rows are about") as caught:
        codecs.encode(big, "recordio", max_bytes=25_000_000)
    assert "[:" in caught.value.hint


def test_writing_takes_little_more_than_the_body():
    """The numbers are put in place, not joined."""
    array = np.ones((12_500, 100), np.float32)
    tracemalloc.start()
    try:
        body = sent(array)
        assert tracemalloc.get_traced_memory()[1] < 1.1 * len(body)
    finally:
        tracemalloc.stop()
