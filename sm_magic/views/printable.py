"""Text from a model, made harmless and short: what can't be printed becomes a visible escape.

Control characters move a terminal's cursor and colours; bidirectional overrides make text read other than it is
(CVE-2021-42574); half of a surrogate pair can't be sent to a frontend at all.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and newline; DEL; C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, embeddings, overrides, isolates
    "\u2028\u2029\ufeff\ufff9-\ufffb\ud800-\udfff]"  # line separators, BOM, annotations, lone surrogates
)
# PERF: all that may take other than one column; arrows, dots and the lines of tables are not among it.
_ODD_WIDTH = re.compile("[\u0300-\u1fff\u200b-\u200d\u231a\u231b\u23e9-\u24ff\u25a0-\U0010ffff]")
_WHITE = {"\n": "\\n", "\t": "\\t"}
_CUT_ENTITY = re.compile(r"&[#\w]*$")
WIDTH = 110
"""How many columns of a terminal a card's lines take at most."""


def printable(text: str) -> str:
    r"""*text* with what is harmful written out (``\\x1b``, ``\\u202e``); lines and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return _HARMFUL.sub(_escape, text.replace("\r\n", "\n"))


def one_line(text: str, limit: int = 2_000) -> str:
    """*text* as one printable line of at most *limit* characters."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    text = printable(text)
    return text.replace("\n", _WHITE["\n"]).replace("\t", _WHITE["\t"])


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


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
