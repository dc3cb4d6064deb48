"""A misspelt name is answered by the one that was meant, in sentences that are whole."""

import pytest

from sm_magic.spelling import article, did_you_mean, ended, near, question, told


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    """The name comes back as it is written where it is known."""
    assert near("IRSI", ["Iris", "digits"]) == ["Iris"]
    assert set(near("model", ["model-1", "model-2", "other"], most=2)) == {"model-1", "model-2"}
    assert did_you_mean("digit", ["iris", "digits"]) == "Did you mean `digits`?"


def test_nothing_near_is_nothing() -> None:
    """A bad guess would be worse than none."""
    assert did_you_mean("xyzzy", ["iris"]) is None
    assert near("iris", []) == []


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("fd", ["name", "df"], "df"),
        ("FD", ["Df"], "Df"),
        ("sx", ["x", "xs"], "xs"),
        ("dfa", ["daf", "dfab"], "daf"),
        ("df", ["fd", "DF"], "DF"),
        ("f", ["df"], "df"),
    ],
)
def test_two_letters_that_changed_places_are_found_in_short_names(
    word: str, known: list[str], found: str
) -> None:
    """`fd` is `df`, though half of it differs; the name itself comes before."""
    assert near(word, known) == [found]


def test_one_question_everywhere() -> None:
    """Names stand in backticks."""
    assert question("iris") == "Did you mean `iris`?"
    assert question("a", "b") == "Did you mean `a` or `b`?"


def test_the_article_is_that_of_the_sound() -> None:
    """Types are called by their names."""
    assert [article(name) for name in ("object", "int", "dict", "uint8", "uuid.UUID", "Index")] == (
        ["an", "an", "a", "a", "a", "an"]
    )


def test_what_others_say_ends_as_a_sentence() -> None:
    """One full stop, whoever wrote it."""
    assert (ended("no end"), ended("an end.\n"), ended("why?")) == ("no end.", "an end.", "why?")
    assert (told(KeyError("a")), told(StopIteration())) == ("KeyError: 'a'.", "StopIteration.")
