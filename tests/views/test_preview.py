"""What a dry run shows of a form."""

from __future__ import annotations

import pytest

from sm_magic.messages import Payload
from sm_magic.views.preview import form_view


def shown(body: bytes, content_type: str = "multipart/form-data; boundary=b") -> str | None:
    """The preview of a body."""
    return form_view(Payload(body=body, content_type=content_type), 200)


def part(name: str, body: bytes, content_type: str = "") -> bytes:
    """One part on the wire."""
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n'
    return (head + content_type + "\r\n").encode() + body + b"\r\n"


def test_text_is_shown_and_bytes_are_counted():
    """By what they are, whatever their type says."""
    body = part("t", b"hi") + part("f", b"\0" * 2_000, "Content-Type: audio/wav\r\n") + b"--b--\r\n"
    assert shown(body) == (
        '--b\nContent-Disposition: form-data; name="t"\n\nhi\n'
        '--b\nContent-Disposition: form-data; name="f"\nContent-Type: audio/wav\n\n(2 kB)\n--b--'
    )


def test_what_is_long_is_cut():
    """Text after some thousand characters, and the parts that follow."""
    seen = shown(part("t", b"x" * 1_000) + part("u", b"") * 500 + b"--b--")
    assert "x" * 200 + "\n… 800 bytes more\n" in seen
    assert seen.endswith("\n… 500 more of 501 parts\n--b--")
    assert len(seen) < 600


@pytest.mark.parametrize("body", [b"", b"--b", b"x", part("t", b"hi")])
def test_what_is_no_form_is_shown_as_anything_else(body):
    """Its bytes, as they are."""
    assert shown(body) is None
    assert shown(body, "text/plain") is None
