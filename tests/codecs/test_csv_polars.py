"""Large tables by polars: pandas' own text is the judge, and what pandas reads back."""

from __future__ import annotations

import datetime
import decimal
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.codecs import csv_polars
from sm_magic.errors import CodecError

pl = pytest.importorskip("polars")
ROWS = 6_000  # beyond what pandas itself writes
DAYS = pd.date_range("2024-01-01", periods=ROWS, freq="h", unit="ns")


def missing(values, kind=None):
    """A column with every third value missing."""
    column = pd.Series(values, dtype=kind)
    return column.where(np.arange(len(column)) % 3 > 0)


def long(values):
    """These values again and again."""
    return [values[i % len(values)] for i in range(ROWS)]


NUMBERS = {
    "int64": pd.Series(range(ROWS)),
    "uint8": pd.Series(long([0, 255]), dtype="uint8"),
    "uint64": pd.Series(long([0, 2**64 - 1]), dtype="uint64"),
    "Int64": pd.array(long([1, None, 2**62 + 1]), dtype="Int64"),
    "boolean": pd.array(long([True, None, False]), dtype="boolean"),
    "bool": pd.Series(long([True, False])),
}
WORDS = {
    "text": pd.Series(long(["a", "b,c", 'd"e', "f\ng", "", " ", "é", "1.50", "None", None])),
    "object": pd.Series(long(["a", None, "b", np.nan]), dtype=object),
    "string": pd.Series(long(["a", pd.NA, "b,"]), dtype="string"),
    "category": pd.Categorical(long(["x", "y,z", None])),
    "none": pd.Series(long([None]), dtype=object),
}
TIMES = {
    "day": pd.Series(DAYS.normalize()),
    "second": missing(DAYS),
    "milli": pd.Series(DAYS + pd.Timedelta("1ms")),
    "micro": missing(DAYS + pd.Timedelta("1us")),
    "nano": missing(DAYS + pd.Timedelta("1ns")),
    "seconds": pd.Series(DAYS.as_unit("s")),
    "micros": pd.Series(DAYS.as_unit("us")),
    "never": pd.Series(long([pd.NaT])),
}
SAME = {**NUMBERS, **WORDS, **TIMES}


def sent(frame, **options):
    """The CSV of a frame, as text."""
    return codecs.encode(frame, "csv", **options).body.decode()


def by_pandas(frame, **options):
    """What pandas writes."""
    return frame.to_csv(index=False, lineterminator="\n", **{"header": False} | options)


@pytest.mark.parametrize("name", SAME)
def test_a_column_is_written_as_pandas_writes_it(name):
    """Byte by byte: beside another column, and alone, where a missing value is `""`."""
    for frame in (pd.DataFrame({"a": SAME[name], "b": 1}), pd.DataFrame({"a": SAME[name]})):
        assert csv_polars.table(frame.loc[: ROWS - 1]) is not None
        assert sent(frame) == by_pandas(frame)


def test_all_of_them_at_once_with_their_names():
    """Times of several formats in one table, and a header with quotes."""
    frame = pd.DataFrame(SAME).rename(columns={"text": 'a "text",', "day": 7})
    assert sent(frame, header=True) == by_pandas(frame, header=True)
    frame.columns = ["same"] * frame.shape[1]
    assert sent(frame, header=True) == by_pandas(frame, header=True)


@pytest.mark.parametrize("kind", ["float32", "float64", "Float64"])
def test_floats_are_equal_bit_by_bit(kind):
    """They may be spelt otherwise; missing ones are empty."""
    patterns = np.random.default_rng(0).integers(0, 2**64, ROWS, dtype="u8").view("f8")
    with np.errstate(all="ignore"):
        floats = pd.Series(patterns.astype("f4") if kind == "float32" else patterns).where(lambda x: x == x)
    frame = pd.DataFrame({"a": floats.astype(kind), "b": 1})
    cells = [line.split(",")[0] for line in sent(frame).splitlines()]
    found = np.array([float(cell or "nan") for cell in cells], dtype="f4" if kind == "float32" else "f8")
    np.testing.assert_array_equal(found, frame["a"].to_numpy(dtype=found.dtype, na_value=np.nan))
    assert cells.count("") == frame["a"].isna().sum()


