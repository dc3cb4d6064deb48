"""Where the embeddings are in an answer, each with what it is of.

Keys: ``embedding`` (JumpStart, OpenAI's and TEI's ``data``), ``embeddings`` (Cohere, Object2Vec), ``vector`` beside
``word`` (BlazingText), ``ip_embedding`` and ``entity_embedding`` (IP Insights).  Without a key (Hugging Face's
feature-extraction, TEI's ``/embed``) vectors look like any rows of numbers: they are embeddings where a text was sent
for each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ..mediatypes import parse
from .base import Answer
from .sent_text import inputs

_KEYS: Final = ("embedding", "embeddings", "vector")
_LISTS: Final = ("data", "predictions")
_TEXTS: Final = ("text_inputs", "input", "texts", "sentences", "instances")
_NARROWEST: Final = 2
_WIDE: Final = 64  # A narrower row without a key is rather one of scores.
_WIDEST: Final = 65_536
_SAMPLE: Final = 64
_NUMBERS: Final = frozenset({int, float})
# PERF: a request is read again only if its beginning has a text under such a key.
_TEXT: Final = re.compile(rb'"(?:inputs|text_inputs|input|texts|sentences|instances)"\s*:\s*\[?\s*"')
_BEGINNING: Final = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """Vectors of one width, not yet checked beyond the first.

    labels: what each is of; empty if that is not known.  beside: what else stood with each.
    tokens: how many of them each text has, where they are those of tokens.
    """

    vectors: Sequence[Sequence[float]]
    labels: Sequence[str] = ()
    beside: Sequence[Mapping[str, object]] = ()
    tokens: Sequence[int] = ()
    rest: Mapping[str, object] = field(default_factory=dict)


def find(answer: Answer) -> Vectors | None:
    """The embeddings in an answer; None if it holds none."""
    value = answer.value
    if isinstance(value, dict):
        found = _in_object(value)
    elif isinstance(value, list) and value:
        found = _in_records(value) if isinstance(value[0], dict) else _bare(value, answer)
    else:
        found = None
    if found is None or found.labels or found.tokens:
        return found
    texts = _texts(answer)
    return Vectors(
        vectors=found.vectors,
        labels=texts if len(texts) == len(found.vectors) else (),
        beside=found.beside,
        rest=found.rest,
    )


def _in_object(value: Mapping[str, Any]) -> Vectors | None:
    for key in (*_KEYS, *_LISTS):
        inner = value.get(key)
        if isinstance(inner, dict) and key in _KEYS:  # Cohere's embeddings by type
            inner = inner.get("float")
        if not isinstance(inner, list) or not inner:
            continue
        vectors = _vectors(inner, _NARROWEST) if key in _KEYS else None
        found = Vectors(vectors=vectors) if vectors else _in_records(inner)
        if found is not None:
            rest = {name: item for name, item in value.items() if name != key}
            return Vectors(vectors=found.vectors, labels=found.labels, beside=found.beside, rest=rest)
    return None


def _in_records(records: list[Any]) -> Vectors | None:
    """An object for each vector, or one with several vectors."""
    first = records[0]
    if not isinstance(first, dict):
        return None
    keys = [key for key in first if key in _KEYS or str(key).endswith("_embedding")]
    if not keys or any(not isinstance(record, dict) for record in records):
        return None
    made = _vectors([record.get(key) for record in records for key in keys], _NARROWEST)
    if made is None or len(made) != len(records) * len(keys):
        return None
    words = [record.get("word") for record in records]
    labels = [str(word) for word in words] if all(isinstance(word, str) for word in words) else []
    if len(keys) > 1:
        labels = [key if len(records) == 1 else f"{key} {i}" for i in range(len(records)) for key in keys]
    others = [key for key in first if key not in {*keys, "word", "index", "object"}]
    beside = [{key: record.get(key) for key in others} for record in records] if others else []
    return Vectors(vectors=made, labels=labels, beside=beside)


def _bare(value: list[Any], answer: Answer) -> Vectors | None:
    """Vectors without a key: one for each text that was sent, or one for each token of it."""
    wide = value
    while isinstance(wide[0], list) and wide[0]:
        wide = wide[0]
    if not _WIDE <= len(wide) <= _WIDEST or not _is_vector(wide[:_SAMPLE]) or not _may_be_of_texts(answer):
        return None
    texts = _texts(answer)
    flat = _vectors(value, _WIDE)
    if flat is not None:
        return Vectors(vectors=flat, labels=texts) if len(flat) == len(texts) else None
    if len(value) != len(texts):
        return None
    of_tokens = [_vectors(item[0] if len(item) == 1 and _is_deep(item) else item, _WIDE) for item in value]
    if any(vectors is None for vectors in of_tokens):
        return None
    tokens = [len(vectors or ()) for vectors in of_tokens]
    return Vectors(vectors=[v for vectors in of_tokens for v in vectors or ()], tokens=tokens, labels=texts)


def _is_deep(item: list[Any]) -> bool:
    return isinstance(item[0], list) and bool(item[0]) and isinstance(item[0][0], list)


def _vectors(value: list[Any], narrowest: int) -> list[Any] | None:
    """*value* as vectors of one width: a list of them, or itself the one."""
    if _is_vector(value):
        return [value] if len(value) >= narrowest else None
    if not all(isinstance(item, list) for item in value):
        return None
    widths = {len(item) for item in value}
    return value if len(widths) == 1 and min(widths) >= narrowest and _is_vector(value[0]) else None


def _is_vector(value: object) -> bool:
    return isinstance(value, list) and bool(value) and set(map(type, value)) <= _NUMBERS


def _may_be_of_texts(answer: Answer) -> bool:
    sent = answer.sent
    if sent is None:
        return False
    return parse(sent.content_type).type in ("text/plain", "application/x-text") or (
        _TEXT.search(sent.body, 0, _BEGINNING) is not None
    )


def _texts(answer: Answer) -> list[str]:
    """The texts that were sent, one or several."""
    sent = inputs(answer.sent)
    if isinstance(sent, dict):
        sent = next((sent[key] for key in _TEXTS if key in sent), None)
    if isinstance(sent, str):
        return [sent]
    fits = isinstance(sent, list) and all(isinstance(text, str) for text in sent)
    return sent if fits and isinstance(sent, list) else []
