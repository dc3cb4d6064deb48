"""A corner of a table as HTML and as text, written from its values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from .base import Shown
from .cells import cell, column
from .markup import Markup, join, tag
from .printable import columns, one_line, pad, width
from .quantities import part_of

_TEXT_CELL = 48  # In a terminal a cell is cut earlier.


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The shown part of a table: its names, its rows of values, the labels of its rows if they have any.

    height, width: rows and columns of the whole table.
    """

    names: Sequence[object]
    rows: Sequence[Sequence[object]]
    labels: Sequence[object] | None = None
    height: int
    width: int
    under: str | None = None
    """What the table is of, or the key that it stood under."""
    sized: bool = False
    """Whether *under* tells how large the table is; then the counts tell of a part only."""

    def counts(self, shown: int) -> str:
        """``20 of 12,345 rows × 4 columns``."""
        if self.sized and self.under is not None and (shown, len(self.names)) == (self.height, self.width):
            return self.under
        rows = part_of(shown, self.height, "row")
        counts = f"{rows} × {part_of(len(self.names), self.width, 'column')}"
        return counts if self.under is None else f"{self.under}: {counts}"


def grid_shown(grid: Grid, room: int) -> Shown:
    """The grid in both forms, each of at most about *room* bytes."""
    body, aligned = _columns(grid)
    return Shown(html=_grid_html(grid, body, aligned, room), text=_grid_text(grid, body, aligned, room))


def _grid_html(grid: Grid, body: list[list[str]], aligned: list[bool], room: int) -> Markup:
    """A ``<table>`` in a box that scrolls sideways."""
    head = [tag("th", cell(name), scope="col", class_=_side(aligned[i])) for i, name in enumerate(grid.names)]
    if grid.labels is not None:
        head.insert(0, tag("td"))
    rows: list[str] = []
    for row in _html_rows(grid, body, aligned):
        room -= len(row.encode())
        if room < 0:
            break
        rows.append(row)
    return tag(
        "div",
        tag(
            "table",
            tag("caption", grid.counts(len(rows))),
            tag("thead", tag("tr", *head)),
            tag("tbody", Markup("".join(rows))),
            class_="sm-magic-table sm-magic-grid",
        ),
        class_="sm-magic-scroll",
    )


def _grid_text(grid: Grid, body: list[list[str]], aligned: list[bool], room: int) -> str:
    """Aligned columns, in blocks that fit a terminal; of several blocks each has the rows' labels or numbers."""
    strips = [
        _strip(cell(name), cells, right) for name, cells, right in zip(grid.names, body, aligned, strict=True)
    ]
    labels = None if grid.labels is None else _strip("", [cell(label) for label in grid.labels], False)
    blocks = _blocks(strips, labels)
    if labels is None and len(blocks) > 1:
        blocks = _blocks(strips, _strip("", [str(i) for i in range(len(grid.rows))], True))
    count = len(grid.rows)
    if blocks:
        line = max(columns(part) for strip in strips for part in strip[:1]) + 2
        count = min(count, max(1, room // max(1, 4 * line * len(strips))))
    lines = [
        "\n".join("  ".join(parts).rstrip() for parts in zip(*(s[: count + 2] for s in block), strict=True))
        for block in blocks
    ]
    below = "\n\n".join(lines)
    return f"{grid.counts(count)}\n{below}" if below else grid.counts(count)


def _blocks(strips: list[list[str]], labels: list[str] | None) -> list[list[list[str]]]:
    """As many columns side by side as fit a terminal, the labels before them; those that are left below, and so on."""
    blocks: list[list[list[str]]] = []
    begun, most = columns(labels[0]) if labels else 0, width()
    used = most
    for strip in strips:
        if used + 2 + columns(strip[0]) > most:
            blocks.append([labels] if labels else [])
            used = begun
        blocks[-1].append(strip)
        used += 2 + columns(strip[0])
    return blocks


def _columns(grid: Grid) -> tuple[list[list[str]], list[bool]]:
    made = [column(values) for values in zip(*grid.rows, strict=True)] if grid.rows else []
    made = made or [([], False) for _ in grid.names]
    return [texts for texts, _ in made], [numeric for _, numeric in made]


def _side(numeric: bool) -> str | None:
    return None if numeric else "sm-magic-words"


def _html_rows(grid: Grid, body: list[list[str]], aligned: list[bool]) -> Iterator[str]:
    side = None if grid.labels is None else _side(column(grid.labels)[1])
    starts = ["<td>" if numeric else '<td class="sm-magic-words">' for numeric in aligned]
    for i in range(len(grid.rows)):
        label = join() if grid.labels is None else tag("th", cell(grid.labels[i]), scope="row", class_=side)
        cells = (f"{start}{escape(texts[i])}</td>" for start, texts in zip(starts, body, strict=True))
        yield f"<tr>{label}{''.join(cells)}</tr>"


def _strip(name: str, cells: list[str], right: bool) -> list[str]:
    """A column as lines of one width: its name, a rule, its cells."""
    texts = [one_line(text, _TEXT_CELL) for text in (name, *cells)]
    width = max(columns(text) for text in texts)
    head, *rest = (pad(text, width, right=right) for text in texts)
    return [head, "─" * width, *rest]
