"""The check of a literal body: RFC 8259 to the letter; the json module, made strict, is the judge."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sm_magic.codecs.json import check
from sm_magic.errors import CodecError


def strict(text: str) -> bool:
    """Whether the json module, without its extras, takes *text*."""

    def refuse(name):
        raise ValueError(name)

    try:
        json.loads(text, parse_constant=refuse)
    except RecursionError:
        return False
    except ValueError as exc:
        return "int_max_str_digits" in str(exc)
    return not text.startswith("\ufeff")


@given(st.text(alphabet='{}[]",:0123456789.eE+-truefalsn\\ \n', max_size=12) | st.text(max_size=8))
@example('["\\ud800"]')
@example("1e400")
@example("[NaN]")
@example("01")
@example("\u00a01")
@example('"\t"')
@example("-Infinity")
def test_what_the_standard_takes_is_taken_and_nothing_else(text):
    """No valid body is refused before sending, no invalid one passes."""
    try:
        check(text.encode(), whole_up_to=1_000_000)
    except CodecError:
        assert not strict(text)
    else:
        assert strict(text)


@pytest.mark.parametrize(
    ("text", "where", "hint"),
    [
        ("{'a': 1}", "line 1, column 2", "double"),
        ('{"a": NaN}', "line 1, column 7", "null"),
        ('{"NaN": "NaN",\n "b": Infinity}', "line 2, column 7", "null"),
        ('{"a": True}', "line 1, column 7", "true"),
        ('{"a": 1,\n}', "line 1, column 8: This comma before the closing bracket", None),
        ("[1, 2,]", "line 1, column 6: This comma before the closing bracket", None),
        ("[1, 2, ,]", "line 1, column 8", None),
        ("{“a”: 1}", "line 1, column 2", "typographic"),
        ('{"a": 1} // why', "line 1, column 10", "comments"),
        ('{"a" 1}', "line 1, column 6", None),
        ("", "empty", "null"),
    ],
)
def test_the_error_says_where_and_what_is_usual(text, where, hint):
    """A newcomer's mistakes have a name."""
    with pytest.raises(CodecError) as caught:
        check(text.encode(), whole_up_to=1_000)
    assert where in caught.value.message
    assert hint is None or hint in (caught.value.hint or "")


def test_bytes_that_are_no_utf8_are_refused():
    """The place is named."""
    with pytest.raises(CodecError, match="byte 2"):
        check(b'{"\xff": 1}', whole_up_to=1_000)


def test_a_byte_order_mark_is_refused():
    """RFC 8259 §8.1: implementations must not add one."""
    with pytest.raises(CodecError, match="byte order mark"):
        check(b"\xef\xbb\xbf{}", whole_up_to=1_000)


def test_a_long_body_is_checked_at_its_ends_and_says_so():
    """Beyond the limit the card says what was not looked at."""
    long = b"[" + b"1," * 1_000 + b"oops]"
    assert "Not checked whole" in (check(long, whole_up_to=1_000) or "")
    assert check(b'{"a": 1}', whole_up_to=1_000) is None
    with pytest.raises(CodecError, match="cut off"):
        check(long[:-1], whole_up_to=1_000)
    with pytest.raises(CodecError, match="as no JSON does"):
        check(b"a,b\n" * 1_000, whole_up_to=1_000)
    with pytest.raises(CodecError, match="UTF-8"):
        check(b'["' + b"\xff" * 1_000 + b'"]', whole_up_to=1_000)
