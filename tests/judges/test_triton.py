"""NVIDIA's own client: it makes the bytes that we make, reads them, and what it makes we read."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sm_magic import codecs
from sm_magic.mediatypes import parse
from sm_magic.messages import Payload

TYPE = "application/vnd.sagemaker-triton.binary+json"
ARRAYS = hnp.arrays(
    st.sampled_from(["?", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]),
    hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=3),
) | st.lists(st.binary(max_size=5), max_size=3).map(lambda items: objects(items))
TENSORS = st.dictionaries(st.from_regex(r"\A[A-Za-z_0-9./ ]+\Z"), ARRAYS, min_size=1, max_size=3)


def objects(items: list[bytes]) -> np.ndarray:
    """Bytes as tritonclient wants them."""
    array = np.empty(len(items), object)
    array[:] = items
    return array


@pytest.fixture(scope="module")
def http():
    """tritonclient.http."""
    return pytest.importorskip("tritonclient.http")


def requested(http, arrays: dict, **options) -> tuple[bytes, int | None]:
    """The body and the header's length that tritonclient makes of the tensors."""
    utils = pytest.importorskip("tritonclient.utils")
    inputs = []
    for name, array in arrays.items():
        one = http.InferInput(name, list(array.shape), utils.np_to_triton_dtype(array.dtype))
        inputs.append(one.set_data_from_numpy(array, **options))
    return http.InferenceServerClient.generate_request_body(inputs)


@given(arrays=TENSORS)
def test_the_bytes_are_tritonclients(http, arrays):
    """Body and header's length, for any tensors."""
    payload = codecs.encode(arrays, "triton")
    body, header = requested(http, arrays)
    assert payload.body == body
    assert parse(payload.content_type).parameters["json-header-size"] == str(header)


def test_bfloat16_is_tritonclients(http):
    """By the dtype that jax and tensorflow use."""
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    arrays = {"x": np.array([[1, -1.5]], bfloat16)}
    assert codecs.encode(arrays, "triton").body == requested(http, arrays)[0]


@given(arrays=st.dictionaries(st.sampled_from("abc"), ARRAYS, min_size=1))
def test_the_json_form_is_tritonclients(http, arrays):
    """The same names, shapes, datatypes and data."""
    plain = {
        name: array
        for name, array in arrays.items()
        if array.dtype.kind not in "O" and array.dtype.str[1:] != "f2" and np.isfinite(array).all()
    }
    if plain:
        body, _ = requested(http, plain, binary_data=False)
        ours = json.loads(codecs.encode(plain, orient="v2").body)["inputs"]
        for one, other in zip(ours, json.loads(body)["inputs"], strict=True):
            data, expected = (np.array(spec.pop("data"), plain[one["name"]].dtype) for spec in (one, other))
            assert one == other
            assert data.tobytes() == expected.tobytes()


@given(arrays=TENSORS)
def test_an_answer_is_read_as_tritonclient_reads_it(http, arrays):
    """Tensors in bytes; the header's length told, or found."""
    body, header = requested(http, arrays)
    assert header is not None
    document = json.loads(body[:header])
    head = json.dumps({"model_name": "m", "outputs": document["inputs"]}).encode()
    answered = head + body[header:]
    judge = http.InferenceServerClient.parse_response_body(answered, header_length=len(head))
    for content_type in (TYPE, f"{TYPE};json-header-size={len(head)}"):
        found = codecs.decode(Payload(body=answered, content_type=content_type))
        for name in arrays:
            expected = judge.as_numpy(name)
            assert found[name].shape == expected.shape
            if expected.dtype == object:
                ours = [item.encode() if isinstance(item, str) else item for item in found[name]]
                assert ours == expected.tolist()
            else:
                assert (found[name].dtype, found[name].tobytes()) == (expected.dtype, expected.tobytes())
