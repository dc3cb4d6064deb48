"""Spans of the text that was sent: entities, and answers to questions.

Offsets are code points, as in Python and in Hugging Face's pipelines (transformers, "token-classification":
`start` and `end` are None where the tokenizer has no offsets; "question-answering").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..settings import Settings
from .base import Answer, Shown, View, room
from .cells import is_number
from .grid import grid_shown
from .marks import Mark, marked
from .markup import join, tag
from .printable import one_line
from .quantities import part_of
from .sent_text import inputs
from .tables import Table, find

_LABELS: Final = ("entity_group", "entity", "label")
_QUESTION: Final = 1_000
_SAMPLE: Final = 100  # Of so many texts one has a span.


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters *start* to *end* of a text, what they are, and how sure the model is."""

    label: str
    text: str
    start: int | None
    end: int | None
    score: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The spans of one text; the text and the question about it where they are known from what was sent."""

    spans: Sequence[Span]
    text: str | None = None
    question: str | None = None


def claims(answer: Answer) -> bool:
    """Whether the value is entities or answers, each with its place in a text."""
    value = answer.value
    if isinstance(value, dict):
        return _is_answer(value)
    if not isinstance(value, list) or not value:
        return False
    first = next((item for item in value[:_SAMPLE] if not isinstance(item, list) or item), None)
    return _is_span(first[0] if isinstance(first, list) else first) and _groups(value) is not None


def show(answer: Answer, settings: Settings) -> Shown:
    """Each text with its spans marked, and all spans as a table; the table alone where the text is not known."""
    found = read(answer)
    spans = _table(found)
    if spans is None:
        raise ValueError("there are no spans of a text in this answer")
    space = room(settings)
    texts = [(i, one) for i, one in enumerate(found) if one.text is not None]
    few = texts[: settings.max_rows]
    parts = [_text_shown(one, f"row {i}" if len(found) > 1 else "", space // 2 // len(few)) for i, one in few]
    if len(few) < len(texts):
        count = part_of(len(few), len(texts), "text")
        parts.append(Shown(html=tag("p", count), text=count))
    parts.append(grid_shown(spans.grid(settings.max_rows, settings.max_columns), space // 4))
    return Shown(html=join(*(part.html for part in parts)), text="\n\n".join(part.text for part in parts))


def table(answer: Answer) -> Table | None:
    """A row for each span: label, text, start, end, score; before them, of several texts, which it is."""
    return _table(read(answer))


def read(answer: Answer) -> list[Found]:
    """The spans of each text, with the texts themselves if they can be told from what was sent."""
    groups = _groups(answer.value) or []
    texts = _texts(inputs(answer.sent))
    if len(texts) == len(groups):
        told = texts
    elif len(texts) == 1:
        told = texts * len(groups)
    elif len(groups) == 1 and len(texts) == len(groups[0]):
        groups, told = [[item] for item in groups[0]], texts  # an answer to each of several questions
    else:
        told = [(None, None)] * len(groups)
    return [
        Found(spans=[_span(item, text) for item in group], text=text, question=question)
        for group, (text, question) in zip(groups, told, strict=True)
    ]


# --- what was answered --------------------------------------------------------------------------------------


def _groups(value: object) -> list[list[dict[str, Any]]] | None:
    """The spans of each text: of ``[{…}, …]``, of ``[[{…}, …], …]``, of one object."""
    items = value if isinstance(value, list) else [value]
    if not any(isinstance(item, list) for item in items):
        items = [items]
    groups: list[list[Any]] = [item if isinstance(item, list) else [item] for item in items]
    return groups if all(_is_span(item) for group in groups for item in group) else None


def _is_span(item: object) -> bool:
    if not isinstance(item, dict) or not ("start" in item and "end" in item):
        return False
    return _is_answer(item) or _is_entity(item)


def _is_answer(item: Mapping[str, Any]) -> bool:
    """``{"score": 0.97, "start": 34, "end": 40, "answer": "Berlin"}``."""
    return isinstance(item.get("answer"), str) and _is_place(item.get("start")) and _is_place(item.get("end"))


def _is_entity(item: Mapping[str, Any]) -> bool:
    """``{"entity_group": "PER", "word": "Wolfgang", "score": 0.99, "start": 11, "end": 19}``, and its like."""
    label = next((item[key] for key in _LABELS if key in item), None)
    places = (item["start"], item["end"])
    return isinstance(label, str) and (all(map(_is_place, places)) or places == (None, None))


def _is_place(value: object) -> bool:
    return type(value) is int and value >= 0


def _span(item: Mapping[str, Any], text: str | None) -> Span:
    start, end = item["start"], item["end"]
    label = next((item[key] for key in _LABELS if key in item), "answer")
    word = item.get("answer", item.get("word", item.get("text", "")))
    inside = text is not None and start is not None and start < end <= len(text)
    said = text[start:end] if inside and text is not None else str(word)
    return Span(label=label, text=said, start=start, end=end, score=item.get("score"))


def _table(found: list[Found]) -> Table | None:
    rows: list[dict[str, object]] = []
    for i, one in enumerate(found):
        which: dict[str, object] = {"row": i} if len(found) > 1 else {}
        rows += (
            {**which, "label": s.label, "text": s.text, "start": s.start, "end": s.end, "score": s.score}
            for s in one.spans
        )
    return find(rows)


def _texts(found: Any) -> list[tuple[str | None, str | None]]:
    """(text, question) for each text sent."""
    texts: list[tuple[str | None, str | None]] = []
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, dict):
            context, question = item.get("context"), item.get("question")
            texts.append((context, question) if isinstance(context, str) else (None, None))
        else:
            texts.append((item, None) if isinstance(item, str) else (None, None))
    return [] if all(text is None for text, _ in texts) else texts


# --- how they look ------------------------------------------------------------------------------------------


def _text_shown(one: Found, which: str, space: int) -> Shown:
    marks = [Mark(s.start, s.end, _words(s)) for s in one.spans if s.start is not None and s.end is not None]
    shown = marked(one.text or "", marks, space)
    asked = f"question: {one_line(one.question, _QUESTION)}" if isinstance(one.question, str) else ""
    above = " · ".join(part for part in (which, asked) if part)
    if not above:
        return shown
    return Shown(html=join(tag("p", above), shown.html), text=f"{above}\n{shown.text}")


def _words(span: Span) -> str:
    """What a span is, and how sure the model is."""
    return f"{span.label} {span.score:.4g}" if is_number(span.score) else span.label


VIEW = View(name="spans", rank=30, claims=claims, show=show, table=table)
