"""``${expr}`` in a body: what stands there afterwards, and what is refused."""

from __future__ import annotations

import base64
import datetime
import io
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from PIL import Image

from sm_magic.errors import UsageError
from sm_magic.templates import Template, expand_body, unexpanded

PIXEL = Image.new("RGB", (2, 1), "red")
NAMES: dict[str, Any] = {
    "text": 'say "hi"\n\\ to ünïcode',
    "n": 3,
    "x": np.float64(0.1),
    "price": Decimal("1.10"),
    "yes": True,
    "nothing": None,
    "data": b"\x00\xff",
    "df": pd.DataFrame({"a": [1, 2], "b": [0.5, None]}),
    "array": np.array([[1, 2], [3, 4]]),
    "image": PIXEL,
    "d": {"k": "v", "my key": "w"},
    "path": Path("a/b"),
    "day": datetime.date(2026, 11, 21),
    "key": "name",
}


def filled(text: str, content_type: str = "json", orient: str | None = None) -> str:
    """*text* with its expressions filled from NAMES."""
    return expand_body(text, NAMES, content_type=content_type, orient=orient)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('{"inputs": ${text}}', {"inputs": NAMES["text"]}),
        ('{"inputs": "${text}!"}', {"inputs": NAMES["text"] + "!"}),
        ('[${n}, "${n}", ${x}, "${x}", ${price}, "${price}"]', [3, "3", 0.1, "0.1", 1.1, "1.10"]),
        ("[${yes}, ${nothing}, ${float('nan')}]", [True, None, None]),
        ('{"df": ${df}}', {"df": [{"a": 1, "b": 0.5}, {"a": 2, "b": None}]}),
        ('{"array": ${array}, "row": ${array[0].tolist()}}', {"array": [[1, 2], [3, 4]], "row": [1, 2]}),
        ('[${data}, "${data}", "b64:${data}"]', ["AP8=", "AP8=", "b64:AP8="]),
        ('"${d["k"]} ${d["my key"]}"', "v w"),
        ('"\\"${d["k"]}\\" \\\\${n}"', '"v" \\3'),
        ('${ {"a": {"b": "}"}}["a"] }', {"b": "}"}),
        ('{"$${n}": "$${n} $$${n} $5", "a": "{n}"}', {"${n}": "${n} $${n} $5", "a": "{n}"}),
        ('{${key}: "${key}"}', {"name": "name"}),
        ("[${day}]", ["2026-11-21"]),
        ('["\\u00fc", "a\\"b${n}"]', ["ü", 'a"b3']),
        ("${[x for x in range(n)]}", [0, 1, 2]),
    ],
)
def test_json_knows_where_an_expression_stands(body: str, value: object) -> None:
    """Outside quotes it is a JSON value; inside, text or base64; ``$${`` is a literal ``${``."""
    assert json.loads(filled(body)) == value


def test_images_are_base64_of_an_image_file() -> None:
    """Inside quotes, as in a data URI, and outside, as a JSON string."""
    for body in (
        '{"image": ${image}}',
        '{"image": "${image}"}',
        '{"image": "data:image/png;base64,${image}"}',
    ):
        encoded = json.loads(filled(body))["image"].rpartition(",")[2]
        assert Image.open(io.BytesIO(base64.b64decode(encoded))).tobytes() == PIXEL.tobytes()


def test_tables_are_laid_out_by_orient_and_nothing_else_is() -> None:
    """``--orient`` is for the DataFrame of a body, not for the number beside it."""
    body = filled('{"t": ${df}, "n": ${n}, "s": ${text}, "a": ${array}}', orient="split")
    value = json.loads(body)
    assert value["t"]["columns"] == ["a", "b"]
    assert (value["n"], value["s"], value["a"]) == (3, NAMES["text"], [[1, 2], [3, 4]])


@pytest.mark.parametrize("content_type", ["jsonl", "application/x-ndjson", "application/vnd.api+json"])
def test_json_by_another_name_is_json(content_type: str) -> None:
    """JSON Lines and +json types follow the same rules, and a value stays on its line."""
    body = filled('{"a": ${text}}\n{"a": "${text}"}\n', content_type)
    assert [json.loads(line)["a"] for line in body.splitlines()] == [NAMES["text"]] * 2


