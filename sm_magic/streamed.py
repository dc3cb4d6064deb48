"""What is kept of a streamed answer: its text in one piece, some of its events, its bytes while they are few."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from typing import Final

from .errors import CodecError
from .messages import Part
from .said import Said
from .settings import Settings

__all__ = ["Events", "Keep", "Streamed"]

_BLOCK: Final = 1 << 18  # characters that are joined at once
_BYTES: Final = 16_000_000  # bytes that are kept beside a text
_EVENTS: Final = 4_000_000  # bytes of the stream whose events are kept; of its end a quarter as many
_OTHERS: Final = 1_000  # texts beside the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The first and the last events of a stream, in order; `dropped` is how many between them are gone."""

    first: tuple[Part, ...] = field(default=(), repr=False)
    last: tuple[Part, ...] = field(default=(), repr=False)
    dropped: int = 0

    def __iter__(self) -> Iterator[Part]:
        return chain(self.first, self.last)

    def __len__(self) -> int:
        """How many are kept."""
        return len(self.first) + len(self.last)

    def __getitem__(self, index: int) -> Part:
        return (self.first + self.last)[index]


_MEASURABLE: Final = 0.1  # seconds: what came faster came at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """How an answer came.

    first: seconds until something was said, or until the first part; None if nothing came.  seconds: until its end.
    tokens: as the server counted them; None if it told no number.  parts: events that said something.
    size: bytes that came.  body_gone: whether they were too many to keep beside the text that they are.
    """

    events: Events
    first: float | None
    seconds: float
    parts: int
    tokens: int | None = None
    size: int = 0
    body_gone: bool = False

    def __str__(self) -> str:
        if self.first is None:
            return "nothing came"
        count, noun = (self.parts, "part") if self.tokens is None else (self.tokens, "token")
        after = self.seconds - self.first
        pace = f", {(count - 1) / after:,.0f} a second" if count > 1 and after >= _MEASURABLE else ""
        return f"first {noun} after {self.first:.2f} s, {count:,} {noun if count == 1 else noun + 's'}{pace}"


class Keep:
    """Gathers what a Result will have.  A text is held once, whatever its length."""

    def __init__(self, settings: Settings) -> None:
        self._most = settings.max_decoded_bytes
        self._first: list[Part] = []
        self._first_events = settings.first_events
        self._end: deque[tuple[Part, int]] = deque()
        self._last_events = settings.last_events
        self._end_weight = self._weighed = 0
        self._count = self._said = 0
        self._came: float | None = None
        self._spoke: float | None = None
        self._data = BytesIO()
        self._size = 0
        self.body_gone = False
        self.is_text = True
        """Whether text is the answer itself, so that its bytes need not be kept beside it."""
        self._text, self._reasoning = _Text(), _Text()
        self._others: dict[int, list[str]] = {}

    def add_data(self, data: bytes) -> None:
        """Bytes as they came.  Beside a long text they are not kept.  CodecError for more than may be decoded."""
        self._size += len(data)
        if self.body_gone:
            return
        if self._size > _BYTES and self.said:
            self.body_gone = True
            self._data = BytesIO()
            return
        if self._size > self._most:
            raise _too_much(self._most)
        self._data.write(data)

    def add(self, part: Part) -> None:
        """One event, and what it says."""
        self._count += 1
        weight, self._weighed = self._size - self._weighed, self._size
        if len(self._first) < self._first_events and self._size < _EVENTS:
            self._first.append(part)
        else:
            self._end.append((part, weight))
            self._end_weight += weight
            while len(self._end) > self._last_events or (
                self._end_weight > _EVENTS // 4 and len(self._end) > 1
            ):
                self._end_weight -= self._end.popleft()[1]
        if part.text or part.reasoning:
            self._said += 1
            if self._spoke is None:
                self._spoke = part.elapsed
            if self.is_text:
                self._text.add(part.text)
                self._reasoning.add(part.reasoning)
                if self._text.size + self._reasoning.size > self._most:
                    raise _too_much(self._most)
        for index, text in part.others:
            if index in self._others or len(self._others) < _OTHERS:
                self._others.setdefault(index, []).append(text)
        if self._came is None:
            self._came = part.elapsed

    @property
    def said(self) -> bool:
        """Whether the answer is the text that the stream said."""
        return self._said > 0 and self.is_text

    @property
    def text(self) -> str:
        """All of it."""
        return self._text.whole()

    @property
    def reasoning(self) -> str:
        """What was thought before it."""
        return self._reasoning.whole()

    def others(self) -> tuple[Said, ...]:
        """The texts beside the first."""
        return tuple(Said(text="".join(self._others[index])) for index in sorted(self._others))

    def body(self) -> bytes:
        """The bytes as they came; none where they were too many.

        PERF: a BytesIO hands its bytes out as they are, where joining pieces would take their memory twice.
        """
        return self._data.getvalue()

    def notes(self) -> list[str]:
        """What the card has to say of what is gone."""
        if not self.body_gone:
            return []
        return [f"{self._size:,} bytes came: `.value` has all of the text, `.body` is that text."]

    def streamed(self, usage: Mapping[str, float], seconds: float) -> Streamed:
        """How it came."""
        last = tuple(part for part, _ in self._end)
        events = Events(
            first=tuple(self._first), last=last, dropped=self._count - len(self._first) - len(last)
        )
        tokens = next((usage[name] for name in _TOKENS if name in usage), None)
        return Streamed(
            events=events,
            first=self._came if self._spoke is None else self._spoke,
            seconds=seconds,
            parts=self._said or self._count,
            tokens=None if tokens is None else int(tokens),
            size=self._size,
            body_gone=self.body_gone,
        )


def _too_much(most: int) -> CodecError:
    return CodecError(
        f"The stream has more than {most:,} bytes.",
        hint="`%config SageMakerMagics.max_decoded_bytes` allows more; `Client.stream` keeps nothing.",
    )


_TOKENS: Final = ("completion_tokens", "generated_tokens", "output_tokens")


class _Text:
    """A growing text that is in memory once.

    PERF: ``+=`` grows a text where it is as long as nothing else refers to it; a list of pieces, joined at the end,
    would hold all of it twice.
    """

    def __init__(self) -> None:
        self.size = 0
        """Characters, in all."""
        self._whole = ""
        self._pieces: list[str] = []
        self._waiting = 0

    def add(self, piece: str) -> None:
        if piece:
            self.size += len(piece)
            self._pieces.append(piece)
            self._waiting += len(piece)
            if self._waiting >= _BLOCK:
                self._join()

    def whole(self) -> str:
        self._join()
        return self._whole

    def _join(self) -> None:
        if self._pieces:
            text, self._whole = self._whole, ""
            text += "".join(self._pieces)
            self._whole, self._pieces, self._waiting = text, [], 0
