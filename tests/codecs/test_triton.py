"""Triton's binary form: bytes as NVIDIA's extension describes them; nothing is made on a header's word.

tests/judges/test_triton.py holds it against NVIDIA's own client.
"""

from __future__ import annotations

import json
import time
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sm_magic import codecs
from sm_magic.errors import CodecError, UsageError
from sm_magic.mediatypes import parse
from sm_magic.messages import Payload

TYPE = "application/vnd.sagemaker-triton.binary+json"
EXAMPLES = [
    (
        {"INPUT0": np.array([[1, 2, 3]], "f4"), "TXT": ["ab", "cd"]},
        TYPE,
        {"INPUT0": np.array([[1, 2, 3]], "f4"), "TXT": np.array(["ab", "cd"], object)},
    ),
    (np.zeros((2, 0), "i2"), TYPE, {"INPUT__0": np.zeros((2, 0), "i2")}),
    (
        pd.DataFrame({"a": [1.5, 2.5], "b": [True, False]}),
        TYPE,
        {"a": np.array([[1.5], [2.5]]), "b": np.array([[True], [False]])},
    ),
]


def received(body: bytes, header: int | str | None = None, **options):
    """The value that an answer is read as."""
    content_type = TYPE if header is None else f"{TYPE};json-header-size={header}"
    return codecs.decode(Payload(body=body, content_type=content_type), **options)


def answer(*outputs: dict, tail: bytes = b"") -> tuple[bytes, int]:
    """A body and its header's length."""
    header = json.dumps({"model_name": "m", "model_version": "1", "outputs": outputs}).encode()
    return header + tail, len(header)


def output(datatype: str, shape: list, size: object, name: object = "y") -> dict:
    """What a header says of one tensor."""
    return {
        "name": name,
        "datatype": datatype,
        "shape": shape,
        "parameters": {"binary_data_size": size},
    }


def test_the_measured_body():
    """The bytes that tritonclient 2.73.0 made of these tensors, and the parameter that SageMaker passes on."""
    payload = codecs.encode(EXAMPLES[0][0], "triton")
    assert payload.content_type == f"{TYPE};json-header-size=223"
    assert payload.body == (
        b'{"inputs":[{"name":"INPUT0","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}},'
        b'{"name":"TXT","shape":[2],"datatype":"BYTES","parameters":{"binary_data_size":12}}],'
        b'"parameters":{"binary_data_output":true}}'
        b"\x00\x00\x80?\x00\x00\x00@\x00\x00@@\x02\x00\x00\x00ab\x02\x00\x00\x00cd"
    )


ARRAYS = hnp.arrays(
    st.sampled_from(["?", "u1", "u2", ">u4", "u8", "i1", "i2", ">i4", "i8", "f2", "f4", ">f8"]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), ARRAYS, min_size=1))
def test_every_bit_comes_back(arrays):
    """Any names, datatypes and shapes; whether or not the content type tells where the header ends."""
    payload = codecs.encode(arrays, "triton")
    for found in (codecs.decode(payload), received(payload.body)):
        assert list(found) == list(arrays)
        for name, array in arrays.items():
            plain = array.astype(array.dtype.newbyteorder("<"))
            assert (found[name].dtype, found[name].shape) == (plain.dtype, plain.shape)
            assert found[name].tobytes() == plain.tobytes()


@given(st.lists(st.binary() | st.text(st.characters(exclude_categories=["Cs"]))))
def test_bytes_and_text_are_elements_of_bytes(items):
    """Zeros at the end and all; text where every element is UTF-8, else bytes."""
    found = codecs.decode(codecs.encode({"t": items}, "triton"))["t"]
    raw = [item if isinstance(item, bytes) else item.encode() for item in items]
    try:
        assert found.tolist() == [item.decode() for item in raw]
    except UnicodeDecodeError:
        assert found.tolist() == raw


