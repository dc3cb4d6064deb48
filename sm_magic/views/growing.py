"""A streamed answer while it grows: the text so far, what was thought before it, and a line of state below."""

from __future__ import annotations

from typing import Final

from ..settings import Settings
from .markup import Markup, join, tag
from .printable import printable
from .style import STYLE

__all__ = ["growing"]

_SHOWN: Final = 16_000  # characters of the text, its end: each update sends all of them


def growing(text: str, reasoning: str, line: str, settings: Settings) -> dict[str, str]:
    """A MIME bundle of the same types as the card that will take its place.

    What the model thinks is open as long as there is no answer, and folded then.
    """
    said, thought = _end(text), _end(reasoning)
    thinking = f"Reasoning:\n{thought}" if thought and not said else ""
    plain = "\n\n".join(part for part in (thinking, said, line) if part)
    bundle = {"text/plain": plain}
    if settings.html:
        parts: list[Markup] = []
        if thought:
            folded = (tag("summary", "Reasoning"), _pre(thought))
            parts.append(tag("details", *folded) if said else tag("details", *folded, open=""))
        if said:
            parts.append(_pre(said))
        parts.append(tag("div", line, class_="sm-magic-status"))
        value = tag("div", join(*parts), class_="sm-magic-value")
        bundle["text/html"] = str(tag("div", STYLE, value, class_="sm-magic-card"))
    return bundle


def _pre(text: str) -> Markup:
    return tag("pre", text, class_="sm-magic-text")


def _end(text: str) -> str:
    """The text, of a long one its end; the card will have the whole."""
    if len(text) <= _SHOWN:
        return printable(text)
    return f"… (its end; the card will have all of it)\n{printable(text[-_SHOWN:])}"
