"""What Clarify's answer says, read into records: the units that were explained, and the predictions beside them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..mediatypes import parse
from .cells import is_number


class Unit(NamedTuple):
    """What an attribution is of: a feature, or a part of a feature that is text; a number for each label."""

    feature: str
    attribution: tuple[float, ...]
    text: str | None = None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A record that was explained: its labels and its units."""

    labels: Sequence[str]
    units: Sequence[Unit]

    def strongest(self, label: int) -> list[Unit]:
        """The units by what they did to that label, whatever the sign."""
        return sorted(self.units, key=lambda unit: -abs(unit.attribution[label]))

    def texts(self) -> dict[str, list[Unit]]:
        """The units of each text, by their feature, in the order of the text."""
        parts: dict[str, list[Unit]] = {}
        for unit in self.units:
            if unit.text:
                parts.setdefault(unit.feature, []).append(unit)
        return {name: sorted(units, key=lambda unit: unit.start or 0) for name, units in parts.items()}


def read(value: Mapping[str, Any], names: Sequence[str] = ()) -> list[Explained | None]:
    """The records of an answer; None for one that is not explained, none at all for ``"explanations": {}``.

    names: of the columns that were sent, for features without a header.
    """
    records = value["explanations"].get("kernel_shap")
    headers = value.get("label_headers")
    return [_record(record, headers, names) for record in records] if isinstance(records, list) else []


def predictions(value: Mapping[str, Any]) -> list[Any]:
    """The container's own answer, a value for each record: numbers as numbers, a row of CSV as its text."""
    said = value["predictions"]
    kind, text = parse(str(said.get("content_type"))).type, said["data"]
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        if kind == "application/json":
            return _listed(json.loads(text))
        if kind in ("application/jsonlines", "application/x-ndjson"):
            return [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return lines
    return [_number(line) for line in lines]


def _record(record: object, headers: object, names: Sequence[str]) -> Explained | None:
    if not isinstance(record, list):
        return None
    units: list[Unit] = []
    for i, feature in enumerate(record):
        if isinstance(feature, dict) and isinstance(feature.get("attributions"), list):
            header = feature.get("feature_header")
            fallback = names[i] if len(names) == len(record) else f"feature {i}"
            name = fallback if header is None else str(header)
            units.extend(unit for part in feature["attributions"] if (unit := _unit(name, part)) is not None)
    width = len(units[0].attribution) if units else 0
    units = [unit for unit in units if len(unit.attribution) == width]
    fits = isinstance(headers, list) and len(headers) == width
    labels = [str(header) for header in headers] if fits and isinstance(headers, list) else _numbered(width)
    return Explained(labels, units)


def _numbered(width: int) -> list[str]:
    return ["label"] if width == 1 else [f"label {i}" for i in range(width)]


def _unit(feature: str, part: object) -> Unit | None:
    """One attribution; None if it holds other than finite numbers."""
    numbers = part.get("attribution") if isinstance(part, dict) else None
    if not isinstance(part, dict) or not isinstance(numbers, list) or not numbers:
        return None
    if not all(is_number(number) and math.isfinite(number) for number in numbers):
        return None
    described = part.get("description")
    text = described.get("partial_text") if isinstance(described, dict) else None
    start = described.get("start_idx") if isinstance(described, dict) else None
    told = isinstance(text, str) and isinstance(start, int)
    return Unit(feature, tuple(map(float, numbers)), *((text, start) if told else ()))


def _listed(value: Any) -> list[Any]:
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    return value if isinstance(value, list) else [value]


def _number(line: str) -> float | str:
    try:
        return float(line)
    except ValueError:
        return line.strip()
