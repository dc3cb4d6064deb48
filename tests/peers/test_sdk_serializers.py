"""The SageMaker SDK's serializers (2.257): the same bytes as ours, or a difference that is meant.

Rows are the cases of the SDK's own tests (tests/unit/sagemaker/serializers/test_serializers.py) and of what its users
stumbled over.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sagemaker import serializers

from sm_magic import codecs
from sm_magic.errors import SmMagicError

pytestmark = [pytest.mark.peer, pytest.mark.filterwarnings("ignore")]
REFUSED = object()
FRAME = pd.DataFrame({"a": [1, 2], "b": [0.1, np.nan], "c": ["x", "y,z"]})


@dataclass(frozen=True)
class Case:
    """One value; `why` says why our bytes are others, where they are."""

    what: str
    serializer: str
    content_type: str
    value: Any = field(repr=False)
    why: str | None = None


CASES = [
    Case("text", "CSVSerializer", "csv", "1,2,3"),
    Case("a list", "CSVSerializer", "csv", [1, 2, 3]),
    Case("a list of kinds", "CSVSerializer", "csv", [1, 2.5, "a b", "q,r"]),
    Case("a vector", "CSVSerializer", "csv", np.array([1, 2, 3])),
    Case("a matrix", "CSVSerializer", "csv", np.array([[1, 2, 3], [3, 4, 5]])),
    Case("a float32 matrix", "CSVSerializer", "csv", np.array([[0.1, 0.2], [1, 2]], dtype="float32")),
    Case("a list of lists", "CSVSerializer", "csv", [[1, 2], [3, 4]]),
    Case("a list of tuples", "CSVSerializer", "csv", [(1, 2), (3, 4)]),
    Case("a frame", "CSVSerializer", "csv", FRAME),
    Case("an empty frame", "CSVSerializer", "csv", pd.DataFrame({"a": []})),
    Case("bools and dates", "CSVSerializer", "csv", pd.DataFrame({"a": [True], "b": pd.to_datetime(["2024-01-01"])})),
    Case("a list of texts", "CSVSerializer", "csv", ["a", "b"], "one row, as any other list; the SDK makes two"),
    Case("a tuple of tuples", "CSVSerializer", "csv", ((1, 2), (3, 4)), "rows; the SDK writes their reprs"),
    Case("a list of dicts", "CSVSerializer", "csv", [{"a": 1, "b": 2}], "rows of values; the SDK writes the keys"),
    Case("bytes", "CSVSerializer", "csv", b"1,2", "sent as they are; the SDK writes their numbers"),
    Case("NaN in an array", "CSVSerializer", "csv", np.array([[np.nan, 1.0]]), "an empty cell, as of a frame"),
    Case("a cube", "CSVSerializer", "csv", np.zeros((2, 2, 2)), "refused; the SDK flattens each row in silence"),
    Case("a labelled series", "CSVSerializer", "csv", pd.Series({"x": 1, "y": 2}), "a row; the SDK raises KeyError"),
    Case("a dict", "CSVSerializer", "csv", {"a": [1, 2]}, "a table; the SDK raises KeyError"),
    Case("an empty list", "CSVSerializer", "csv", [], "an empty body; the SDK raises ValueError"),
    Case("an open file", "CSVSerializer", "csv", io.StringIO("1,2"), "refused: send its .read(), or --file"),
    Case("a vector", "JSONSerializer", "json", np.array([1, 2, 3]), "no blanks"),
    Case("a number", "JSONSerializer", "json", 1.5),
    Case("an empty list", "JSONSerializer", "json", []),
    Case("an empty dict", "JSONSerializer", "json", {}),
    Case("a dict of arrays", "JSONSerializer", "json", {"a": np.arange(2)}, "no blanks"),
    Case("float32", "JSONSerializer", "json", np.array([0.1], "float32"), "0.1, as float32 has it; the SDK widens it"),
    Case("NaN", "JSONSerializer", "json", [float("nan")], "null: NaN is no JSON"),
    Case("text", "JSONSerializer", "json", '{"a":1}', "text is JSON already; the SDK quotes it again"),
    Case("other alphabets", "JSONSerializer", "json", ["é"], "UTF-8; the SDK escapes"),
    Case("a frame", "JSONSerializer", "json", FRAME, "records; the SDK raises TypeError"),
    Case("a text", "JSONLinesSerializer", "jsonl", '{"a": 1}'),
    Case("dicts", "JSONLinesSerializer", "jsonl", [{"a": 1}, {"b": 2}], "no blanks, and a last line end"),
    Case("a frame", "JSONLinesSerializer", "jsonl", FRAME, "a record a line; the SDK writes the columns' names"),
    Case("a list", "NumpySerializer", "npy", [1, 2, 3]),
    Case("a matrix", "NumpySerializer", "npy", np.array([[1.5, 2], [3, 4]])),
    Case("four dimensions", "NumpySerializer", "npy", np.ones((2, 3, 4, 1), dtype="float16")),
    Case("texts", "NumpySerializer", "npy", np.array(["a", "bc"])),
    Case("a set", "NumpySerializer", "npy", {1, 2}, "refused; the SDK pickles the set"),
    Case("objects", "NumpySerializer", "npy", np.array([{}, None]), "refused; the SDK pickles them"),
    Case("an empty array", "NumpySerializer", "npy", np.array([]), "sent; the SDK raises ValueError"),
    Case("a text", "LibSVMSerializer", "libsvm", "1 1:0.5 3:2"),
    Case("an array", "LibSVMSerializer", "libsvm", np.eye(2), "written; the SDK takes text only"),
    Case("a text", "StringSerializer", "text", "héllo"),
    Case("bytes", "IdentitySerializer", "bytes", b"\x00\x01"),
    Case("bytes", "DataSerializer", "image", b"\xff\xd8\xff"),
]  # fmt: skip


def theirs(case: Case) -> Any:
    """The SDK's bytes, or REFUSED."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = getattr(serializers, case.serializer)().serialize(case.value)
    except Exception:  # noqa: BLE001 - whatever it raises, it refuses
        return REFUSED
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else body


