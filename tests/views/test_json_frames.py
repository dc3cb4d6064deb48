"""Values of JSON become the DataFrame that pandas makes of them: its types too, in whatever version is there."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from sm_magic.views.json_frames import names_of, of_columns, of_rows, packed, picked
from sm_magic.views.json_tables import find_in_json

TEXTS = st.text(st.characters(codec="utf-8"), max_size=3)
"""Without half a surrogate pair: pandas 3 takes none, in names as in values."""
KINDS = [
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.booleans(),
    st.none(),
    TEXTS | st.sampled_from(["2024-01-01", "nan", "1", ""]),
]
"""The scalars of JSON, a kind each."""
FEW_KINDS = st.lists(st.sampled_from(KINDS), min_size=1, max_size=2).map(lambda kinds: st.one_of(kinds))
"""Columns hold one kind of values, or two."""
NAMES = TEXTS | st.sampled_from(["", "0", "a.b", "index", "None"])


def column(height: int) -> st.SearchStrategy:
    """Values of one kind or two."""
    return FEW_KINDS.flatmap(lambda kind: st.lists(kind, min_size=height, max_size=height))


@st.composite
def tables(draw, widest=4):
    """Columns by name, all of one length."""
    rows = draw(st.integers(1, 20))
    names = draw(st.lists(NAMES, min_size=1, max_size=widest, unique=True))
    return {name: draw(column(rows)) for name in names}


@given(tables())
def test_columns_are_what_pandas_makes_of_them(columns):
    """Where numpy takes a column at once, no value and no type is another."""
    assert_frame_equal(of_columns(columns), pd.DataFrame(columns))


@given(tables(), st.booleans())
@example({"a": [0.5] * 9, "b": [None] * 9}, True)
@example({"a": [0.5] * 9, "b": [None, 1.5, math.nan] * 3}, True)
@example({"a": [2**63] * 9, "b": [1] * 9}, True)
def test_rows_are_what_pandas_makes_of_them(columns, by_number):
    """Also where a column holds nothing, and where the columns' types differ."""
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    names = range(len(columns)) if by_number else list(columns)
    assert_frame_equal(of_rows(rows, names), pd.DataFrame(rows, columns=list(names)))


@given(tables(widest=2))
def test_labels_are_kept(columns):
    """As the index of either."""
    labels = [f"row {i}" for i in range(len(next(iter(columns.values()))))]
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    assert_frame_equal(of_columns(columns, labels), pd.DataFrame(columns, index=labels))
    assert_frame_equal(
        of_rows(rows, list(columns), labels), pd.DataFrame(rows, columns=list(columns), index=labels)
    )


@pytest.mark.parametrize("height", [1, 20])
def test_columns_may_share_a_name(height):
    """As those of the layout "split" may."""
    rows = [[i, 0.5, True] for i in range(height)]
    for some in (rows, [row[:1] * 3 for row in rows]):
        assert_frame_equal(of_rows(some, ["a", "a", "b"]), pd.DataFrame(some, columns=["a", "a", "b"]))


@pytest.mark.parametrize("width", [0, 1])
def test_nothing_is_a_table_too(width):
    """No rows, or rows without a value."""
    names = ["a"] * width
    assert_frame_equal(of_rows([], names), pd.DataFrame([], columns=names))
    if not width:
        assert_frame_equal(of_rows([[], []], names), pd.DataFrame([[], []], columns=names))
    else:
        assert_frame_equal(of_columns({"a": []}), pd.DataFrame({"a": []}))


@given(tables(), st.data())
def test_records_are_what_pandas_makes_of_them(columns, data):
    """Rows whose keys differ in number, names or order are filled with None, as by pandas.

    pandas takes a key that is missing for NaN and one that is null for None; in a column of numbers these are one.
    """
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    assert_frame_equal(pd.DataFrame(dict(picked(rows))), pd.DataFrame(rows))
    assert_frame_equal(find_in_json(rows).frame(), pd.DataFrame(rows))
    for row in rows[1:]:
        for name in data.draw(st.sets(st.sampled_from(list(columns)), max_size=1)):
            row["other" if data.draw(st.booleans()) else name] = row.pop(name)
    found = dict(picked(rows))
    assert list(found) == list(pd.DataFrame(rows).columns)
    assert all(
        values[i] is row.get(name) or math.isnan(values[i])
        for name, values in found.items()
        for i, row in enumerate(rows)
    )


@given(tables(widest=2), tables(widest=2))
def test_objects_in_rows_become_columns(outer, inner):
    """Each as pandas makes them of the objects alone, named after their own key."""
    height = min(len(values) for table in (outer, inner) for values in table.values())
    outer, inner = ({name: values[:height] for name, values in table.items()} for table in (outer, inner))
    outer.pop("object", None)
    rows = [
        {**dict(zip(outer, row, strict=True)), "object": dict(zip(inner, part, strict=True))}
        for row, part in zip(
            zip(*outer.values(), strict=True) if outer else [()] * height,
            zip(*inner.values(), strict=True),
            strict=True,
        )
    ]
    expected = pd.DataFrame({**outer, **{f"object.{name}": values for name, values in inner.items()}})
    assert_frame_equal(find_in_json(rows).frame(), expected)


def test_keys_beyond_the_first_rows_count():
    """Also where each row has as many keys as the first, and where only the last has another."""
    rows = [{"a": i, "b": 0.5} for i in range(2_000)]
    assert list(names_of(rows)) == ["a", "b"]
    rows[-1] = {"a": 1, "c": "x"}
    frame = find_in_json(rows).frame()
    assert list(frame.columns) == ["a", "b", "c"]
    assert frame.iloc[:-1, :2].to_dict("list") == pd.DataFrame(rows[:-1]).to_dict("list")
    assert frame["c"].iloc[-1] == "x"
    assert frame["c"].iloc[:-1].isna().all()
    assert list(names_of([*rows, {"d": None}])) == ["a", "b", "c", "d"]


def test_a_large_column_is_an_array():
    """Which pandas takes as it is; an integer beyond 64 bits stays whole, and few values stay a list."""
    assert packed([1] * 100, {int}).dtype == "int64"
    assert packed([0.5, None] * 100, {float, type(None)}).dtype == "float64"
    assert packed([2**64] * 100, {int}) == [2**64] * 100
    assert packed([1, True] * 100, {int, bool}) == [1, True] * 100
    assert packed([1], {int}) == [1]
