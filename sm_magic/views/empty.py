"""An answer without a body."""

from __future__ import annotations

from ..settings import Settings
from .base import Answer, Shown, View
from .markup import tag

_SENTENCE = "The answer is empty."


def claims(answer: Answer) -> bool:
    """Whether nothing was answered: no bytes, or none in what they hold."""
    value = answer.value
    return (isinstance(value, str | bytes) and not value) or (value is None and not answer.payload.size)


def show(answer: Answer, settings: Settings) -> Shown:
    """One sentence."""
    return Shown(html=tag("p", _SENTENCE), text=_SENTENCE)


VIEW = View(name="empty", rank=0, claims=claims, show=show)
