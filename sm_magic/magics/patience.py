"""Answers that somebody waits for a moment only: what comes later is there the next time it is asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Patience"]

_FAILURE: Final = 10.0  # seconds until what failed is asked again
_HUNG: Final = 60.0  # seconds until a question without an answer is given up for dead
_MOST: Final = 200  # answers that are kept


@dataclass(slots=True)
class _Question:
    """One question, asked in a thread of its own; `until`: how long its answer holds, by the clock."""

    asked: float
    done: threading.Event = field(default_factory=threading.Event)
    found: tuple[str, ...] = ()
    until: float = 0.0


class Patience:
    """Asks in threads, waits *patience* seconds in all for each, and keeps answers for *age* seconds.

    Whatever a question raises, its answer is nothing.  While a new answer is waited for in vain, the old one counts.
    clock, wait: how time is told, and how an event is waited for, so many seconds at most.
    """

    def __init__(
        self,
        patience: float = 0.7,
        age: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Event, float], object] = threading.Event.wait,
    ) -> None:
        self._patience, self._age, self._clock, self._wait = patience, age, clock, wait
        self._questions: dict[Hashable, _Question] = {}
        self._answers: dict[Hashable, tuple[str, ...]] = {}

    def ask(self, key: Hashable, ask: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        """What *ask* returns, of now or of the last minute; nothing if it is not known in time.  key: what is asked."""
        now = self._clock()
        question = self._questions.get(key)
        if question is None or now >= (question.until if question.done.is_set() else question.asked + _HUNG):
            question = self._questions[key] = _Question(now)
            self._forget(now)
            threading.Thread(
                target=self._answer, args=(key, question, ask), name="sm_magic completion", daemon=True
            ).start()
        self._wait(question.done, max(0.0, question.asked + self._patience - now))
        return question.found if question.done.is_set() else self._answers.get(key, ())

    def _answer(self, key: Hashable, question: _Question, ask: Callable[[], tuple[str, ...]]) -> None:
        try:
            question.found, age = ask(), self._age
            self._answers[key] = question.found
        except Exception:  # noqa: BLE001 - a Tab must not fail, whatever boto3 or a catalog raises
            age = _FAILURE
        question.until = self._clock() + age
        question.done.set()

    def _forget(self, now: float) -> None:
        """Keep no more than so many: endpoints come and go in a long session."""
        if len(self._questions) > _MOST:
            for key in [
                key
                for key, each in tuple(self._questions.items())
                if now >= each.until and each.done.is_set()
            ]:
                self._questions.pop(key, None)
                self._answers.pop(key, None)