def test_an_array_of_an_answer_is_ones_own():
    """Aligned and writable, wherever its bytes stood."""
    body, header = answer(output("FP64", [3], 24), tail=np.arange(3.0).tobytes())
    array = received(body, header)["y"]
    array += 1
    assert array.flags.aligned
    np.testing.assert_array_equal(array, [1, 2, 3])


def test_bfloat16_becomes_float32():
    """The upper half of the bits."""
    body, header = answer(output("BF16", [2], 4), tail=b"\x80\x3f\xc0\xbf")
    found = received(body, header)["y"]
    assert found.dtype == np.float32
    assert found.tolist() == [1.0, -1.5]


@pytest.mark.torch
def test_a_bfloat16_tensor_goes_out_as_it_is():
    """Numpy has no such dtype; gradients are no obstacle."""
    torch = pytest.importorskip("torch")
    sent = torch.tensor([[1.0, -1.5]], dtype=torch.bfloat16, requires_grad=True)
    payload = codecs.encode({"x": sent}, "triton")
    assert b'"datatype":"BF16"' in payload.body
    assert payload.body.endswith(b"\x80\x3f\xc0\xbf")
    assert codecs.decode(payload)["x"].tolist() == [[1.0, -1.5]]


def test_tensors_in_json_beside_tensors_in_bytes():
    """A container may answer each in its own way; null is NaN; nested or flat."""
    body, header = answer(
        {"name": "scores", "datatype": "FP32", "shape": [1, 2], "data": [0.5, None]},
        output("INT8", [2], 2, "b"),
        {"name": "words", "datatype": "BYTES", "shape": [2, 1], "data": [["a"], ["é"]]},
        {"name": "half", "datatype": "BF16", "shape": [1], "data": [1.5]},
        tail=b"\x01\xff",
    )
    found = received(body, header)
    np.testing.assert_array_equal(found["scores"], np.array([[0.5, np.nan]], "f4"))
    np.testing.assert_array_equal(found["b"], np.array([1, -1], "i1"))
    assert found["words"].tolist() == [["a"], ["é"]]
    assert found["half"].dtype == np.float32


def test_a_plain_json_answer():
    """Tensors are arrays; what is no answer of tensors stays what it is."""
    body, _ = answer({"name": "y", "datatype": "INT64", "shape": [2], "data": [1, 2]})
    np.testing.assert_array_equal(received(body + b"\n")["y"], [1, 2])
    assert received(b'{"error": "no such model"}') == {"error": "no such model"}


def test_braces_in_names_end_no_header():
    """Where the header ends is told by JSON, whose strings may hold anything."""
    body, _ = answer(output("UINT8", [1], 1, 'a}"]\\{'), tail=b"}")
    assert received(body)['a}"]\\{'].tolist() == [ord("}")]


def test_bytes_that_are_ready_get_their_parameter():
    """`--file body.bin -t triton`: the container needs to know where the header ends."""
    made = codecs.encode(EXAMPLES[0][0], "triton")
    assert codecs.encode(made.body, "triton").content_type == made.content_type
    assert codecs.encode(made.body, made.content_type) == made
    with pytest.raises(CodecError, match="does not begin with a JSON document"):
        codecs.encode(b"\x89PNG", "triton")


def test_other_parameters_stay():
    """Only the header's size is ours to tell."""
    payload = codecs.encode(np.ones(1), f"{TYPE}; json-header-size=7; q=1")
    assert payload.content_type.startswith(f"{TYPE}; q=1;json-header-size=")
    assert parse(payload.content_type).parameters["q"] == "1"


def test_layouts_are_for_json():
    """Triton's form is none."""
    with pytest.raises(UsageError, match="orient is for JSON"):
        codecs.encode(pd.DataFrame({"a": [1]}), "triton", orient="records")


