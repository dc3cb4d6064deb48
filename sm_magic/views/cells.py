"""What stands in a table's cell, and how the cells of a column are aligned."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, Final

from .printable import one_line
from .quantities import number, plural

CELL: Final = 100
"""How many characters of a cell are shown."""
# PERF: a tuple made once; `float | int` is made anew at each call, for each cell.
_PLAIN: Final = (float, int)
_NUMBERS: Final = (float, int, Real, Decimal)
_CONTAINERS: Final = (dict, list, tuple)
_MISSING: Final = frozenset({"NoneType", "NAType", "NaTType"})
_DECIMALS: Final = 6
_SMALLEST: Final = 1e-4  # A smaller number would lose too much by six decimals.
_WIDEST: Final = 14  # A column of wider numbers is not made even.


def describe(value: object) -> str | None:
    """A phrase for a value that is no text: ``3 bytes``, ``array of shape (2, 3), float64``; None for others."""
    if isinstance(value, bytes | bytearray | memoryview):
        return plural(len(value), "byte")
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if isinstance(shape, tuple) and shape:
        return f"{type(value).__name__} of shape {shape}" + (f", {dtype}" if dtype is not None else "")
    return None


def cell(value: object, limit: int = CELL) -> str:
    """A value as one short printable line."""
    if isinstance(value, str):
        return one_line(value, limit, newline="⏎")
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, _PLAIN):
        return number(value)
    if isinstance(value, Real):
        # numpy's scalars; float32's 0.1 is 0.1 by six digits.
        return number(int(value) if isinstance(value, Integral) else float(value))
    if isinstance(value, _CONTAINERS):
        from .tree import preview

        return preview(value, limit)
    return one_line(describe(value) or str(value), limit)


def column(values: Sequence[object]) -> tuple[list[str], bool]:
    """The cells of a column, and whether they are numbers, which stand on the right with equal decimals."""
    texts = [cell(value) for value in values]
    found = [not is_missing(value) for value in values]
    numeric = any(found) and all(
        is_number(value) for value, there in zip(values, found, strict=True) if there
    )
    return (_even(texts, values), True) if numeric else (texts, False)


def is_number(value: object) -> bool:
    """Whether *value* is a real number, which a bool is not."""
    return isinstance(value, _NUMBERS) and not isinstance(value, bool)


def is_missing(value: object) -> bool:
    """Whether *value* stands for a missing one, other than NaN, which is a number."""
    return type(value).__name__ in _MISSING


def _even(texts: list[str], values: Sequence[Any]) -> list[str]:
    """Numbers with the same count of decimals, at most six, where that keeps them short and loses nothing."""
    fractions = [text.partition(".")[2] for text in texts]
    decimals = max(map(len, fractions))
    if not decimals or any(letter in text for text in texts for letter in "eE"):
        return texts
    if decimals > _DECIMALS:
        if any(0 < abs(value) < _SMALLEST for value, part in zip(values, fractions, strict=True) if part):
            return texts
        decimals = _DECIMALS
    even = [
        f"{float(value):.{decimals}f}" if fraction else text
        for text, value, fraction in zip(texts, values, fractions, strict=True)
    ]
    return even if max(map(len, even)) <= _WIDEST else texts
