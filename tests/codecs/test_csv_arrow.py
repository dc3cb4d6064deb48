"""Large answers by pyarrow: what pandas reads, with the exactness of `csv_exact`, is the judge."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.codecs import base, csv_arrow, csv_exact
from sm_magic.codecs.csv_scan import Scan
from sm_magic.messages import Payload

if base.optional("pyarrow") is None:
    pytest.skip("pyarrow is absent", allow_module_level=True)

NUMBERS = [
    *(
        "1",
        "-2",
        "007",
        "-07",
        "+5",
        " 5",
        "5 ",
        "9007199254740993",
        "12345678901234567890",
        "-0",
        "0",
        "+",
        "-",
    ),
    *(
        "0.5",
        "1e5",
        "-.5",
        "1e",
        "1_0",
        "1e400",
        "4.9e-324",
        "0.1e-5",
        "1.",
        "00.5",
        "0x10",
        "0xFFFFFFFF",
        "1,000",
        "١",
    ),
    *(
        "nAn",
        "INF",
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "2.2250738585072011e-308",
        "0.1 ",
        '"0.5"',
        '"1"',
        '"007"',
    ),
]
WORDS = [
    *(
        "",
        '""',
        "NA",
        "None",
        "True",
        "false",
        "x",
        "yes",
        "é",
        "2024-01-01",
        "00:44",
        "  ",
        " x",
        "x ",
        "\t",
    ),
    *('"a,b"', '"a ""b"""', 'a"b', '"a"b', '" "', '" x"', '"a\nb"', '"'),
]


def judged(data):
    """What the exact reading gives, or the error that it is."""
    try:
        return csv_exact.restore(data, {"skip_blank_lines": True}, Scan(data))
    except ValueError:
        return None


def read(data, block=None):
    """What pyarrow's reading gives, of a text of any size."""
    reading = csv_arrow.begin(data, csv_exact.first_cells(data, large=0), block)
    return reading.frame(Scan(data)) if reading else None


@settings(max_examples=500)
@given(st.data())
def test_what_pyarrow_reads_is_what_pandas_reads(data):
    """Cell by cell and type by type, or it is left to pandas."""
    width, rows = data.draw(st.integers(1, 3)), data.draw(st.integers(4, 6))
    tokens = st.lists(st.sampled_from(NUMBERS) | st.sampled_from(WORDS), min_size=1, max_size=3)
    columns = [
        data.draw(st.lists(st.sampled_from(data.draw(tokens)), min_size=rows, max_size=rows))
        for _ in range(width)
    ]
    text = "\n".join(",".join(row) for row in zip(*columns, strict=True)) + data.draw(
        st.sampled_from(["", "\n"])
    )
    found = read(text.encode())
    if found is not None:
        pd.testing.assert_frame_equal(found, judged(text.encode()))


@settings(max_examples=300)
@example("1,x\n1,x\n1,x\n1,  ")
@example(" a,1\n a,1\n b,1")
@example("1,\t\n1,1")
@example('a\na\n"a\na')
@example('e"a\ne\n"\n.')
@example('1,a"\n1,"a\na\n')
@example('1,a\n1,"a\n\n')
@given(st.text(st.sampled_from('01a.,-"\n\r e\x00é '), max_size=40))
def test_any_text_is_read_alike_or_left(text):
    """Broken quotes, lines of other lengths, blanks."""
    data = text.encode()
    found = read(data) if data else None
    if found is not None:
        pd.testing.assert_frame_equal(found, judged(data))


LINES = {
    "word": ["x\n", '"a"\n', '"a\nb"\n', '"', 'y"\n', 'a"b\n', "\n", '"""', '"\n"\n', '""\n'],
    "float": ["0.5\n", '"0.25"\n', '"0.5\n"\n', '"', '7.5"\n', "0.5\n\n", '"0.5\n', "1e3\n", '""\n', "\n"],
    "whole": ["5\n", '"25"\n', '"5\n"\n', '"', '7"\n', "8\n\n", '"9\n', "-3\n", '""\n', "\n"],
    "two": ["1,x\n", '2,"a"\n', ',"a\nb"\n', '3,"', 'y"\n', '5,a"b\n', "\n", '"""', '6,"\n"\n', '7,""\n'],
}


@settings(max_examples=500)
@example("two", ['3,"', "1,x\n", '2,"a"\n'], 9)
@example("two", ['3,"', "1,x\n", "1,x\n"], 6)
@given(st.sampled_from(sorted(LINES)), st.data(), st.integers(4, 40))
def test_any_text_is_read_alike_wherever_it_is_divided(kind, parts, block):
    """Inside quotes too, and between them."""
    if not isinstance(parts, list):
        parts = parts.draw(st.lists(st.sampled_from(LINES[kind]), min_size=2))
    data = (LINES[kind][0] * 3 + "".join(parts)).encode()
    found = read(data, block)
    if found is not None:
        pd.testing.assert_frame_equal(found, judged(data))


