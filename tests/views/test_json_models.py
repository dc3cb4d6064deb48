"""Tables under names of particular models."""

import pytest

from sm_magic.views import find_table


@pytest.mark.parametrize(
    ("value", "records"),
    [
        (
            [{"label": ["__label__4"], "prob": [0.98]}, {"label": ["__label__1"], "prob": [0.7]}],
            [{"label": "__label__4", "prob": 0.98}, {"label": "__label__1", "prob": 0.7}],
        ),
        (
            [{"label": ["a", "b"], "prob": [0.9, 0.1]}],
            [{"label.0": "a", "prob.0": 0.9, "label.1": "b", "prob.1": 0.1}],
        ),
    ],
)
def test_blazing_text_ranks_labels(answer, value, records):
    """A row for each text: its best class, or its k best."""
    assert find_table(answer(value)).to_dict("records") == records


def test_ragged_labels_stay_lists(answer):
    """Where texts have different numbers of classes, nothing is made up."""
    frame = find_table(answer([{"label": ["a"], "prob": [0.9]}, {"label": ["a", "b"], "prob": [0.5, 0.4]}]))

    assert frame["label"].tolist() == [["a"], ["a", "b"]]


@pytest.mark.parametrize(
    "value",
    [
        [{"label": [], "prob": []}],
        [{"label": ["a"], "prob": [0.5]}, 3],
        [{"label": "a", "prob": 0.5}],
        [{"label": ["a"], "prob": [0.5]}, {"label": ["a"]}],
        [{"label": ["a"], "prob": [0.5]}, {"label": None, "prob": 1}],
    ],
)  # fmt: skip
def test_what_only_looks_like_it(shown, value):
    """Anything else under these names is shown all the same."""
    assert "Not shown" not in shown(value, rows=9).text


def test_cells_of_a_table_answer_a_question(answer, shown):
    """Where they are and what they hold; the answer beside them."""
    value = {
        "answer": "SUM > 1, 2",
        "coordinates": [[0, 1], [1, 1]],
        "cells": ["1", "2"],
        "aggregator": "SUM",
    }

    assert find_table(answer(value)).to_dict("list") == {"row": [0, 1], "column": [1, 1], "cell": ["1", "2"]}
    assert shown(value).text.endswith('also in the answer: {"answer": "SUM > 1, 2", "aggregator": "SUM"}')


def test_several_objects_for_each_row(answer):
    """The best classes of several texts, the words for several masks: the row's number comes first."""
    value = [[{"label": "a", "score": 0.9}, {"label": "b", "score": 0.1}], [{"label": "b", "score": 0.6}]]

    assert find_table(answer(value)).to_dict("list") == {
        "row": [0, 0, 1], "label": ["a", "b", "b"], "score": [0.9, 0.1, 0.6],
    }  # fmt: skip
