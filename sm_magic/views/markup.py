"""HTML that is safe by construction: text is made printable and escaped unless it is Markup already."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from .printable import printable

__all__ = ["Markup", "join", "tag"]


class Markup(str):
    """Markup that was made here, so that it needs no escaping."""

    __slots__ = ()


VOID: Final = frozenset({"br", "hr", "img"})
_HARMLESS: Final = re.compile(r"[ !#-%(-;=?-~]*")  # printable ASCII but & < > " '


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """``tag("td", 1, class_="number")`` → ``<td class="number">1</td>``; attributes that are None are left out."""
    attrs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Markup(f"<{name}{attrs}>")
    return Markup(f"<{name}{attrs}>{join(*children)}</{name}>")


def join(*children: object) -> Markup:
    """Children one after the other, escaped where they are plain text."""
    return Markup("".join([c if isinstance(c, Markup) else _escaped(str(c)) for c in children]))


def _escaped(text: str) -> str:
    """PERF: a card has some fifty short texts, most of which need nothing."""
    return text if _HARMLESS.fullmatch(text) else escape(printable(text), quote=True)
