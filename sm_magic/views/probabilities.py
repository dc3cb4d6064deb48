"""The probabilities of the classes of one row: a bar for each, best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..settings import Settings
from .bars import Bar, bars_shown
from .base import Answer, Shown, View, room
from .cells import cell, is_number
from .json_tables import KEYS
from .markup import join
from .quantities import part_of
from .tables import find
from .tree import beside

_TOLERANCE: Final = 0.01  # Rounded probabilities do not add up to one.
_MOST: Final = 100_000  # A longer vector is no distribution over classes.
_WIDEST: Final = 10_000  # Nor is a wider table; each of its columns costs time.
_NAME: Final = 48
_LABELLED: Final = (
    ("labels", "probabilities"),
    ("labels", "scores"),
    ("label", "prob"),
)  # BlazingText's last


@dataclass(frozen=True, slots=True)
class Classes:
    """Labels and probabilities of one row, and what else stood beside them."""

    labels: Sequence[object]
    numbers: Sequence[float]
    rest: Mapping[str, object]


def claims(answer: Answer) -> bool:
    """Whether the value is one row of class probabilities, and not an answer for each of several rows."""
    return _rows_sent(answer) in (None, 1) and answer.once(read) is not None


def show(answer: Answer, settings: Settings) -> Shown:
    """Labelled bars, the most probable class first."""
    classes = answer.once(read)
    if classes is None:
        raise ValueError("there are no class probabilities in this answer")
    order = sorted(range(len(classes.numbers)), key=lambda i: -classes.numbers[i])[: settings.max_rows]
    best = [(cell(classes.labels[i], _NAME), float(classes.numbers[i])) for i in order]
    caption = part_of(len(best), len(classes.numbers), "class", "classes")
    shown = bars_shown([Bar(label, share, _share(share)) for label, share in best], caption)
    if not classes.rest:
        return shown
    more = beside(classes.rest, room(settings) // 2)
    return Shown(html=join(shown.html, more.html), text=f"{shown.text}\n\n{more.text}")


def read(value: object) -> Classes | None:
    """The probabilities of one row in *value*; None if that is not what it holds."""
    if isinstance(value, dict | list):
        return _in_json(value)
    table = find(value)
    if table is None or table.height != 1 or not 2 <= table.width <= _WIDEST:
        return None
    names, rows, _ = table.corner(1, table.width)
    return _distribution(names, rows[0])


def _rows_sent(answer: Answer) -> int | None:
    return None if answer.sent is None else answer.sent.facts.rows


# --- where they are -----------------------------------------------------------------------------------------


def _in_json(value: object, depth: int = 4) -> Classes | None:
    if isinstance(value, list):
        for reader in (_ranked, _vector):
            if (classes := reader(value)) is not None:
                return classes
        return _in_json(value[0], depth - 1) if len(value) == 1 and depth else None
    if not isinstance(value, dict) or not depth:
        return None
    for read_object in (_labelled, _mapped):
        if (classes := read_object(value)) is not None:
            return classes
    return _under_key(value, depth)


def _under_key(value: Mapping[str, Any], depth: int) -> Classes | None:
    for key in (*KEYS, "probabilities", "prediction"):
        inner = _in_json(value[key], depth - 1) if key in value else None
        if inner is not None:
            return Classes(inner.labels, inner.numbers, {**_without(value, key), **inner.rest})
    return None


def _ranked(value: list[Any]) -> Classes | None:
    """``[{"label": "cat", "score": 0.9}, …]``: distinct labels whose scores add up to at most one."""
    if any(not isinstance(item, dict) or item.keys() != {"label", "score"} for item in value):
        return None
    labels, numbers = [item["label"] for item in value], [item["score"] for item in value]
    distinct = len({str(label) for label in labels}) == len(labels) > 0
    return (
        Classes(labels, numbers, {}) if distinct and _are_shares(numbers) and _total(numbers) <= 1 else None
    )


def _labelled(value: Mapping[str, Any]) -> Classes | None:
    """``{"labels": […], "probabilities": […]}`` and the like; each may stand alone, several can be high."""
    for name, key in _LABELLED:
        labels, numbers = value.get(name), value.get(key)
        if not isinstance(labels, list) or not isinstance(numbers, list) or len(labels) != len(numbers):
            continue
        if numbers and _are_shares(numbers) and not any(isinstance(label, list | dict) for label in labels):
            return Classes(labels, numbers, _without(value, name, key))
    return None


def _mapped(value: Mapping[str, Any]) -> Classes | None:
    """``{"setosa": 0.97, "versicolor": 0.02, "virginica": 0.01}``."""
    return _distribution(list(value), list(value.values()))


def _vector(value: list[Any]) -> Classes | None:
    """``[0.97, 0.02, 0.01]``: the classes have no names but their places."""
    return _distribution(range(len(value)), value)


def _distribution(labels: Sequence[object], numbers: Sequence[Any]) -> Classes | None:
    """Two shares or more that add up to one."""
    if not 2 <= len(numbers) <= _MOST or not _are_shares(numbers) or abs(_total(numbers) - 1) > _TOLERANCE:
        return None
    return Classes(labels, numbers, {})


def _are_shares(numbers: Sequence[Any]) -> bool:
    return all(is_number(number) and 0 <= number <= 1 for number in numbers)


def _total(numbers: Sequence[float]) -> float:
    return sum(map(float, numbers)) - 1e-6


def _without(value: Mapping[str, Any], *keys: str) -> dict[str, object]:
    return {key: item for key, item in value.items() if key not in keys}


# --- how they look ------------------------------------------------------------------------------------------


def _share(share: float) -> str:
    """Four decimals; a smaller share that is not nothing by its size."""
    return f"{share:.4f}" if share == 0 or share >= 0.0001 else f"{share:.1e}"


VIEW = View(name="probabilities", rank=20, claims=claims, show=show)
