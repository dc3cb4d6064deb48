"""Predictions -> bytes of the type asked for, as containers answer."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from ..fleet import ContainerError
from ..wire import Reply
from .weights import Array

_ANY = frozenset({"", "*/*"})


def answer(accept: str, writers: Mapping[str, Callable[[], bytes]]) -> Reply:
    """The answer by the writer of the type in *accept*, the first one where it doesn't matter; else 406."""
    content_type = next(iter(writers)) if accept in _ANY else accept
    if content_type not in writers:
        text = f"Accept type {accept} is not supported by this framework. Supported: {', '.join(writers)}"
        raise ContainerError(406, text)
    return Reply(body=writers[content_type](), members=MappingProxyType({"content_type": content_type}))


def table(accept: str, values: Array, records: Callable[[], Sequence[Mapping[str, Any]]]) -> Reply:
    """Predictions as JSON ``{"predictions": records}``, JSON Lines, or *values* as CSV and npy."""
    return answer(
        accept,
        {
            "application/json": lambda: json.dumps({"predictions": records()}).encode(),
            "application/jsonlines": lambda: "".join(f"{json.dumps(r)}\n" for r in records()).encode(),
            "text/csv": lambda: csv(values),
            "application/x-npy": lambda: _npy(values),
        },
    )


def csv(values: Array) -> bytes:
    """One line a prediction, every bit of the numbers, no header."""
    rows = values.reshape(len(values), -1)
    return "".join(",".join(map(repr, row)) + "\n" for row in rows.tolist()).encode()


def softmax(scores: Array) -> Array:
    """Probabilities of each row's scores."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _npy(values: Array) -> bytes:
    out = io.BytesIO()
    np.save(out, values, allow_pickle=False)
    return out.getvalue()
