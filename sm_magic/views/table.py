"""A table: the corner of it that can be read, and how large the whole is."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ..settings import Settings
from .base import Answer, Shown, View, room
from .grid import Grid, grid_shown
from .markup import join
from .tables import Table, find
from .tree import beside

_PROSE: Final = 200  # A longer text, or one of several lines, is to be read; a cell would cut it.


def claims(answer: Answer) -> bool:
    """Whether there is a table in the value; one found in JSON is none if its cells are prose."""
    table = answer.once(find)
    if table is None or not isinstance(answer.value, dict | list):
        return table is not None
    return not any(_is_prose(v) for row in table.grid(20, 20).rows for v in row)


def show(answer: Answer, settings: Settings) -> Shown:
    """The first rows and columns; below them, what else a JSON object held."""
    table = answer.once(find)
    if table is None:
        raise ValueError("there is no table in this answer")
    grid = _captioned(table, table.grid(settings.max_rows, settings.max_columns))
    half = room(settings) // 2
    shown = grid_shown(grid, half)
    if not table.rest:
        return shown
    more = beside(table.rest, half)
    return Shown(html=join(shown.html, more.html), text=f"{shown.text}\n\n{more.text}")


def _captioned(table: Table, grid: Grid) -> Grid:
    return grid if table.key is None else replace(grid, under=table.key)


def _is_prose(value: object) -> bool:
    return isinstance(value, str) and (len(value) > _PROSE or "\n" in value.strip())


VIEW = View(name="table", rank=40, claims=claims, show=show)
