"""What a CSV's bytes show before they are read, found by numpy a quarter of a megabyte at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_BLOCK = 1 << 18
_FIRST_ZERO = re.compile(rb'["\s]*[+-]?0[0-9]')
_ODD_FIRST, _ODD_LAST = (b"\n", b" ", b"\t"), (b",", b" ", b"\t")
_ODD = (b"\r", b"\0", b" ,", b" \n", b"\t,", b"\t\n")  # a cell that ends in a blank may have nothing else
_ENDS, _BLANKS, _SIGNS = b',\n\r"', b" \t", b"+-"


def count_lines(data: bytes) -> int:
    """How many lines there are at most."""
    import numpy as np

    ends = b"\r" if b"\r" in data and data.count(b"\r") > data.count(b"\n") else b"\n"
    return sum(int(np.count_nonzero(block == ends[0])) for block in _blocks(data, 0)) + 1


class Scan:
    """Facts of one text, each found when it is asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def odd(self) -> bool:
        """Whether a line or cell may be blank, or has a carriage return, a zero byte, a quote or comma out of place."""
        data = self._data
        if data.startswith(_ODD_FIRST) or data.endswith(_ODD_LAST) or any(part in data for part in _ODD):
            return True
        if any(map(_has_blank_line, _blocks(data, 1))):
            return True
        return b'"' in data and not _are_quotes_whole(data)

    @cached_property
    def leading_zero(self) -> bool:
        """Whether a cell may start as `007` does.  `0.5`, `1e-05` and `2024-01-01` do not."""
        if _FIRST_ZERO.match(self._data):
            return True
        return any(_starts_with_zero(block) for block in _blocks(self._data, 3))


def _has_blank_line(x: np.ndarray[Any, Any]) -> bool:
    """Whether a line has nothing in it, or starts with a blank."""
    first = x[1:]
    return bool(((x[:-1] == 10) & ((first == 10) | (first == 32) | (first == 9))).any())


def _are_quotes_whole(data: bytes) -> bool:
    """Whether each quote opens a cell, closes one, or is one of two inside (RFC 4180 §2.5 to 2.7)."""
    import numpy as np

    ends = np.frombuffer(b',\n"', np.uint8)
    seen = 0
    for x in _blocks(b"\n" + data + b"\n", 2):
        quotes = np.flatnonzero(x[1:-1] == 34) + 1
        opening, closing = quotes[seen % 2 :: 2], quotes[1 - seen % 2 :: 2]
        if not (np.isin(x[opening - 1], ends).all() and np.isin(x[closing + 1], ends).all()):
            return False
        seen += len(quotes)
    return seen % 2 == 0


def _blocks(data: bytes, overlap: int) -> Iterator[np.ndarray[Any, Any]]:
    import numpy as np

    array = np.frombuffer(data, np.uint8)
    for start in range(0, len(array), _BLOCK):
        yield array[start : start + _BLOCK + overlap]


def _starts_with_zero(x: np.ndarray[Any, Any]) -> bool:
    """Whether a zero and a digit stand at a cell's start; of each four bytes the first two are what is before."""
    import numpy as np

    before = x[1:-2]
    found = np.flatnonzero((x[2:-1] == 48) & (x[3:] - 48 < 10) & (before < 48) & (before != 46))
    if not found.size:
        return False
    near, far = before[found], x[found]
    ends = np.isin(near, list(_ENDS))
    blanks_or_signs = np.isin(near, list(_BLANKS + _SIGNS)) & np.isin(far, list(_ENDS + _BLANKS))
    return bool((ends | blanks_or_signs).any())
