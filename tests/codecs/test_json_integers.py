"""What tells a JSON text that may hold a big integer: it misses none, and lets numbers with long fractions pass."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.codecs.json_integers import _LARGE, _WORDS, may_hold_big_integer

FILLINGS = [
    ", 0.1",
    ",0.12345678901234567",
    ", -1.2345678901234567e-05",
    ',"12:34:56.123456"',
    ", 1234567, null",
]


def long_text(filling: str, position: int, number: str, glue: str) -> bytes:
    """An array of more than `_LARGE` bytes with *number* behind about *position* bytes, and *glue*."""
    before = "[0" + filling * (position // len(filling))
    behind = filling * (_LARGE // len(filling) + 1)
    return f"{before},{glue}{number}{behind}]".encode()


@given(
    filling=st.sampled_from(FILLINGS),
    position=st.integers(0, 1_000),
    number=st.integers(2**63, 10**40) | st.integers(-(10**40), -(2**63) - 1),
    glue=st.sampled_from(["", " ", "  ", "\n", "[", '{"a":', '{"1.5": ', "\t\r\n"]),
)
def test_no_big_integer_is_missed(filling, position, number, glue):
    """Wherever it stands, whatever stands before it; brackets that stay open change nothing."""
    assert may_hold_big_integer(long_text(filling, position, str(number), glue))


@pytest.mark.parametrize("shift", range(-24, 25))
def test_no_big_integer_is_missed_between_pieces(shift):
    """The text is looked at piece by piece; a number may stand where one ends and the next starts."""
    before = b"[" + b"1," * (2 * _WORDS)
    at = 4 * _WORDS + shift
    assert may_hold_big_integer(before[: at - at % 2 + 1] + b"1" * (19 + at % 2) + b",1" * 100 + b"]")


@given(st.integers(2**63, 2**70), st.sampled_from(["", " ", "\n\n", "[", "[[", '{"a":']))
def test_the_first_and_the_last_value_count(number, before):
    """At the start there is nothing before the digits, and at the end nothing behind."""
    for filling in (",0.5", "\n12"):
        assert may_hold_big_integer((before + str(number) + filling * _LARGE).encode())
        assert may_hold_big_integer(("[0.5" + filling * _LARGE + "\n" + before + str(number)).encode())


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=8))
def test_numbers_with_a_point_pass(numbers):
    """Else the fast parser would never be used: what Python and numpy write of floats below 2⁵³ holds no such thing."""
    numbers = [number for number in numbers if abs(number) < 2**53]
    row = json.dumps([*numbers, 0.5])
    many = ("[" + ", ".join([row] * (_LARGE // len(row) + 1)) + "]").encode()
    assert not may_hold_big_integer(many)
    assert not may_hold_big_integer(row.encode())
