"""Tables that some models' answers hold under names of their own; what each means is that model's convention."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .tables import Table, from_columns


def ranked(values: list[Any]) -> Table | None:
    """``[{"label": ["__label__a", …], "prob": [0.9, …]}, …]`` of BlazingText: its k best classes for each text.

    Columns label and prob; with k above one label.0, prob.0, label.1, …
    """
    if type(values[0]) is not dict or values[0].keys() != {"label", "prob"}:
        return None
    pairs = [(row.get("label"), row.get("prob")) for row in values if isinstance(row, dict)]
    if len(pairs) < len(values) or not all(isinstance(part, list) for pair in pairs for part in pair):
        return None
    count, *others = {len(part) for pair in pairs for part in pair if part is not None}
    if others or not count:
        return None
    ends = [""] if count == 1 else [f".{place}" for place in range(count)]
    columns = {
        f"{name}{end}": [pair[which][place] for pair in pairs]  # type: ignore[index]  # lists, as was seen
        for place, end in enumerate(ends)
        for which, name in enumerate(("label", "prob"))
    }
    return from_columns(columns)


def cells(value: dict[str, Any]) -> Table | None:
    """``{"answer": …, "coordinates": [[0, 1], …], "cells": ["36542", …], "aggregator": …}``: an answer from a table.

    Columns row, column and cell (transformers, "table-question-answering").
    """
    places, texts = value.get("coordinates"), value.get("cells")
    if not isinstance(places, list) or not isinstance(texts, list) or not texts or len(places) != len(texts):
        return None
    if not all(isinstance(place, list) and len(place) == 2 for place in places):
        return None
    columns = {"row": [place[0] for place in places], "column": [place[1] for place in places], "cell": texts}
    return replace(
        from_columns(columns),
        rest={key: item for key, item in value.items() if key not in ("coordinates", "cells")},
    )
