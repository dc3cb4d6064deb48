"""The line of a magic becomes tokens, as typed, and ``${expr}`` becomes text."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from sm_magic.errors import UsageError
from sm_magic.magics.line import join_continuations, pointed, quote, tokenize, unquote
from sm_magic.magics.values import expand


def texts(line: str) -> list[str]:
    """The tokens of *line*, without their places."""
    return [token.text for token in tokenize(line)]


@pytest.mark.parametrize(
    ("line", "tokens"),
    [
        ("iris df", ["iris", "df"]),
        ("  iris \t df\u00a0-q ", ["iris", "df", "-q"]),
        ("iris df[cols].head( 3 ) -o p", ["iris", "df[cols].head( 3 )", "-o", "p"]),
        ('x df["my col"]', ["x", 'df["my col"]']),
        ('x df.query("age > 3")', ["x", 'df.query("age > 3")']),
        ('x {"a": [1, 2]}', ["x", '{"a": [1, 2]}']),
        ('x "Tell me a joke"', ["x", '"Tell me a joke"']),
        ("x 'it\\'s fine' y", ["x", "'it\\'s fine'", "y"]),
        ('x r"\\d+ \\w" y', ["x", 'r"\\d+ \\w"', "y"]),
        ('x """a "b" c""" y', ["x", '"""a "b" c"""', "y"]),
        ('x b"" y', ["x", 'b""', "y"]),
        ("x (a, ')', b) y", ["x", "(a, ')', b)", "y"]),
        ('x --ca="trace id=1" y', ["x", '--ca="trace id=1"', "y"]),
        (r"--file C:\data\x.csv y", ["--file", r"C:\data\x.csv", "y"]),
        ('--tm ${row["a b"]}.tar.gz y', ["--tm", '${row["a b"]}.tar.gz', "y"]),
        ('--ca "id ${d["my key"]} x" y', ["--ca", '"id ${d["my key"]} x"', "y"]),
        ('x "costs ${" y', ["x", '"costs ${"', "y"]),
        ('x "$${ a" y', ["x", '"$${ a"', "y"]),
        ('x f"{d["a b"]} c" y', ["x", 'f"{d["a b"]} c"', "y"]),
        ('x f"{{ {v:(^5}" y', ["x", 'f"{{ {v:(^5}"', "y"]),
        ('x {"a": "${", "b": "}"} y', ["x", '{"a": "${", "b": "}"}', "y"]),
        ("x $ $a a$b", ["x", "$", "$a", "a$b"]),
    ],
)
def test_tokens_end_at_white_space_outside_quotes_and_brackets(line: str, tokens: list[str]) -> None:
    """Quotes, brackets and expressions hold a token together, and every token is verbatim."""
    assert texts(line) == tokens


@pytest.mark.parametrize(
    ("line", "tokens"),
    [
        ("iris df # a comment", ["iris", "df"]),
        ("# nothing", []),
        ("a#b", ["a#b"]),
        ('x "# no comment" # one', ["x", '"# no comment"']),
        ("x [1, # inside brackets\n 2]", ["x", "[1, # inside brackets\n 2]"]),
        ("iris df;", ["iris", "df"]),
        ("iris df ;", ["iris", "df"]),
        ("iris df; # and a comment", ["iris", "df"]),
        ('iris "df;"', ["iris", '"df;"']),
        ("iris a;b -q", ["iris", "a;b", "-q"]),
        (";", []),
    ],
)
def test_comments_and_a_trailing_semicolon_are_dropped(line: str, tokens: list[str]) -> None:
    """A bare # begins a comment; a ; counts at the end only, and never inside quotes."""
    assert texts(line) == tokens


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('iris "abc', ('The quote " is never closed.\n  iris "abc\n       ^')),
        ("iris '''abc'", ("The quote ''' is never closed.\n  iris '''abc'\n       ^")),
        ("iris (df[1)", ("`)` cannot close `[`.\n  iris (df[1)\n            ^")),
        ("iris {df", ("`{` is never closed.\n  iris {df\n       ^")),
        ("iris (df[1]", ("`(` is never closed.\n  iris (df[1]\n       ^")),
        ("iris df]", ("`]` closes nothing.\n  iris df]\n         ^")),
        (
            "arn:aws:x:eu:123456789012:e/x ]",
            "`]` closes nothing.\n  arn:aws:x:eu:…9012:e/x ]\n                         ^",
        ),
    ],
)
def test_unbalanced_lines_are_refused_with_a_caret(line: str, message: str) -> None:
    """The error shows the line, without account ids, and points at the character at fault."""
    with pytest.raises(UsageError) as caught:
        tokenize(line)
    assert caught.value.message == message
    assert len(caught.value._render_traceback_()) <= 6