def answer(frame, **options):
    """A frame as the body of an answer."""
    return frame.to_csv(index=False, **{"header": False} | options).encode()


LARGE = pd.DataFrame(
    {
        "label": ["churn", 'a "b", c', None, "two words"] * 5_000,
        "count": range(20_000),
        "score": np.random.default_rng(0).random(20_000),
        "some": np.where(np.arange(20_000) % 7, np.random.default_rng(1).normal(size=20_000), np.nan),
        "seats": np.where(np.arange(20_000) % 3, np.arange(20_000) - 9_000, np.nan).astype(object),
        "flag": [True, False] * 10_000,
        "at": pd.date_range("2024-01-01", periods=20_000, freq="s").astype(str),
    }
)


def test_a_large_answer_with_words_is_read_by_pyarrow():
    """And is what pandas makes of it, with a header or without; it can be written to."""
    body = answer(LARGE)
    pd.testing.assert_frame_equal(read(body), judged(body))
    found = codecs.decode(Payload(body=body, content_type="text/csv"), rows=len(LARGE))
    pd.testing.assert_frame_equal(found, judged(body))
    named = codecs.decode(Payload(body=answer(LARGE, header=True), content_type="text/csv"), rows=len(LARGE))
    assert list(named.columns) == list(LARGE.columns)
    found.iloc[0, 1:5] = 7
    assert found.iloc[0, 1:5].tolist() == [7, 7, 7, 7]
    found.iloc[0, 0] = "other"
    assert found.iloc[0, 0] == "other"


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("007", "007"),
        ("-07", "-07"),
        ("9007199254740993", 9007199254740993),
        ("12345678901234567890", 12345678901234567890),
        ("0.5", 0.5),
        ("word", "word"),
        ("0xFFFFFFFF", "0xFFFFFFFF"),
        ("0x7FFFFFFFFFFFFFFF", "0x7FFFFFFFFFFFFFFF"),
    ],
)
def test_a_large_answer_keeps_what_a_fast_reader_would_change(token, value):
    """One such cell among thousands of whole numbers: leading zeros, digits beyond a float, another type."""
    rows = [f"{i},cat" for i in range(1_000, 50_000)]
    rows[20_000] = f"{token},cat"
    rows[20_001] = ",cat"
    frame = codecs.decode(Payload(body="\n".join(rows).encode(), content_type="text/csv"))
    assert frame[0].iloc[20_000] == value
    assert frame[0].isna().sum() == 1


@pytest.mark.parametrize("place", range(0, 40, 4))
def test_a_line_end_inside_quotes_is_no_end_of_a_row(place):
    """Wherever pyarrow divides the text, at a megabyte."""
    before = b"x" * 80 + b",1\n"
    count = (1 << 20) // len(before)
    padding = b"y" * ((1 << 20) - count * len(before) + 55 + place)
    body = before * (count - 1) + padding + b',1\n"' + b"z" * 25 + b'\nz, ""z""\nz",1\n' + before * 10
    frame = codecs.decode(Payload(body=body, content_type="text/csv"))
    assert frame.shape == (count + 11, 2)
    assert frame.iloc[count, 0] == "z" * 25 + '\nz, "z"\nz'


@pytest.mark.parametrize("place", range(0, 40, 4))
def test_a_line_end_inside_quotes_is_no_end_of_a_lone_cell(place):
    """One column: what pyarrow then takes for two rows would look right."""
    before = b"x" * 82 + b"\n"
    count = (1 << 20) // len(before)
    padding = b"y" * ((1 << 20) - count * len(before) + 55 + place)
    body = before * (count - 1) + padding + b'\n"' + b"z" * 25 + b'\nz"\n' + before * 10
    frame = codecs.decode(Payload(body=body, content_type="text/csv"))
    assert frame.shape == (count + 11, 1)
    assert frame.iloc[count, 0] == "z" * 25 + "\nz"


def test_a_large_answer_that_is_ragged_is_still_read():
    """By the slower way: a line that is longer, one that is shorter, one that is blank."""
    for other, shape in (("a,2,3", (60_000, 3)), ("a", (60_000, 2)), ("", (59_999, 2)), ("   ", (59_999, 2))):
        rows = ["a,2"] * 60_000
        rows[50_000] = other
        frame = codecs.decode(Payload(body="\n".join(rows).encode(), content_type="text/csv"))
        assert frame.shape == shape
