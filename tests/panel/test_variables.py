"""The list of variables: what can be sent, told apart by type and size."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sm_magic.panel.variables import described, sendable


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (pd.DataFrame({"a": range(1_500)}), "DataFrame, 1,500 × 1"),
        (pd.Series([1.0], name="a"), "Series, 1 float64"),
        (np.zeros((8, 8), "uint8"), "ndarray, 8 × 8 uint8"),
        (np.float32(1), "float32, a number float32"),
        (Image.new("RGB", (640, 480)), "Image, 640 × 480 RGB"),
        ("hello", "str, 5 characters"),
        (b"\x00" * 2_000, "bytes, 2,000 bytes"),
        ([1, 2, 3], "list of 3"),
        ({"a": 1}, "dict of 1"),
        (7, "int"),
    ],
    ids=lambda given: given if isinstance(given, str) and "," in given else type(given).__name__,
)
def test_type_and_size_are_told(value, words):
    """As a person tells variables apart."""
    assert described(value) == words


def test_what_can_be_sent_is_listed_and_nothing_else():
    """Tables and pictures first; no modules, functions, classes, nor what IPython keeps for itself."""
    namespace = {
        "text": "hello", "df": pd.DataFrame({"a": [1]}), "json": json, "print": print, "_1": 1, "In": [""], "cls": dict,
        "numbers": [1, 2], "file": open, "thing": object(),
    }  # fmt: skip

    assert [name for _, name in sendable(namespace)] == ["df", "numbers", "text"]
    assert sendable(namespace)[0] == ("df · DataFrame, 1 × 1", "df")


def test_an_object_that_raises_harms_nothing():
    """It may do anything when it is asked what it can."""

    class Odd:
        def __getattribute__(self, name):
            raise RuntimeError(name)

    assert [name for _, name in sendable({"odd": Odd(), "n": 1})] == ["n"]
