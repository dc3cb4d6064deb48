"""Text made harmless: written out, or left out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.plain import plain, printable, shortened

TEXT = st.text(st.characters(), max_size=80)  # lone surrogates among them
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


@pytest.mark.parametrize("make", [plain, printable])
@given(text=TEXT)
def test_nothing_harmful_is_left(make, text):
    """No control character but tab and newline, no direction override; it can be encoded; twice is once."""
    made = make(text)

    assert all(unicodedata.category(c) != "Cc" or c in "\t\n" for c in made)
    assert not set(made) & TURNING
    assert make(made) == made
    made.encode()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\x1b[31;1mred\x1b[0m b", "ared b"),
        ("a\x9b2Jb", "ab"),
        ("\x1b]0;a title\x07x\x1b]8;;http://e\x1b\\y", "xy"),
        ("one\r\ntwo\n\tthree", "one\ntwo\n\tthree"),
        ("ab\u202eevil\u2066x", "abevilx"),
        ("\x1b]never closed", "]never closed"),
        ("→ 東京 … 👩\u200d💻", "→ 東京 … 👩\u200d💻"),
    ],
)
def test_plain_leaves_words(text, left):
    """A terminal's sequences go whole; what people write stays."""
    assert plain(text) == left


def test_printable_shows_what_was_there():
    """Written out, so that nobody wonders what is missing."""
    assert printable("a\x1b[2J\u202e") == "a\\x1b[2J\\u202e"


@given(TEXT, st.integers(20, 60))
def test_shortened_keeps_both_ends(text, limit):
    """What is short enough stays; of the rest the middle goes."""
    made = shortened(text, limit, tail=8)

    assert len(made) <= limit
    assert made == text if len(text) <= limit else (made[:5], made[-8:]) == (text[:5], text[-8:])
