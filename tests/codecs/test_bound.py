"""Serializers that users bring with their data, and deserializers, as the SageMaker SDK's are made."""

from __future__ import annotations

import io

import pytest

from sm_magic import codecs
from sm_magic.codecs import bound
from sm_magic.errors import CodecError, UsageError
from sm_magic.messages import Payload


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


class Splitting:
    """An SDK deserializer: `deserialize(stream, content_type)` and `ACCEPT`."""

    ACCEPT = ("text/csv", "application/json")

    def deserialize(self, stream, content_type):
        """The cells of the text, and the type that it came as."""
        with stream:
            return stream.read().decode().split(","), content_type


def test_a_deserializer_reads_the_bytes_as_a_stream():
    """It gets the content type as it came, and closes the stream itself."""
    payload = Payload(body=b"1,2", content_type="text/csv; charset=utf-8")
    assert bound.deserialize(Splitting(), payload) == (["1", "2"], "text/csv; charset=utf-8")


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("application/x-npy", "application/x-npy"),
        (("*/*",), "*/*"),
        (["text/csv", "application/json"], "text/csv, application/json"),
    ],
)
def test_several_types_are_asked_for_as_the_sdk_does(asked, sent):
    """ACCEPT is a media type, or some of them."""
    reader = Splitting()
    reader.ACCEPT = asked
    assert bound.accept(reader) == sent


@pytest.mark.parametrize("value", ["text/csv", 5, Shouting(), object()])
def test_what_is_no_deserializer_is_refused(value):
    """With what one has."""
    with pytest.raises(UsageError, match="is no deserializer") as caught:
        bound.accept(value)
    assert "deserialize(stream, content_type)" in caught.value.hint


@pytest.mark.parametrize("asked", [None, (), (1,), {"text/csv": 1}])
def test_an_accept_that_is_no_text_is_refused(asked):
    """Nothing is made up in its place."""
    reader = Splitting()
    reader.ACCEPT = asked
    with pytest.raises(UsageError, match="is no deserializer"):
        bound.accept(reader)


def test_a_class_is_told_to_be_made():
    """As one forgets the parentheses."""
    with pytest.raises(UsageError, match="Splitting is a class") as caught:
        bound.accept(Splitting)
    assert caught.value.hint == "`Splitting()`"


@pytest.mark.parametrize(
    "error", [ValueError("no CSV"), KeyError("a"), RecursionError(), MemoryError(), StopIteration()]
)
def test_a_deserializer_that_fails_is_named(error):
    """Whatever it raises is a CodecError, and its own error is the cause."""

    class Broken(Splitting):
        def deserialize(self, stream, content_type):
            raise error

    with pytest.raises(CodecError, match=type(error).__name__) as caught:
        bound.deserialize(Broken(), Payload(body=b"", content_type="text/csv"))
    assert "Broken failed on this answer of text/csv" in caught.value.message
    assert caught.value.__cause__ is error
