"""Whether a JSON text may hold an integer beyond 64 bits, of which a fast parser makes a float."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_LARGE = 100_000  # bytes: from here on numpy's passes are the cheaper ones
_DIGITS = 19  # of the smallest integer beyond 64 bits
_DIGITS_TO_0 = bytes(0x30 if 0x30 <= i <= 0x39 else 0x2C if i in b"[,:- \t\r\n" else i for i in range(256))
_BIG = re.compile(rb"\s*-?[0-9]{%d}" % _DIGITS)
_WORDS = 1 << 18  # four-byte words that are looked at together
_FULL = 4  # aligned words of digits that 19 digits hold at least
_EACH = 0x0101_0101


def may_hold_big_integer(body: bytes) -> bool:
    """Whether an integer of 19 digits or more may be in *body*; False is certain.

    PERF: one pass and one search, 7 ms for 5 MB; a regular expression takes 10 times that.  What numpy can rule out
    costs 1 ms: a text whose long rows of digits all stand behind a point.
    """
    if _BIG.match(body):
        return True
    if len(body) > _LARGE and not _may_be_long(body):
        return False
    return b"," + b"0" * _DIGITS in body.translate(_DIGITS_TO_0)


def _may_be_long(body: bytes) -> bool:
    """Whether 19 digits may stand together elsewhere than behind a point or at the start; False is certain."""
    import numpy as np

    words = np.frombuffer(body, "<u4", count=len(body) // 4)
    # PERF: what is computed goes where it went before, for fresh memory costs more than all the arithmetic.
    scratch = (np.empty(_WORDS, "<u4"), np.empty(_WORDS, bool), np.empty(_WORDS, bool))
    step = _WORDS - _FULL  # The last words of a piece, where a row of digits may go on, start the next.
    return any(_may_start(words[at : at + _WORDS], *scratch) for at in range(0, len(words), step))


def _may_start(
    words: np.ndarray[Any, Any],
    tens: np.ndarray[Any, Any],
    full: np.ndarray[Any, Any],
    several: np.ndarray[Any, Any],
) -> bool:
    """Whether four words full of digits start in these behind one that is not full and ends in no fraction.

    *tens*, *full*, *several*: scratch space, as long as *words* at least.  ``:;<=>?`` count as digits here: no number
    stands right behind them but behind a colon, and no point before that.
    """
    import numpy as np

    three, high = np.uint32(0x30 * _EACH), np.uint32(0xF0 * _EACH)
    count = len(words)
    if count <= _FULL:
        return False
    full = np.equal(np.bitwise_and(words, high, out=tens[:count]), three, out=full[:count])
    two = np.logical_and(full[1:], full[:-1], out=several[: count - 1])
    four = np.logical_and(two[2:], two[:-2], out=tens.view(bool)[: count - 3])
    starts = np.flatnonzero(np.greater(four[1:], full[:-_FULL], out=several[: count - _FULL]))
    return bool(_are_no_fraction(words[starts]).any())


def _are_no_fraction(words: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Of words that digits follow: which hold no point that only digits follow."""
    import numpy as np

    each, high = np.uint32(_EACH), np.uint32(0xF0 * _EACH)
    points = words ^ np.uint32(0x2E) * each
    point = (points - each) & ~points & np.uint32(0x80) * each  # The lowest byte marked is the first point …
    point &= ~point + np.uint32(1)
    behind = ~(point | (point - np.uint32(1)))  # … and what is behind it must be digits.
    fraction: np.ndarray[Any, Any] = (point != 0) & ((words ^ np.uint32(0x30) * each) & high & behind == 0)
    return ~fraction
