"""Class probabilities: labelled bars, the best first."""

import re

import numpy as np
import pandas as pd
import pytest

from sm_magic.settings import Settings
from sm_magic.views.probabilities import read

THREE = {
    "labels": ["setosa", "versicolor", "virginica"],
    "probabilities": [0.02, 0.97, 0.01],
    "predicted_label": "versicolor",
}


def test_labelled_bars(shown, golden):
    """A bar, a label and a number for each class; what stood beside them is below."""
    made = shown(THREE, rows=1)

    golden("probabilities", text=made.text, html=made.html)


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        (THREE, ["versicolor", "setosa", "virginica"]),
        ({"labels": ["a", "b"], "scores": [0.2, 0.9]}, ["b", "a"]),
        ([{"label": "a", "score": 0.2}, {"label": "b", "score": 0.8}], ["b", "a"]),
        ([[{"label": "a", "score": 0.2}, {"label": "b", "score": 0.8}]], ["b", "a"]),
        ([{"label": ["__label__b", "__label__a"], "prob": [0.9, 0.05]}], ["__label__b", "__label__a"]),
        ({"a": 0.3, "b": 0.7}, ["b", "a"]),
        ([0.1, 0.6, 0.3], ["1", "2", "0"]),
        ({"predictions": [{"label": "b", "probabilities": {"a": 0.4, "b": 0.6}}]}, ["b", "a"]),
        (pd.DataFrame([[0.4, 0.6]], columns=["no", "yes"]), ["yes", "no"]),
        (np.array([[0.25, 0.75]], dtype="float32"), ["1", "0"]),
    ],
)
def test_best_first(shown, page, value, labels):
    """Whatever the container's way to write them."""
    made = shown(value, rows=1)
    lines = [line.split()[0] for line in made.text.splitlines()[1 : len(labels) + 1]]

    assert lines == labels
    assert re.findall(r"<th scope=\"row\">(.*?)</th>", made.html) == labels
    assert len(page(made.html).all("meter")) == len(labels)


def test_a_thousand_classes_are_cut(shown):
    """The best twenty, and of how many."""
    shares = np.full(1_000, 0.0005)
    shares[7] = 1 - 0.0005 * 999
    made = shown(shares.tolist())

    assert made.text.splitlines()[0] == "20 of 1,000 classes"
    assert made.text.splitlines()[1].startswith("7 ")


def test_a_share_that_is_small_is_not_nothing(shown):
    """1e-7 is not 0.0000."""
    text = shown([1 - 1e-7, 1e-7]).text

    assert "1.0e-07" in text
    assert "0.0000" not in text


@pytest.mark.parametrize(
    "value",
    [
        [0.5, 0.6],
        [1.5, -0.5],
        [1.0],
        [True, False],
        [float("nan"), 1.0],
        {"labels": ["a"], "scores": [3.5]},
        {"labels": ["a", "b"], "scores": [0.5]},
        [{"label": "a", "score": 0.9}, {"label": "a", "score": 0.1}],
        [{"label": "a", "score": "0.9"}, {"label": "b", "score": "0.1"}],
        {"predictions": [[0.2, 0.8], [0.3, 0.7]]},
        {},
        [],
        [[]],
    ],
)
def test_what_is_no_distribution(value):
    """Numbers that can't be the shares of one row are left to other views."""
    assert read(value) is None


def test_several_rows_are_a_table(shown):
    """Two scores for two rows are two predictions, though they add up to one."""
    assert "prediction" in shown([0.1, 0.9], rows=2).text
    assert "█" in shown([0.1, 0.9], rows=1).text


def test_as_many_as_the_settings_say(shown):
    """``max_rows`` counts classes too."""
    assert len(shown([0.25] * 4, settings=Settings(max_rows=2)).text.splitlines()) == 3


def test_a_row_too_wide_for_classes_is_not_read():
    """Its cells are not even taken out."""

    class Unread(pd.DataFrame):
        @property
        def iloc(self):
            raise AssertionError("the cells were read")

    assert read(Unread(np.full((1, 10_001), 1 / 10_001))) is None


def test_one_class_with_its_score_is_a_bar_too(shown, page):
    """What a pipeline answers that was asked for the best class; several rows' best classes are a table."""
    for value in ([{"label": "POSITIVE", "score": 0.98}], [[{"label": "POSITIVE", "score": 0.98}]]):
        made = shown(value)
        assert len(page(made.html).all("meter")) == 1
        assert "1 class" in made.text
        assert "POSITIVE  █" in made.text
    assert not page(shown([{"label": "POSITIVE", "score": 0.98}], rows=3).html).all("meter")
    assert not page(shown([{"label": "POSITIVE", "score": 98.0}]).html).all("meter")
