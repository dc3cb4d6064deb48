"""A forecast: a line with its band after what is known, a panel for each series, and its numbers as a table.

The shapes are DeepAR's (Developer Guide, "DeepAR Inference Formats": ``mean``, ``quantiles``, ``samples``; "NaN" is a
text) and those of Chronos on JumpStart (amazon-science/chronos-forecasting, "Deploy Chronos-2 endpoints": the levels
of the quantiles stand beside ``mean``, with ``item_id`` and the ``start`` of the forecast).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final

from ..settings import Settings
from .bars import spark
from .base import Answer, Shown, View, room
from .facts import wrap
from .grid import Grid, grid_shown
from .markup import Markup, join, tag
from .plot import Panel, panels, picture
from .printable import columns, one_line, pad, width
from .quantities import number, part_of, plural
from .series import Series, read, series_in
from .tables import Table, find
from .tree import beside

_DRAWN: Final = 6  # So many series have a panel.
_NAME: Final = 40
_SPARKS: Final = 48  # So many values of a line are drawn with characters, half as many of what was before.
_BOUNDS: Final = 25  # Beside them stand the least and the greatest value.
_PAST: Final = 3  # What is known is drawn for three times as long as the forecast,
_SHORTEST: Final = 60  # or for so many values.


def claims(answer: Answer) -> bool:
    """Whether the value is a forecast of a series or of several."""
    return answer.once(series_in) is not None


def show(answer: Answer, settings: Settings) -> Shown:
    """A panel for each of the first series; then its steps, with the mean and all quantiles."""
    found, drawn = answer.once(series_in), read(answer, _DRAWN)
    if found is None or not drawn:
        raise ValueError("there is no forecast in this answer")
    count = len(found.predictions)
    facts, sparks = _facts(drawn, count), _sparks(drawn)
    png = panels([_panel(series, _title(series, i, count)) for i, series in enumerate(drawn)], settings)
    grid = grid_shown(
        _grid(read(answer, settings.max_rows), found.predictions, settings), room(settings) // 2
    )
    chart = tag("div", tag("pre", sparks), class_="sm-magic-scroll")
    if png is not None:
        chart = join(picture(png, _alt(drawn)), _named(drawn, count))
    said = "\n".join(wrap(facts, width()))
    html, text = join(tag("p", facts), chart, grid.html), f"{said}\n{sparks}\n\n{grid.text}"
    if found.rest:
        more = beside(found.rest, room(settings) // 4)
        html, text = join(html, more.html), f"{text}\n\n{more.text}"
    return Shown(html=html, text=text)


def table(answer: Answer) -> Table | None:
    """A row for each step of each series: its name, the step, the time where it is known, the mean, the quantiles."""
    from pandas import DataFrame

    made = read(answer)
    names = _names(made)
    return find(
        DataFrame([row for i, series in enumerate(made) for row in _rows(series, i, names)], columns=names)
    )


# --- the numbers --------------------------------------------------------------------------------------------


def _names(made: Sequence[Series]) -> list[str]:
    """The columns of the table."""
    levels = sorted({level for series in made for level in series.quantiles}, key=float)
    timed = ["time"] if any(series.times for series in made) else []
    return ["series", "step", *timed, *(["mean"] if any(series.mean for series in made) else []), *levels]


def _rows(series: Series, i: int, names: Sequence[str]) -> list[list[Any]]:
    steps = len(series)
    missing = [math.nan] * steps
    of: dict[str, Sequence[Any]] = {
        "series": [i if series.name is None else series.name] * steps,
        "step": range(1, steps + 1),
        "time": series.times or [None] * steps,
        "mean": series.mean or missing,
    }
    return [
        list(row) for row in zip(*(of.get(n) or series.quantiles.get(n, missing) for n in names), strict=True)
    ]


def _grid(made: Sequence[Series], predictions: Sequence[Any], settings: Settings) -> Grid:
    """The first steps; of one series without a name the name is left out."""
    alone = len(predictions) == 1 and made[0].name is None
    names = _names(made)[1 if alone else 0 :]
    rows = [row for i, series in enumerate(made) for row in _rows(series, i, names)][: settings.max_rows]
    whole = sum(map(len, made)) if len(made) == len(predictions) else len(made[0]) * len(predictions)
    most = settings.max_columns
    return Grid(
        names=names[:most],
        rows=[row[:most] for row in _dated(rows)],
        height=whole,
        width=len(names),
        under="steps",
    )


def _dated(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Times as people write them: ``2026-11-21 12:00``, dates where all are at midnight."""
    times = [value for row in rows for value in row if isinstance(value, datetime)]
    midnight = all(value.time() == time() for value in times)
    minutes = all(value.second == 0 for value in times)

    def said(value: datetime) -> str:
        return str(value.date()) if midnight else value.isoformat(" ", "minutes" if minutes else "seconds")

    return [[said(value) if isinstance(value, datetime) else value for value in row] for row in rows]


