"""Numbers, sizes and times as people read them."""

from __future__ import annotations

import math

_UNITS = ("kB", "MB", "GB", "TB")


def size(count: int) -> str:
    """*count* bytes: ``240 bytes``, ``4.2 kB``, ``1.3 MB``; 1 kB is 1,000 bytes, as in the limits of AWS."""
    if count < 1_000:
        return plural(count, "byte")
    value = float(count)
    for unit in _UNITS:
        value /= 1_000
        if value < 999.5 or unit == _UNITS[-1]:
            break
    return f"{value:.3g} {unit}" if value < 999.5 else f"{value:,.0f} {unit}"


def seconds(value: float) -> str:
    """A time of *value* seconds: ``3.21 ms``, ``142 ms``, ``1.24 s``, ``2 min 5 s``."""
    if value < 0.9995:
        return f"{value * 1_000:.3g} ms"
    if value < 99.95:
        return f"{value:.3g} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """``1 row``, ``12,345 rows``."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def part_of(shown: int, count: int, noun: str, nouns: str | None = None) -> str:
    """``20 of 12,345 rows``; ``3 rows`` where all are shown."""
    whole = plural(count, noun, nouns)
    return whole if shown >= count else f"{shown:,} of {whole}"


def number(value: float) -> str:
    """A real number by six significant digits: ``0.333333``, ``1234567.9``, ``1e-07``; whole ones as they are."""
    if isinstance(value, int):
        # Python refuses to write integers of more than 4,300 digits.
        return str(value) if value.bit_length() < 1_024 else f"an integer of {value.bit_length():,} bits"
    if math.isnan(value):
        return "NaN"
    if 1e6 <= abs(value) < 1e15 or (value.is_integer() and abs(value) < 1e6):
        return f"{value:.1f}"
    return f"{value:.6g}"
