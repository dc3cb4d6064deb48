"""Bytes: a hex view, the size, and how to keep them."""

import pytest


def test_unknown_bytes(shown, golden):
    """Offsets, hexadecimal, ASCII; the type and size; how to save."""
    made = shown(bytes(range(250)) + b"<script>" * 10, content_type="application/octet-stream")

    golden("raw", text=made.text, html=made.html)


def test_what_the_first_bytes_give_away(shown):
    """A mislabelled image is named for what it is."""
    assert (
        "begins like image/png"
        in shown(b"\x89PNG\r\n\x1a\n...", view="raw", content_type="application/x-thing").text
    )


@pytest.mark.parametrize("value", [{"a": 1}, "text", None])
def test_asked_for_it_is_the_body_as_it_came(shown, value):
    """``--view raw`` shows what was received, spaces and all."""
    assert shown(value, view="raw", body=b'{"a" :  1}\n').text == '{"a" :  1}\n'


@pytest.mark.parametrize("body", [b"\x00", b"\xff\xfe", b"a\x1b[31m", b"\x93NUMPY\x01", bytes(300)])
def test_what_is_not_text_is_hexadecimal(shown, body):
    """Bytes are never printed as they are."""
    made = shown(body, content_type="text/plain")

    assert "00000000" in made.text
    assert "\x1b" not in made.text
