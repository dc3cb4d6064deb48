"""Tables: the corner that can be read, and how large the whole is."""

import numpy as np
import pandas as pd
import pytest

from sm_magic.settings import Settings

PREDICTIONS = {
    "predictions": [
        {"score": [0.125, 0.875], "predicted_label": 1, "note": "sure"},
        {"score": [0.75, 0.25], "predicted_label": 0, "note": None},
    ],
    "model_version": "3.1",
}


def test_predictions_in_json(shown, golden):
    """Vectors become columns, what stood beside the predictions stands below them."""
    made = shown(PREDICTIONS)

    golden("table-predictions", text=made.text, html=made.html)


def test_a_frame_with_labels_of_its_rows(shown, golden):
    """An index that says something is shown; numbers stand on the right with equal decimals."""
    frame = pd.DataFrame(
        {
            "price": [1.5, float("nan"), 1234.25],
            "ok": [True, False, True],
            "city": pd.Series(["Ulm", "東京", None], dtype=object, index=["a", "b", "c"]),
        },
        index=["a", "b", "c"],
    )
    made = shown(frame)

    golden("table-frame", text=made.text, html=made.html)


def test_a_large_frame_is_cut(shown, page):
    """20 × 20 of it, and the caption says of how much."""
    made = shown(pd.DataFrame(np.zeros((12_345, 30))))

    assert "20 of 12,345 rows × 20 of 30 columns" in made.text
    assert len(page(made.html).all("td")) == 400


@pytest.mark.parametrize(("rows", "columns"), [(3, 2), (5, 1)])
def test_the_settings_say_how_much_is_shown(shown, page, rows, columns):
    """``max_rows`` and ``max_columns``."""
    made = shown(np.zeros((9, 9)), settings=Settings(max_rows=rows, max_columns=columns))

    assert len(page(made.html).all("td")) == rows * columns
    assert f"{rows} of 9 rows × {columns} of 9 column" in made.text


def test_the_markup_is_capped_whatever_the_settings_say(shown):
    """Ten thousand rows asked for: as many as there is room for, and the caption counts those."""
    frame = pd.DataFrame({"text": ["x" * 90] * 10_000})
    made = shown(frame, settings=Settings(max_rows=10_000))

    assert len(made.html) < 256 * 1024
    assert len(made.text.encode()) < 256 * 1024
    assert "of 10,000 rows" in made.html
    assert "of 10,000 rows" in made.text


def test_a_cell_of_a_million_characters_is_cut(shown):
    """A cell shows its beginning."""
    made = shown(pd.DataFrame({"a": ["x" * 1_000_000, "y"]}), view="table")

    assert len(made.html) < 2_000
    assert "x…" in made.text


def test_text_that_is_to_be_read_is_no_cell(shown):
    """Generated text stays whole: unasked, it is not put into a table."""
    made = shown([{"generated_text": "word " * 100}])

    assert "word " * 100 in made.text


def test_a_wide_table_is_read_in_blocks(shown):
    """In a terminal no line is longer than 110 columns; every column is there, its rows numbered in each block."""
    frame = pd.DataFrame({f"feature_{i}": [i + 0.123456] * 2 for i in range(20)})
    made = shown(frame)
    blocks = made.text.split("\n\n")

    assert max(map(len, made.text.splitlines())) <= 110
    assert all(f"feature_{i}" in made.text for i in range(20))
    assert len(blocks) == 3
    assert all([line.split()[0] for line in block.splitlines()[-2:]] == ["0", "1"] for block in blocks)


def test_missing_values_are_shown_as_what_they_are(shown):
    """NaN, None, NaT and NA are told apart."""
    frame = pd.DataFrame(
        {
            "a": [float("nan"), 1.0],
            "b": pd.Series([None, "x"], dtype=object),
            "c": pd.to_datetime([None, "2026-11-21"]),
            "d": pd.array([None, 3], dtype="Int64"),
        }
    )
    row = shown(frame).text.splitlines()[3].split()

    assert row == ["NaN", "None", "NaT", "<NA>"]


def test_no_rows(shown):
    """A table without rows still names its columns."""
    text = shown(pd.DataFrame({"label": [], "score": []})).text

    assert text.startswith("0 rows × 2 columns")
    assert "label" in text


def test_duplicate_and_nested_column_names(shown):
    """Names need not be unique, nor simple."""
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    nested = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))

    assert "a  a" in shown(frame).text
    assert "a.x  a.y" in shown(nested).text


def test_it_does_not_read_what_it_does_not_show(shown):
    """A large frame costs no more than a small one: cells outside the corner are never turned into text."""

    class Costly:
        def __str__(self):
            raise AssertionError("read")

    frame = pd.DataFrame({"a": [1] * 20 + [Costly()] * 5})

    assert "20 of 25 rows" in shown(frame).text


@pytest.mark.parametrize("cell", ["word " * 100, "two\nlines", "two\r\nlines"], ids=["long", "lines", "crlf"])
def test_a_csv_with_a_long_cell_stays_a_table(shown, page, cell):
    """The cell is cut, a line end in it is a sign; in one column or in several."""
    for value in (
        pd.DataFrame({"id": [1, 2], "text": [cell, "short"]}),
        pd.DataFrame({"text": [cell]}),
        np.array([cell, "short"]),
    ):
        made = shown(value, content_type="text/csv")
        assert "table" in {name for name, _ in page(made.html).elements}
        assert f"{len(value)} row" in made.text
        assert max(map(len, made.text.splitlines())) <= 110
        assert "\\n" not in made.text
        assert ("⏎" in made.text and "two⏎lines" in made.html) or "…" in made.text
