"""Text from anyone → text that does no harm where it is shown.

Control characters move a terminal's cursor and colours; bidirectional overrides make text read other than it is
(CVE-2021-42574); half of a surrogate pair can't be sent to a frontend at all.  An answer is `printable`: what was
there can be seen.  A sentence of ours that quotes a stranger is `plain`: words alone.
"""

from __future__ import annotations

import re

__all__ = ["plain", "printable", "shortened"]

_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and newline; DEL; C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, embeddings, overrides, isolates
    "\u2028\u2029\ufeff\ufff9-\ufffb\ud800-\udfff]"  # line separators, BOM, annotations, lone surrogates
)
# What a terminal takes as one: colours and moves (CSI), titles and links (OSC).
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\|\x9c)"
)


def printable(text: str) -> str:
    r"""*text* with what is harmful written out (``\\x1b``, ``\\u202e``); lines and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return _HARMFUL.sub(_escape, text.replace("\r\n", "\n"))


def plain(text: str) -> str:
    """*text* without what is harmful, a terminal's sequences whole; lines and tabs stay."""
    if text.isprintable():
        return text
    return _HARMFUL.sub("", _SEQUENCE.sub("", text))


def shortened(text: str, limit: int, *, tail: int) -> str:
    """*text* in at most *limit* characters, the last *tail* of them its end: "…" stands for what lay between."""
    return text if len(text) <= limit else f"{text[: limit - tail - 1]}…{text[len(text) - tail :]}"


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
