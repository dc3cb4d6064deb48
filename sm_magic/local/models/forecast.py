"""forecast: a time series -> how it may go on, as DeepAR answers.

The model is fitted to each series as it comes: an autoregression on its last values and those of a season ago, by
ridge regression; its paths are drawn from its own residuals.  Request and answer are those of DeepAR
(Developer Guide, "DeepAR Inference Formats"): ``instances`` of ``start`` and ``target``, ``configuration`` of
``num_samples``, ``output_types`` and ``quantiles``; missing values are ``"NaN"`` or null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..fleet import ContainerError, Model
from ..wire import Call, Reply
from . import answers
from .weights import Array

STEPS = 24
"""How many values a forecast has: DeepAR's prediction_length."""
_LAGS = 8
_SHORTEST = 12  # values that a series must have
_LONGEST = 10_000
_MOST_SAMPLES, _MOST_SERIES = 1_000, 100
_OUTPUTS = ("mean", "quantiles", "samples")
_RIDGE = 1e-3


def model(_: str) -> Model:
    """The forecaster; there is one variant."""
    return _predict


def _predict(call: Call) -> Reply:
    if call.content_type != "application/json":
        raise ContainerError(
            415, f"Unsupported content type: {call.content_type or 'None'}. Supported: application/json"
        )
    series, configuration = _read(call.body)
    predictions = [_told(paths(target, configuration["num_samples"]), configuration) for target in series]
    return answers.answer(
        call.accept,
        {
            "application/json": lambda: json.dumps({"predictions": predictions}).encode(),
            "application/jsonlines": lambda: "".join(f"{json.dumps(p)}\n" for p in predictions).encode(),
        },
    )


def paths(target: Array, samples: int) -> Array:
    """*samples* ways in which *target* may go on, of shape (samples, STEPS)."""
    lags = _lags(target)
    middle, spread = float(target.mean()), float(target.std()) or 1.0
    scaled = (target - middle) / spread
    start = max(lags)
    past = np.stack(
        [scaled[start - lag : len(scaled) - lag] for lag in lags] + [np.ones(len(scaled) - start)], axis=1
    )
    now = scaled[start:]
    weights = np.linalg.solve(past.T @ past + _RIDGE * np.eye(past.shape[1]), past.T @ now)
    residuals = now - past @ weights
    random = np.random.default_rng(0)  # the same question has the same answer
    known = np.tile(scaled[-start:], (samples, 1))
    limit = 4 * (np.abs(scaled).max() + 1)  # an unstable fit must not run away
    for _ in range(STEPS):
        features = np.stack([known[:, -lag] for lag in lags] + [np.ones(samples)], axis=1)
        value = features @ weights + random.choice(residuals, samples)
        known = np.concatenate([known, np.clip(value, -limit, limit)[:, None]], axis=1)
    return np.asarray(known[:, -STEPS:] * spread + middle)


def _lags(target: Array) -> list[int]:
    """The last values, and those around the season that the series repeats itself at best."""
    most = min(_LAGS, len(target) // 4)
    lags = set(range(1, most + 1))
    centred = target - target.mean()
    longest = min(len(target) // 3, 400)
    power = float(centred @ centred)
    if longest > most and power:
        likeness = [float(centred[lag:] @ centred[:-lag]) / power for lag in range(most + 1, longest + 1)]
        best = int(np.argmax(likeness))
        if likeness[best] > 0.3:
            lags.add(best + most + 1)
    return sorted(lags)


def _told(drawn: Array, configuration: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if "mean" in configuration["output_types"]:
        said["mean"] = drawn.mean(axis=0).tolist()
    if "quantiles" in configuration["output_types"]:
        levels = configuration["quantiles"]
        said["quantiles"] = {
            str(level): np.quantile(drawn, float(level), axis=0).tolist() for level in levels
        }
    if "samples" in configuration["output_types"]:
        said["samples"] = drawn.tolist()
    return said


def _read(body: bytes) -> tuple[list[Array], Mapping[str, Any]]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ContainerError(400, f"Unable to parse the JSON body: {error}") from error
    if (
        not isinstance(document, dict)
        or not isinstance(document.get("instances"), list)
        or not document["instances"]
    ):
        raise ContainerError(
            400, 'Expected {"instances": [{"start": …, "target": […]}], "configuration": {…}}.'
        )
    if len(document["instances"]) > _MOST_SERIES:
        raise ContainerError(400, f"At most {_MOST_SERIES} series at once.")
    series = [_target(number, instance) for number, instance in enumerate(document["instances"])]
    return series, _configuration(document.get("configuration") or {})


def _target(number: int, instance: Any) -> Array:
    if not isinstance(instance, dict) or not isinstance(instance.get("target"), list):
        raise ContainerError(400, f"instances[{number}] has no target, a list of numbers.")
    try:
        target = np.array([math.nan if v in (None, "NaN") else float(v) for v in instance["target"]])
    except (TypeError, ValueError) as error:
        raise ContainerError(400, f"instances[{number}].target is no list of numbers: {error}") from error
    known = np.isfinite(target)
    if int(known.sum()) < _SHORTEST or len(target) > _LONGEST:
        text = f"instances[{number}].target needs {_SHORTEST} to {_LONGEST:,} values that are known."
        raise ContainerError(400, text)
    places = np.arange(len(target))
    return np.asarray(np.interp(places, places[known], target[known]))


def _configuration(given: Any) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise ContainerError(400, "configuration must be an object.")
    configuration = {
        "num_samples": 100,
        "output_types": ["mean", "quantiles"],
        "quantiles": ["0.1", "0.5", "0.9"],
        **given,
    }
    samples, outputs, levels = (configuration[key] for key in ("num_samples", "output_types", "quantiles"))
    if type(samples) is not int or not 1 <= samples <= _MOST_SAMPLES:
        raise ContainerError(400, f"num_samples must be a whole number from 1 to {_MOST_SAMPLES:,}.")
    if not isinstance(outputs, list) or not outputs or not set(map(str, outputs)) <= set(_OUTPUTS):
        raise ContainerError(400, f"output_types must be some of {', '.join(_OUTPUTS)}.")
    if not isinstance(levels, list) or not _are_levels(levels):
        raise ContainerError(400, 'quantiles must be levels between 0 and 1, such as ["0.1", "0.9"].')
    return configuration


def _are_levels(levels: Sequence[Any]) -> bool:
    try:
        return all(0 < float(level) < 1 for level in levels)
    except (TypeError, ValueError):
        return False
