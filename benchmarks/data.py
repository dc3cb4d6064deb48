"""What is measured: tables, arrays and pictures as people have them, the same in every run."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd

MIXED_ROWS = 40_000
"""Rows of `mixed` that are about 5 MB as CSV."""
NUMBER_ROWS = 5_000
"""Rows of `singles` that are about 5 MB as CSV."""
SMALL_ROWS = (1, 10, 100)

_WORDS = np.array(["Zürich", "Genève", "Basel", "La Chaux-de-Fonds, NE", "Bern", 'the "old" town'])


def mixed(rows: int = MIXED_ROWS) -> pd.DataFrame:
    """A table of customers: floats with missing ones, integers, words, some missing, times and bools."""
    rng = np.random.default_rng(0)
    town = _WORDS[rng.integers(0, len(_WORDS), rows)].astype(object)
    town[::50] = None
    balance = rng.normal(2_000, 700, rows)
    balance[::97] = np.nan
    return pd.DataFrame(
        {
            "customer": np.arange(rows) + 1_000_000,
            "age": rng.integers(18, 99, rows),
            "balance": balance,
            "score": rng.random(rows),
            "latitude": rng.uniform(45, 48, rows),
            "longitude": rng.uniform(6, 11, rows),
            "town": town,
            "name": [f"customer {i:x}" for i in rng.integers(0, 1 << 40, rows)],
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 1 << 26, rows), unit="s"),
            "churned": rng.random(rows) < 0.3,
        }
    )


def array(rows: int = NUMBER_ROWS, columns: int = 100) -> np.ndarray[Any, Any]:
    """Features as models take them: float32, rows × columns."""
    return np.random.default_rng(1).normal(size=(rows, columns)).astype(np.float32)


def singles(rows: int = NUMBER_ROWS, columns: int = 100) -> pd.DataFrame:
    """The same as a table of float32 columns."""
    return pd.DataFrame(array(rows, columns), columns=[f"feature_{i}" for i in range(columns)])


def records(rows: int = MIXED_ROWS) -> list[dict[str, Any]]:
    """A JSON answer's rows: dicts with a number, a word and a nested dict, about 5 MB as JSON."""
    rng = np.random.default_rng(2)
    scores = rng.random((rows, 2)).tolist()
    return [
        {
            "id": i,
            "label": "churn" if one > other else "stay",
            "score": max(one, other),
            "probabilities": {"churn": one, "stay": other},
        }
        for i, (one, other) in enumerate(scores)
    ]


def number_rows(rows: int = 6_500, columns: int = 40) -> list[list[float]]:
    """A JSON answer's rows of numbers, about 5 MB as JSON."""
    rows_of_numbers: list[list[float]] = np.random.default_rng(3).random((rows, columns)).tolist()
    return rows_of_numbers


def images(count: int = 8, side: int = 224) -> np.ndarray[Any, Any]:
    """A batch as vision models take it: float32, count × 3 × side × side."""
    return np.random.default_rng(4).random((count, 3, side, side), dtype=np.float32)


def picture(side: int = 512, kind: str = "JPEG") -> bytes:
    """A picture's file: colours that change smoothly, with some noise."""
    from PIL import Image

    ramp = np.linspace(0, 255, side)
    noise = np.random.default_rng(5).normal(0, 4, (side, side, 3))
    colours = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None, :], ramp[::-1, None]), axis=-1)
    file = io.BytesIO()
    Image.fromarray((colours + noise).clip(0, 255).astype(np.uint8)).save(file, kind)
    return file.getvalue()