HOSTILE = [
    answer(output("FP32", [10**18], 4), tail=b"\0" * 4),
    answer(output("FP32", [2**61, 2**61], 4), tail=b"\0" * 4),
    answer(output("FP32", [1], 10**18), tail=b"\0" * 4),
    answer(output("FP32", [0, 10**30], 0)),
    answer(output("FP32", [1] * 100, 4), tail=b"\0" * 4),
    answer(output("FP32", [-1], -4)),
    answer(output("FP32", [True], 4), tail=b"\0" * 4),
    answer(output("FP32", ["1"], 4), tail=b"\0" * 4),
    answer(output("FP32", [1], "4"), tail=b"\0" * 4),
    answer(output("FP32", [2], 8), tail=b"\0" * 4),
    answer(output("FP32", [1], 4), tail=b"\0" * 9),
    answer(output("FP99", [1], 4), tail=b"\0" * 4),
    answer(output([], [1], 4), tail=b"\0" * 4),
    answer(output("BYTES", [10**9], 8), tail=b"\0" * 8),
    answer(output("BYTES", [1], 8), tail=b"\xff\xff\xff\xff\0\0\0\0"),
    answer(output("BYTES", [1], 8), tail=b"\0" * 8),
    answer(output("FP32", [1], 4, None), tail=b"\0" * 4),
    answer(output("FP32", [1], 4), output("FP32", [1], 4), tail=b"\0" * 8),
    answer({"name": "y", "datatype": "FP32", "shape": [10**12], "data": [1]}),
    answer({"name": "y", "datatype": "FP32", "shape": [1], "data": [{}]}),
    answer({"name": "y", "datatype": "INT8", "shape": [1], "data": [300]}),
    answer({"name": "y", "datatype": "INT8", "shape": [1], "data": [1.5]}),
    answer({"name": "y", "datatype": "INT8", "shape": [1], "data": [None]}),
    answer({"name": "y", "datatype": "INT8", "shape": [1], "data": ["1"]}),
    answer({"name": "y", "datatype": "BOOL", "shape": [1], "data": [2]}),
    answer({"name": "y", "datatype": "BYTES", "shape": [1], "data": [5]}),
    answer({"name": "y", "datatype": "FP32", "shape": [1]}),
    answer(5),
    (b'{"outputs":[]}', "15"),
    (b'{"outputs":[]}', "-1"),
    (b'{"outputs":[]}', "9" * 5000),
    (b'{"error":"x"}\0\0', "13"),
    (b'{"error":"x"}\0\0', None),
    (b'{"a": "' + b'\\"' * 100, None),
    (b"{" * 100, None),
    (b"", None),
]


@pytest.mark.parametrize(("body", "header"), HOSTILE, ids=lambda value: repr(value)[-60:])
def test_a_hostile_header_is_an_error_and_costs_no_memory(body, header):
    """Shapes and sizes are held against the bytes that are there."""
    tracemalloc.start()
    try:
        with pytest.raises(CodecError):
            received(body, header)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_the_headers_end_is_found_in_linear_time():
    """However many quotes there are to go back to."""
    start = time.process_time()
    for body in (b'{"a":"' + b'\\"' * 500_000, b'{"' * 500_000, b"[" + b"{" * 1_000_000):
        with pytest.raises(CodecError):
            received(body)
    assert time.process_time() - start < 5


def test_the_limits_are_named():
    """Out: the request's; in: what decoding may take, with the bytes kept."""
    with pytest.raises(CodecError, match=r"8\.0 MB as application/vnd.*; the limit is 1\.0 MB"):
        codecs.encode({"x": np.zeros(10**6)}, "triton", max_bytes=10**6)
    payload = codecs.encode({"x": np.zeros(1000), "y": np.zeros(1000)}, "triton")
    with pytest.raises(CodecError, match=r"\.save"):
        codecs.decode(payload, max_bytes=12_000)


def test_encoding_joins_once():
    """The peak is the body and little more."""
    images = np.zeros((8, 3, 224, 224), "f4")
    tracemalloc.start()
    try:
        body = codecs.encode({"x": images}, "triton").body
        assert tracemalloc.get_traced_memory()[1] < 1.1 * len(body)
    finally:
        tracemalloc.stop()
