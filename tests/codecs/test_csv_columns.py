"""Small tables without `DataFrame.to_csv`: what it writes is the judge."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sm_magic import codecs
from sm_magic.codecs import csv_columns
from sm_magic.errors import CodecError

TEXT = st.text(st.sampled_from("ab,\"\n é\r;'#0\u2028"), max_size=4)
NUMPY = ["f8", "f4", "f2", ">f8", "i8", "u1", "bool", "M8[s]", "M8[ms]", "M8[us]", "M8[ns]", "m8[s]"]
TIMES = st.datetimes(min_value=datetime(1700, 1, 1), max_value=datetime(2200, 1, 1))
OBJECTS = st.one_of(TEXT, st.none(), st.floats(), st.booleans(), st.integers())


def columns(rows):
    """A column of so many rows of any type."""
    return st.one_of(
        *(arrays.arrays(np.dtype(name), rows) for name in NUMPY),
        *(
            st.lists(TIMES, min_size=rows, max_size=rows).map(
                lambda times, unit=unit: np.array(times, "M8[us]").astype(f"M8[{unit}]").astype("M8[ns]")
            )
            for unit in ("D", "s", "ms", "us")
        ),
        st.lists(st.one_of(TEXT, st.none()), min_size=rows, max_size=rows),
        st.lists(OBJECTS, min_size=rows, max_size=rows).map(lambda cells: pd.Series(cells, dtype=object)),
    )


def written(frame, *, header=False):
    """The lines that are written without pandas, None if they are left to it."""
    found = csv_columns.write(frame, frame.dtypes.tolist(), header=header)
    return None if found is None else found[0]


def by_pandas(frame, *, header=False):
    """The lines that pandas writes."""
    return frame.to_csv(header=header, index=False, lineterminator="\n").encode()


@settings(max_examples=150)
@given(st.data())
def test_what_is_written_is_what_pandas_writes(data):
    """Byte by byte, names of columns too, or it is left to pandas."""
    rows = data.draw(st.integers(0, 4))
    width = data.draw(st.integers(1, 3))
    frame = pd.DataFrame({i: data.draw(columns(rows)) for i in range(width)})
    if data.draw(st.booleans()):
        frame.columns = data.draw(st.lists(TEXT, min_size=width, max_size=width))
    header = data.draw(st.booleans())
    found = written(frame, header=header)
    assert found is None or found == by_pandas(frame, header=header)


USUAL = {
    "numbers of two types": {"a": [1, 2], "b": [0.5, None]},
    "float32 beside int": {"a": np.array([0.1, np.nan], "f4"), "b": [1, 2]},
    "words": {"a": ["x, y", None], "b": ['"q"', ""]},
    "bools": {"a": [True, False], "b": ["x", "y"]},
    "days": {"at": pd.to_datetime(["2024-01-01", None]), "b": [1, 2]},
    "times": {"at": pd.to_datetime(["2024-01-01 10:00", "2024-01-02 00:00"]), "b": [1, 2]},
    "parts of a second": {"at": pd.to_datetime(["2024-01-01 10:00:00.5", None]), "b": [1, 2]},
    "objects": {"a": pd.Series([1, None, "x", 0.5, True], dtype=object)},
    "a lone gap": {"a": ["x", None]},
    "no rows": {"a": [], "b": []},
}


@pytest.mark.parametrize("cells", USUAL.values(), ids=USUAL)
@pytest.mark.parametrize("header", [False, True])
def test_usual_tables_are_written_here(cells, header):
    """As pandas does it."""
    frame = pd.DataFrame(cells)
    assert written(frame, header=header) == by_pandas(frame, header=header)


LEFT = {
    "a zone": [datetime(2024, 1, 1, tzinfo=UTC)],
    "a category": pd.Categorical(["x"]),
    "a nullable type": pd.array([1, None], dtype="Int64"),
    "a date": [date(2024, 1, 1)],
    "a decimal": [Decimal("0.1")],
    "a list": [[1, 2]],
    "a carriage return": ["a\rb"],
    "the year 200": np.array(["0200-01-01"], "M8[s]"),
    "too many cells": range(5_001),
}


@pytest.mark.parametrize("cells", LEFT.values(), ids=LEFT)
def test_others_are_left_to_pandas(cells):
    """Types that are not known here, and text that csv would not quote."""
    assert written(pd.DataFrame({"a": cells})) is None


def test_names_that_are_no_text_are_left_to_pandas():
    """Of two levels, of times."""
    levels = pd.DataFrame([[1, "x"]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    assert written(levels, header=True) is None
    assert written(levels) == b"1,x\n"


def test_columns_of_objects_tell_whether_they_are_numbers():
    """As `tables.text_columns` would find them."""
    frame = pd.DataFrame(
        {"n": pd.Series([1, None, 0.5], dtype=object), "t": pd.Series(["x", 1, None], dtype=object), "i": 1}
    )
    assert csv_columns.write(frame, frame.dtypes.tolist(), header=False)[1] == {0: True, 1: False}
    assert codecs.encode(frame, "csv").facts.text_columns == ("t",)


def test_a_small_table_keeps_to_the_limit_and_the_charset():
    """What is too large says how many rows fit; a character that the charset has not is an error."""
    frame = pd.DataFrame({"a": ["x" * 100] * 10})
    with pytest.raises(CodecError, match=r"10 rows are about 1\.0 kB"):
        codecs.encode(frame, "csv", max_bytes=500)
    euro = pd.DataFrame({"a": ["é", "€"]})
    assert codecs.encode(euro, "text/csv; charset=cp1252").body == "é\n€\n".encode("cp1252")
    with pytest.raises(CodecError, match="latin-1"):
        codecs.encode(euro, "text/csv; charset=latin-1")
