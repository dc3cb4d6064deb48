"""The registry: which view shows what, and what happens when one can't."""

import importlib.util
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import VIEW_NAMES, Answer, find_table, show, views

HERE = Path(__file__).parent
LONG = "It was a dark and stormy night. " * 20
# (what it is, value, rows that were sent, the view that shows it); a view's own test may have a list of that name too,
# whose rows may end in the payload that was sent.
SHOWN_AS = [
    ("XGBoost's column of scores", pd.DataFrame({0: [0.1, 0.9, 0.4]}), 3, "table"),
    ("XGBoost's rows of softprob", pd.DataFrame([[0.1, 0.7, 0.2], [0.8, 0.1, 0.1]]), 2, "table"),
    ("one row of softprob", pd.DataFrame([[0.1, 0.7, 0.2]]), 1, "probabilities"),
    ("one row that adds up to more", pd.DataFrame([[0.5, 0.7, 0.2]]), 1, "table"),
    ("a text column", pd.DataFrame({"label": ["setosa", "virginica"]}), 2, "table"),
    ("an empty frame", pd.DataFrame({"a": []}), None, "table"),
    ("a series", pd.Series([1.0, 2.0]), None, "table"),
    ("a vector", np.arange(5.0), 5, "table"),
    ("a matrix", np.ones((3, 4)), 3, "table"),
    ("a batch of images as numbers", np.zeros((3, 8, 8)), 3, "array"),
    ("an array of no dimensions", np.array(3.5), 1, "array"),
    ("one row of an array of probabilities", np.array([[0.25, 0.75]], dtype="float32"), 1, "probabilities"),
    ("linear learner", {"predictions": [{"score": 0.4, "predicted_label": 0}] * 2}, 2, "table"),
    ("k-means", {"predictions": [{"closest_cluster": 1.0, "distance_to_cluster": 3.5}]}, 1, "table"),
    ("PCA", {"projections": [{"projection": [1.5, 2.5]}, {"projection": [0.5, 1.0]}]}, 2, "table"),
    ("random cut forest", {"scores": [{"score": 0.02}, {"score": 0.25}]}, 2, "table"),
    ("TensorFlow Serving, rows", {"predictions": [[0.1, 0.9], [0.7, 0.3]]}, 2, "table"),
    ("TensorFlow Serving, columns", {"outputs": {"a": [1, 2], "b": [3, 4]}}, 2, "table"),
    ("TensorFlow Serving, one row", {"predictions": [[0.02, 0.97, 0.01]]}, None, "probabilities"),
    ("MLflow", {"predictions": [3, 1, 2]}, 3, "table"),
    ("predictions in predictions", {"predictions": {"predictions": [1.5, 2.5]}}, 2, "table"),
    ("records", [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], 2, "table"),
    ("pandas' split", {"columns": ["a"], "index": [0, 1], "data": [[1], [2]]}, 2, "table"),
    ("pandas' columns", {"a": {"0": 1, "1": 2}, "b": {"0": 3, "1": 4}}, 2, "table"),
    ("a list per column", {"a": [1, 2], "b": ["x", "y"]}, 2, "table"),
    ("bare labels", ["setosa", "virginica", "setosa"], 3, "table"),
    ("scores that add up to one, one per row", [0.1, 0.9], 2, "table"),
    ("image classification", [0.01, 0.97, 0.02], None, "probabilities"),
    ("image classification, MXNet", {"prediction": [0.01, 0.97, 0.02]}, None, "probabilities"),
    (
        "image classification, TensorFlow, verbose",
        {"probabilities": [0.9, 0.1], "labels": ["cat", "dog"], "predicted_label": "cat"},
        None,
        "probabilities",
    ),
    ("a class by name", {"setosa": 0.97, "versicolor": 0.02, "virginica": 0.01}, 1, "probabilities"),
    (
        "text classification",
        [{"label": "good", "score": 0.8}, {"label": "bad", "score": 0.2}],
        None,
        "probabilities",
    ),
    (
        "text classification, top k",
        [[{"label": "a", "score": 0.8}, {"label": "b", "score": 0.1}]],
        None,
        "probabilities",
    ),
    (
        "a sentiment per text",
        [{"label": "good", "score": 0.98}, {"label": "bad", "score": 0.97}],
        None,
        "table",
    ),
    ("zero shot", {"sequence": "x", "labels": ["a", "b"], "scores": [0.9, 0.8]}, None, "probabilities"),
    ("boxes", [{"label": "cat", "score": 0.9, "box": {"xmin": 1, "ymin": 2}}], None, "table"),
    ("generated text", [{"generated_text": LONG}], None, "generation"),
    ("a chat", {"choices": [{"message": {"content": "Hello"}}], "usage": {"tokens": 3}}, None, "generation"),
    ("one object", {"predicted_label": 1, "score": 0.97}, 1, "json"),
    ("ragged lists", [[1], [2, 3]], 2, "json"),
    ("nested lists", [[[1, 2], [3, 4]]], 1, "json"),
    ("null", None, 1, "json"),
    ("a number", 0.5, 1, "json"),
    ("an empty list", [], 1, "json"),
    ("what no codec makes", date(2026, 11, 21), 1, "json"),
    ("text", "Once upon a time", None, "text"),
    ("markup", "<h1>Hello</h1>", None, "text"),
    ("unknown bytes", b"\x00\x01\x02", None, "raw"),
    ("an image", Image.new("RGB", (2, 2)), None, "image"),
    ("bytes of an image", b"\x89PNG\r\n\x1a\n....", None, "image"),
    ("an empty text", "", None, "empty"),
    ("no bytes", b"", None, "empty"),
]


