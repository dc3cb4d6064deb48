"""Embeddings: how many and how wide, how long, and how near to each other; not their hundreds of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..settings import Settings
from . import tables
from .base import Answer, Shown, View, room
from .cells import cell
from .grid import Grid, grid_shown
from .markup import join, tag
from .plot import heat, picture
from .quantities import plural
from .tables import Table
from .tree import beside
from .vectors import Vectors, find

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_COMPARED: Final = 50  # So many vectors are compared with each other.
_NUMBERS: Final = 5  # So many numbers of a vector are shown.
_LABEL: Final = 40


def claims(answer: Answer) -> bool:
    """Whether the value holds embeddings."""
    return isinstance(answer.value, dict | list) and find(answer) is not None


def show(answer: Answer, settings: Settings) -> Shown:
    """Count, width and norms; the cosine similarities of up to fifty, of others the first numbers."""
    import numpy as np

    found = _found(answer)
    vectors = np.asarray(found.vectors, dtype=float)
    units, labels = _pooled(vectors, found)
    parts = [_line(_facts(vectors, found))]
    if 2 <= len(units) <= _COMPARED:
        parts.append(_compared(_similarities(units), labels, settings))
    else:
        parts.append(_first(vectors, [] if found.tokens else labels, settings))
    if (grid := tables.find(list(found.beside))) is not None:
        parts.append(grid_shown(grid.grid(settings.max_rows, settings.max_columns), room(settings) // 4))
    if found.rest:
        parts.append(beside(found.rest, room(settings) // 4))
    return Shown(html=join(*(part.html for part in parts)), text="\n\n".join(part.text for part in parts))


def table(answer: Answer) -> Table | None:
    """A row for each vector, a column for each of its numbers; the index is what it is of, where that is known."""
    from pandas import DataFrame, MultiIndex

    found = _found(answer)
    if found.tokens:
        places = [(text, token) for text, count in enumerate(found.tokens) for token in range(count)]
        return tables.find(
            DataFrame(found.vectors, index=MultiIndex.from_tuples(places, names=["text", "token"]))
        )
    return tables.find(DataFrame(found.vectors, index=list(found.labels) or None))


def _found(answer: Answer) -> Vectors:
    found = find(answer)
    if found is None:
        raise ValueError("there are no embeddings in this answer")
    return found


def _pooled(vectors: Array, found: Vectors) -> tuple[Array, list[str]]:
    """What is compared: the vectors; of several texts' tokens their mean; of one text's tokens each."""
    import numpy as np

    if len(found.tokens) < 2:
        return vectors, [] if found.tokens else list(found.labels)
    ends = np.cumsum(found.tokens)[:-1]
    return np.array([part.mean(axis=0) for part in np.split(vectors, ends)]), list(found.labels)


def _similarities(vectors: Array) -> Array:
    """Cosines between all pairs; NaN for a vector of zeros."""
    import numpy as np

    with np.errstate(all="ignore"):
        units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(np.clip(units @ units.T, -1, 1).round(3) + 0.0)


def _facts(vectors: Array, found: Vectors) -> str:
    """``3 vectors of 768 numbers · norms 0.98 to 1.02, mean 1``."""
    import numpy as np

    with np.errstate(all="ignore"):
        norms = np.linalg.norm(vectors, axis=1)
    count, width = vectors.shape
    said = [f"{plural(count, 'vector')} of {plural(width, 'number')}"]
    if found.tokens:
        said.append(f"of the tokens of {plural(len(found.tokens), 'text')}")
    if len(found.tokens) > 1:
        said.append("compared by the mean of each text")
    low, middle, high = (f"{value:.4g}" for value in (norms.min(), norms.mean(), norms.max()))
    said.append(f"norm {low}" if count == 1 else f"norms {low} to {high}, mean {middle}")
    return " · ".join(said)


def _compared(cosines: Array, labels: list[str], settings: Settings) -> Shown:
    """The grid of similarities, with a picture of the whole where the grid is cut."""
    count = len(cosines)
    most = min(settings.max_rows, settings.max_columns)
    named = [f"{i} {cell(label, _LABEL)}" for i, label in enumerate(labels)] or list(map(str, range(count)))
    grid = Grid(
        names=range(min(count, most)),
        rows=cosines[:most, :most].tolist(),
        labels=named[:most],
        height=count,
        width=count,
        under="cosine similarity",
    )
    shown = grid_shown(grid, room(settings) // 2)
    png = heat(cosines.tolist(), settings) if count > most else None
    if png is None:
        return shown
    chart = picture(png, f"Heat map of the cosine similarities of all {count} vectors")
    return Shown(html=join(chart, shown.html), text=shown.text)


def _first(vectors: Array, labels: list[str], settings: Settings) -> Shown:
    """The first numbers of the first vectors."""
    count, width = vectors.shape
    rows = vectors[: settings.max_rows, :_NUMBERS].tolist()
    named: list[Any] = [cell(label, _LABEL) for label in labels[: len(rows)]] or list(range(len(rows)))
    names = range(min(width, _NUMBERS))
    grid = Grid(names=names, rows=rows, labels=named, height=count, width=width, under="vectors")
    return grid_shown(grid, room(settings) // 2)


def _line(text: str) -> Shown:
    return Shown(html=tag("p", text), text=text)


VIEW = View(name="embeddings", rank=16, claims=claims, show=show, table=table)
