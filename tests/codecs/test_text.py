"""text/plain and all other text."""

from __future__ import annotations

import decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

EXAMPLES = [
    ("Grüße\r\n", "text/plain", "Grüße\r\n"),
    ("", "text/plain", ""),
    ("<b>hi</b>", "text/html", "<b>hi</b>"),
    ("# hi", "text/markdown", "# hi"),
    ("Tell me a joke.", "application/x-text", "Tell me a joke."),
]


def received(body: bytes, content_type="text/plain", **options):
    """The text that an answer is read as."""
    return codecs.decode(Payload(body=body, content_type=content_type), **options)


@given(st.text(st.characters(codec="utf-8")))
def test_text_comes_back(text):
    """In UTF-8 and in UTF-16; a byte order mark at the start is a mark, not text."""
    for content_type in ("text/plain", "text/plain; charset=utf-16"):
        back = received(codecs.encode(text, content_type).body, content_type)
        assert back == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ("Tell me a joke", "text/plain"),
        ("", "text/plain"),
        ("[unclosed", "text/plain"),
        ("{curly} words", "text/plain"),
        ("5", "text/plain"),
        (' {"a": 1}', "application/json"),
        ("[1, 2]", "application/json"),
        (np.str_("a"), "text/plain"),
    ],
)
def test_text_is_sent_as_what_it_holds(text, content_type):
    """JSON where it holds an object or array, plain text otherwise."""
    assert codecs.encode(text).content_type == content_type
    assert codecs.encode(text).body == text.encode()


def test_numbers_can_be_text():
    """Their digits."""
    assert codecs.encode(0.1, "text").body == b"0.1"
    assert codecs.encode(decimal.Decimal("1.10"), "text").body == b"1.10"
    with pytest.raises(CodecError, match="can't be sent as text/plain"):
        codecs.encode({"a": 1}, "text")


@pytest.mark.parametrize("content_type", ["text/html", "text/markdown", "text/x-unknown"])
def test_any_text_is_text(content_type):
    """Markup is shown as text; an unknown kind of text is text (RFC 2046 §4.1.4)."""
    assert received(b"<b>hi</b>", content_type) == "<b>hi</b>"


def test_charsets_are_understood_or_named():
    """Real containers send latin-1; a codec that is no charset, and one that is unknown, are refused by name."""
    assert received(b"\xe9", "text/plain; charset=ISO-8859-1") == "é"
    assert received(b"\xef\xbb\xbfhi") == "hi"
    for charset in ("klingon", "rot13", "zip"):
        with pytest.raises(CodecError, match=charset):
            received(b"hi", f"text/plain; charset={charset}")
    with pytest.raises(CodecError, match=r"not utf-8.*byte 1"):
        received(b"h\xff")
    with pytest.raises(CodecError, match="has no character"):
        codecs.encode("€", "text/plain; charset=latin-1")
    with pytest.raises(CodecError, match="has no character"):
        codecs.encode("\ud800", "text")


def test_too_long_a_text_is_refused():
    """With the way to its bytes."""
    with pytest.raises(CodecError, match=r"\.body"):
        received(b"x" * 1000, max_bytes=100)
