"""An expression is found whole, and worth what Python says; its errors say what to type."""

from __future__ import annotations

import pytest

from sm_magic.errors import UsageError
from sm_magic.expressions import evaluate, find, parts, place, user_names


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("${a} b}", "a"),
        ("${ a }", "a"),
        ('${d["}"]}', 'd["}"]'),
        ("${ {1: {2: 3}} }", "{1: {2: 3}}"),
        ('${f"{a}"}', 'f"{a}"'),
        ("${[a\nfor a in b]}", "[a\nfor a in b]"),
        ("${a b}", None),
        ("${}", None),
        ("${a", None),
        ("${a = 1}", None),
        ("${" + "(" * 500 + "}", None),
        ("${\x00}", None),
    ],
)
def test_an_expression_ends_at_the_first_brace_that_leaves_a_valid_one(text: str, source: str | None) -> None:
    """Braces inside it do not end it; what is no expression is not found."""
    found = find(text, 0)
    assert (found and found.source) == source
    if found:
        assert text[: found.end][2:-1].strip() == source


def test_parts_are_literals_and_expressions_in_order() -> None:
    """Adjacent ones, escaped ones and the ends are all there."""
    shown = [part if isinstance(part, str) else part.code.co_names for part in parts("a${b}${c}$${d}${e}")]
    assert shown == ["a", ("b",), ("c",), "${d}", ("e",)]
    assert parts("") == ()


def test_a_source_is_evaluated_like_an_expression() -> None:
    """INPUT comes as text; white space around it does not matter."""
    assert evaluate(" [x + n for x in (1, 2)] ", {"n": 1}) == [2, 3]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("dff", ("There is no variable `dff`.\n→ Did you mean `df`?")),
        ("abs(nn)", "There is no variable `nn`, in `abs(nn)`."),
        ('{"a": true}', ('There is no variable `true`, in `{"a": true}`.\n→ In Python that is `True`')),
        ("df.x >", "`df.x >` is not a Python expression: invalid syntax."),
        ("df.nothing", "`df.nothing` failed: AttributeError: 'int' object has no attribute 'nothing'."),
        ("[].pop()", "`[].pop()` failed: IndexError: pop from empty list."),
        ("next(iter(()))", "`next(iter(()))` failed: StopIteration."),
    ],
)
def test_what_fails_says_how(source: str, error: str) -> None:
    """Python's own error, short, and a name that may have been meant."""
    with pytest.raises(UsageError) as caught:
        evaluate(source, {"df": 1, "In": [], "_nn": 1})
    assert str(caught.value) == error
    assert caught.value.__cause__ is not None


def test_interrupts_pass() -> None:
    """Ctrl-C in the user's expression is the user's."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate("interrupt()", {"interrupt": interrupt})


def test_names_that_nobody_means_are_not_proposed() -> None:
    """IPython's own names and private ones are left out."""
    assert user_names(["In", "Out", "_1", "get_ipython", "df"]) == ["df"]


def test_a_place_is_counted_from_one() -> None:
    """Line and column, as editors show them."""
    assert place("ab\ncd", 4) == "line 2, column 2"
    assert place("ab", 0) == "line 1, column 1"
