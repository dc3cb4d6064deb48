"""A text with spans marked in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.views.marks import Mark, marked


@pytest.mark.parametrize(
    ("marks", "text"),
    [
        ([], "abcdef"),
        ([Mark(0, 2, "X")], "[ab | X]cdef"),
        ([Mark(4, 6, "Y"), Mark(0, 2, "X")], "[ab | X]cd[ef | Y]"),
        ([Mark(0, 2, "X"), Mark(2, 4, "Y")], "[ab | X][cd | Y]ef"),
        ([Mark(2, 3, "in"), Mark(0, 6, "out")], "[ab[c | in]def | out]"),
        ([Mark(0, 3, "X"), Mark(0, 3, "Y")], "[[abc | Y] | X]def"),
    ],
)
def test_marks_stand_where_they_belong(marks, text):
    """One after the other, inside one another, in any order."""
    assert marked("abcdef", marks, 1_000).text == text


@pytest.mark.parametrize(
    ("marks", "text"),
    [
        ([Mark(0, 3, "X"), Mark(2, 5, "Y")], "[abc | X]def"),
        ([Mark(2, 5, "Y"), Mark(0, 3, "X")], "ab[cde | Y]f"),
        ([Mark(0, 1, "X"), Mark(3, 3, "Y")], "[a | X]bcdef"),
        ([Mark(0, 1, "X"), Mark(3, 9, "Y")], "[a | X]bcdef"),
    ],
)
def test_what_can_not_be_marked_is_counted(marks, text):
    """Of two that cross the first given stays; an empty one and one outside of the text are left out."""
    made = marked("abcdef", marks, 1_000)

    assert made.text == f"{text}\n1 span not marked: overlapping others, empty, or outside of the text."


def test_offsets_are_code_points(page):
    """Not bytes, and not UTF-16's units."""
    made = marked("🎉🎉 é Zoë", [Mark(5, 8, "PER")], 1_000)

    assert made.text == "🎉🎉 é [Zoë | PER]"
    assert "<mark>Zoë <small>PER</small></mark>" in made.html


def test_a_long_text_is_cut():
    """With the marks in the part that is shown, and a sentence."""
    made = marked("<a> " * 50_000, [Mark(i * 4, i * 4 + 3, "L") for i in range(50_000)], 20_000)

    assert len(made.html.encode()) < 20_200
    assert "[<a> | L]" in made.text
    assert made.text.endswith("… (cut: the whole is 200 kB)")


TEXT = st.text(st.characters(exclude_characters="[]|\r", exclude_categories=["C", "Z"]), max_size=40)
MARKS = st.lists(
    st.builds(Mark, st.integers(-2, 45), st.integers(-2, 45), st.sampled_from(["A", "B", "<i>"])), max_size=12
)


@given(TEXT, MARKS)
def test_the_text_stays_the_text(page, text, marks):
    """Without the marks' brackets and labels it is what was sent, and the markup is well-formed."""
    made = marked(text, marks, 10_000)

    assert re.sub(r"\[| \| (?:A|B|<i>)\]", "", made.text.split("\n")[0]) == text
    found = page(made.html)
    assert len(found.all("mark")) == len(found.all("small")) <= len(marks)
    assert not found.all("i")
