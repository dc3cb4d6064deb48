"""Binary numbers.

npy beside `numpy.save`; RecordIO beside the SageMaker SDK's RecordSerializer (its loop over google.protobuf where the
SDK is not installed, left out without either); tensors in Triton's binary form beside KServe JSON by `json.dumps`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import data
import numpy as np
from measure import Encoding, Row, faster, not_slower_by, peak, share

from sm_magic import codecs

ROWS = 12_500
"""Rows of `data.array` that are 5 MB."""
_MESSAGES = {
    "Float32Tensor": [("values", 1, 2, None)],
    "Value": [("float32_tensor", 2, 11, "Float32Tensor")],
    "Entry": [("key", 1, 9, None), ("value", 2, 11, "Value")],
    "Record": [("features", 1, 11, "Entry")],
}
"""What float32 rows need of aialgs.data: name, number, type (of descriptor.proto) and message of each field."""


def saved(array: np.ndarray[Any, Any]) -> bytes:
    """What people write to get an npy body, and the SDK's NumpySerializer."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def kserve(array: np.ndarray[Any, Any]) -> bytes:
    """A tensor as KServe v2 JSON, as people make it."""
    tensor = {"name": "input", "shape": array.shape, "datatype": "FP32", "data": array.reshape(-1).tolist()}
    return json.dumps({"inputs": [tensor]}).encode()


def sdk_recordio() -> Callable[[np.ndarray[Any, Any]], bytes] | None:
    """The SDK's RecordSerializer; else its loop, over google.protobuf; None where there is neither."""
    try:
        from sagemaker.serializers import RecordSerializer
    except ImportError:
        return _rebuilt()
    return lambda array: bytes(RecordSerializer().serialize(array).read())


def _rebuilt() -> Callable[[np.ndarray[Any, Any]], bytes] | None:
    """``write_numpy_to_dense_tensor`` of sagemaker 2.257.6, line by line."""
    try:
        record_of = _record_class()
    except ImportError:
        return None

    def write(array: np.ndarray[Any, Any]) -> bytes:
        file, record = io.BytesIO(), record_of()
        for vector in array:
            record.Clear()
            record.features["values"].float32_tensor.values.extend(vector)
            body = record.SerializeToString()
            file.write(b"\n#\xd7\xce" + len(body).to_bytes(4, "little") + body + bytes(-len(body) % 4))
        return file.getvalue()

    return write


def _record_class() -> Any:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="rows.proto", package="aialgs.data")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind, of in fields:
            many = field in ("values", "features")
            made = message.field.add(name=field, number=number, type=kind, label=3 if many else 1)
            if of:
                made.type_name = f".aialgs.data.{of}"
            elif many:
                made.options.packed = True
    # A map is a repeated message that is told to be one, inside the message that has it.
    record = file.message_type[3]
    record.nested_type.add().CopyFrom(file.message_type[2])
    record.nested_type[0].name = "FeaturesEntry"
    record.nested_type[0].options.map_entry = True
    record.field[0].type_name = ".aialgs.data.Record.FeaturesEntry"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("aialgs.data.Record"))


def _encoding(value: Callable[[int], Any], rows: int, content_type: str) -> Encoding:
    small, large = value(10), value(rows)
    return (lambda: codecs.encode(small, content_type).body, lambda: codecs.encode(large, content_type).body)


def npy() -> Encoding:
    """A table as npy, whose columns lie one after another."""
    return _encoding(data.singles, 4 * ROWS, "npy")


def recordio() -> Encoding:
    """RecordIO of an array."""
    return _encoding(data.array, 4 * ROWS, "recordio")


def triton() -> Encoding:
    """Triton's binary form of images."""
    return _encoding(data.images, 32, "triton")


def rows() -> list[Row]:
    """Times and sizes, then memory."""
    array, small, table = data.array(ROWS), data.array(1, 4), data.singles(ROWS)
    images = data.images()
    found = [
        faster("npy, float32 array, 5 MB", lambda: codecs.encode(array), lambda: saved(array), 1 / 1.2),
        faster(
            "npy, 100 float32 columns, 5 MB, in C order",
            lambda: codecs.encode(table, "npy"),
            lambda: saved(np.ascontiguousarray(table.to_numpy())),
            1 / 1.2,
        ),
        not_slower_by("npy, 1 row", lambda: codecs.encode(small), lambda: saved(small), 0.2),
    ]
    if theirs := sdk_recordio():
        assert theirs(array) == codecs.encode(array, "recordio").body
        found += [
            faster(
                "RecordIO, float32 array, 5 MB",
                lambda: codecs.encode(array, "recordio"),
                lambda: theirs(array),
                100,
            ),
            not_slower_by(
                "RecordIO, 1 row", lambda: codecs.encode(small, "recordio"), lambda: theirs(small), 0.2
            ),
        ]
    found += [
        faster(
            "Triton binary, 8 images of float32",
            lambda: codecs.encode(images, "triton"),
            lambda: kserve(images),
            100,
        ),
        share(
            "Triton binary, bytes beside KServe JSON",
            len(codecs.encode(images, "triton").body),
            len(kserve(images)),
            0.35,
        ),
    ]
    return found + [
        peak(f"memory, {what}", encoding, at_most)
        for what, encoding, at_most in (
            ("npy", npy, 1.2),
            ("RecordIO", recordio, 2.5),
            ("Triton binary", triton, 2.5),
        )
    ]
