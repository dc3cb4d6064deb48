from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sm_magic.local.models import weights

SHAPES = {"a": (2, 3), "b": ()}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty cache."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CACHE_HOME", str(tmp_path))
        yield tmp_path / "sm_magic" / "models"


class Training:
    """Counts how often it was needed."""

    times = 0

    def __call__(self) -> weights.Weights:
        self.times += 1
        return {"a": np.arange(6.0).reshape(2, 3), "b": np.float64(1.5)}  # type: ignore[dict-item]


def test_trained_once_then_read(folder: Path) -> None:
    """The second load gives the same numbers without training; only the user can read the folder."""
    train = Training()
    first, second = weights.load("m-1", SHAPES, train), weights.load("m-1", SHAPES, train)
    assert train.times == 1
    assert all(np.array_equal(first[key], second[key]) for key in SHAPES)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["m-1.npz"]


@pytest.mark.parametrize("damage", ["empty", "garbage", "pickle", "other shape", "not finite"])
def test_a_cache_that_is_not_right_is_trained_anew(folder: Path, damage: str) -> None:
    """Whatever lies in the cache, nothing is executed and the model is right."""
    folder.mkdir(parents=True)
    path = folder / "m-1.npz"
    contents = {
        "pickle": {"a": np.array([{}, {}], dtype=object), "b": np.float64(0)},
        "other shape": {"a": np.zeros((3, 3)), "b": np.float64(0)},
        "not finite": {"a": np.full((2, 3), np.nan), "b": np.float64(0)},
    }
    if damage in contents:
        np.savez(path, **contents[damage])  # type: ignore[arg-type]
    else:
        path.write_bytes(b"" if damage == "empty" else b"PK\x03\x04garbage")
    train = Training()
    assert weights.load("m-1", SHAPES, train)["b"] == 1.5
    assert train.times == 1
    weights.load("m-1", SHAPES, train)
    assert train.times == 1


def test_a_cache_that_cannot_be_written_is_no_error(folder: Path) -> None:
    """A read-only home costs a training, no more."""
    folder.parent.write_text("a file where the folder should be")
    assert weights.load("m-1", SHAPES, Training())["b"] == 1.5


def test_of_two_first_requests_one_trains(folder: Path) -> None:
    """Threads that come at once share one training."""
    train = Training()
    threads = [threading.Thread(target=weights.load, args=("m-1", SHAPES, train)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert train.times == 1