OTHERS = {
    "zone": pd.Series(DAYS.tz_localize("UTC").tz_convert("Europe/Zurich")),
    "took": pd.Series(pd.to_timedelta(range(ROWS), unit="s")),
    "period": pd.Series(pd.period_range("2024-01", periods=ROWS, freq="D")),
    "decimal": pd.Series(long([decimal.Decimal("1.10"), None])),
    "date": pd.Series(long([datetime.date(2024, 1, 1), None])),
    "half": pd.Series(long([0.1, 0.2]), dtype="f2"),
    "mixed": pd.Series(long([1, "a", 2.5, None]), dtype=object),
    "levels": pd.Categorical(long([1, 2])),
    "far": pd.Series(long([np.datetime64("12024-01-01", "s")])),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_polars_would_write_otherwise_is_left_to_pandas(name):
    """The text is pandas' own, however large the table."""
    frame = pd.DataFrame({"a": OTHERS[name], "b": 1})
    assert csv_polars.table(frame) is None
    assert sent(frame) == by_pandas(frame)


def test_a_cell_with_more_than_one_value_is_refused_in_a_large_table_too():
    """A list has no place in a CSV."""
    with pytest.raises(CodecError, match="no place in a cell"):
        codecs.encode(pd.DataFrame({"a": [[1]] * ROWS}), "csv")


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@settings(max_examples=50)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_text_is_read_back_by_pandas(rows):
    """Commas, quotes and line ends of all kinds stay in their cells."""
    body = csv_polars.write(pl.DataFrame(rows, schema=["a", "b"], orient="row"), None, b"")
    read = pd.read_csv(io.BytesIO(body), header=None, dtype=str, keep_default_na=False)
    assert read.to_numpy().tolist() == [list(row) for row in rows]


@settings(max_examples=50)
@given(
    st.lists(
        st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2250, 1, 1)) | st.none(),
        min_size=1,
        max_size=5,
    )
)
def test_times_are_pandas_own(values):
    """To the digit, whatever they have in common."""
    frame = pd.DataFrame({"a": pd.Series(values, dtype="M8[us]"), "b": 1})
    table = pl.DataFrame({"a": pl.Series(values, dtype=pl.Datetime("us")), "b": 1})
    assert csv_polars.write(table, None, b"").decode() == by_pandas(frame)


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
def test_years_of_four_digits_are_pandas_own_and_others_are_left_to_it(unit):
    """From 1000 to 9999, the first and last second."""
    ends = [np.datetime64("1000-01-01T00:00:00", unit), np.datetime64("9999-12-31T23:59:59", unit)]
    beyond = [np.datetime64("0999-12-31T23:59:59", unit), np.datetime64("10000-01-01T00:00:00", unit)]
    for column, known in ((ends, True), ([ends[0], beyond[0]], False), ([ends[0], beyond[1]], False)):
        frame = pd.DataFrame({"a": np.array(long(column)), "b": 1})
        assert (csv_polars.table(frame) is not None) == known
        assert sent(frame) == by_pandas(frame)


def test_what_rows_of_one_size_let_expect_is_no_limit():
    """Rows that are much longer than those that the first room is reckoned from, and much shorter."""
    for sizes in ([1] * (ROWS - 1) + [500_000], [900, 1] * (ROWS // 2)):
        frame = pd.DataFrame({"a": ["x" * n for n in sizes], "b": 1})
        assert sent(frame) == by_pandas(frame)


def test_a_polars_frame_is_written_without_pandas_and_alike():
    """Small or large: tokens are pandas', the header quoted where it must be."""
    frame = pl.DataFrame(
        {
            'a "b"': [True, None],
            "day": [datetime.date(2024, 1, 2), None],
            "kind": pl.Series(["x", None], dtype=pl.Enum(["x"])),
            "exact": [decimal.Decimal("1.10"), None],
        }
    )
    assert sent(frame, header=True) == '"a ""b""",day,kind,exact\nTrue,2024-01-02,x,1.10\n,,,\n'
    assert sent(frame.clear()) == ""
    assert sent(frame.clear(), header=True) == '"a ""b""",day,kind,exact\n'


def test_a_name_that_polars_takes_for_a_pattern_is_a_name():
    """`*` and `^a$` are columns like any other."""
    frame = pl.DataFrame({"*": [True], "^a$": [1.5], "a": ["x"]})
    assert sent(frame, header=True) == "*,^a$,a\nTrue,1.5,x\n"
    assert sent(frame, drop=["*"]) == "1.5,x\n"


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_another_charset_is_used_for_large_tables_too(library):
    """Whole, with its byte order mark once; a character that it has not is an error."""
    frame = pd.DataFrame({"a": ["é", "b"] * ROWS, "b": 1})
    value = frame if library == "pandas" else pl.DataFrame({"a": ["é", "b"] * ROWS, "b": 1})
    body = codecs.encode(value, "text/csv; charset=utf-16", header=True).body
    assert body.decode("utf-16") == by_pandas(frame, header=True)
    with pytest.raises(CodecError, match="us-ascii"):
        codecs.encode(value, "text/csv; charset=us-ascii")


def test_writing_stops_at_the_limit():
    """A few rows that a sample does not see."""
    frame = pd.DataFrame({"text": "x", "number": range(10_000)})
    frame.loc[4_321:4_330, "text"] = "y" * 1_000_000
    for value in (frame, pl.DataFrame({"text": frame["text"].tolist(), "number": range(10_000)})):
        with pytest.raises(CodecError, match=r"the limit is 1\.0 MB"):
            codecs.encode(value, "csv", max_bytes=1_000_000)
        body = codecs.encode(value, "csv").body
        assert codecs.encode(value, "csv", max_bytes=len(body)).body == body
        with pytest.raises(CodecError, match="limit"):
            codecs.encode(value, "csv", max_bytes=len(body) - 1)


def test_a_small_table_imports_nothing_that_pandas_does_not():
    """Neither does a row of numbers."""
    root = str(Path(codecs.__file__).parents[2])
    program = f"""
import sys; sys.path.insert(0, {root!r})
import pandas as pd
frame = pd.DataFrame({{"a": [1, 2] * 50, "b": ["x", None] * 50, "c": [0.5, None] * 50}})
frame.to_csv()
before = set(sys.modules)
from sm_magic import codecs
codecs.encode(frame, header=True)
codecs.encode(frame[["a"]])
print(sorted({{n.partition(".")[0] for n in set(sys.modules) - before}} & {{"polars", "pyarrow"}}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
