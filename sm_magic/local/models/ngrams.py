"""A small language model: how often a word follows the three, two, one before it, counted in a text.

Orders are blended as Witten and Bell (1991) do it: what has been seen n times with t different words after it is
believed with the weight n / (n + t), and what is left goes to the shorter context.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

_ORDER = 3
_END = ""
_TOKEN = re.compile(r"\s*(?:[\u3040-\u30ff\u4e00-\u9fff]|\w+|[^\w\s])")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign with the white space before it; `logprob` is the model's, at temperature 1."""

    id: int
    text: str
    logprob: float


def tokens(text: str) -> list[str]:
    """The tokens of *text*; joined they are the text again, but for white space at its end."""
    return _TOKEN.findall(text)


class Ngrams:
    """The model, trained on paragraphs: a context of up to three tokens -> how often each token followed it."""

    def __init__(self, text: str) -> None:
        self._counts: dict[tuple[str, ...], dict[str, int]] = {}
        for paragraph in text.split("\n\n"):
            words = [_END, *tokens(paragraph.strip()), _END]
            for place in range(1, len(words)):
                for length in range(min(_ORDER, place) + 1):
                    counts = self._counts.setdefault(tuple(words[place - length : place]), {})
                    counts[words[place]] = counts.get(words[place], 0) + 1
        self._counts[()].pop(_END)  # a story ends where one may, not anywhere
        self._ids = {word: number for number, word in enumerate(self._counts[()], start=1)}

    def begin(self, prompt: str) -> deque[str]:
        """The context in which *prompt* is continued; the start of a paragraph where it is empty."""
        return deque([_END, *tokens(prompt)][-_ORDER:], maxlen=_ORDER)

    def next(self, context: Iterable[str], random: Random, temperature: float) -> Token | None:
        """What follows *context*: the likeliest at temperature 0, drawn above it; None is the end."""
        seen = self._seen(tuple(context))
        for counts in seen[:-1]:
            doubt = len(counts) / (sum(counts.values()) + len(counts))
            if random.random() >= doubt * min(temperature, 1.0):
                return self._token(_draw(counts, random, temperature), seen)
        return self._token(_draw(seen[-1], random, temperature), seen)

    def _seen(self, context: tuple[str, ...]) -> list[Mapping[str, int]]:
        """The counts of the contexts that the text has, the longest first; the last is that of no context."""
        suffixes = (context[start:] for start in range(len(context) + 1))
        return [self._counts[suffix] for suffix in suffixes if suffix in self._counts]

    def _token(self, word: str, seen: Sequence[Mapping[str, int]]) -> Token | None:
        if word == _END:
            return None
        likely = 0.0
        for counts in reversed(seen):
            total, kinds = sum(counts.values()), len(counts) if likely else 0
            likely = (counts.get(word, 0) + kinds * likely) / (total + kinds)
        return Token(self._ids[word], word, math.log(likely))


def _draw(counts: Mapping[str, int], random: Random, temperature: float) -> str:
    words = list(counts)
    if temperature == 0:
        return max(words, key=counts.__getitem__)
    most = max(counts.values())
    weights = accumulate(math.exp(math.log(count / most) / temperature) for count in counts.values())
    return random.choices(words, cum_weights=list(weights))[0]
