"""tensor/pt: numpy's format under torch's name; the SageMaker SDK's bytes."""

from __future__ import annotations

import io
import pickle

import numpy as np
import pytest

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

TYPE = "tensor/pt"
EXAMPLES = [
    (np.arange(6, dtype="f4").reshape(2, 3), TYPE, np.arange(6, dtype="f4").reshape(2, 3)),
    ([[1, 2]], TYPE, np.array([[1, 2]])),
]


def test_the_bytes_are_numpy_s():
    """TorchTensorSerializer is ``np.save`` of ``tensor.detach().numpy()``."""
    array = np.ones((2, 3), "f4")
    file = io.BytesIO()
    np.save(file, array)
    assert codecs.encode(array, TYPE).body == file.getvalue()


@pytest.mark.torch
def test_a_tensor_is_sent_and_comes_back_as_array():
    """One that requires grad too; torch makes a tensor of it again."""
    torch = pytest.importorskip("torch")
    tensor = torch.tensor([[1.5, 2], [3, 4]], requires_grad=True)
    payload = codecs.encode(tensor, TYPE)
    assert (payload.facts.rows, payload.facts.columns) == (2, 2)
    back = codecs.decode(payload)
    assert torch.equal(torch.from_numpy(back.copy()), tensor.detach())


def test_torch_s_own_files_are_not_loaded():
    """They are pickles."""
    for body in (pickle.dumps([1]), b"PK\x03\x04archive/data.pkl"):
        with pytest.raises(CodecError, match="does not start as one"):
            codecs.decode(Payload(body=body, content_type=TYPE))
