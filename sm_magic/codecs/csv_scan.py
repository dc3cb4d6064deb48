"""What a CSV's bytes show before they are read, found by numpy 128 kB at a time."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .base import Told, size, too_large_to_decode

if TYPE_CHECKING:
    import numpy as np

_NUMBERS_ONLY = b"0123456789+-.eE,; \t\r\nnaifINF"
_BLOCK = 1 << 17
_FIRST_ZERO = re.compile(rb'["\s]*[+-]?0[0-9]')
_ENDS, _BLANKS, _SIGNS = b',\n\r"', b" \t", b"+-"


def count_lines(data: bytes) -> int:
    """How many lines there are at most."""
    import numpy as np

    ends = b"\r" if b"\r" in data and data.count(b"\r") > data.count(b"\n") else b"\n"
    return sum(int(np.count_nonzero(block == ends[0])) for block in _blocks(data, 0)) + 1


def is_utf8(data: bytes) -> bool:
    """Whether it is text in UTF-8."""
    view, at = memoryview(data), 0
    try:
        while at < len(data):  # PERF: as a whole it would take four times as long
            _, taken = codecs.utf_8_decode(view[at : at + _BLOCK], "strict", at + _BLOCK >= len(data))
            at += taken
    except UnicodeDecodeError:
        return False
    return True


def check_memory(data: bytes, cells: int, told: Told, columns: int = 0) -> None:
    """Refuse what would take too much memory: 16 bytes a number while it is read, some 64 a text, 2,000 a column."""
    least = 2 * len(data) + 64 * cells + 2_000 * columns
    if least < told.max_bytes:
        return
    per_cell = 64 if data.translate(None, _NUMBERS_ONLY) else 16
    needed = 2 * len(data) + per_cell * cells + 2_000 * columns
    if needed > told.max_bytes:
        raise too_large_to_decode(f"The CSV answer ({size(len(data))})", needed, told.max_bytes)


class Scan:
    """Facts of one text, each found when it is asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def has_quotes(self) -> bool:
        """Whether there is a quote anywhere."""
        return b'"' in self._data

    @cached_property
    def is_foreign(self) -> bool:
        """Whether there is a byte that plain CSV does not have: a carriage return, a zero byte, a tab."""
        return any(byte in self._data for byte in (b"\r", b"\0", b"\t"))

    @cached_property
    def odd(self) -> bool:
        """Whether a line or cell may be blank, or there is a foreign byte, a quote or comma out of place."""
        data = self._data
        if self.is_foreign or data.startswith((b"\n", b" ")) or data.endswith((b",", b" ")):
            return True
        if any(map(_has_blank, _blocks(data, 1))):
            return True
        return self.has_quotes and not _are_quotes_whole(data, self._quotes)

    @cached_property
    def has_empty_quotes(self) -> bool:
        """Whether a cell is ``""``, of a text that is not `odd`."""
        opening, closing = self._quotes[::2], self._quotes[1::2]
        return self.has_quotes and bool((closing - opening == 1).any())

    @cached_property
    def _quotes(self) -> np.ndarray[Any, Any]:
        """Where the quotes are."""
        import numpy as np

        found = [np.flatnonzero(x == 34) + _BLOCK * i for i, x in enumerate(_blocks(self._data, 0))]
        return np.concatenate(found)

    @cached_property
    def leading_zero(self) -> bool:
        """Whether a cell may start as `007` does.  `0.5`, `1e-05` and `2024-01-01` do not."""
        if _FIRST_ZERO.match(self._data):
            return True
        return any(_starts_with_zero(block) for block in _blocks(self._data, 3))

    @cached_property
    def long_integer(self) -> bool:
        """Whether 16 digits or more stand side by side, not right after a point: a float may not hold them."""
        return any(map(_has_long_integer, _blocks(self._data, 17))) or self._data[:16].isdigit()

    @cached_property
    def long_number(self) -> bool:
        """Whether a number may have more than 15 digits, or an exponent beyond 7.

        Up to there a float is one exact whole number by one exact power of ten, so that any way to read it is exact
        (W. D. Clinger, How to read floating point numbers accurately, 1990).
        """
        return any(map(_has_long_number, _blocks(b",%b,," % self._data, 17)))


