"""Large answers by polars: what pandas reads, with the exactness of `csv_exact`, is the judge."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.codecs import csv_exact, csv_reader
from sm_magic.codecs.csv_scan import Scan
from sm_magic.messages import Payload

pytest.importorskip("polars")

TOKENS = [
    *(
        "1",
        "-2",
        "007",
        "+5",
        " 5",
        "9007199254740993",
        "12345678901234567890",
        "0.5",
        "1e5",
        "-.5",
        "1e",
        "1_0",
        "1e400",
        "4.9e-324",
        "0.1e-5",
        "nAn",
        "INF",
        "1.",
        "1,000",
        "١",
    ),
    *(
        "",
        '""',
        "NA",
        "nan",
        "NaN",
        "None",
        "inf",
        "-Infinity",
        "True",
        "false",
        "x",
        "yes",
        "é",
        "2024-01-01",
    ),
    *('"a,b"', '"a ""b"""', 'a"b', '"a"b', '"1"', "00:44", "-0", "0", "  ", "0x10"),
]


def judged(data, width):
    """What the exact reading gives, or the error that it is."""
    try:
        return csv_exact.restore(data, {"skip_blank_lines": True}, Scan(data))
    except ValueError:
        return None


@settings(max_examples=300)
@given(st.data())
def test_what_polars_reads_is_what_pandas_reads(data):
    """Cell by cell and type by type, or it is left to pandas."""
    width = data.draw(st.integers(1, 3))
    columns = [
        data.draw(
            st.lists(
                st.sampled_from(data.draw(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=3))),
                min_size=4,
                max_size=4,
            )
        )
        for _ in range(width)
    ]
    text = "\n".join(",".join(row) for row in zip(*columns, strict=True)) + data.draw(
        st.sampled_from(["", "\n"])
    )
    found = csv_reader.read(text.encode(), width, Scan(text.encode()))
    if found is not None:
        pd.testing.assert_frame_equal(found, judged(text.encode(), width))


@settings(max_examples=300)
@example("1,1\n1,  ")
@example("1,\t\n1,1")
@example("12345678901234567890\n-.5")
@given(st.text(st.sampled_from('01a.,-"\n\r e\x00é '), max_size=40))
def test_any_text_is_read_alike_or_left(text):
    """Broken quotes, lines of other lengths, blanks."""
    data = text.encode()
    width = len(next(filter(None, csv.reader(io.StringIO(text, newline=""))), [])) or 1
    found = csv_reader.read(data, width, Scan(data)) if data else None
    if found is not None:
        pd.testing.assert_frame_equal(found, judged(data, width))


def answer(frame, **options):
    """A frame as the body of an answer."""
    return frame.to_csv(index=False, **{"header": False} | options).encode()


LARGE = pd.DataFrame(
    {
        "count": range(20_000),
        "score": np.random.default_rng(0).random(20_000),
        "some": np.where(np.arange(20_000) % 7, np.random.default_rng(1).normal(size=20_000), np.nan),
        "label": ["churn", 'a "b", c', None, "two words"] * 5_000,
        "flag": [True, False] * 10_000,
        "at": pd.date_range("2024-01-01", periods=20_000, freq="s").astype(str),
    }
)


def test_a_large_answer_is_read_by_polars():
    """And is what pandas makes of it, with a header or without."""
    body = answer(LARGE)
    assert csv_reader.read(body, 6, Scan(body)) is not None
    found = codecs.decode(Payload(body=body, content_type="text/csv"), rows=len(LARGE))
    pd.testing.assert_frame_equal(found, judged(body, 6))
    named = codecs.decode(Payload(body=answer(LARGE, header=True), content_type="text/csv"), rows=len(LARGE))
    assert list(named.columns) == list(LARGE.columns)
    np.testing.assert_array_equal(named["score"], LARGE["score"])
    found.iloc[0, :2] = 7
    assert found.iloc[0, :2].tolist() == [7, 7]


@pytest.mark.parametrize(
    ("token", "value"),
    [("007", "007"), ("9007199254740993", 9007199254740993), ("12345678901234567890", 12345678901234567890)],
)
def test_a_large_answer_keeps_what_a_fast_reader_would_change(token, value):
    """One such cell among thousands: leading zeros, digits beyond a float."""
    rows = [f"{i},0.5" for i in range(1_000, 30_000)]
    rows[20_000] = f"{token},0.5"
    rows[20_001] = ",0.5"
    frame = codecs.decode(Payload(body="\n".join(rows).encode(), content_type="text/csv"))
    assert frame[0].iloc[20_000] == value


def test_a_large_answer_that_is_ragged_or_broken_is_still_read():
    """By the slower way."""
    rows = ["1,2"] * 60_000
    rows[50_000] = "1,2,3"
    frame = codecs.decode(Payload(body="\n".join(rows).encode(), content_type="text/csv"))
    assert frame.shape == (60_000, 3)
    rows[50_000] = "1,error"
    frame = codecs.decode(Payload(body="\n".join(rows).encode(), content_type="text/csv"))
    assert frame[1].iloc[50_000] == "error"


def test_a_large_answer_of_one_column_keeps_its_rows():
    """Scores, a blank line among them."""
    rows = [f"0.{i}" for i in range(1, 60_000)]
    rows[5] = ""
    frame = codecs.decode(Payload(body="\n".join(rows).encode(), content_type="text/csv"), rows=len(rows))
    assert (len(frame), int(frame[0].isna().sum())) == (len(rows), 1)
