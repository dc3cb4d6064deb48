"""How near each of several sentences is to one: the scores beside the sentences that were sent."""

from __future__ import annotations

from ..settings import Settings
from .base import Answer, Shown, View, room
from .cells import is_number
from .grid import grid_shown
from .markup import join, tag
from .printable import one_line
from .sent_text import MOST, inputs
from .tables import Table, find

_KEY = b'"source_sentence"'
_BEGINNING = 4_096  # PERF: the key stands in so many bytes, or the request is not read again.
_SOURCE = 1_000


def claims(answer: Answer) -> bool:
    """Whether the value is a list of numbers for sentences that were sent (Hugging Face, "sentence-similarity")."""
    value, sent = answer.value, answer.sent
    if not isinstance(value, list) or not value or not is_number(value[0]) or sent is None:
        return False
    return sent.size <= MOST and _KEY in sent.body[:_BEGINNING] and table(answer) is not None


def show(answer: Answer, settings: Settings) -> Shown:
    """Each sentence with its score, below the one that it was compared with."""
    found = table(answer)
    if found is None:
        raise ValueError("there are no sentences with a score in this answer")
    source = f"compared with: {one_line(str(inputs(answer.sent)['source_sentence']), _SOURCE)}"
    shown = grid_shown(found.grid(settings.max_rows, settings.max_columns), room(settings) // 2)
    return Shown(html=join(tag("p", source), shown.html), text=f"{source}\n{shown.text}")


def table(answer: Answer) -> Table | None:
    """Columns sentence and score, in the order in which they were sent."""
    sent, scores = inputs(answer.sent), answer.value
    sentences = sent.get("sentences") if isinstance(sent, dict) and "source_sentence" in sent else None
    if not isinstance(sentences, list) or not isinstance(scores, list) or len(sentences) != len(scores):
        return None
    if not all(map(is_number, scores)) or not all(isinstance(sentence, str) for sentence in sentences):
        return None
    return find([{"sentence": text, "score": score} for text, score in zip(sentences, scores, strict=True)])


VIEW = View(name="similarity", rank=18, claims=claims, show=show, table=table)
