"""Text made harmless and short."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sm_magic.views.facts import wrap
from sm_magic.views.printable import columns, fit, fit_escaped, one_line, pad, printable

TEXT = st.text(st.characters(), max_size=80)  # lone surrogates among them


@given(TEXT)
def test_nothing_harmful_is_left(text):
    """No control character but tab and newline, no direction override; it can be encoded; twice is once."""
    made = printable(text)

    assert all(unicodedata.category(c) != "Cc" or c in "\t\n" for c in made)
    assert not set(made) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    assert printable(made) == made
    made.encode()


@given(TEXT, st.integers(1, 60))
def test_one_line_is_one_line(text, limit):
    """Cut before it is escaped, so that a million characters cost nothing."""
    made = one_line(text, limit)

    assert made.splitlines() in ([], [made])
    assert len(made) <= 6 * limit


@given(TEXT, st.integers(0, 100))
def test_fit_keeps_to_bytes(text, limit):
    """A prefix, of at most so many bytes."""
    text = printable(text)

    assert text.startswith(fit(text, limit))
    assert len(fit(text, limit).encode()) <= limit
    assert len(fit_escaped(text, limit).encode()) <= limit


@given(TEXT, st.integers(4, 60))
@example("\x1f\u20c1\U000f0000", 4)
def test_wrapped_lines_fit_and_lose_only_spaces(text, width):
    """Each line is at most so wide; all that is no space is still there."""
    text = one_line(text)
    lines = list(wrap(text, width, "  "))

    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_number_keeps_its_unit():
    """A line is not cut between the two."""
    assert list(wrap("to application/json, 114 bytes", 25)) == ["to application/json,", "114 bytes"]
    assert list(wrap("to application/json, 3.13 kB", 26)) == ["to application/json,", "3.13 kB"]
    assert list(wrap("the answer of 3 byteswapped arrays", 17)) == [
        "the answer of 3",
        "byteswapped",
        "arrays",
    ]


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("東京", 4), ("e\u0301", 1), ("→·×…─", 5), ("😀", 2), ("한", 2), ("👩\u200d💻", 4)],
)
def test_columns_of_a_terminal(text, width):
    """Wide characters take two columns, combining ones none."""
    assert columns(text) == width
    assert columns(pad(text, 9)) == columns(pad(text, 9, right=True)) == 9


@pytest.mark.parametrize("plane", [0, 1])
def test_columns_add_up(plane):
    """A character takes as many columns alone as in a text, whatever the text: no table is moved by its neighbours."""
    characters = map(chr, range(plane << 16, (plane + 1) << 16))

    assert [c for c in characters if columns(c) != columns(f"{c}東") - 2] == []
