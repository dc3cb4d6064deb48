"""A streamed answer while it grows, as the card will show it."""

import pytest

from sm_magic.settings import Settings
from sm_magic.views.growing import growing

LINE = "Streaming story … 1 s, 12 parts"


def test_the_text_so_far_and_the_line_below(page):
    """Both forms have both."""
    bundle = growing("Once upon", "", LINE, Settings())

    assert bundle["text/plain"] == f"Once upon\n\n{LINE}"
    text = page(bundle["text/html"]).text
    assert text.index("Once upon") < text.index(LINE)


def test_a_model_that_only_thinks_shows_its_thoughts(page):
    """Open as long as there is no answer, and folded then."""
    thinking = growing("", "Hm.", LINE, Settings())
    speaking = growing("Yes.", "Hm.", LINE, Settings())

    assert "Reasoning:\nHm." in thinking["text/plain"]
    assert "Hm." not in speaking["text/plain"]
    (opened,) = page(thinking["text/html"]).all("details")
    (folded,) = page(speaking["text/html"]).all("details")
    assert ("open" in opened, "open" in folded) == (True, False)


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "<img src=x onerror=y>", "</pre><b>", "\x1b[2J\0"]
)
def test_what_a_model_says_is_text(page, hostile):
    """Markup stays its source, controls are gone, in text and reasoning alike."""
    bundle = growing(hostile, hostile, LINE, Settings())

    found = page(bundle["text/html"])
    assert {name for name, _ in found.elements} <= {"div", "style", "details", "summary", "pre"}
    assert "\x1b" not in "".join(bundle.values())
    assert "\0" not in "".join(bundle.values())


def test_of_a_long_text_the_end(page):
    """Each update sends all that it shows: 16,000 characters, and a word on the rest."""
    bundle = growing("a" + "x" * 100_000 + "z", "", LINE, Settings())

    for text in (bundle["text/plain"], page(bundle["text/html"]).text):
        assert 16_000 < len(text) < 17_000
        assert "the card will have all of it" in text
        assert "xz" in text


def test_the_types_are_those_of_the_card():
    """Frontends make a new output where they change; without html there is none."""
    assert list(growing("a", "", LINE, Settings())) == ["text/plain", "text/html"]
    assert list(growing("a", "", LINE, Settings(html=False))) == ["text/plain"]


def test_it_is_named_as_the_card_is(page):
    """The same classes, so that the same style holds."""
    (first, *_) = page(growing("a", "", LINE, Settings())["text/html"]).elements

    assert first == ("div", {"class": "sm-magic-card"})