# --- the lines ----------------------------------------------------------------------------------------------


def _facts(drawn: Sequence[Series], count: int) -> str:
    """What is drawn: ``2 series of 24 steps · line: mean · band: 0.1 to 0.9``."""
    lengths = sorted({len(series) for series in drawn})
    steps = plural(lengths[0], "step") if len(lengths) == 1 else f"{lengths[0]:,} to {lengths[-1]:,} steps"
    first = drawn[0]
    said = [f"{part_of(len(drawn), count, 'series', 'series')} of {steps}", f"line: {first.line[0]}"]
    if first.bands:
        said.append(f"band: {', '.join(f'{low} to {high}' for low, high in first.bands)}")
    if first.past:
        shown = len(first.past) - _from(first)
        values = plural(len(first.past), "value")
        said.append(f"before it: {'' if shown == len(first.past) else f'the last {shown} of '}{values} sent")
    return " · ".join(said)


def _title(series: Series, i: int, count: int) -> str:
    """The name of a panel; the fonts of a picture may have no others than ASCII's."""
    if series.name and series.name.isascii() and series.name.isprintable():
        return one_line(series.name, _NAME)
    return f"series {i}" if count > 1 else ""


def _named(drawn: Sequence[Series], count: int) -> Markup:
    """Who the panels are that bear a number in the place of a name."""
    said = []
    for i, series in enumerate(drawn):
        title, name = _title(series, i, count), _name(series, i)
        if series.name is not None and title != name:
            said.append(f"{title}: {name}" if title else name)
    return tag("p", " · ".join(said)) if said else Markup()


def _alt(drawn: Sequence[Series]) -> str:
    names = [_name(series, i) for i, series in enumerate(drawn)]
    past = ", after what was sent" if any(series.past for series in drawn) else ""
    return f"Chart of the forecast{past}: {', '.join(names)}"


def _from(series: Series) -> int:
    """The first value of the past that is drawn."""
    return max(0, len(series.past) - max(_PAST * len(series), _SHORTEST))


def _panel(series: Series, title: str) -> Panel:
    start, known = _from(series), len(series.past)
    past: Sequence[Any] = range(1 - known, 1)
    times: Sequence[Any] = range(1, len(series) + 1)
    if series.times and (series.past_times or not known):
        past, times = series.past_times or (), series.times
    return Panel(
        title=title,
        past=(past[start:], series.past[start:]),
        times=times,
        line=series.line[1],
        bands=[(series.quantiles[low], series.quantiles[high]) for low, high in series.bands],
    )


def _sparks(drawn: Sequence[Series]) -> str:
    """Each series as a line of characters: what was sent, the forecast, and between which numbers."""
    names = [_name(series, i) for i, series in enumerate(drawn)]
    widest = max(map(columns, names))
    most = min(_SPARKS, (width() - widest - _BOUNDS) * 2 // 3)
    return "\n".join(
        f"{pad(name, widest)}  {_spark(series, most)}" for name, series in zip(names, drawn, strict=True)
    )


def _name(series: Series, i: int) -> str:
    return one_line(f"series {i}" if series.name is None else series.name, _NAME)


def _spark(series: Series, most: int) -> str:
    line = _thinned(series.line[1], most)
    past = _thinned(series.past[_from(series) :], most // 2)
    known = [value for value in (*past, *line) if math.isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    before = f"{spark(past, low, high)}│" if past else ""
    return f"{before}{spark(line, low, high)}  {number(low)} to {number(high)}"


def _thinned(values: Sequence[float], most: int) -> Sequence[float]:
    return values[:: max(1, -(-len(values) // most))]


VIEW = View(name="forecast", rank=15, claims=claims, show=show, table=table)