def _has_long_number(x: np.ndarray[Any, Any]) -> bool:
    import numpy as np

    run = ((x - np.uint8(48)) <= 9) | (x == 46)
    for step in (
        1,
        2,
        4,
        8,
    ):  # PERF: of runs of 2, 4, 8 and 16; to look for their ends takes four times as long
        run = run[:-step] & run[step:]
    if run.any():
        return True
    exponents = np.flatnonzero((x | 32) == 101)
    exponents = exponents[(exponents > 0) & (exponents < len(x) - 4)]
    before, sign, tens, ones, behind = (x[exponents + i] for i in (-1, 1, 2, 3, 4))
    numbers = _is(before, b"0123456789.") & _is(sign, b"+-0123456789")
    small = _is(sign, b"+-") & (tens == 48) & (ones < 56) & ~_is(behind, b"0123456789")
    return bool((numbers & ~small).any())


def _has_long_integer(x: np.ndarray[Any, Any]) -> bool:
    import numpy as np

    others = np.flatnonzero(x - np.uint8(48) > 9)
    before = x[others[np.diff(others, append=len(x)) > 16]]
    return bool((before != 46).any()) or len(others) == 0


def _has_blank(x: np.ndarray[Any, Any]) -> bool:
    """Whether a line has nothing in it or starts with a blank, or a cell ends with one."""
    import numpy as np

    # PERF: of two bytes up to a comma, one behind the other, there are few.
    low = x < 45
    at = np.flatnonzero(low[:-1] & low[1:])
    first, second = x[at], x[at + 1]
    ends = second == 10
    return bool((((first == 10) & (ends | (second == 32))) | ((first == 32) & (ends | (second == 44)))).any())


def _are_quotes_whole(data: bytes, quotes: np.ndarray[Any, Any]) -> bool:
    """Whether each quote opens a cell, closes one, or is one of two inside (RFC 4180 §2.5 to 2.7)."""
    import numpy as np

    opening, closing = quotes[::2], quotes[1::2]
    if len(opening) != len(closing):
        return False
    x = np.frombuffer(data, np.uint8)
    before = x[opening[opening > 0] - 1]
    after = x[closing[closing < len(x) - 1] + 1]
    return all(((side == 44) | (side == 10) | (side == 34)).all() for side in (before, after))


def _blocks(data: bytes, overlap: int) -> Iterator[np.ndarray[Any, Any]]:
    import numpy as np

    array = np.frombuffer(data, np.uint8)
    for start in range(0, len(array), _BLOCK):
        yield array[start : start + _BLOCK + overlap]


def _starts_with_zero(x: np.ndarray[Any, Any]) -> bool:
    """Whether a zero and a digit stand at a cell's start; of each four bytes the first two are what is before."""
    import numpy as np

    # PERF: three comparisons of all bytes; what is left are the days and hours of dates.
    maybe = x[2:-1] == 48
    maybe &= x[1:-2] < 46
    maybe &= x[3:] > 47
    found = np.flatnonzero(maybe)
    near = x[found + 1]
    loose = (near == 45) | (near == 32)
    behind = found[loose]
    behind = behind[x[behind] < 45]  # not `2024-01-01`, not ` 08:00`
    found = np.concatenate((found[~loose], behind))
    if not found.size:
        return False
    far, near, digit = x[found], x[found + 1], x[found + 3] < 58
    ends = _is(near, _ENDS)
    blanks_or_signs = _is(near, _BLANKS + _SIGNS) & _is(far, _ENDS + _BLANKS)
    return bool((digit & (ends | blanks_or_signs)).any())


def _is(bytes_: np.ndarray[Any, Any], these: bytes) -> np.ndarray[Any, Any]:
    """Which of *bytes_* are among *these*."""
    import numpy as np

    table = np.zeros(256, dtype=bool)
    table[list(these)] = True
    found: np.ndarray[Any, Any] = table[bytes_]
    return found
