"""A text with some of its spans marked, what each is in words at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from .base import Shown
from .markup import Markup, join, tag
from .printable import fit, one_line, printable
from .quantities import plural, size

Piece = TypeVar("Piece", bound=str)
_MOST: Final = 500  # So many spans are marked in a text,
_DEEPEST: Final = 6  # and so many inside one another.
_LABEL: Final = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """Code points *start* to *end* of a text, and what they are; *tone* is a class that colours them."""

    start: int
    end: int
    label: str
    tone: str | None = None


def marked(text: str, marks: Sequence[Mark], space: int) -> Shown:
    """*text* with its marks, ``[Berlin | LOC]`` in a terminal, in at most about *space* bytes.

    One mark may be inside another.  Of two that cross, the first given is marked; the others are counted.
    """
    cut = fit(text, space)
    while True:
        kept = _nested(marks, len(cut))
        html = tag("pre", *_laid_out(cut, kept, _mark_html, join), class_="sm-magic-text")
        plain = "".join(_laid_out(cut, kept, _mark_text, printable))
        if max(len(html.encode()), len(plain.encode())) <= space or not cut:
            break
        cut = cut[: len(cut) // 2]
    notes = []
    if len(cut) < len(text):
        notes.append(f"… (cut: the whole is {size(len(text.encode('utf-8', 'replace')))})")
    elif left := len(marks) - len(kept):
        notes.append(f"{plural(left, 'span')} not marked: overlapping others, empty, or outside of the text.")
    return Shown(html=join(html, *(tag("p", note) for note in notes)), text="\n".join([plain, *notes]))


def _nested(marks: Sequence[Mark], length: int) -> list[Mark]:
    """The marks inside of a text of that length that cross no other, in the order in which they begin."""
    inside = [(i, mark) for i, mark in enumerate(marks) if 0 <= mark.start < mark.end <= length]
    kept: dict[int, Mark] = {}
    around: list[tuple[int, Mark]] = []
    for i, mark in sorted(inside, key=lambda one: (one[1].start, -one[1].end)):
        while around and around[-1][1].end <= mark.start:
            around.pop()
        while around and around[-1][1].end < mark.end and i < around[-1][0]:
            del kept[around.pop()[0]]
        crosses = around and around[-1][1].end < mark.end
        if not crosses and len(around) < _DEEPEST and len(kept) < _MOST:
            kept[i] = mark
            around.append((i, mark))
    return list(kept.values())


def _laid_out(
    text: str,
    marks: Sequence[Mark],
    wrap: Callable[[list[Piece], str, str | None], Piece],
    plain: Callable[[str], Piece],
) -> list[Piece]:
    """The pieces of *text* in order, those of a mark wrapped as one."""
    levels: list[list[Piece]] = [[]]
    around: list[Mark] = []
    at = 0

    def close_until(place: int) -> None:
        nonlocal at
        while around and around[-1].end <= place:
            mark = around.pop()
            inner = [*levels.pop(), plain(text[at : mark.end])]
            levels[-1].append(wrap(inner, one_line(mark.label, _LABEL), mark.tone))
            at = mark.end
        levels[-1].append(plain(text[at:place]))
        at = place

    for mark in marks:
        close_until(mark.start)
        around.append(mark)
        levels.append([])
    close_until(len(text))
    return levels[0]


def _mark_html(inner: list[Markup], label: str, tone: str | None) -> Markup:
    return tag("mark", *inner, " ", tag("small", label), class_=tone)


def _mark_text(inner: list[str], label: str, _: str | None) -> str:
    return f"[{''.join(inner)} | {label}]"