def ours(case: Case) -> Any:
    """Our bytes, or REFUSED."""
    try:
        return codecs.encode(case.value, case.content_type).body
    except SmMagicError:
        return REFUSED


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.content_type}: {case.what}")
def test_the_same_bytes_or_a_difference_that_is_meant(case):
    """A row without a reason has the SDK's very bytes; one with a reason differs, or the reason is stale."""
    assert (ours(case) == theirs(case)) == (case.why is None)


@pytest.mark.parametrize("kind", ["csr_matrix", "csc_matrix", "csr_array"])
def test_a_sparse_matrix_is_read_by_scipy_as_the_sdk_s_is(kind):
    """The zip's times and order may differ; what scipy reads of both does not."""
    matrix = getattr(scipy.sparse, kind)(np.array([[0, 1.5], [2, 0]]))
    read = [
        scipy.sparse.load_npz(io.BytesIO(body))
        for body in (codecs.encode(matrix).body, theirs(Case("", "SparseMatrixSerializer", "npz", matrix)))
    ]
    assert type(read[0]) is type(read[1])
    np.testing.assert_array_equal(read[0].toarray(), read[1].toarray())


@pytest.mark.parametrize(("name", "value"), [("CSVSerializer", FRAME), ("JSONSerializer", {"a": [1]})])
def test_a_serializer_that_its_user_brings_is_honoured(name, value):
    """``(serializer, data)`` is sent as the SDK would send it, with its content type."""
    serializer = getattr(serializers, name)()
    payload = codecs.encode((serializer, value))
    assert payload.body == serializer.serialize(value).encode()
    assert payload.content_type == serializer.CONTENT_TYPE
