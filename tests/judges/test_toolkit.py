"""AWS's own toolkit (sagemaker-inference) decodes what we send, and we decode what it encodes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sm_magic import codecs
from sm_magic.messages import Payload

pytestmark = pytest.mark.server
ARRAY = np.array([[0.1, 2.0, -3e-7], [4.0, 5.5, 6.0]])


def toolkit(name):
    """The module of the toolkit that containers decode or encode by."""
    return pytest.importorskip(f"sagemaker_inference.{name}")


@pytest.mark.parametrize("content_type", ["text/csv", "application/json", "application/x-npy"])
@pytest.mark.parametrize(
    "value", [ARRAY, ARRAY.astype("float32"), pd.DataFrame(ARRAY)], ids=["f8", "f4", "frame"]
)
def test_it_decodes_what_we_send(content_type, value):
    """Rows of numbers, bit by bit."""
    orient = "values" if content_type == "application/json" else None
    payload = codecs.encode(value, content_type, orient=orient)
    body = (
        payload.body if content_type == "application/x-npy" else payload.body.decode()
    )  # as its transformer does
    found = toolkit("decoder").decode(body, payload.content_type)
    expected = np.asarray(value)
    np.testing.assert_array_equal(np.asarray(found).astype(expected.dtype), expected)


def test_it_decodes_sparse_matrices():
    """The npz of scipy."""
    sparse = pytest.importorskip("scipy.sparse")
    payload = codecs.encode(sparse.csr_matrix(ARRAY))
    found = toolkit("decoder").decode(payload.body, payload.content_type)
    np.testing.assert_array_equal(found.toarray(), ARRAY)


@pytest.mark.parametrize("content_type", ["text/csv", "application/json", "application/x-npy"])
def test_we_decode_what_it_encodes(content_type):
    """Its answers, in each of its types."""
    body = toolkit("encoder").encode(ARRAY, content_type)
    body = body.encode() if isinstance(body, str) else body
    found = codecs.decode(Payload(body=body, content_type=content_type))
    np.testing.assert_allclose(np.asarray(found, dtype=float), ARRAY, rtol=1e-15)