def test_a_long_line_is_cut_around_the_caret() -> None:
    """The caret stays in sight whatever the line's length."""
    with pytest.raises(UsageError) as caught:
        tokenize("x " * 500 + '"abc ' + "y" * 500)
    _, shown, caret = caught.value.message.split("\n")
    assert len(shown) <= 92
    assert shown[caret.index("^")] == '"'


@pytest.mark.parametrize(
    ("line", "cell", "joined"),
    [
        ("iris df", None, ("iris df", None)),
        ("iris \\\n  df", None, ("iris   df", None)),
        ("iris \\", "  -t csv \\\n  -q\n1,2\n3,4\n", ("iris   -t csv   -q", "1,2\n3,4\n")),
        ("iris -q", "1,2 \\\n3,4\n", ("iris -q", "1,2 \\\n3,4\n")),
        ("iris \\  ", "df -q\n", ("iris df -q", None)),
        ("iris \\", None, ("iris", None)),
        ("iris \\", "a \\", ("iris a", None)),
        ("iris \\", "\n{}\n", ("iris ", "{}\n")),
        ("iris \\\n-q \\", "-t csv\n1\n", ("iris -q -t csv", "1\n")),
    ],
)
def test_a_line_that_ends_in_a_backslash_goes_on(
    line: str, cell: str | None, joined: tuple[str, str | None]
) -> None:
    """A cell magic's line takes lines of the body; a body that is used up is no body."""
    assert join_continuations(line, cell) == joined


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ('"a b"', "a b"),
        ("'a b'", "a b"),
        ('"""a "b" c"""', 'a "b" c'),
        ('""', ""),
        ("ab", "ab"),
        ('"a""b"', '"a""b"'),
        ('"a"b', '"a"b'),
        ('x="a b"', 'x="a b"'),
        (r'"a \"b\" \\ \n \d"', r'a "b" \ \n \d'),
        (r'"C:\data\x y.csv"', r"C:\data\x y.csv"),
        ('"${d["k"]} \\" ${"a\\\\b"}"', '${d["k"]} " ${"a\\\\b"}'),
        ("", ""),
    ],
)
def test_exactly_one_quoted_string_loses_its_quotes(token: str, text: str) -> None:
    """A backslash is literal but before a quote or a backslash; Python inside ``${}`` stays Python."""
    assert unquote(token) == text


NAMES: dict[str, Any] = {
    "name": "my-ep",
    "n": 3,
    "path": Path("a/b"),
    "d": {"k": "v", "}": "brace"},
    "flag": True,
    "df": [1, 2],
}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("plain", "plain"),
        ("${name}", "my-ep"),
        ("a-${n + 1}-${ name.upper() }", "a-4-MY-EP"),
        ('${d["k"]}.tar.gz', "v.tar.gz"),
        ('${d["}"]}', "brace"),
        ('${ {"a": {"b": "c"}}["a"]["b"] }', "c"),
        ("${path}", "a/b"),
        ("$${name}", "${name}"),
        ("$$${name}", "$${name}"),
        ("cost: $ 5 {}", "cost: $ 5 {}"),
        ("items[].{id: name}", "items[].{id: name}"),
        ("${[x for x in 'abc' if x in name or True][-1]}", "c"),
    ],
)
def test_expressions_are_expanded(text: str, expanded: str) -> None:
    """An expression ends at the first brace that leaves a valid one; ``$${`` is a literal ``${``."""
    assert expand(text, NAMES) == expanded


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("${nam}", ("There is no variable `nam`, in `${nam}`.\n→ Did you mean `name`?")),
        ("${true}", ("There is no variable `true`, in `${true}`.\n→ In Python that is `True`")),
        ("${n / 0}", "`${n / 0}` failed: ZeroDivisionError: division by zero."),
        (
            "${df}",
            "`${df}` is a list; the line takes text, a number or a path.\n→ `${str(df)}` makes it text.",
        ),
        (
            "${flag}",
            (
                "`${flag}` is a bool; the line takes text, a number or a path.\n"
                "→ `${str(flag)}` makes it text."
            ),
        ),
        ("a{name}b", ("`{name}` is not expanded here.\n→ `${name}` is: a dollar and braces.")),
        ("{d['k']}", ("`{d['k']}` is not expanded here.\n→ `${d['k']}` is: a dollar and braces.")),
        ("a$name", ("`$name` is not expanded here.\n→ `${name}` is: a dollar and braces.")),
        (
            "${a b}",
            (
                "No expression begins at line 1, column 1: `${a b}`.\n"
                "→ `${…}` holds a Python expression; a literal `${` is written `$${`"
            ),
        ),
    ],
)
def test_what_cannot_be_expanded_is_refused(text: str, error: str) -> None:
    """Nothing is left as it is in silence, as IPython's own expansion does."""
    with pytest.raises(UsageError) as caught:
        expand(text, NAMES)
    assert str(caught.value) == error


