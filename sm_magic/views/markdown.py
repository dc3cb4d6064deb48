"""Text that is Markdown, when asked for: headings, lists, code, tables, emphasis, links; no raw HTML, no images.

A subset of CommonMark and GitHub's tables, of what language models write; what is outside of it stays as typed.
Frontends that render text/markdown themselves would run the HTML in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import Final

from ..said import read
from ..settings import Settings
from .base import Answer, Shown, View, room
from .generation import reply_shown
from .markup import Markup, join, tag
from .preview import text_of
from .printable import printable
from .text import text_shown

_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_ITEM: Final = re.compile(r"(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)")
_FENCE: Final = re.compile(r"\s*(```+|~~~+)")
_RULE: Final = re.compile(r"\s*([-*_])(?:\s*\1){2,}\s*$")
_TABLE_RULE: Final = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_INLINE: Final = re.compile(
    r"(?P<ticks>`+)(?P<code>[^`\n]{1,2000}?)(?P=ticks)(?!`)"
    r"|\*\*(?P<strong>[^*\n]{1,2000})\*\*"
    r"|(?<![*\w])\*(?P<em>[^*\s][^*\n]{0,2000}?)\*(?![*\w])"
    r"|\[(?P<label>[^\[\]\n]{1,500})\]\((?P<url>https?://[^\s()<>\"']{1,2000})\)"
)


def claims(answer: Answer) -> bool:
    """Never unasked: text with a star in it need not be Markdown."""
    return False


def show(answer: Answer, settings: Settings) -> Shown:
    """The text as a document, or the texts that a model's answer holds."""
    if isinstance(answer.value, str):
        return document(answer.value, room(settings))
    if (reply := answer.once(read)) is not None:
        return reply_shown(reply, settings, document)
    return document(text_of(answer.payload), room(settings))


def document(source: str, space: int) -> Shown:
    """*source* laid out, in at most about *space* bytes; in a terminal, and of a text too long for that, as it is."""
    plain = text_shown(source, space)
    if not source.strip() or len(source) > space // 4:
        return plain
    made = tag("div", *_blocks(printable(source).split("\n")), class_="sm-magic-prose")
    return Shown(html=made, text=plain.text) if len(made.encode()) <= space else plain


def _blocks(lines: list[str]) -> Iterator[Markup]:
    at = 0
    while at < len(lines):
        line = lines[at]
        for block in (_code, _table, _quote, _list):
            made, after = block(lines, at)
            if after > at:
                yield made
                at = after
                break
        else:
            at += 1
            if heading := _HEADING.match(line):
                # A notebook's own headings come first: the answer's start three levels below.
                yield tag(f"h{min(len(heading[1]) + 3, 6)}", *_spans(heading[2]))
            elif _RULE.match(line):
                yield tag("hr")
            elif line.strip():
                at, made = _paragraph(lines, at - 1)
                yield made


def _paragraph(lines: list[str], at: int) -> tuple[int, Markup]:
    start = at
    at += 1
    while at < len(lines) and lines[at].strip() and not _begins_block(lines, at):
        at += 1
    return at, tag("p", *_spans("\n".join(lines[start:at])))


def _begins_block(lines: list[str], at: int) -> bool:
    line = lines[at]
    starts = (_HEADING, _ITEM, _FENCE, _RULE)
    return line.lstrip().startswith(">") or any(start.match(line) for start in starts) or _is_table(lines, at)


def _code(lines: list[str], at: int) -> tuple[Markup, int]:
    fence = _FENCE.match(lines[at])
    if not fence:
        return Markup(), at
    end = at + 1
    while end < len(lines) and not lines[end].strip().startswith(fence[1]):
        end += 1
    return tag("pre", tag("code", "\n".join(lines[at + 1 : end]))), end + 1


def _is_table(lines: list[str], at: int) -> bool:
    return "|" in lines[at] and at + 1 < len(lines) and bool(_TABLE_RULE.match(lines[at + 1]))


def _table(lines: list[str], at: int) -> tuple[Markup, int]:
    if not _is_table(lines, at):
        return Markup(), at
    end = at + 2
    while end < len(lines) and "|" in lines[end]:
        end += 1
    sides = [_side(rule) for rule in _row(lines[at + 1])]
    head = _cells("th", lines[at], sides, scope="col")
    rows = [_cells("td", line, sides) for line in lines[at + 2 : end]]
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_="sm-magic-table sm-magic-grid")
    return tag("div", table, class_="sm-magic-scroll"), end


def _cells(name: str, line: str, sides: Sequence[str | None], **more: str) -> Markup:
    """A row of cells, each on the side that the line below the heads gives its column."""
    cells = zip(_row(line), chain(sides, repeat(None)), strict=False)
    return tag("tr", *(tag(name, *_spans(text), **more, class_=side) for text, side in cells))


def _side(rule: str) -> str | None:
    return None if rule.endswith(":") and not rule.startswith(":") else "sm-magic-words"


def _row(line: str) -> list[str]:
    return [text.strip() for text in line.strip().strip("|").split("|")]


def _quote(lines: list[str], at: int) -> tuple[Markup, int]:
    end = at
    while end < len(lines) and lines[end].lstrip().startswith(">"):
        end += 1
    if end == at:
        return Markup(), at
    inner = "\n".join(line.lstrip()[1:].strip() for line in lines[at:end])
    return tag("blockquote", tag("p", *_spans(inner))), end


def _list(lines: list[str], at: int) -> tuple[Markup, int]:
    """One list; a deeper one inside an item is a list again, by its indentation."""
    first = _ITEM.match(lines[at])
    if not first or _RULE.match(lines[at]):
        return Markup(), at
    items: list[list[Markup]] = []
    margin = len(first[1])
    while at < len(lines):
        item = _ITEM.match(lines[at])
        if item and len(item[1]) > margin + 1 and items and len(item[1]) < _DEEPEST:
            inner, at = _list(lines, at)
            items[-1].append(inner)
        elif item and len(item[1]) >= margin and bool(item[2]) == bool(first[2]):
            items.append(_spans(item[3]))
            at += 1
        elif not item and items and lines[at].strip() and len(lines[at]) - len(lines[at].lstrip()) > margin:
            items[-1].extend([Markup("\n"), *_spans(lines[at].strip())])
            at += 1
        else:
            break
    made = [tag("li", *item) for item in items]
    return tag("ol" if first[2] else "ul", *made, start=first[2]), at


_DEEPEST: Final = 40  # Lists are nested by at most so much indentation.


def _spans(text: str) -> list[Markup]:
    parts: list[Markup] = []
    at = 0
    for found in _INLINE.finditer(text):
        parts.append(join(text[at : found.start()]))
        parts.append(_span(found))
        at = found.end()
    return [*parts, join(text[at:])]


def _span(found: re.Match[str]) -> Markup:
    if found["url"]:
        return tag("a", found["label"], href=found["url"], rel="noopener noreferrer", target="_blank")
    if found["code"]:
        return tag("code", found["code"])
    if found["strong"]:
        return tag("strong", *_spans(found["strong"]))
    return tag("em", found["em"])


VIEW = View(name="markdown", rank=210, claims=claims, show=show)
