"""Sound: a player, and what its header tells."""

from __future__ import annotations

from dataclasses import replace

from ..settings import Settings
from .base import Answer, Shown, View
from .recordings import kind_of, player


def claims(answer: Answer) -> bool:
    """Whether the value is bytes that are sound, or are labelled so."""
    return _kind(answer) is not None


def show(answer: Answer, settings: Settings) -> Shown:
    """The player; type, size, length."""
    kind = _kind(answer)
    if kind is None or not isinstance(answer.value, bytes):
        raise ValueError("there is no audio in this answer")
    return player(replace(answer.payload, body=answer.value), kind, settings)


def _kind(answer: Answer) -> str | None:
    if not isinstance(answer.value, bytes):
        return None
    kind = kind_of(replace(answer.payload, body=answer.value))
    return kind if kind is not None and kind.startswith("audio/") else None


VIEW = View(name="audio", rank=14, claims=claims, show=show)
