"""The SageMaker SDK's deserializers (2.257): the same values as ours, or a difference that is meant."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sagemaker import deserializers

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

pytestmark = [pytest.mark.peer, pytest.mark.filterwarnings("ignore")]
REFUSED = object()


def npy(array: Any, *, pickled: bool = False) -> bytes:
    """What numpy writes."""
    out = io.BytesIO()
    np.save(out, array, allow_pickle=pickled)
    return out.getvalue()


def texts(frame: Any) -> Any:
    """A frame as the SDK has a CSV: rows of texts."""
    return frame.astype(str).to_numpy().tolist() if isinstance(frame, pd.DataFrame) else frame


def lists(value: Any) -> Any:
    """Arrays and frames as nested lists."""
    return value.to_numpy().tolist() if isinstance(value, pd.DataFrame) else np.asarray(value).tolist()


def as_is(value: Any) -> Any:
    """The value."""
    return value


@dataclass(frozen=True)
class Case:
    """One answer; `like` makes both values comparable, `why` says why ours is another, where it is."""

    deserializer: str
    content_type: str
    body: bytes
    like: Callable[[Any], Any] = as_is
    why: str | None = None


CASES = [
    Case("StringDeserializer", "text/plain", "héllo".encode()),
    Case("BytesDeserializer", "application/octet-stream", b"\x00\x01"),
    Case("JSONDeserializer", "application/json", b'{"a": [1, 2.5, null]}'),
    Case("JSONDeserializer", "application/json", b"[[1, 2], [3, 4]]"),
    Case("JSONDeserializer", "application/json", b"[NaN, Infinity]", repr),
    Case("JSONDeserializer", "application/json", b"[123456789012345678901234567890]"),
    Case("JSONDeserializer", "application/json", b"[1, 2"),
    Case("JSONDeserializer", "application/json", b"", why="None: some models answer nothing"),
    Case("JSONDeserializer", "application/json", b"\xef\xbb\xbf[1]", why="a byte order mark is left out"),
    Case("JSONLinesDeserializer", "application/jsonlines", b'{"a": 1}\n{"b": 2}'),
    Case("JSONLinesDeserializer", "application/jsonlines", b'["x", 1]\n[2]\n'),
    Case("JSONLinesDeserializer", "application/jsonlines", b"1\r\n2\r\n"),
    Case("JSONLinesDeserializer", "application/jsonlines", b"1\n\n2\n", why="blank lines are left out"),
    Case("CSVDeserializer", "text/csv", b"a,b\nc,d", texts),
    Case("CSVDeserializer", "text/csv", b"1,2,3\n4,5,6\n7,8,9", lambda v: [[float(x) for x in r] for r in lists(v)]),
    Case("CSVDeserializer", "text/csv", b'1,"a\nb"', texts, why="a line end in quotes is kept; the SDK loses it"),
    Case("NumpyDeserializer", "application/x-npy", npy(np.ones((2, 3), "float32")), lists),
    Case("NumpyDeserializer", "application/x-npy", npy(np.array(["a", "bc"])), lists),
    Case("NumpyDeserializer", "application/x-npy", npy(np.array([{}, None]), pickled=True)),
    Case("NumpyDeserializer", "text/csv", b"1,2,3\n4,5,6", lists),
    Case("NumpyDeserializer", "application/json", b"[[1, 2], [3, 4]]", lists),
    Case("PandasDeserializer", "text/csv", b"a,b\n1,2\n3,4\n", lists),
    Case("PandasDeserializer", "text/csv", b"1,2\n3,4\n", lists, why="the first row is data; the SDK drops it"),
    Case("CSVDeserializer", "text/csv; charset=utf-8", b"1,2", lambda v: [[float(x) for x in r] for r in lists(v)]),
    Case("NumpyDeserializer", "application/json; charset=utf-8", b"[1]", lists, why="parameters are understood"),
]  # fmt: skip


def theirs(case: Case) -> Any:
    """The SDK's value, or REFUSED."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = getattr(deserializers, case.deserializer)().deserialize(
                io.BytesIO(case.body), case.content_type
            )
    except Exception:  # noqa: BLE001 - whatever it raises, it refuses
        return REFUSED
    return case.like(found)


def ours(case: Case) -> Any:
    """Our value, or REFUSED."""
    try:
        found = codecs.decode(Payload(body=case.body, content_type=case.content_type))
    except CodecError:
        return REFUSED
    return case.like(found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.deserializer} {case.body[:12]!r}")
def test_the_same_value_or_a_difference_that_is_meant(case):
    """A row without a reason has the SDK's very value; one with a reason differs, or the reason is stale."""
    assert (ours(case) == theirs(case)) == (case.why is None)