def rows_of(path: Path) -> list:
    """The SHOWN_AS of a test file."""
    spec = importlib.util.spec_from_file_location(f"rows_of_{path.stem}", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, "SHOWN_AS", [])


OTHERS = [
    row for path in sorted(HERE.glob("test_*.py")) if path.name != "test_registry.py" for row in rows_of(path)
]
SHOWN_AS = [(*row, None)[:5] for row in (*SHOWN_AS, *OTHERS)]


@pytest.mark.parametrize(
    ("what", "value", "rows", "name", "sent"), SHOWN_AS, ids=[row[0] for row in SHOWN_AS]
)
def test_each_shape_of_answer_has_its_view(what, value, rows, name, sent, answer):
    """The first view that claims an answer is the one people look at it with."""
    given = answer(value, rows=rows, body=b"" if name == "empty" else b"{}", sent=sent)

    claiming = [view.name for view in views().values() if view.claims(given)]

    assert claiming[0] == name, what
    assert show(given, Settings()).text


def test_every_view_has_its_test():
    """Each view's file has a test file of the same name here."""
    missing = [name for name in views() if not (HERE / f"test_{name}.py").exists()]

    assert missing == []


def test_what_may_be_asked_for_is_a_view():
    """``--view`` takes names of views, and auto."""
    assert set(VIEW_NAMES) - {"auto"} <= set(views())


@pytest.mark.parametrize("view", VIEW_NAMES)
@pytest.mark.parametrize("value", [row[1] for row in SHOWN_AS], ids=[row[0] for row in SHOWN_AS])
def test_any_view_may_be_asked_of_any_answer(value, view, answer, page):
    """What a view can't show is shown as it would be unasked, with the reason; never an error, never nothing."""
    shown = show(answer(value, body=b"[1, 2]"), Settings(), view=view)

    assert shown.text.strip()
    assert page(shown.html).text.strip()


def test_a_view_that_does_not_fit_says_so(answer):
    """The reason comes first, then the answer."""
    text = show(answer("Once upon a time"), Settings(), view="table").text

    assert text == "Not shown as table: there is no table in this answer.\nOnce upon a time"


def test_an_answer_that_breaks_a_view_is_shown_as_it_came():
    """A truncated image of a type that needs decoding is not lost: its bytes are there to be saved."""
    body = b"II*\x00" + bytes(40)
    shown = show(Answer(value=body, payload=Payload(body=body, content_type="image/tiff")), Settings())

    assert "can't be shown" in shown.text
    assert "--save PATH" in shown.text


def test_a_table_is_found_wherever_a_view_would_show_one(answer):
    """`find_table` finds a frame in each fixture that is shown as a table."""
    for what, value, rows, name, sent in SHOWN_AS:
        if name == "table":
            assert isinstance(find_table(answer(value, rows=rows, sent=sent)), pd.DataFrame), what


def test_loading_the_views_imports_nothing_else():
    """Showing JSON needs neither pandas, numpy nor PIL, nor any other package than the standard library's."""
    code = """
import sys
before = set(sys.modules)
from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import Answer, show, views
views()
value = {"predictions": [[0.1, 0.2], [0.3, 0.4]], "more": {"a": [1, {"b": 2}]}}
show(Answer(value=value, payload=Payload(body=b"{}", content_type="application/json")), Settings())
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(name for name in new - set(sys.stdlib_module_names) if name != "sm_magic"))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_what_a_view_claims_it_has_found(answer):
    """Once for each Answer: to look through a large value again would take as long again."""
    looked = []

    def find(value):
        looked.append(value)

    first, second = answer([1]), answer([2])
    assert [first.once(find), first.once(find), second.once(find)] == [None] * 3
    assert looked == [[1], [2]]
