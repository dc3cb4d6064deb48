"""An array of three dimensions or more: what it is, and its first slice."""

from __future__ import annotations

from typing import Any

from ..settings import Settings
from .base import Answer, Shown, View, room
from .grid import Grid, grid_shown
from .markup import join, tag
from .quantities import number, size


def claims(answer: Answer) -> bool:
    """Whether the value is a numpy array that is no table."""
    value = answer.value
    return type(value).__name__ == "ndarray" and len(getattr(value, "shape", ())) not in (1, 2)


def show(answer: Answer, settings: Settings) -> Shown:
    """Shape, type, extent, and the first slice along the leading dimensions."""
    array: Any = answer.value
    facts = _facts(array)
    if array.ndim < 2 or not array.size:
        return Shown(html=tag("p", facts), text=facts)
    leading = (0,) * (array.ndim - 2)
    plane = array[leading]
    corner = plane[: settings.max_rows, : settings.max_columns]
    height, width = plane.shape
    where = f"slice [{', '.join([*map(str, leading), ':', ':'])}]"
    names = range(corner.shape[1])
    grid = Grid(names=names, rows=corner.tolist(), height=height, width=width, under=where)
    shown = grid_shown(grid, room(settings) // 2)
    return Shown(html=join(tag("p", facts), shown.html), text=f"{facts}\n\n{shown.text}")


def _facts(array: Any) -> str:
    shape = " × ".join(map(str, array.shape)) or "no dimensions"
    parts = [f"array, {shape}", str(array.dtype), size(array.nbytes)]
    if array.size and array.dtype.kind in "iufb":
        low, high = (number(bound.item()) for bound in (array.min(), array.max()))
        parts.append(f"minimum {low}, maximum {high}" if array.ndim else f"value {low}")
    return " · ".join(parts)


VIEW = View(name="array", rank=35, claims=claims, show=show)
