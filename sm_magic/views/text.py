"""Text, as it came; markup in it is shown as its source."""

from __future__ import annotations

from typing import Final

from ..settings import Settings
from .base import Answer, Shown, View, room
from .markup import Markup, tag
from .preview import text_of
from .printable import fit, fit_escaped, printable
from .quantities import plural, size

_PIECE: Final = 1 << 20  # characters


def claims(answer: Answer) -> bool:
    """Whether the value is a text."""
    return isinstance(answer.value, str)


def show(answer: Answer, settings: Settings) -> Shown:
    """The text of the value, else of the body as it was received."""
    value = answer.value
    return text_shown(value if isinstance(value, str) else text_of(answer.payload), room(settings))


def text_shown(text: str, space: int) -> Shown:
    """*text* in at most about *space* bytes, each form ending in a sentence where it was cut."""
    if len(text) < space and not text.strip():
        said = f"{plural(len(text), 'character')} of white space." if text else "The answer is empty."
        return Shown(html=tag("p", said), text=said)
    plain = fit(printable(text[:space]), space)
    escaped = fit_escaped(text, space)
    cut = len(text) > len(plain) or len(text) > space
    html = tag("pre", Markup(escaped), class_="sm-magic-text")
    if cut or len(escaped) >= space - 16:
        note = f"… (cut: the whole, {size(_bytes(text))}, is in .value)"
        return Shown(html=Markup(html + tag("p", note)), text=f"{plain}\n{note}")
    return Shown(html=html, text=plain)


def _bytes(text: str) -> int:
    """Its size in UTF-8.  PERF: a long text's copy in bytes would take as much memory as the text."""
    pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    return sum(len(piece.encode("utf-8", "replace")) for piece in pieces)


VIEW = View(name="text", rank=60, claims=claims, show=show)
