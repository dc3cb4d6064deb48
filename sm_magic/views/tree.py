"""JSON as a folding tree and as indented text; both capped in depth, items and size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from json.encoder import encode_basestring
from typing import Any, Final, TypeAlias, TypeGuard

from .base import Shown
from .cells import describe
from .markup import Markup, join, tag
from .printable import fit_escaped, one_line, printable, width
from .quantities import number, plural

Container: TypeAlias = dict[Any, Any] | list[Any] | tuple[Any, ...]

_CONTAINERS: Final = (dict, list, tuple)

DEPTH: Final = 40
ITEMS: Final = 100
LINES: Final = 200
STRING: Final = 20_000
_LINE: Final = 88
_KEY: Final = 200
_OPEN: Final = 40  # So many lines of a tree start unfolded.
_LONG: Final = 400  # A longer string folds; its beginning stays.


def leaf(value: object) -> str:
    """A value that holds no others, as JSON writes it; what JSON has no form for, as Python does."""
    if isinstance(value, str):
        more = len(value) - STRING
        text = printable(encode_basestring(value[:STRING]))
        return f'{text[:-1]}… {plural(more, "more character", "more characters")}"' if more > 0 else text
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else repr(float(value))
    if isinstance(value, int):
        return number(value)
    return one_line(describe(value) or str(value), 200)


def is_container(value: object) -> TypeGuard[Container]:
    """Whether *value* is an object or an array of JSON."""
    return isinstance(value, _CONTAINERS)


def inline(value: object, limit: int, depth: int = 4) -> str | None:
    """*value* on one line, if it takes at most *limit* characters and *depth* levels; None if it does not."""
    if not is_container(value):
        if isinstance(value, str) and len(value) > limit:
            return None
        text = leaf(value)
        return text if len(text) <= limit else None
    if limit < 2 or (value and depth == 0) or 3 * len(value) > limit + 2:
        return None
    parts: list[str] = []
    for key, item in _items(value):
        label = "" if key is None else f"{_key(key)}: "
        part = inline(item, limit - 2 - len(label), depth - 1)
        if part is None:
            return None
        parts.append(label + part)
        limit -= len(label) + len(part) + 2
    opening, closing = _brackets(value)
    return f"{opening}{', '.join(parts)}{closing}" if limit >= 0 else None


def preview(value: object, limit: int) -> str:
    """*value* on one line of at most *limit* characters, cut if need be."""
    return one_line(_short(value, limit), limit)


# --- as text ------------------------------------------------------------------------------------------------


def tree_text(value: object, room: int, limit: int = LINES) -> str:
    """*value* as indented JSON of at most *limit* lines and about *room* bytes."""
    shown: list[str] = []
    for line in _lines(value, 0, "", "", min(_LINE, width())):
        room -= len(line.encode()) + 1
        if len(shown) == limit or room < 0:
            shown.append("… (the rest is in .value)")
            break
        shown.append(line)
    return "\n".join(shown)


def _lines(value: object, depth: int, before: str, after: str, most: int) -> Iterator[str]:
    margin = "  " * depth
    if not is_container(value) or _closed(value, depth, most - len(margin) - len(before)):
        yield f"{margin}{before}{_short(value, most)}{after}"
        return
    opening, closing = _brackets(value)
    yield f"{margin}{before}{opening}"
    more = len(value) > ITEMS
    if _is_flat(value):
        yield from _flow(map(leaf, islice(value, ITEMS)), margin + "  ", most, after="," if more else "")
    else:
        for i, (key, item) in enumerate(islice(_items(value), ITEMS), 1):
            label = "" if key is None else f"{_key(key)}: "
            yield from _lines(item, depth + 1, label, "," if i < len(value) else "", most)
    if more:
        yield f"{margin}  … {len(value) - ITEMS:,} more"
    yield f"{margin}{closing}{after}"


def _flow(words: Iterable[str], margin: str, most: int, *, after: str) -> Iterator[str]:
    """Words with commas, as many on a line as fit."""
    line = ""
    for word in words:
        if line and len(margin) + len(line) + len(word) + 2 > most:
            yield f"{margin}{line},"
            line = word
        else:
            line = f"{line}, {word}" if line else word
    yield f"{margin}{line}{after}"


# --- as markup ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Room:
    """What is left of the bytes that may be written, and of the lines that start unfolded."""

    left: int
    lines: int = _OPEN


def tree_html(value: object, room: int) -> Markup:
    """*value* as nested ``<details>``, in at most about *room* bytes."""
    return tag("div", _node(Markup(), value, 0, _Room(room)), class_="sm-magic-json")


def _node(label: Markup, value: object, depth: int, room: _Room) -> Markup:
    if isinstance(value, str) and len(value) > _LONG:
        return _long_string(label, value, room)
    if not is_container(value) or _closed(value, depth, _LINE):
        made = join(label, Markup(fit_escaped(_short(value, _LINE), max(room.left, 0))))
        room.left -= len(made.encode()) + 9
        return made
    lines = 1 if _is_flat(value) else len(value)
    small = depth == 0 or lines <= room.lines
    room.lines -= lines if small else 0
    heading = tag("summary", label, tag("small", _summary(value)))
    room.left -= len(heading.encode()) + 60
    return tag("details", heading, tag("ul", *_branches(value, depth, room)), open="" if small else None)


def _long_string(label: Markup, text: str, room: _Room) -> Markup:
    """A string folded under its beginning.

    What is folded is still found: searching a page opens ``<details>`` (HTML, "ancestor revealing algorithm").
    """
    begun = join(
        one_line(encode_basestring(text[:_LINE])[:-1]), "…", tag("small", f" {len(text):,} characters")
    )
    whole = Markup(fit_escaped(leaf(text), max(room.left, 0)))
    made = tag("details", tag("summary", label, begun), whole)
    room.left -= len(made.encode()) + 9
    return made


def _branches(value: Container, depth: int, room: _Room) -> Iterator[Markup]:
    shown = 0
    if _is_flat(value):
        shown = min(len(value), ITEMS)
        words = join(", ".join(map(leaf, islice(value, shown))))
        if len(words) < room.left:
            room.left -= len(words.encode())
            yield tag("li", words)
        else:
            shown = 0
    else:
        for key, item in islice(_items(value), ITEMS):
            name = Markup() if key is None else join(tag("b", _key(key)), ": ")
            if room.left <= 0:
                break
            shown += 1
            yield tag("li", _node(name, item, depth + 1, room))
    if shown < len(value):
        yield tag("li", f"… {len(value) - shown:,} more")


def beside(rest: Mapping[str, object], room: int) -> Shown:
    """What an object held besides what is shown of it, on one line where it fits."""
    value, said = dict(rest), "also in the answer: "
    short = inline(value, _LINE)
    if short is not None:
        return Shown(html=tag("p", said, tag("code", short)), text=said + short)
    return Shown(html=join(tag("p", said), tree_html(value, room)), text=f"{said}\n{tree_text(value, room)}")


# --- both ---------------------------------------------------------------------------------------------------


def _closed(value: Container, depth: int, limit: int) -> bool:
    """Whether a container is written on one line: an empty one, a short one, one that is too deep."""
    return not value or depth >= DEPTH or (depth > 0 and inline(value, limit) is not None)


def _short(value: object, limit: int) -> str:
    short = inline(value, limit)
    return short if short is not None else _summary(value) if is_container(value) else leaf(value)


def _items(value: Container) -> Iterable[tuple[Any, Any]]:
    return value.items() if isinstance(value, dict) else ((None, item) for item in value)


def _key(key: object) -> str:
    text = key if isinstance(key, str) else leaf(key)
    return printable(encode_basestring(text if len(text) <= _KEY else text[: _KEY - 1] + "…"))


def _brackets(value: Container) -> tuple[str, str]:
    return ("{", "}") if isinstance(value, dict) else ("[", "]")


def _is_flat(value: Container) -> bool:
    """Whether *value* is an array of numbers and the like, whose values can share lines."""
    return not isinstance(value, dict) and not any(
        is_container(item) or isinstance(item, str) for item in islice(value, ITEMS)
    )


def _summary(value: Container) -> str:
    opening, closing = _brackets(value)
    count = plural(len(value), "key" if isinstance(value, dict) else "item")
    return f"{opening}…{closing} {count}"
