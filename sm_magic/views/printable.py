"""Text that fits: into bytes, into one line, into the columns of a terminal."""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from html import escape

from ..plain import printable

__all__ = ["WIDTH", "columns", "fit", "fit_escaped", "one_line", "pad", "printable", "width"]

# PERF: all that may take other than one column; arrows, dots, € and the lines of tables are not among it.
_ODD_WIDTH = re.compile(
    "[\u0300-\u1fff\u200b-\u200d\u2060-\u209f\u20c1-\u20ff\u218c-\u218f"
    "\u231a\u231b\u2329\u232a\u23e9-\u24ff\u25a0-\U0010ffff]"
)
_CUT_ENTITY = re.compile(r"&[#\w]*$")
WIDTH = 110
"""How many columns of a terminal a card's lines take at most."""
_NARROWEST = 40


def width() -> int:
    """How many columns a card's lines may take here: in a terminal as many as it has, up to `WIDTH`."""
    if sys.stdout is None or not sys.stdout.isatty():
        return WIDTH
    return min(max(shutil.get_terminal_size((WIDTH, 0)).columns, _NARROWEST), WIDTH)


def one_line(text: str, limit: int = 2_000, newline: str = "\\n") -> str:
    """*text* as one printable line of at most *limit* characters, *newline* in the place of each line end."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    text = printable(text)
    return text.replace("\n", newline).replace("\t", "\\t")


def fit(text: str, limit: int) -> str:
    """The beginning of *text* that takes at most *limit* bytes of UTF-8."""
    if len(text) * 4 <= limit:
        return text
    cut = text[:limit].encode("utf-8", "backslashreplace")
    return text[:limit] if len(cut) <= limit else cut[:limit].decode("utf-8", "ignore")


def fit_escaped(text: str, limit: int) -> str:
    """The beginning of *text*, printable and escaped for HTML, in at most *limit* bytes of UTF-8."""
    escaped = escape(printable(text[:limit]), quote=True)
    cut = fit(escaped, limit)
    return cut if len(cut) == len(escaped) else _CUT_ENTITY.sub("", cut)


def columns(text: str) -> int:
    """How many columns of a terminal *text* takes: East Asian wide characters take two, combining ones none."""
    if _ODD_WIDTH.search(text) is None:
        return len(text)
    return sum(_columns(character) for character in text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """*text* filled up to *width* columns, pushed to the right if asked."""
    space = " " * (width - columns(text))
    return space + text if right else text + space


def _columns(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200b\u200c\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
