"""Labelled bars: a name, a bar, its number.  Shares grow to the right, signed numbers from the middle to both sides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from .base import Shown
from .markup import Markup, tag
from .printable import columns, one_line, pad, width

_WIDTH: Final = 32
_HALF: Final = 16
_SHORTEST: Final = 9
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_HEIGHTS: Final = "▁▂▃▄▅▆▇█"


class Bar(NamedTuple):
    """A bar: what it is of, how long it is, and the number as it is written."""

    label: str
    number: float
    said: str


def bars_shown(bars: Sequence[Bar], caption: str, full: float = 1.0) -> Shown:
    """Bars of numbers from 0 to *full*, one below the other."""
    rows = (_row(bar, tag("td", _meter(_part(bar.number, full)))) for bar in bars)
    wide = _room(bars, _WIDTH)
    lines = [(bar, _right(_part(bar.number, full), wide)) for bar in bars]
    return Shown(html=_table(caption, rows, "sm-magic-bars"), text=_lines(caption, lines))


def signed_shown(bars: Sequence[Bar], caption: str) -> Shown:
    """Bars to both sides: the longest is that of the number farthest from 0."""
    full = max((abs(bar.number) for bar in bars if math.isfinite(bar.number)), default=0)
    rows, lines, half = [], [], _room(bars, 2 * _HALF + 1) // 2
    for bar in bars:
        part = _part(bar.number, full)
        down, up = (part, 0.0) if bar.number < 0 else (0.0, part)
        both = (_meter(down, dir="rtl", class_="sm-magic-down"), _meter(up))
        rows.append(_row(bar, tag("td", *both)))
        lines.append((bar, f"{_left(down, half)}│{_right(up, half)}"))
    return Shown(html=_table(caption, rows, None), text=_lines(caption, lines))


def spark(values: Sequence[float], low: float, high: float) -> str:
    """A line of small bars, one for each value between *low* and *high*; a space where there is no number."""
    span = high / 2 - low / 2  # of halves, which are never infinitely far apart

    def height(value: float) -> str:
        if not math.isfinite(value):
            return " "
        return _HEIGHTS[min(7, int((value / 2 - low / 2) / span * 8))] if span > 0 else _HEIGHTS[3]

    return "".join(map(height, values))


def _room(bars: Sequence[Bar], most: int) -> int:
    """How many columns a bar may take beside the longest label and number."""
    beside = max((columns(bar.label) + len(bar.said) for bar in bars), default=0) + 4
    return min(most, max(width() - beside, _SHORTEST))


def _part(number: float, full: float) -> float:
    return min(abs(number) / full, 1.0) if full > 0 and math.isfinite(number) else 0.0


def _meter(part: float, **more: str) -> Markup:
    return tag("meter", min=0, max=1, value=f"{part:.4g}", **more)


def _row(bar: Bar, cells: Markup) -> Markup:
    return tag("tr", tag("th", bar.label, scope="row"), cells, tag("td", bar.said, class_="sm-magic-line"))


def _table(caption: str, rows: Iterable[Markup], more: str | None) -> Markup:
    names = ("sm-magic-table sm-magic-facts", more)
    body = tag("tbody", *rows)
    return tag("table", tag("caption", caption), body, class_=" ".join(filter(None, names)))


def _lines(caption: str, drawn: Sequence[tuple[Bar, str]]) -> str:
    widest = max((columns(bar.label) for bar, _ in drawn), default=0)
    lines = (f"{pad(one_line(bar.label), widest)}  {line}  {bar.said}" for bar, line in drawn)
    return "\n".join([caption, *lines])


def _right(part: float, width: int) -> str:
    whole, eighths = divmod(round(part * width * 8), 8)
    return ("█" * whole + (_EIGHTHS[eighths] if eighths else "")).ljust(width)


def _left(part: float, width: int) -> str:
    whole, half = divmod(round(part * width * 2), 2)
    return ("▐" * half + "█" * whole).rjust(width)
