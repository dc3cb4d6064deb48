"""The series of a forecast, read from the answer and, for what came before them, from the request."""

from __future__ import annotations

import json
import math
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ..mediatypes import parse
from ..messages import Payload
from .base import Answer
from .cells import is_number

_LEVEL: Final = re.compile(r"0?\.\d{1,6}")
_ALONE: Final = frozenset({"mean", "samples", "item_id", "start"})
"""A forecast without quantiles holds nothing else; an object of mean and variance is none."""
_KEYS: Final = ("predictions", "prediction")
_SAMPLED: Final = ("0.1", "0.5", "0.9")
_MOST: Final = 2_000_000  # bytes; a longer body is not read again to show an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series ahead, step by step, and what was sent of it.

    quantiles: by their levels as they came, the lowest first.  times: of the steps, None where they are not known.
    """

    name: str | None
    mean: Sequence[float]
    quantiles: Mapping[str, Sequence[float]]
    past: Sequence[float] = ()
    times: Sequence[Any] | None = None
    past_times: Sequence[Any] | None = None

    @property
    def line(self) -> tuple[str, Sequence[float]]:
        """What stands for the forecast: its mean, else the quantile in the middle."""
        if self.mean:
            return "mean", self.mean
        level = list(self.quantiles)[(len(self.quantiles) - 1) // 2]
        return level, self.quantiles[level]

    @property
    def bands(self) -> list[tuple[str, str]]:
        """Pairs of levels, the lowest with the highest, and so on inwards."""
        levels = list(self.quantiles)
        return list(zip(levels, levels[::-1], strict=True))[: len(levels) // 2]

    def __len__(self) -> int:
        return len(self.line[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The forecasts in an answer, not yet read, and what else it held."""

    predictions: Sequence[Any]
    rest: Mapping[str, object] = field(default_factory=dict)


def series_in(value: object) -> Found | None:
    """Where the forecasts are in a decoded JSON value; None if it holds none.  Only the first is looked at."""
    if isinstance(value, list):  # JSON Lines
        return Found(predictions=value) if value and _columns(value[0], alone=False) else None
    if not isinstance(value, dict):
        return None
    for key in _KEYS:
        inner = value.get(key)
        inner = [inner] if isinstance(inner, dict) else inner
        if isinstance(inner, list) and inner and _columns(inner[0], alone=True):
            return Found(predictions=inner, rest={k: v for k, v in value.items() if k != key})
    return Found(predictions=[value]) if _columns(value, alone=False) else None


def read(answer: Answer, limit: int | None = None) -> list[Series]:
    """The first *limit* series, or all; what among them is no forecast is left out."""
    found = series_in(answer.value)
    if found is None:
        return []
    sent = _request(answer.sent)
    histories, frequency = _histories(sent, len(found.predictions)), _frequency(sent)
    return [
        _series(item, columns, _history(histories, i, item), frequency)
        for i, item in enumerate(found.predictions[:limit])
        if (columns := _columns(item, alone=True))
    ]


def _columns(item: object, *, alone: bool) -> dict[str, list[float]] | None:
    """The mean and the quantiles by their levels, of one length; None if *item* is no forecast.

    alone: whether a mean without any quantile is one.
    """
    if not isinstance(item, dict):
        return None
    inner = item.get("quantiles")
    levels = {**(inner if isinstance(inner, dict) else {}), **{k: v for k, v in item.items() if _is_level(k)}}
    if not all(map(_is_level, levels)) or not (levels or (alone and item.keys() <= _ALONE)):
        return None
    lines = {"mean": item["mean"]} if "mean" in item else {}
    lines.update((level, levels[level]) for level in sorted(levels, key=float))
    made = {name: _numbers(line) for name, line in lines.items()} if lines else _of_samples(item)
    lengths = {len(line) if line else 0 for line in made.values()}
    return {k: v for k, v in made.items() if v} if len(lengths) == 1 and 0 not in lengths else None


def _is_level(key: object) -> bool:
    return isinstance(key, str) and _LEVEL.fullmatch(key) is not None


def _of_samples(item: Mapping[str, Any]) -> dict[str, list[float] | None]:
    """Of sampled paths alone: their mean and three quantiles."""
    samples = item.get("samples")
    paths = [_numbers(path) for path in samples] if isinstance(samples, list) else []
    if not paths or None in paths or len({len(path or ()) for path in paths}) != 1:
        return {}
    import numpy as np

    drawn = np.array(paths, dtype=float)
    made = {level: np.quantile(drawn, float(level), axis=0).tolist() for level in _SAMPLED}
    return {"mean": drawn.mean(axis=0).tolist(), **made}


def _numbers(values: object) -> list[float] | None:
    """Numbers as floats, a missing one (null, "NaN") as NaN; None if there is anything else."""
    if not isinstance(values, list) or not all(is_number(v) or v is None or v == "NaN" for v in values):
        return None
    return [math.nan if value is None else float(value) for value in values]


# --- what was sent ------------------------------------------------------------------------------------------


def _request(sent: Payload | None) -> Mapping[str, Any]:
    """The JSON object that was sent; empty if it was none, or a large one."""
    if sent is None or sent.size > _MOST or parse(sent.content_type).type != "application/json":
        return {}
    try:
        value = json.loads(sent.body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _histories(sent: Mapping[str, Any], count: int) -> list[Any]:
    """What was sent of each series: DeepAR's ``instances``, Chronos's ``inputs``."""
    for key in ("instances", "inputs"):
        items = sent.get(key)
        if isinstance(items, list) and len(items) == count:
            return items
    return []


def _history(histories: list[Any], i: int, item: Mapping[str, Any]) -> Mapping[str, Any]:
    named = item.get("item_id")
    if named is not None:
        return next((h for h in histories if isinstance(h, dict) and h.get("item_id") == named), {})
    return histories[i] if histories and isinstance(histories[i], dict) else {}


def _frequency(sent: Mapping[str, Any]) -> str | None:
    """The time between two values by pandas' name (``1h``, ``D``), where the request says it."""
    for key in ("parameters", "configuration"):
        options = sent.get(key)
        if isinstance(options, dict) and isinstance(options.get("freq"), str):
            return str(options["freq"])
    return None


def _series(
    item: Mapping[str, Any],
    columns: dict[str, list[float]],
    history: Mapping[str, Any],
    frequency: str | None,
) -> Series:
    name = item.get("item_id", history.get("item_id"))
    past = _numbers(history.get("target")) or []
    mean = columns.pop("mean", [])
    steps = len(mean or next(iter(columns.values())))
    times = past_times = None
    if frequency is not None:
        began = _times(history.get("start"), len(past) + steps, frequency) if past else None
        times = _times(item["start"], steps, frequency) if "start" in item else began and began[-steps:]
        past_times = began[: len(past)] if began else None
    return Series(
        name=None if name is None else str(name),
        mean=mean,
        quantiles=columns,
        past=past,
        times=times,
        past_times=past_times,
    )


def _times(start: object, count: int, frequency: str) -> list[Any] | None:
    """*count* times from *start* on; None if pandas can't tell them."""
    if not isinstance(start, str):
        return None
    import pandas as pd

    for name in (frequency, frequency.replace("H", "h")):  # pandas 3 knows no "H"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of names that pandas will forget
                first = pd.Timestamp(start).tz_localize(None)
                return list(pd.date_range(first, periods=count, freq=name).to_pydatetime())
        except (ValueError, TypeError, OverflowError):
            continue
    return None
