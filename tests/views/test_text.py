"""Text as it came."""

import pytest

from sm_magic.settings import Settings


def test_text_and_markup_in_it(shown, golden):
    """Lines stay lines, markup is source."""
    made = shown("Once upon a time\n\t<b>there</b> & then…\n", content_type="text/plain")

    golden("text", text=made.text, html=made.html)


@pytest.mark.parametrize(
    "content_type", ["text/html", "text/html; charset=utf-8", "image/svg+xml", "text/markdown"]
)
def test_markup_is_source_unless_asked(shown, page, content_type):
    """A model's page or picture of markup is not drawn."""
    made = shown("<script>alert(1)</script><h1>x</h1>", content_type=content_type)

    assert [name for name, _ in page(made.html).elements] == ["pre"]
    assert page(made.html).text == "<script>alert(1)</script><h1>x</h1>"


@pytest.mark.parametrize(
    "text", ["x" * 2_000_000, "<&>\"'" * 400_000, "é€😀" * 300_000, "\x1b\u202e" * 500_000]
)
def test_two_megabytes_are_cut(shown, text):
    """The beginning, and how large the whole is, whatever escaping makes of it."""
    made = shown(text, body=b"-")

    assert len(made.html.encode()) < 256 * 1024
    assert len(made.text.encode()) < 256 * 1024
    assert "(cut: the whole, " in made.text
    assert "(cut: the whole, " in made.html


def test_entities_are_not_cut_in_two(shown, page):
    """A cut falls between characters."""
    for extra in range(8):
        made = shown("&" * 10_000, settings=Settings(max_text=26_000 + extra))
        assert set(page(made.html).text.partition("…")[0]) == {"&"}


def test_control_characters_are_written_out(shown):
    """No colours, no cursor movements, no text that reads backwards; tabs and lines stay."""
    made = shown("a\x1b[31mred\x1b[0m\u202eevil\x00\ud800\r\nb\tc\rd")

    assert made.text == "a\\x1b[31mred\\x1b[0m\\u202eevil\\x00\\ud800\nb\tc\\x0dd"
    made.html.encode()


def test_a_body_asked_for_as_text(shown):
    """``--view text`` of a JSON answer is its body, decoded by its own charset."""
    body = '{"a": "é"}'.encode("latin-1")

    assert (
        shown({"a": "é"}, view="text", body=body, content_type="application/json; charset=latin-1").text
        == '{"a": "é"}'
    )
    assert shown({}, view="text", body=b"{\xff}").text == "{\ufffd}"


@pytest.mark.parametrize(
    "charset", ["zlib", "bz2", "rot13", "undefined", "idna", "no-such", "punycode", '"', "\x00"]
)
def test_a_charset_is_only_ever_one_of_text(shown, charset):
    """What is no encoding of text is read as UTF-8: nothing is unpacked."""
    made = shown({}, view="text", body=b'{"a": 1}', content_type=f"application/json; charset={charset}")

    assert made.text
