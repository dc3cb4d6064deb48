"""The head of a card: a title and labelled facts, as a table and as aligned lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from .markup import Markup, join, tag
from .printable import columns, one_line, pad
from .printable import width as width_here

_LONGEST: Final = 1_100  # characters of one line; CustomAttributes have 1,024
_LABEL: Final = 48  # the longest header of SageMaker Runtime has 42
_ROOM: Final = 18_000  # bytes of all facts: the far end may send headers of any size
_TOO_LONG: Final = "(too long to show)"
_MARGIN: Final = "  "
_SPACE: Final = re.compile(r" (?!(?:bytes?|[kMG]B)\b)")  # not between a number and its unit
_UNIT: Final = 7  # characters of the longest unit and the spaces around it


class Pair(NamedTuple):
    """A name and its value, such as a custom attribute."""

    name: str
    value: str


Said: TypeAlias = str | Sequence[Pair] | list[str]
"""What a fact says: a sentence, pairs, or lines."""


class Fact(NamedTuple):
    """A label and what it says."""

    label: str
    said: Said


def facts_html(title: Markup, facts: Sequence[Fact]) -> Markup:
    """A table whose caption is the title and whose rows are the facts."""
    rows = (tag("tr", tag("th", label, scope="row"), tag("td", said)) for label, said in _told(facts, _html))
    body = tag("tbody", *rows)
    return tag("table", tag("caption", title), body, class_="sm-magic-table sm-magic-facts sm-magic-head")


def facts_text(title: str, facts: Sequence[Fact], width: int | None = None) -> str:
    """The title, then the facts below one another, wrapped at *width* columns."""
    width = width or width_here()
    told = list(_told(facts, _text))
    label_width = max((columns(label) for label, _ in told), default=0)
    margin = " " * (len(_MARGIN) + label_width + 2)
    lines = list(wrap(title, width, _MARGIN))
    for label, said in told:
        head = f"{_MARGIN}{pad(label, label_width)}  "
        for line in said.split("\n"):
            for text in wrap(line, width - len(margin)):
                lines.append(f"{head}{text}".rstrip())
                head = margin
    return "\n".join(lines)


def _told(facts: Sequence[Fact], say: Callable[[Said], str]) -> Iterator[tuple[str, str]]:
    """The labels and what is said, as long as there is room for it."""
    room = _ROOM
    for fact in facts:
        said = say(fact.said)
        room -= len(said.encode())
        yield one_line(fact.label, _LABEL), said if room >= 0 else _TOO_LONG


def wrap(text: str, width: int, margin: str = "") -> Iterator[str]:
    """*text* in lines of at most *width* columns, cut at a space where there is one; *margin* before the later ones."""
    room = width
    before = ""
    while columns(text) > room:
        at = _last_that_fits(text, room)
        spaces = [found.start() for found in _SPACE.finditer(text[: at + _UNIT], room // 3)]
        at = next((space + 1 for space in reversed(spaces) if 0 < space <= at), at)
        yield before + text[:at].rstrip(" ")
        text, before, room = text[at:], margin, width - len(margin)
    yield before + text


def _last_that_fits(text: str, room: int) -> int:
    if text.isascii():
        return room
    used = 0
    for i, character in enumerate(text):
        used += columns(character)
        if used > room:
            return max(i, 1)
    return len(text)


def _text(said: Said) -> str:
    if isinstance(said, str):
        return one_line(said, _LONGEST)
    if said and isinstance(said[0], Pair):
        return " · ".join(one_line(f"{name} = {value}", _LONGEST) for name, value in _pairs(said))
    return "\n".join(one_line(str(line), _LONGEST) for line in said)


def _html(said: Said) -> Markup:
    if isinstance(said, str):
        return join(one_line(said, _LONGEST))
    if said and isinstance(said[0], Pair):
        made = [
            join(" · " if i else "", tag("b", one_line(name, _LONGEST)), " = ", one_line(value, _LONGEST))
            for i, (name, value) in enumerate(_pairs(said))
        ]
        return join(*made)
    return join(*(tag("div", one_line(str(line), _LONGEST)) for line in said))


def _pairs(said: Sequence[Pair] | list[str]) -> list[Pair]:
    return [item for item in said if isinstance(item, Pair)]
