"""A streamed answer while it grows: the text so far, what was thought before it, and a line of state below."""

from __future__ import annotations

from typing import Final

from ..messages import Part
from ..settings import Settings
from .markup import Markup, join, tag
from .printable import printable
from .style import STYLE

__all__ = ["Growing", "growing"]

_SHOWN: Final = 16_000  # characters of the text, its end: each update sends all of them
_KEPT: Final = 64_000  # characters of the end that are kept
_PIECES: Final = 4_096  # of it that wait to be joined


class Growing:
    """The end of an answer that comes in parts; true once it has said something."""

    def __init__(self) -> None:
        self.text, self.reasoning = _End(), _End()
        self.parts = 0

    def add(self, part: Part) -> bool:
        """Take the next part; whether it said something."""
        self.parts += 1
        self.text.add(part.text)
        self.reasoning.add(part.reasoning)
        return bool(part.text or part.reasoning)

    def bundle(self, line: str, settings: Settings) -> dict[str, str]:
        """What is shown now, *line* below it."""
        return growing(self.text.joined(), self.reasoning.joined(), line, settings)

    def __bool__(self) -> bool:
        return bool(self.text or self.reasoning)


class _End:
    """The end of a growing text, joined when it is asked for."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def add(self, piece: str) -> None:
        if piece:
            self._pieces.append(piece)
            if len(self._pieces) > _PIECES:
                self.joined()

    def joined(self) -> str:
        self._pieces = ["".join(self._pieces)[-_KEPT:]] if self._pieces else []
        return "".join(self._pieces)


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
