"""application/octet-stream, and bytes under any other name."""

from __future__ import annotations

import pytest

from sm_magic import codecs
from sm_magic.errors import UsageError
from sm_magic.messages import Payload

EXAMPLES = [
    (b"\x00\xff", "application/octet-stream", b"\x00\xff"),
    (bytearray(b"ab"), "application/octet-stream", b"ab"),
    (memoryview(b"abcd")[::2], "application/octet-stream", b"ac"),
]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x93NUMPY\x01\x00", "application/x-npy"),
        (b"GIF89a", "image/gif"),
        (b"{}", "application/octet-stream"),
        (b"BMW is a car, not a bitmap", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_bare_bytes_are_what_their_first_bytes_say(body, content_type):
    """Magic numbers, no guesses."""
    assert codecs.encode(body).content_type == content_type


@pytest.mark.parametrize(
    "content_type", ["csv", "jsonl", "image/png", "npy", "application/x-unheard-of", "text"]
)
def test_bytes_are_sent_as_they_are_under_any_type(content_type):
    """Even where they are no such thing: the user has said so.  Only JSON is checked."""
    assert codecs.encode(b"\xff\x00", content_type).body == b"\xff\x00"
    assert codecs.encode(memoryview(b"ab"), content_type).body == b"ab"


def test_an_unknown_answer_is_its_bytes():
    """Also one without a type at all."""
    for content_type in ("application/x-unheard-of", "", "nonsense"):
        assert codecs.decode(Payload(body=b"\xff", content_type=content_type)) == b"\xff"


def test_text_can_go_under_an_unknown_type():
    """As UTF-8."""
    assert codecs.encode("é", "application/x-unheard-of").body == "é".encode()
    assert codecs.encode("é", "bytes").body == "é".encode()


def test_bytes_have_no_columns():
    """Options for tables are refused, not forgotten."""
    for options in ({"header": True}, {"columns": ["a"]}, {"drop": ["a"]}):
        with pytest.raises(UsageError):
            codecs.encode(b"a,b", "csv", **options)
    with pytest.raises(UsageError):
        codecs.encode(b"{}", "json", orient="split")
