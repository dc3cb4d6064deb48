"""What every view is made of: an Answer goes in, a Shown comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ..messages import Payload, Request, Where
from ..settings import Settings
from .markup import Markup

if TYPE_CHECKING:
    from PIL.Image import Image

    from .tables import Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A decoded value, the payload it came in, and the payload that was sent for it."""

    value: object = field(repr=False)
    payload: Payload
    sent: Payload | None = None
    _found: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, find: Callable[[Any], T]) -> T:
        """What *find* finds in the value: a view that claims an Answer has found what it shows."""
        if find not in self._found:
            self._found[find] = find(self.value)
        found: T = self._found[find]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A value as people see it: markup for a notebook, text for a terminal; each complete alone."""

    html: Markup
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One shape of answer.

    `claims` says whether this view shows an Answer best; views are asked in order of `rank`, lowest first.
    `table` finds the tidy table in an Answer that this view claims (`Result.frame()`), None: what any other has;
    `images` the pictures in it (`Result.images`), None: there are none.
    """

    name: str
    rank: int
    claims: Callable[[Answer], bool]
    show: Callable[[Answer, Settings], Shown]
    table: Callable[[Answer], Table | None] | None = None
    images: Callable[[Answer, Settings], list[Image]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything an answer's card tells, besides the value."""

    request: Request
    where: Where
    received: Payload
    variant: str | None = None
    custom_attributes: str | None = None
    rows: str | None = None
    """The row ledger's sentence: "150 rows → 150 predictions"."""
    latency: float | None = None
    stream: str | None = None
    """How a streamed answer came: "first token after 0.08 s, 64 tokens, 53 a second"."""
    received_bytes: int | None = None
    """How many bytes came, where `received` does not hold them all."""
    attempts: int = 1
    request_id: str | None = None
    status: int = 200
    new_session_id: str | None = None
    session_expires: str | None = None
    closed_session_id: str | None = None
    notes: tuple[str, ...] = ()
    """Sentences that help: what was dropped, re-encoded, warned of."""


HEAD_ROOM: Final = 24_000
"""Bytes of a card that are kept for what is not the value."""


def room(settings: Settings) -> int:
    """How many bytes of text, or of markup, a value may take in a card."""
    return max(settings.max_text - HEAD_ROOM, 2_000)
