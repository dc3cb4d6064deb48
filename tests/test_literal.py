"""Cell text is literal: what is sent, and what is refused before it is sent."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from sm_magic.errors import UsageError
from sm_magic.literal import literal
from sm_magic.messages import Payload
from sm_magic.settings import Settings

NAMES: dict[str, Any] = {"df": object(), "text": "hello", "a": 1}


def sent(text: str, content_type: str | None = None, **options: Any) -> Payload:
    """The payload of a cell *text*."""
    settings = options.pop("settings", Settings())
    return literal(text, content_type, settings=settings, names=options.pop("names", NAMES), **options)


def refused(text: str, content_type: str | None = None, **options: Any) -> str:
    """The whole error that a cell *text* gets."""
    with pytest.raises(UsageError) as caught:
        sent(text, content_type, **options)
    assert len(caught.value._render_traceback_()) <= 6
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "content_type", "body", "header"),
    [
        ('{"a": [1, 2]}\n', None, b'{"a": [1, 2]}', "application/json"),
        ('{"b": 1,\n "a": 2}\n', "json", b'{"b": 1,\n "a": 2}', "application/json"),
        ("5\n", None, b"5", "application/json"),
        ("1,2\n3,4\n", "csv", b"1,2\n3,4\n", "text/csv"),
        ('{"a":1}\n{"a":2}\n', "jsonl", b'{"a":1}\n{"a":2}\n', "application/jsonlines"),
        ("it's {fine}\n\n", "text", b"it's {fine}\n", "text/plain"),
        ("hé\n", "text/plain; charset=latin-1", b"h\xe9", "text/plain; charset=latin-1"),
        ("hé", "Text/Plain", "hé".encode(), "Text/Plain"),
        ("<a/>\n", "application/xml", b"<a/>", "application/xml"),
        ("$text ${nobody} {text}\n", "text", b"$text ${nobody} {text}", "text/plain"),
        ("bytes\n", "bytes", b"bytes", "application/octet-stream"),
    ],
)
def test_the_cell_is_the_body(text: str, content_type: str | None, body: bytes, header: str) -> None:
    """Only the final newline that IPython adds goes, and not where it ends a line of data."""
    assert sent(text, content_type) == Payload(body=body, content_type=header)


@pytest.mark.parametrize(
    ("content_type", "body"), [("json", "{not json ${text}\n"), ("png", "x\n"), ("csv", "\n")]
)
def test_raw_sends_anything_as_it_is(content_type: str, body: str) -> None:
    """No check, and the final newline stays."""
    assert sent(body, content_type, raw=True).body == body.encode()


def test_rows_are_counted() -> None:
    """The ledger of rows and predictions works for literal CSV and JSON Lines too."""
    facts = sent('1,2\n"a\nb",4\n\n', "csv").facts
    assert (facts.rows, facts.columns) == (2, 2)
    facts = sent("1,2\r\n \n3,4\r\n5,6", "csv").facts
    assert (facts.rows, facts.columns) == (3, 2)
    assert sent('{"a":"\u2028"}\n\n{"a":2}\n', "jsonl").facts.rows == 2
    assert sent("[1, 2]\n").facts.rows is None


def test_expand_fills_the_cell() -> None:
    """`--expand` goes by the type, JSON if none is given, and what it filled in is not refused."""
    assert sent('{"inputs": "${text}", "x": ${a}, "y": "$${a}"}\n', expand=True).body == (
        b'{"inputs": "hello", "x": 1, "y": "${a}"}'
    )
    assert sent("${text},${a}\n", "csv", expand=True).body == b"hello,1\n"
    assert sent('["${text}"]', expand=True, names={"text": "${text}"}).body == b'["${text}"]'


GUESSES = {
    "5.1,3.5,1.4,0.2\n": "This looks like CSV: `-t csv`",
    "a,b\n1,2\n": "This looks like CSV: `-t csv`",
    "x,5,y\n": "This looks like CSV: `-t csv`",
    "name,color\nrose,red\n": "This looks like CSV: `-t csv`",
    "1\n2\n3\n": "This looks like CSV: `-t csv`",
    '{"a": 1}\n{"a": 2}\n': "Each line is JSON: `-t jsonl`",
    "[1]\n[2]\n": "Each line is JSON: `-t jsonl`",
    "1 1:0.5 3:2\n": "This looks like libsvm: `-t text/libsvm`",
    "Tell me a joke\n": "Correct it, or `-t text` sends it as text.",
    "Well, hello\nthere, you\n": "Correct it, or `-t text` sends it as text.",
    "df.head(3)\n": "`--python` sends the value of the cell's last expression.",
    "x = df\nx + 1\n": "`--python` sends the value of the cell's last expression.",
    "{'a': 1}\n": "This is Python, not JSON (quotes are double, words are true, false, null): "
    "`--python` sends its value.",
    '{"a": True}\n': "This is Python, not JSON (quotes are double, words are true, false, null): "
    "`--python` sends its value.",
    '{"a": NaN}\n': "JSON has no NaN and no Infinity: write `null`",
    '{"a": ${nobody}}\n': "`--expand` fills in `${…}`.",
    "<!DOCTYPE html><p>\n": "This is HTML: `-t text/html`",
    "<a><b/></a>\n": "This looks like XML: `-t application/xml`",
    '{"a": 1,,}\n': "Correct it, or `-t text` sends it as text.",
}


@pytest.mark.parametrize("text", GUESSES)
def test_a_cell_that_is_not_json_is_told_which_type_to_add(text: str) -> None:
    """The error says where it stops being JSON; the hint goes by what the text looks like."""
    error = refused(text)
    message, hint = error.split("\n→ ")
    assert message.startswith("Without `-t` the cell must be JSON: line ")
    assert hint == GUESSES[text]


@pytest.mark.parametrize(
    ("text", "content_type", "error"),
    [
        (
            '{"a": NaN}\n',
            "json",
            "The cell is not JSON: line 1, column 7: NaN is not JSON.\n"
            "→ JSON has no NaN and no Infinity: write `null`; `--raw` sends it as it is.",
        ),
        (
            '{"a": 1}\n{"a": }\n',
            "jsonl",
            "The cell is not JSON: line 2, column 7: Expecting value.",
        ),
        (
            '{"a": "${text}"}\n',
            None,
            "The cell holds `${text}`, and a cell is sent as it is.\n"
            "→ `--expand` fills it in; `--raw` with `-t` sends it as it is.",
        ),
        (
            " \n",
            None,
            "The cell is empty.\n→ Write the body below the line, or give INPUT: `%sm_invoke ENDPOINT df`",
        ),
        (
            "x",
            "png",
            "image/png is binary, and a cell is text.\n"
            "→ `--file PATH` sends a file; `--python` the value of the cell's last expression.",
        ),
        (
            "x",
            "text/plain; charset=utf-99",
            "There is no charset `utf-99`.\n→ Leave it out: the cell is sent as UTF-8.",
        ),
        (
            "x",
            "text/plain; charset=base64",
            "There is no charset `base64`.\n→ Leave it out: the cell is sent as UTF-8.",
        ),
        (
            "ж",
            "text/plain; charset=latin-1",
            "'ж' has no place in latin-1.\n→ `-t text/plain`, bare, is UTF-8.",
        ),
        ("\ud800", "text", "'\\ud800' has no place in utf-8.\n→ `-t text/plain`, bare, is UTF-8."),
    ],
)
def test_what_would_fail_later_is_refused_now(text: str, content_type: str | None, error: str) -> None:
    """A body labelled JSON is JSON; a variable is expanded or meant literally; a text has its charset."""
    assert refused(text, content_type).startswith(error)


def test_raw_needs_a_type() -> None:
    """Unchecked text of an unknown type would be a guess."""
    assert refused("x", raw=True).startswith("`--raw` sends the cell unchecked, so it needs a type.")


def test_a_large_body_is_checked_at_its_ends_and_says_so() -> None:
    """Beyond the limit of the settings the card carries the codec's note."""
    small = Settings(json_check_bytes=20)
    payload = sent("[" + "1, " * 50 + "x]", settings=small)
    assert len(payload.facts.notes) == 1
    lines = sent('{"a": 1}\nnot json\n{"a": 2}\n', "jsonl", settings=small)
    assert lines.facts.notes == ("JSON Lines: only the first and the last line were checked.",)
    assert "must be JSON" in refused("[" + "1, " * 50, settings=small)


@given(st.text().filter(str.strip))
def test_any_text_goes_out_as_it_is(text: str) -> None:
    """Not a character changes but the final newline; with --raw not even that."""
    assert sent(text + "\n", "text", names={}).body.decode() == text
    assert sent(text + "\n", "csv", names={}).body.decode() == text + "\n"
    assert sent(text + "\n", "text", names={}, raw=True).body.decode() == text + "\n"
