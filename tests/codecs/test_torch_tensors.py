"""torch's tensors, everywhere an array goes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sm_magic import codecs
from sm_magic.errors import CodecError

pytestmark = pytest.mark.torch
VALUES = [[1.5, 2.0], [3.0, 4.0]]


@pytest.fixture
def torch():
    """torch, where it is installed."""
    return pytest.importorskip("torch")


@pytest.fixture
def tensor(torch):
    """`VALUES`, to train on."""
    return torch.tensor(VALUES, requires_grad=True)


MADE = {
    "grad": lambda torch, t: t,
    "bare": lambda torch, t: t.detach(),
    "parameter": lambda torch, t: torch.nn.Parameter(t),
    "bfloat16": lambda torch, t: t.bfloat16(),
    "float16": lambda torch, t: t.half(),
    "double": lambda torch, t: t.double(),
    "fortran": lambda torch, t: t.T.contiguous().T,
    "strided": lambda torch, t: torch.stack([t, t * 9], dim=-1)[..., 0],
    "lazily negative": lambda torch, t: torch._neg_view(-t),
}


@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("content_type", [None, "tensor/pt", "json", "csv", "jsonl", "recordio", "libsvm"])
def test_a_tensor_goes_where_an_array_goes(made, content_type, torch, tensor):
    """As npy where nobody says; with and without grad, of any strides."""
    value = MADE[made](torch, tensor)
    payload = codecs.encode(value, content_type)
    array = np.array(VALUES, {"double": "f8", "float16": "f2"}.get(made, "f4"))
    assert payload.body == codecs.encode(array, content_type).body
    assert payload.content_type == codecs.encode(array, content_type).content_type


def test_complex_numbers_too(torch):
    """Conjugated when they are asked for, as torch has it."""
    tensor = torch.tensor([1 + 2j]).conj()
    assert codecs.decode(codecs.encode(tensor)).tolist() == [1 - 2j]


def test_tensors_inside_json(torch, tensor):
    """A dict of them; whole numbers, bools, a single one."""
    value = {"x": tensor, "n": torch.tensor(3), "b": torch.tensor([True]), "h": tensor.bfloat16()}
    assert json.loads(codecs.encode(value).body) == {"x": VALUES, "n": 3, "b": [True], "h": VALUES}
    assert json.loads(codecs.encode(tensor, orient="instances").body) == {"instances": VALUES}


def test_arrays_by_name(tensor):
    """A dict of them as npz."""
    assert codecs.decode(codecs.encode({"x": tensor}, "npz"))["x"].tolist() == VALUES


def test_labels_may_be_tensors(torch, tensor):
    """As a training loop has them."""
    assert codecs.encode((tensor, torch.tensor([1, 0])), "libsvm").body.startswith(b"1 0:1.5")


def test_bfloat16_is_float32_and_the_card_says_so(tensor):
    """numpy has none; float32 holds every value of it."""
    payload = codecs.encode(tensor.bfloat16())
    assert codecs.decode(payload).dtype == "f4"
    assert payload.facts.notes == ("bfloat16 as float32, for numpy has none",)
    assert codecs.encode(tensor).facts.notes == ()


REFUSED = {
    "coo": (lambda torch, t: t.to_sparse(), "layout torch.sparse_coo", "to_dense"),
    "csr": (lambda torch, t: t.to_sparse_csr(), "layout torch.sparse_csr", "to_dense"),
    "quantized": (
        lambda torch, t: torch.quantize_per_tensor(t, 0.1, 0, torch.quint8),
        "quantized",
        "dequantize",
    ),
    "meta": (lambda torch, t: t.to("meta"), "did not become an array", "float"),
    "float8": (lambda torch, t: t.to(torch.float8_e4m3fn), "did not become an array", "float"),
    "nested": (lambda torch, t: torch.nested.nested_tensor([t, t[:1]]), "layout", "to_dense"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("made", REFUSED)
@pytest.mark.parametrize("content_type", [None, "json", "csv"])
def test_what_numpy_can_not_hold_is_refused(made, content_type, torch, tensor):
    """With what makes it an array."""
    make, words, hint = REFUSED[made]
    with pytest.raises(CodecError, match=words) as caught:
        codecs.encode(make(torch, tensor.detach()), content_type)
    assert hint in caught.value.hint
