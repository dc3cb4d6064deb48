"""Small answers without pandas' reader: what pandas reads, with the exactness of `csv_exact`, is the judge."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sm_magic import codecs
from sm_magic.codecs import csv_exact, csv_small
from sm_magic.codecs.csv_scan import Scan
from sm_magic.messages import Payload

NUMBERS = ["0", "5", "-2", "100", "0.25", "-3.5", "1e5", "2.5e-3", "1.0", "9007199254740992", "4.9e-324"]
ODD_NUMBERS = ["007", "+5", " 5", "-0", "00.5", "-.5", "1.", "1_0", "1e", "1e400", "٣", "0x10", "1,000"]
LARGE_NUMBERS = ["9007199254740993", "9223372036854775807", "9223372036854775808", "12345678901234567890"]
GAPS = ["", '""', "NA", "nan", "NaN", "null", "N/A", "None", "nAn", "inf", "-Infinity", "  "]
WORDS = ["True", "False", "false", "x", "yes", "é", "2024-01-01", "00:44", '"a,b"', '"a ""b"""', 'a"b', '"1"']
TOKENS = [*NUMBERS, *ODD_NUMBERS, *LARGE_NUMBERS, *GAPS, *WORDS]


def judged(data):
    """What the exact reading by pandas gives, or the error that it is."""
    try:
        return csv_exact.restore(data, {"skip_blank_lines": True}, Scan(data))
    except ValueError:
        return None


def is_read(text, width):
    """Whether it is read without pandas' reader; if so, as pandas reads it."""
    found = csv_small.read(text.encode(), width) if text else None
    if found is not None:
        pd.testing.assert_frame_equal(found, judged(text.encode()), check_exact=True)
    return found is not None


@settings(max_examples=400)
@given(st.data())
def test_what_is_read_is_what_pandas_reads(data):
    """Cell by cell and type by type, or it is left to pandas."""
    width = data.draw(st.integers(1, 3))
    columns = []
    for _ in range(width):
        tokens = data.draw(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=3))
        columns.append(data.draw(st.lists(st.sampled_from(tokens), min_size=4, max_size=4)))
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    text = end.join(",".join(row) for row in zip(*columns, strict=True))
    is_read(text + data.draw(st.sampled_from(["", end])), width)


@settings(max_examples=400)
@example("1,1\n1,  ")
@example("-0,1\n0.5,1")
@example("12345678901234567890\n-.5")
@given(st.text(st.sampled_from('01a.,-"\n\r e\x00é '), max_size=40))
def test_any_text_is_read_alike_or_left(text):
    """Broken quotes, lines of other lengths, blanks."""
    width = len(next(filter(None, csv.reader(io.StringIO(text, newline=""))), [])) or 1
    is_read(text, width)


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.floats(allow_infinity=False),
            st.integers(-(2**63), 2**63 - 1),
            st.sampled_from(["churn", "stay", 'the "old" town', "a, b", None]),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_pandas_wrote_is_read_alike(rows):
    """Floats to the last bit, integers of 64 bits, words, bools."""
    is_read(pd.DataFrame(rows).to_csv(header=False, index=False), 4)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("0.1,0.9\n0.4,0.6\n", 2),
        ("1,0.5\n2,0.25", 2),
        ("9223372036854775807\n", 1),
        ("1,\n2,0.5\n", 2),
        ("a,,True\nb,1,False\n", 3),
        ("cat,0.9\r\n", 2),
        ('cat,"one, two"\n', 2),
        ('"two\nlines",1\n', 2),
        ("2024-01-01 10:00:00,NA\nx,7\n", 2),
    ],
    ids=repr,
)
def test_usual_answers_are_read_here(text, width):
    """Numbers, gaps among them, words, bools, quotes, both line ends."""
    assert is_read(text, width)


@pytest.mark.parametrize(
    "text", ["007\n", "1\n\n2\n", "1\n2,3\n", "NA\nNA\n", '"open\n', "True\n\n", 'a,"b"\r\n']
)
def test_doubts_are_left_to_pandas(text):
    """Leading zeros, blank lines, lines of other lengths, words that may be missing values, CRLF beside quotes."""
    assert not is_read(text, 1 + text.count(","))


def test_a_large_answer_is_left_to_others():
    """They read it faster."""
    numbers = pd.DataFrame(np.random.default_rng(0).random((3_000, 10)))
    assert csv_small.read(numbers.to_csv(header=False, index=False).encode(), 10) is None


def test_a_frame_can_be_written_into():
    """As one that pandas has read."""
    for body in (b"1.5,2.5\n", b"1,a\n"):
        found = codecs.decode(Payload(body=body, content_type="text/csv"))
        found.iloc[0, 0] = 7
        assert found.iloc[0, 0] == 7
