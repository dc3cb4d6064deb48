"""The SageMaker SDK's RecordIO-protobuf (2.257, the newest SDK has it disabled): the same bytes both ways.

Rows are the cases of the SDK's own tests (tests/unit/test_common.py).
"""

from __future__ import annotations

import io

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sagemaker.amazon import common

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

pytestmark = [pytest.mark.peer, pytest.mark.filterwarnings("ignore")]
TYPE = "application/x-recordio-protobuf"
DENSE = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 3.0]])
LABELS = np.array([99.0, 98.0])


def theirs(array, labels=None) -> bytes:
    """What the SDK writes."""
    out = io.BytesIO()
    write = (
        common.write_spmatrix_to_sparse_tensor
        if scipy.sparse.issparse(array)
        else common.write_numpy_to_dense_tensor
    )
    write(out, array, labels)
    return out.getvalue()


def ours(array, labels=None) -> bytes:
    """What we write."""
    return codecs.encode(array if labels is None else (array, labels), TYPE).body


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "int32"])
def test_dense_rows_are_the_same_bytes(dtype):
    """With and without labels; int32 is ours alone, written as the SDK writes int64."""
    array = DENSE.astype(dtype)
    reference = array.astype("int64") if dtype == "int32" else array
    assert ours(array) == theirs(reference)
    labels = LABELS.astype(reference.dtype)
    assert ours(array, labels) == theirs(reference, labels)


def test_a_vector_is_one_record():
    """As the SDK's RecordSerializer has it."""
    vector = np.array([1.0, 2.0])
    assert ours(vector) == common.RecordSerializer().serialize(vector).read()


@pytest.mark.parametrize("dtype", ["float64", "float32", "int32"])
@pytest.mark.parametrize("kind", ["csr_matrix", "csc_matrix", "coo_matrix"])
def test_sparse_rows_are_the_same_bytes(dtype, kind):
    """Values, keys and shape, with and without labels."""
    array = getattr(scipy.sparse, kind)(np.array([[0, 2, 0], [1, 0, 3]], dtype=dtype))
    labels = np.array([1, 2], dtype=dtype)
    known = "int64" if dtype == "int32" else dtype  # which the SDK writes as int32
    assert ours(array) == theirs(array.astype(known))
    assert ours(array, labels) == theirs(array.astype(known), labels.astype(known))


SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=6)
DTYPES = st.sampled_from(["float32", "float64", "int64"])


@given(hnp.arrays(DTYPES, SHAPES, elements={"min_value": -1000, "max_value": 1000}))
def test_any_dense_array_is_the_same_bytes(array):
    """Whatever its shape."""
    assert ours(array) == theirs(array)


def test_the_sdk_reads_what_we_write():
    """Its deserializer finds the values and the labels."""
    records = common.RecordDeserializer().deserialize(io.BytesIO(ours(DENSE, LABELS)), TYPE)
    assert [list(record.features["values"].float64_tensor.values) for record in records] == DENSE.tolist()
    assert [record.label["values"].float64_tensor.values[0] for record in records] == LABELS.tolist()


def test_we_read_what_the_sdk_writes():
    """Dense rows are an array again."""
    found = codecs.decode(Payload(body=theirs(DENSE.astype("float32")), content_type=TYPE))
    np.testing.assert_array_equal(np.asarray(found), DENSE)


@pytest.mark.parametrize(
    ("array", "labels"),
    [
        (np.zeros((2, 2, 2)), None),
        (DENSE, np.zeros((2, 2))),
        (DENSE, np.array([1.0])),
        (np.array([2**40]), None),
    ],
)
def test_what_the_sdk_refuses_we_refuse(array, labels):
    """Three dimensions, labels that don't fit, integers beyond 32 bits."""
    with pytest.raises(CodecError):
        ours(array, labels)
