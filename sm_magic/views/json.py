"""JSON that has no better form: a tree that folds, and indented text.  It also takes what no other view does."""

from __future__ import annotations

from typing import Any

from ..settings import Settings
from .base import Answer, Shown, View, room
from .tables import find
from .tree import is_container, tree_html, tree_text


def claims(answer: Answer) -> bool:
    """Always: this is the last one that is asked."""
    return True


def show(answer: Answer, settings: Settings) -> Shown:
    """The value as JSON; of a table, its first rows as objects."""
    value = answer.value if is_container(answer.value) else _records(answer.value, settings)
    space = room(settings)
    return Shown(html=tree_html(value, space), text=tree_text(value, space))


def _records(value: object, settings: Settings) -> object:
    table = find(value)
    if table is None:
        return value
    grid = table.grid(settings.max_rows, settings.max_columns)
    records: list[Any] = [dict(zip(map(str, grid.names), row, strict=True)) for row in grid.rows]
    more = table.height - len(records)
    return [*records, f"… {more:,} more rows"] if more > 0 else records


VIEW = View(name="json", rank=100, claims=claims, show=show)
