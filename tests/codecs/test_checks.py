"""What is labelled JSON is JSON, or is not sent."""

from __future__ import annotations

import pytest

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

LABELS = ["application/json", "application/ld+json", "application/json; charset=utf-8", "json"]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"abc", "line 1, column 1"),
        (b'{"a": 1,\n "b": NaN}', "line 2, column 7"),
        (b"", "empty"),
        (b"\x80", "not UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (bytearray(b"{'a': 1}"), "line 1, column 2"),
    ],
)
def test_bytes_that_are_labelled_json_and_are_not_are_refused(label, body, words):
    """As text is; the error says where, and what to do."""
    with pytest.raises(CodecError, match=f"is not JSON: .*{words}") as caught:
        codecs.encode(body, label)
    assert caught.value.hint


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("body", [b"{}", b' {"a": [1, null]}\n', b"1e400", b'"\\ud800"', memoryview(b"[]")])
def test_json_in_bytes_goes_out_as_it_is(label, body):
    """Not a byte of it is changed."""
    assert codecs.encode(body, label).body == bytes(body)


def test_beyond_the_limit_the_ends_are_checked_and_the_card_says_so():
    """1 MB unless told otherwise."""
    large = b"[" + b"1," * 600_000 + b"1]"
    (note,) = codecs.encode(large, "json").facts.notes
    assert "Not checked whole" in note
    assert codecs.check(Payload(body=large, content_type="application/json"), whole_up_to=2_000_000) is None
    with pytest.raises(CodecError, match="cut off"):
        codecs.encode(large[:-1], "json")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/csv",
        "application/octet-stream",
        "application/jsonlines",
        "application/vnd.sagemaker-triton.binary+json",
    ],
)
def test_other_types_are_not_checked(content_type):
    """Nothing is known of them here."""
    assert codecs.check(Payload(body=b"\xff{", content_type=content_type)) is None


def test_json_in_another_charset_is_read_in_it():
    """The label says which."""
    label = "application/json; charset=utf-16"
    assert codecs.check(Payload(body='{"a": "é"}'.encode("utf-16"), content_type=label)) is None
    for charset in ("utf-16", "klingon"):
        with pytest.raises(CodecError, match="is not JSON"):
            codecs.check(Payload(body=b"{", content_type=f"application/json; charset={charset}"))


def test_a_serializer_is_held_to_its_label_too():
    """What it makes is bytes like any other."""

    class Broken:
        CONTENT_TYPE = "application/json"

        def serialize(self):
            return b"{1: 2}"

    with pytest.raises(CodecError, match="is not JSON"):
        codecs.encode(Broken())
