"""Serializers that users bring with their data, as the SageMaker SDK's are made."""

from __future__ import annotations

import io

import pytest

from sm_magic import codecs
from sm_magic.errors import CodecError


class Shouting:
    """An SDK serializer: `serialize(data)` and `CONTENT_TYPE`."""

    CONTENT_TYPE = "application/x-shout"

    def serialize(self, data):
        """Bytes of the data in capitals."""
        return str(data).upper().encode()


class Carrying(Shouting):
    """One that holds its data."""

    data = "held"


class Whole:
    """One that needs no argument."""

    CONTENT_TYPE = "text/csv"

    def serialize(self):
        """A file-like object, as RecordSerializer gives."""
        return io.BytesIO(b"1,2")


@pytest.mark.parametrize(
    ("value", "body", "content_type"),
    [
        ((Shouting(), "hey"), b"HEY", "application/x-shout"),
        (Carrying(), b"HELD", "application/x-shout"),
        (Whole(), b"1,2", "text/csv"),
    ],
)
def test_a_serializer_is_taken_with_its_data(value, body, content_type):
    """As a pair, with `.data`, or by itself; its content type is sent unless another is asked for."""
    payload = codecs.encode(value)
    assert (payload.body, payload.content_type) == (body, content_type)
    assert codecs.encode(value, "application/x-other").content_type == "application/x-other"


def test_a_serializer_without_data_is_an_error_that_says_how():
    """The pair is shown."""
    with pytest.raises(CodecError, match="no data") as caught:
        codecs.encode(Shouting())
    assert "(Shouting(…), data)" in str(caught.value)


def test_a_serializer_that_fails_is_named():
    """Its own error is the reason."""

    class Broken(Shouting):
        def serialize(self, data):
            raise KeyError(data)

    class Odd(Shouting):
        def serialize(self, data):
            return 5

    with pytest.raises(CodecError, match="KeyError"):
        codecs.encode((Broken(), "hey"))
    with pytest.raises(CodecError, match="made an int"):
        codecs.encode((Odd(), "hey"))


def test_a_pair_of_values_is_a_pair_of_values():
    """Only a serializer makes a pair one."""
    assert codecs.encode(("a", "b")).body == b'["a","b"]'
