"""Numbers, sizes and times as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.views.quantities import number, part_of, plural, seconds, size


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1 kB"), (4_218, "4.22 kB"), (25_000_000, "25 MB"),
     (999_999, "1 MB"), (3_200_000_000, "3.2 GB"), (5 * 10**15, "5,000 TB")],
)  # fmt: skip
def test_sizes(count, text):
    """Three digits, and 1 kB is 1,000 bytes."""
    assert size(count) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 ms"),
        (0.00321, "3.21 ms"),
        (0.142, "142 ms"),
        (0.9996, "1 s"),
        (1.24, "1.24 s"),
        (70.0, "70 s"),
        (125.0, "2 min 5 s"),
    ],
)
def test_times(value, text):
    """Three digits, in the unit that fits."""
    assert seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (1 / 3, "0.333333"), (1.0, "1.0"), (123456.789, "123457"), (1234567.89, "1234567.9"),
     (1e-7, "1e-07"), (1e20, "1e+20"), (float("inf"), "inf"), (float("nan"), "NaN"), (12, "12"),
     (2**60, str(2**60)), (-0.5, "-0.5")],
)  # fmt: skip
def test_numbers(value, text):
    """Six significant digits; whole ones whole."""
    assert number(value) == text


@given(st.integers() | st.floats())
def test_every_number_is_short(value):
    """Whatever the number."""
    assert len(number(value)) < 350


def test_counts():
    """One row, two rows, twenty of many."""
    assert plural(1, "row") == "1 row"
    assert plural(12_345, "class", "classes") == "12,345 classes"
    assert part_of(20, 12_345, "row") == "20 of 12,345 rows"
    assert part_of(3, 3, "row") == "3 rows"
