"""Labelled bars: as HTML meters and as characters, a number beside each."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.views.bars import Bar, bars_shown, signed_shown, spark

ANY = st.floats(allow_nan=True, allow_infinity=True)


def test_shares_grow_to_the_right(golden):
    """A quarter is a quarter of the whole bar."""
    made = bars_shown([Bar("a", 0.75, "75 %"), Bar("<b>", 0.25, "25 %")], "2 shares")

    golden("bars", text=made.text, html=made.html)


def test_signed_numbers_grow_to_both_sides(golden):
    """The farthest from 0 fills its side; what is below 0 stands on the left."""
    made = signed_shown(
        [Bar("bmi", 20.0, "+20"), Bar("s1", -5.0, "-5"), Bar("age", 0.0, "+0")], "3 attributions"
    )

    golden("bars-signed", text=made.text, html=made.html)


@given(st.lists(st.tuples(st.text(max_size=5), ANY), max_size=4))
def test_any_number_has_a_bar(page, pairs):
    """NaN and infinity too: no bar is longer than its place, and the markup is sound."""
    bars = [Bar(label, number, "x") for label, number in pairs]
    for made in (bars_shown(bars, "c", 2.0), signed_shown(bars, "c")):
        assert all(0 <= float(meter["value"]) <= 1 for meter in page(made.html).all("meter"))
        assert made.text.count("\n") == len(bars)


@pytest.mark.parametrize(
    ("values", "line"),
    [([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"), ([0.0, math.nan, 7.0], "▁ █"), ([], "")],
)
def test_a_line_of_small_bars(values, line):
    """One character a value, a space for a missing one."""
    assert spark(values, 0, 7) == line


def test_a_level_line_is_in_the_middle():
    """Where all values are the same there is no scale to divide by."""
    assert spark([2.0, 2.0], 2.0, 2.0) == "▄▄"


def test_numbers_whose_span_is_beyond_floats():
    """1e308 and -1e308 are infinitely far apart; they still have a line."""
    assert len(spark([1e308, -1e308, math.inf], -1e308, 1e308)) == 3
