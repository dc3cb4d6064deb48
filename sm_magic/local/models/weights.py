"""Weights of the demo models: trained once, kept as numbers, never as pickles.

The file is ``NAME.npz`` in the user's cache folder (0700), read without pickle; one that is damaged, or isn't
what the model needs, is trained again.  Only training imports scikit-learn: predicting is a few lines of numpy.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Weights = Mapping[str, Array]
_lock = threading.Lock()


def load(name: str, shapes: Mapping[str, tuple[int, ...]], train: Callable[[], Weights]) -> Weights:
    """The weights *name*, arrays of these *shapes*: from the cache, else from *train*.

    name: with a number that goes up when the recipe changes.
    """
    with _lock:  # of two first requests, one trains
        path = folder() / f"{name}.npz"
        kept = _read(path, shapes)
        if kept is not None:
            return kept
        weights = {key: np.asarray(value, dtype=np.float64) for key, value in train().items()}
        with suppress(OSError):  # a read-only home: trained once in each process
            _write(path, weights)
        return weights


def folder() -> Path:
    """The cache folder of this user."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        base = Path(given)
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home())
    else:
        base = Path.home() / ".cache"
    return base / "sm_magic" / "models"


def _read(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> Weights | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            weights = {key: arrays[key] for key in shapes}
    except Exception:  # noqa: BLE001 - whatever is wrong with a cache file, the answer is to train
        return None
    right = all(
        weights[key].shape == shape and weights[key].dtype == np.float64 and np.isfinite(weights[key]).all()
        for key, shape in shapes.items()
    )
    return weights if right else None


def _write(path: Path, weights: Weights) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A name of its own, then a rename: two processes may train at once, and a reader never sees half a file.
    descriptor, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, **weights)  # type: ignore[arg-type]
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
