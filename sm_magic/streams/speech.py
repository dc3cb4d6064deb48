"""What a stream of events says: its text as it comes; at the end its tool calls, usage, and whether it was complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from ..said import ToolCall, written
from . import deltas
from .base import Event
from .calls import Calls
from .deltas import Delta, Whole
from .failure import failure, told

__all__ = ["Piece", "Speech"]

TEXT: Final = "text"
BYTES: Final = "bytes"
_CHOICES: Final = 1_000  # So many are followed to their ends.
_HELD: Final = 100  # characters
_NO_WORDS: Final = "finish_reason: error"


class Piece(NamedTuple):
    """What one event adds to the answer's text, and to the reasoning before it.

    others: (index, text) of the choices after the first (``n`` above 1), and of a batch's other texts: handed on
    apart, for two answers mixed are none.
    """

    text: str = ""
    reasoning: str = ""
    others: tuple[tuple[int, str], ...] = ()


_NOTHING: Final = Piece()


class Speech:
    """Reads the events of one stream in their order.  Keeps no text: who wants it joins the pieces.

    shape: what was recognised, "TGI" or "OpenAI chat", say; "text" and "bytes" for a stream without JSON; None as
    long as nothing was.  values: how many JSON events hold no text that is known; where `shape` is None at the
    end, they are the answer.  choices: how many answers run beside each other; the text is the first's.
    finish_reason: the first choice's.  usage: counts by name, the last that were told.
    error: the server's own words, if the data tell of an error.
    """

    def __init__(self) -> None:
        self.shape: str | None = None
        self.finish_reason: str | None = None
        self.usage: Mapping[str, float] = {}
        self.error: str | None = None
        self.values = 0
        self._calls = Calls()
        self._seen: set[int] = set()
        self._finished: set[int] = set()
        self._told = False  # A shape that says when it ends was seen.
        self._done = False
        self._began = False  # Something was said in pieces.
        self._wholes = 0
        self._events = 0
        self._held = ""

    def add(self, event: Event) -> Piece:
        """What *event* adds.

        CodecError: the tool calls have more than 64 MiB.
        """
        if event.kind == "json":
            return self._json(event)
        if event.kind == "text":
            return self._text(event)
        if event.kind == "done":
            self._done = True
        elif self.shape is None:
            self.shape = BYTES
        return _NOTHING

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The calls so far, joined from their pieces."""
        return self._calls.joined()

    @property
    def choices(self) -> int:
        """Answers beside each other; 0 before the first."""
        return len(self._seen)

    @property
    def ended(self) -> bool | None:
        """Whether the stream said that it is complete; None if it is of a kind that can't tell, such as text.

        False: its end is missing, or it told of an error.  True: ``[DONE]``, a finish_reason for each choice, TGI's
        and LMI's last token with its generated_text, one document in one piece.
        """
        if self.error is not None:
            return False
        if self._done:
            return True
        if self._told or (self._wholes == 1 and not self._began):
            return bool(self._finished) and self._seen <= self._finished
        return None

    @property
    def one_piece(self) -> bool:
        """Whether the answer was no stream at all but one JSON document."""
        alone = self._wholes == 1 or self.values == 1 or self.shape == deltas.COMPLETIONS
        return self._events == 1 and alone and not self._done

    # --- text -----------------------------------------------------------------------------------------------

    def _text(self, event: Event) -> Piece:
        self._events += 1
        if (message := failure(event)) is not None:
            self._fail(message)
            return _NOTHING
        text: str = self._held + event.data
        self._as_text()
        return Piece(text)

    def _as_text(self) -> None:
        if self._held:
            self._held, self.values = "", 0
        if self.shape is None:
            self.shape = TEXT

    def _unknown(self, value: object) -> Piece:
        """JSON of no known shape.  In a stream of words a number is one of them: ``data: 2``, ``data: nd``.

        Those that come first are held until a word does, for a stream of numbers is no text.
        """
        if isinstance(value, str):
            text = self._held + value
            self._as_text()
            return Piece(text)
        is_word = not isinstance(value, dict) or not value
        if is_word and self.shape == TEXT and not self.values:
            return Piece(written(value))
        begins = self.shape is None and len(self._held) < _HELD and bool(self._held) == bool(self.values)
        self._held = self._held + written(value) if is_word and begins else ""
        self.values += 1
        return _NOTHING

    # --- JSON -----------------------------------------------------------------------------------------------

    def _json(self, event: Event) -> Piece:
        self._events += 1
        message = failure(event)
        if message is not None:
            self._fail(message)
        try:
            delta = deltas.read(event.data)
        except RecursionError:  # nested as deep as JSON may be, and no more text for that
            delta = None
        if delta is not None:
            return self._add(delta)
        return _NOTHING if message is not None else self._unknown(event.data)

    def _add(self, delta: Delta) -> Piece:
        if self.shape is None or self.shape == TEXT:
            self.shape, self._held = delta.shape, ""
        if delta.finish_reason is not None:
            self._finish(delta.finish_reason, delta.error)
        if delta.usage:
            self.usage = delta.usage
        self._told = self._told or delta.tells
        if delta.seen != (0,) or 0 not in self._seen:
            self._seen.update(index for index in delta.seen if abs(index) < _CHOICES)
        if delta.finished:
            self._finished.update(index for index in delta.finished if abs(index) < _CHOICES)
        if delta.calls or delta.function is not None:
            self._call(delta)
        if delta.whole is not None:
            return self._whole(delta, delta.whole)
        if not self._began:
            self._began = bool(delta.text or delta.reasoning or delta.calls or delta.function)
        return Piece(delta.text, delta.reasoning, delta.others)

    def _whole(self, delta: Delta, whole: Whole) -> Piece:
        """All of the text: where it was said in pieces before, it is not said again."""
        self._wholes += whole.alone
        if self._began or delta.text:
            self._began = True
            return Piece(delta.text)
        for call in whole.calls:
            self._calls.add_whole(call)
        return Piece(whole.text, whole.reasoning, delta.others)

    def _call(self, delta: Delta) -> None:
        for piece in delta.calls:
            self._calls.add(piece)
        self._calls.add_function(delta.function)

    # --- how it ends ----------------------------------------------------------------------------------------

    def _finish(self, reason: str, message: str | None) -> None:
        self.finish_reason = reason
        if reason == "error":
            self._fail(told(message) if message else _NO_WORDS)

    def _fail(self, message: str) -> None:
        """The first words for it are the nearest to what happened."""
        if self.error in (None, _NO_WORDS):
            self.error = message