def test_the_cause_of_a_failing_expression_is_kept() -> None:
    """``--traceback`` can show the user's own error."""
    with pytest.raises(UsageError) as caught:
        expand("${1 / 0}", {})
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_expression_cannot_change_the_notebook() -> None:
    """An assignment expression lives and dies with the evaluation."""
    names: dict[str, object] = {"n": 1}
    assert expand("${(n := n + 1)}", names) == "2"
    assert names == {"n": 1}


HOSTILE = st.text(st.one_of(st.sampled_from("\"'\\${}()[] \t\n#;=-a"), st.characters()))


@given(HOSTILE)
@example("a\\")
@example("\\\"'")
@example("$${x}${")
def test_a_quoted_text_comes_back_as_it_was(text: str) -> None:
    """quote, then tokenize, unquote and expand: the law of the line."""
    line = f"before {quote(text)} after"
    token = tokenize(line)[1]
    assert [t.text for t in tokenize(line)] == ["before", quote(text), "after"]
    assert expand(unquote(token.text), {}) == text


@given(HOSTILE)
def test_no_character_is_lost(line: str) -> None:
    """Tokens stand in the line where they say; between them is white space, behind them a comment or a ``;``."""
    try:
        tokens = tokenize(line)
    except UsageError:
        return
    at = 0
    for token in tokens:
        assert line[token.start : token.end] == token.text
        assert not line[at : token.start].strip()
        at = token.end
    assert re.fullmatch(r"[\s;]*(?:(?<=\s)#.*|\A#.*|\s)*", line[at:], re.DOTALL) or (
        line[at:].lstrip("; \t\n").startswith("#")
    )


EXPRESSIONS = st.recursive(
    st.one_of(st.integers(), st.text(st.sampled_from("ab{}$\"'\\ "), max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(st.sampled_from("ab{}\"' "), max_size=4), inner, max_size=3),
    ),
)


@given(EXPRESSIONS)
def test_an_expression_with_any_braces_and_quotes_is_found_whole(value: object) -> None:
    """Bare and inside quotes, whatever strings and braces the expression holds."""
    source = f"str({value!r})"
    assert [t.text for t in tokenize(f"a x${{{source}}}y b")] == ["a", f"x${{{source}}}y", "b"]
    assert expand(f"x${{{source}}}y", {}) == f"x{value}y"
    token = tokenize(f'a "x ${{{source}}} y" b')[1].text
    assert expand(unquote(token), {}) == f"x {value} y"


def test_the_line_needs_the_standard_library_only() -> None:
    """Reading a line imports nothing that %load_ext must not."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "from sm_magic.magics.options import parse\n"
        "parse('sm_invoke', 'iris df -o p', {})\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(new - set(sys.stdlib_module_names) - {'sm_magic'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_caret_stands_below_what_is_shown():
    """What can't be printed is left out of the line and of the count."""
    error = pointed("No.", "ab\u200e\x1b[31mc !", 10)

    assert error.message == "No.\n  abc !\n      ^"
