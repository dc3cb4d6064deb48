"""encode and decode themselves: content types found, options checked, errors that list what there is."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sm_magic import codecs
from sm_magic.errors import CodecError, UsageError

DEFAULTS = [
    (pd.DataFrame({"a": [1]}), "text/csv"),
    (pd.Series([1]), "text/csv"),
    (np.eye(2), "application/x-npy"),
    (np.array(1.5), "application/x-npy"),
    (np.float32(1), "application/json"),
    (np.bool_(True), "application/json"),
    ({"a": 1}, "application/json"),
    ([1], "application/json"),
    ((1,), "application/json"),
    ({1}, "application/json"),
    (5, "application/json"),
    (0.5, "application/json"),
    (True, "application/json"),
    (None, "application/json"),
    (decimal.Decimal("1.5"), "application/json"),
    (datetime.datetime(2024, 1, 2), "application/json"),
    (pd.Timestamp("2024-01-02"), "application/json"),
    (pd.NA, "application/json"),
    (pd.Index([1]), "application/json"),
    ("words", "text/plain"),
    ('{"a": 1}', "application/json"),
    (b"\x00", "application/octet-stream"),
    (Image.new("RGB", (1, 1)), "image/png"),
]


@pytest.mark.parametrize(("value", "content_type"), DEFAULTS, ids=lambda value: type(value).__name__)
def test_a_bare_value_is_sent_as_its_default(value, content_type):
    """One per type, and bare: real containers compare content types exactly."""
    assert codecs.encode(value).content_type == content_type


@pytest.mark.parametrize(
    ("asked", "content_type"),
    [
        ("csv", "text/csv"),
        (" CSV ", "text/csv"),
        ("text/csv", "text/csv"),
        ("Text/CSV", "Text/CSV"),
        ("text/csv; label_size=0", "text/csv; label_size=0"),
        ("application/vnd.api+json", "application/vnd.api+json"),
    ],
)
def test_a_content_type_is_a_short_name_or_goes_out_as_written(asked, content_type):
    """What the user wrote is what the container compares."""
    assert codecs.encode([1, 2], asked).content_type == content_type


def test_a_misspelt_content_type_gets_a_hint():
    """The short names are near."""
    with pytest.raises(UsageError, match="no content type") as caught:
        codecs.encode([1], "jsn")
    assert "json" in str(caught.value)


def test_a_type_that_nothing_writes_is_an_error_that_lists_what_there_is():
    """Bytes and text still go."""
    with pytest.raises(CodecError, match="Nothing here writes application/x-protobuf") as caught:
        codecs.encode([1], "application/x-protobuf")
    assert "json" in str(caught.value)


def test_a_value_that_cannot_be_that_lists_what_it_can_be():
    """A dict is no picture, but it is JSON."""
    with pytest.raises(CodecError, match="can't be sent as image/png") as caught:
        codecs.encode({"a": 1}, "png")
    assert "application/json" in str(caught.value)
    for pixels in ([[1, 2], [3, 4]], ((1,),)):
        with pytest.raises(CodecError, match="can't be sent as image/png") as caught:
            codecs.encode(pixels, "png")
        assert "np.array(" in caught.value.hint
        assert codecs.encode(np.array(pixels, dtype="uint8"), "png").content_type == "image/png"
    with pytest.raises(CodecError, match="An object can't be sent") as caught:
        codecs.encode(object())
    assert "DataFrame" in str(caught.value)


def test_files_are_not_read_here():
    """A path and an open file are told the way."""
    for content_type in (None, "csv", "image/png"):
        with pytest.raises(CodecError, match="--file PATH"):
            codecs.encode(Path("x.csv"), content_type)
        with pytest.raises(CodecError, match=r"\.read\(\)"):
            codecs.encode(io.BytesIO(b"x"), content_type)


def test_what_can_be_encoded_and_decoded_is_known():
    """By short name, media type, suffix +json, and any text."""
    for content_type in ("csv", "text/csv; charset=utf-8", "application/ld+json", "text/x-any", "image/webp"):
        assert codecs.can_encode(content_type)
        assert codecs.can_decode(content_type)
    assert not codecs.can_encode("application/x-protobuf")
    assert not codecs.can_decode("application/x-protobuf")


def test_an_array_of_another_library_is_an_array():
    """Anything with `__array__`."""

    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.arange(3, dtype=dtype)

    class Stubborn:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("requires grad")

    assert codecs.encode(Tensor()).content_type == "application/x-npy"
    assert codecs.encode(Tensor(), "json").body == b"[0,1,2]"
    assert codecs.encode(Tensor(), "json", orient="instances").body == b'{"instances":[0,1,2]}'
    assert codecs.encode({"t": Tensor()}).body == b'{"t":[0,1,2]}'
    assert codecs.encode(Tensor(), "csv").body == b"0,1,2"
    assert codecs.encode(Tensor(), "jsonl").body == b"0\n1\n2"
    for content_type in (None, "json", "csv", "jsonl", "png"):
        with pytest.raises(CodecError, match="requires grad"):
            codecs.encode(Stubborn(), content_type)


@pytest.mark.parametrize("content_type", ["csv", "json", "jsonl", "npy"])
@pytest.mark.parametrize("orient", [None, "records", "split"])
def test_what_pandas_can_not_hold_is_our_error(content_type, orient):
    """Half a surrogate pair, and a Decimal that refuses to be looked at, in every kind of table."""
    for cell in ("\ud800", decimal.Decimal("sNaN")):
        objects = np.array([cell, 0], dtype=object)
        for value in (
            [{"a": cell}, {"a": 1}],
            pd.Series(objects, index=["a", "b"]),
            pd.Series(objects),
            objects,
        ):
            with contextlib.suppress(CodecError, UsageError):
                codecs.encode(value, content_type, orient=orient)
            with contextlib.suppress(CodecError, UsageError):
                codecs.encode(value, content_type, columns=["a"])