@pytest.mark.parametrize(
    ("body", "content_type", "sent"),
    [
        ("a,${text},${n}\n", "csv", "a," + NAMES["text"] + ",3\n"),
        ("${df}\n", "csv", "1,0.5\n2,\n"),
        ("${array}\n", "text/csv; charset=utf-8", "1,2\n3,4\n"),
        ('Say "${text}" ${x} \\${n} $${n}', "text", f'Say "{NAMES["text"]}" 0.1 \\3 ${{n}}'),
        ("<img src='data:;base64,${data}'>", "text/html", "<img src='data:;base64,AP8='>"),
    ],
)
def test_in_csv_and_text_it_is_text(body: str, content_type: str, sent: str) -> None:
    """No quotes are looked at, nothing is escaped; a table in CSV is its rows."""
    assert filled(body, content_type).replace("\r\n", "\n") == sent


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (
            '{\n  "a": "${df}"}',
            "json",
            (
                "`${df}` (line 2, column 9) is a DataFrame: inside quotes stand texts, numbers, images and bytes.\n"
                "→ Without the quotes it is a JSON value; `${str(df)}` is its text."
            ),
        ),
        (
            '"${yes}"',
            "json",
            (
                "`${yes}` (line 1, column 2) is a bool: inside quotes stand texts, numbers, images and bytes.\n"
                "→ Without the quotes it is a JSON value; `${str(yes)}` is its text."
            ),
        ),
        (
            '"${path}"',
            "json",
            (
                "`${path}` (line 1, column 2) is a PosixPath: inside quotes stand texts, numbers, images and bytes.\n"
                "→ Without the quotes it is a JSON value; `${str(path)}` is its text."
            ),
        ),
        (
            "${nothing}",
            "text",
            (
                "`${nothing}` (line 1, column 1) is a NoneType, which is no text.\n"
                "→ `${str(nothing)}` is its text."
            ),
        ),
        (
            "${d}",
            "csv",
            "`${d}` (line 1, column 1) is a dict, which is no text.\n→ `${str(d)}` is its text.",
        ),
        (
            "[${tex}]",
            "json",
            "There is no variable `tex`, in `${tex}` (line 1, column 2).\n→ Did you mean `text`?",
        ),
        ("[${1 / 0}]", "json", "`${1 / 0}` (line 1, column 2) failed: ZeroDivisionError: division by zero."),
        (
            '{"a": "${b c}"}',
            "json",
            (
                'No expression begins at line 1, column 8: `${b c}"}`.\n'
                "→ `${…}` holds a Python expression; a literal `${` is written `$${`"
            ),
        ),
        (
            '{"a": "${d[\\"k\\"]}"}',
            "json",
            (
                'No expression begins at line 1, column 8: `${d[\\"k\\"]}"}`.\n'
                '→ The quotes inside need no backslash: `${d["k"]}`'
            ),
        ),
    ],
)
def test_what_cannot_stand_there_is_refused(body: str, content_type: str, error: str) -> None:
    """The error names the expression, its line and column, and the way out."""
    with pytest.raises(UsageError) as caught:
        filled(body, content_type)
    assert str(caught.value) == error


def test_what_has_no_form_in_json_is_refused() -> None:
    """The codec's own reason is given, with the place."""
    with pytest.raises(UsageError, match=r"`\$\{len\}` \(line 1, column 1\) can't be JSON"):
        filled("${len}")


def test_a_template_is_cut_once_and_filled_often() -> None:
    """The same Template serves row after row."""
    template = Template('{"inputs": "About ${row["name"]}: ${row["n"]}"}', "json")
    assert template.expressions == ('row["name"]', 'row["n"]')
    rows = [{"name": 'a"b', "n": 1}, {"name": "c", "n": 2}]
    assert [json.loads(template.fill({"row": row}))["inputs"] for row in rows] == [
        'About a"b: 1',
        "About c: 2",
    ]


def test_values_are_not_looked_at_again() -> None:
    """A value that holds ``${}`` or quotes is data: it is neither evaluated nor does it end its string."""
    names = {"evil": '"}, ${secret} {"', "secret": "no"}
    assert json.loads(expand_body('["${evil}", ${evil}]', names, content_type="json")) == [names["evil"]] * 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": "${text}"}', ("${text}",)),
        ("${df.head( 1 )} ${ n } ${n}", ("${df.head( 1 )}", "${ n }", "${n}")),
        ("${n} ${n}", ("${n}",)),
        ("$${n} ${unknown} {n} $n ${ ${n x}", ()),
    ],
)
def test_unexpanded_variables_are_found(text: str, found: tuple[str, ...]) -> None:
    """Only those that begin with an existing variable, and are no literal ``$${``."""
    assert unexpanded(text, NAMES) == found


def test_a_text_full_of_braces_is_read_in_time() -> None:
    """What merely looks like an expression does not cost one compilation per brace of the text."""
    assert unexpanded("${n x" + "}" * 200_000, NAMES) == ()


ANY_TEXT = st.text(
    st.one_of(st.sampled_from('"\\${}\n\r\t\x00\u2028'), st.characters(), st.characters(categories=["Cs"]))
)
ANY_VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ANY_TEXT, st.binary()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(ANY_TEXT)
@example("\ud800")
@example('"}')
@example("\\")
def test_any_text_inside_quotes_is_the_same_text(value: str) -> None:
    """Hostile text can't leave its string, and the body is UTF-8."""
    body = expand_body('{"a": "<${value}>", "b": 1}', {"value": value}, content_type="json")
    assert json.loads(body.encode().decode()) == {"a": f"<{value}>", "b": 1}


@given(ANY_VALUE)
def test_any_value_outside_quotes_is_valid_json(value: object) -> None:
    """Whatever the value, what stands there is one JSON value and the rest is untouched."""
    body = expand_body('{"a": ${value}, "b": "${"x"}"}', {"value": value}, content_type="json")
    found = json.loads(body.encode().decode())
    assert found["b"] == "x"
    assert _same(found["a"], value)


def _same(found: Any, value: Any) -> bool:
    """Whether *found* is how JSON has *value*."""
    if isinstance(value, float):
        return found is None if not math.isfinite(value) else found == value
    if isinstance(value, bytes):
        return bool(base64.b64decode(found) == value)
    if isinstance(value, list):
        return len(found) == len(value) and all(map(_same, found, value))
    if isinstance(value, dict):
        return found.keys() == value.keys() and all(_same(found[key], value[key]) for key in value)
    return bool(found == value)


@given(ANY_TEXT)
def test_a_body_without_expressions_stays_as_it_is(text: str) -> None:
    """Every character of a template that is no expression is sent."""
    literal = text.replace("${", "$${")
    assert expand_body(literal, {}, content_type="text") == text
    assert expand_body(literal, {}, content_type="json") == text
