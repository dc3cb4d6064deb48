"""Why a model predicted what it did: SageMaker Clarify's attributions, a signed bar for each feature.

The shape is that of the Developer Guide, "Explainability with SageMaker Clarify", "Invoke the endpoint": the
container's own answer as text in `predictions`, and in `explanations.kernel_shap` a list of features for each record,
null for a record that is not explained; `explanations` is empty where none is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..settings import Settings
from .attributions import Explained, Unit, predictions, read
from .bars import Bar, signed_shown
from .base import Answer, Shown, View, room
from .cells import cell
from .grid import Grid, grid_shown
from .marks import Mark, marked
from .markup import join, tag
from .printable import one_line
from .quantities import part_of
from .tables import Table, find
from .tree import beside

if TYPE_CHECKING:
    from pandas import DataFrame

_RECORDS: Final = 5  # So many records are shown,
_LABELS: Final = 5  # and so many labels of each.
_MARKS: Final = 40  # So many words of a text are marked: the strongest,
_WEAKEST: Final = 0.05  # and none that did less than this share of what the strongest did.
_NAME: Final = 48
_SHOWN: Final = frozenset({"version", "predictions", "explanations", "label_headers"})


def claims(answer: Answer) -> bool:
    """Whether the value is an answer of a Clarify explainer."""
    return _in(answer) is not None


def show(answer: Answer, settings: Settings) -> Shown:
    """Each of the first records: its prediction, and what each feature did to it."""
    value, records = _read(answer)
    said, space = predictions(value), room(settings) // 4
    if any(records):
        shown = records[:_RECORDS]
        parts = [_record(i, record, said, space // len(shown), settings) for i, record in enumerate(shown)]
        parts += _left(len(shown), len(records), "record")
    else:
        rows = [[item] for item in said[: settings.max_rows]]
        grid = Grid(names=["prediction"], rows=rows, height=len(said), width=1)
        parts = [_line("No record was explained."), grid_shown(grid, space)]
    rest = {key: item for key, item in value.items() if key not in _SHOWN}
    return _joined([*parts, *([beside(rest, space)] if rest else [])])


def table(answer: Answer) -> Table | None:
    """A row for each attribution: record, label, feature, the text and its place if there is one, attribution.

    Where no record is explained: a row for each prediction.
    """
    from pandas import DataFrame

    value, records = _read(answer)
    return find(_frame(records) if any(records) else DataFrame({"prediction": predictions(value)}))


def _in(answer: Answer) -> dict[str, Any] | None:
    value = answer.value
    if not isinstance(value, dict) or not isinstance(value.get("explanations"), dict):
        return None
    inner = value.get("predictions")
    return value if isinstance(inner, dict) and isinstance(inner.get("data"), str) else None


def _read(answer: Answer) -> tuple[dict[str, Any], list[Explained | None]]:
    value = _in(answer)
    if value is None:
        raise ValueError("there are no explanations in this answer")
    return value, read(value, () if answer.sent is None else answer.sent.facts.names)


def _frame(records: Sequence[Explained | None]) -> DataFrame:
    from pandas import DataFrame

    made = [(i, record) for i, record in enumerate(records) if record is not None]
    rows = [
        (i, label, unit.feature, unit.text, unit.start, number)
        for i, record in made
        for unit in record.units
        for label, number in zip(record.labels, unit.attribution, strict=True)
    ]
    frame = DataFrame(rows, columns=["record", "label", "feature", "text", "start", "attribution"])
    worded = any(unit.text is not None for _, record in made for unit in record.units)
    return frame if worded else frame.drop(columns=["text", "start"])


# --- a record -----------------------------------------------------------------------------------------------


def _record(
    i: int, record: Explained | None, said: Sequence[object], space: int, settings: Settings
) -> Shown:
    title = f"record {i}" + (f": prediction {cell(said[i])}" if i < len(said) else "")
    if record is None:
        return _line(f"{title}, not explained")
    parts = [Shown(html=tag("p", tag("strong", title)), text=title)]
    shown = record.labels[:_LABELS]
    for number in range(len(shown)):
        parts += _label(record, number, space // len(shown), settings)
    return _joined([*parts, *_left(len(shown), len(record.labels), "label")])


def _label(record: Explained, number: int, space: int, settings: Settings) -> Iterator[Shown]:
    """The texts with what their words did, then a bar for each feature or word, the strongest first."""
    label = f"{one_line(record.labels[number], _NAME)}: " if len(record.labels) > 1 else ""
    for name, units in record.texts().items():
        if label:
            yield _line(f"{label}{cell(name, _NAME)}")
        yield _text(units, number, space)
    units = record.strongest(number)
    best = units[: settings.max_rows]
    one = len({unit.feature for unit in units}) == 1
    bars = [
        Bar(_name(unit, one), unit.attribution[number], _signed(unit.attribution[number])) for unit in best
    ]
    yield signed_shown(bars, f"{label}{part_of(len(best), len(units), 'attribution')}")


def _text(units: Sequence[Unit], number: int, space: int) -> Shown:
    """A text, put together from its parts, the strongest marked with their numbers.

    Where two parts do not touch there was white space: the parts are all that the explainer saw.
    """
    strongest = sorted((abs(unit.attribution[number]) for unit in units), reverse=True)
    weakest = max([strongest[0] * _WEAKEST, *strongest[_MARKS - 1 : _MARKS]])
    text, end = "", 0
    marks = []
    for unit in units:
        part, start, did = unit.text or "", unit.start or 0, unit.attribution[number]
        text += " " if text and start > end else ""
        end = start + len(part)
        if did and abs(did) >= weakest:
            tones = ["sm-magic-down"] * (did < 0) + ["sm-magic-strong"] * (abs(did) >= strongest[0] / 2)
            marks.append(Mark(len(text), len(text) + len(part), _signed(did), " ".join(tones) or None))
        text += part
    return marked(text, marks, space)


def _name(unit: Unit, one: bool) -> str:
    """The feature; of a part of a text that part, where it is, and of several features which."""
    name = cell(unit.feature, _NAME)
    if unit.text is None:
        return name
    return f"{cell(unit.text, _NAME)} (at {unit.start:,})" + ("" if one else f" · {name}")


def _signed(number: float) -> str:
    return f"{number:+.4g}"


def _left(shown: int, count: int, noun: str) -> list[Shown]:
    return [_line(f"{part_of(shown, count, noun)}; .frame() has all.")] if shown < count else []


def _line(text: str) -> Shown:
    return Shown(html=tag("p", text), text=text)


def _joined(parts: Sequence[Shown]) -> Shown:
    return Shown(html=join(*(part.html for part in parts)), text="\n\n".join(part.text for part in parts))


VIEW = View(name="explanations", rank=14, claims=claims, show=show, table=table)
