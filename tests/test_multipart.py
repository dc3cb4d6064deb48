"""A form's body, taken apart."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.multipart import boundary_of, split

BODY = (
    b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nhi\r\n'
    b'--b\r\ncontent-type: audio/wav\r\nContent-Disposition: form-data; NAME="f"; filename="x.wav"\r\n\r\n'
    b"\r\n--bb\r\n\r\n--b--\r\n"
)


def test_parts_in_order():
    """Names, file names, types and bytes; a boundary that begins like this one is none."""
    first, second = split(BODY, "b")
    assert (first.name, first.filename, first.content_type, first.body) == ("a", None, None, b"hi")
    assert (second.name, second.filename, second.content_type) == ("f", "x.wav", "audio/wav")
    assert second.body == b"\r\n--bb\r\n"
    assert split(b"preamble\r\n" + BODY, "b") == (first, second)
    assert split(b"--b--\r\n", "b") == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a%22b", 'a"b'),
        (r"a\"b", 'a"b'),
        ("a%0D%0Ab", "a\r\nb"),
        ("a\\b", "a\\b"),
        ("a\\", "a\\"),
        ("é; x=1", "é; x=1"),
    ],
)
def test_names_as_browsers_and_others_write_them(written, meant):
    """Quotes are %22 or escaped; all else is as it is, in UTF-8."""
    body = f'--b\r\nContent-Disposition: form-data; name="{written}"\r\n\r\n\r\n--b--'
    (part,) = split(body.encode(), "b")
    assert part.name == meant


def test_the_boundary_is_the_first_line():
    """Of a body that also ends with it."""
    assert boundary_of(BODY) == "b"
    assert boundary_of(b"--b\r\n") is None
    assert boundary_of(b"RIFF") is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (BODY[:-8], "cut off"),
        (BODY.replace(b"--b", b"--c"), "does not begin"),
        (b"", "does not begin"),
        (BODY.replace(b"--b\r\n", b"--b?\r\n", 1), "line does not end"),
        (b"--b\r\n\r\nx\r\n--b--", "has no name"),
        (b"--b\r\nA: " + b"x" * 20_000 + b"\r\n\r\n\r\n--b--", "no end of its headers, or too many"),
        (b"--b\r\nContent-Disposition: form-data\r\n--b--", "no end of its headers"),
        (
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 1_001 + b"--b--",
            "more than 1,000",
        ),
    ],
)
def test_what_is_no_form(body, words):
    """A ValueError says why."""
    with pytest.raises(ValueError, match=words):
        split(body, "b")


@given(
    st.lists(
        st.sampled_from(
            [b"--b", b"\r\n", b"--", b'Content-Disposition: form-data; name="a"', b"\\", b'"', b"x"]
        )
    )
)
def test_any_body_is_read_or_is_a_value_error(pieces):
    """Nothing else, whatever stands between the boundaries."""
    with contextlib.suppress(ValueError):
        split(b"".join(pieces), "b")
