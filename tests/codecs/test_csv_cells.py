"""Cells: what is one value goes out, what is not is refused and never written as its repr."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import uuid

import numpy as np
import pandas as pd
import pytest

from sm_magic import codecs
from sm_magic.errors import CodecError


@dataclasses.dataclass
class In:
    """A record as users write them."""

    x: int


class Colour(enum.Enum):
    """A constant whose text is its name."""

    RED = 1


class Level(enum.IntEnum):
    """A constant that is a number."""

    LOW = 3


class Word(str, enum.Enum):  # noqa: UP042 - the older spelling, which is in use
    """A constant that is a text."""

    YES = "y"


NESTED = [
    np.arange(2000),
    {"a": 1},
    [1, 2],
    (1, 2),
    {1, 2},
    b"bytes",
    bytearray(b"x"),
    object(),
    In(1),
    Colour.RED,
    pd.Series([1, 2]),
    pd.DataFrame({"a": [1]}),
    1 + 2j,
    np.complex64(1j),
    range(3),
    int,
]


def sent(value, **options) -> str:
    """The CSV of a value, as text."""
    return codecs.encode(value, "csv", **options).body.decode()


def objects(*values) -> np.ndarray:
    """An array of these very objects."""
    array = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        array[i] = value
    return array


@pytest.mark.parametrize("cell", NESTED, ids=lambda cell: type(cell).__name__)
def test_a_table_with_a_nested_cell_is_refused_by_the_name_of_its_column(cell):
    """Frames, records, columns and Series: `[   0    1 ... 1999]` would be sent with 1,990 values lost."""
    column = objects(1, cell, 3)
    name = type(cell).__name__.removesuffix("64")
    for value in (
        pd.DataFrame({"fine": [1, 2, 3], "odd one": column}),
        [{"odd one": 1}, {"odd one": cell}],
        pd.Series(column, name="odd one"),
    ):
        with pytest.raises(CodecError, match=rf"'odd one'.*{name}.*no place in a cell") as caught:
            sent(value)
        assert caught.value.hint


@pytest.mark.parametrize("cell", NESTED, ids=lambda cell: type(cell).__name__)
def test_a_list_or_array_with_a_nested_item_is_refused(cell):
    """A list of dataclasses is no row."""
    is_row = isinstance(cell, (list, tuple, pd.Series)) or getattr(cell, "ndim", 0) == 1
    values = [[[1, cell], [3, 4]], objects(1, cell)] + ([] if is_row else [[cell, cell]])
    for value in values:
        if isinstance(value, list) and isinstance(value[0], dict):
            continue  # records
        with pytest.raises(CodecError, match="no place in a cell"):
            sent(value)


def test_complex_numbers_are_refused_wherever_they_are():
    """An array of them, a column of them; the hint says what can be sent."""
    for value in (np.array([1j]), np.array([[1j]]), pd.DataFrame({"z": [1j]}), pd.Series([1j])):
        with pytest.raises(CodecError, match="no place in a cell") as caught:
            sent(value)
        assert "x.real" in caught.value.hint


def test_nested_values_of_every_kind_of_column_are_found():
    """Categories and Arrow's lists too; unlike intervals, which have a text."""
    with pytest.raises(CodecError, match="'c'"):
        sent(pd.DataFrame({"c": pd.Categorical([(1, 2), (3, 4)])}))
    bins = pd.cut([1, 5], [0, 3, 6])
    assert sent(pd.DataFrame({"bin": bins})) == '"(0, 3]"\n"(3, 6]"\n'
    assert (
        sent(pd.DataFrame({"month": pd.period_range("2024-01", periods=2, freq="M")})) == "2024-01\n2024-02\n"
    )


SCALARS = [
    (1, "1"),
    (2**70, str(2**70)),
    (0.5, "0.5"),
    (True, "True"),
    (None, ""),
    ("a", "a"),
    (float("nan"), ""),
    (datetime.date(2024, 1, 2), "2024-01-02"),
    (datetime.datetime(2024, 1, 2, 3), "2024-01-02 03:00:00"),
    (datetime.time(3, 4), "03:04:00"),
    (decimal.Decimal("1.10"), "1.10"),
    (np.float32(0.1), "0.1"),
    (np.float16(0.5), "0.5"),
    (np.int8(3), "3"),
    (np.bool_(True), "True"),
    (np.str_("s"), "s"),
    (np.datetime64("2024-01-02"), "2024-01-02"),
    (np.float64("nan"), ""),
    (pd.NA, ""),
    (pd.NaT, ""),
    (pd.Timestamp("2024-01-02"), "2024-01-02 00:00:00"),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (Level.LOW, "3"),
    (Word.YES, "y"),
]


@pytest.mark.parametrize(("cell", "text"), SCALARS, ids=repr)
def test_what_is_one_value_is_written(cell, text):
    """From a list of rows, and from a frame's column of objects the same as pandas writes it."""
    assert sent([["x", cell]]) == f"x,{text}"
    frame = pd.DataFrame({"a": ["x", "x"], "b": objects("y", cell)})
    assert sent(frame) == frame.to_csv(index=False, header=False, lineterminator="\n")


def test_a_signalling_nan_is_a_missing_value():
    """It can't even be compared with itself."""
    assert sent(["x", decimal.Decimal("sNaN"), decimal.Decimal("NaN")]) == "x,,"


def test_arrays_without_dimensions_are_their_one_value():
    """Items of a tensor come so."""
    assert sent([np.array(0.5), np.array(3), np.ma.masked]) == "0.5,3,"


def test_cells_are_judged_together(calls):
    """A million cells of objects are judged by the set of their types."""
    from sm_magic.codecs import csv_cells

    frame = pd.DataFrame({"words": np.array(["word", None] * 500_000, dtype=object)})
    assert calls(lambda: csv_cells.refuse_nested(frame, list(frame.dtypes))) < 1_000
