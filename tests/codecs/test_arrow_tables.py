"""Tables that Parquet and the Arrow stream share: what is kept of a frame, and who else can be one."""

from __future__ import annotations

import datetime
import decimal
import io
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sm_magic import codecs
from sm_magic.codecs import arrow_tables
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

TYPES = ("application/x-parquet", "application/vnd.apache.arrow.stream")
DAYS = pd.DatetimeIndex(["2026-11-21T10:00:00.123456", "1969-01-01"])


@pytest.fixture(autouse=True)
def pa():
    """pyarrow; without it there is nothing to test here."""
    return pytest.importorskip("pyarrow", exc_type=ImportError)


@pytest.fixture(params=TYPES, ids=["parquet", "arrow"])
def media_type(request):
    """Each of the two formats."""
    return request.param


def back(value, media_type, **options):
    """*value*, sent and received."""
    return codecs.decode(codecs.encode(value, media_type, **options))


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 2], dtype="int8"),
        pd.Series([1, 2**63], dtype="uint64"),
        pd.Series([0.1, np.nan], dtype="float32"),
        pd.Series([True, False]),
        pd.Series(["é", None]),
        pd.Series(["é", None], dtype="string"),
        pd.Categorical(["b", None], categories=["b", "a"], ordered=True),
        pd.array([2**60 + 1, None], dtype="Int64"),
        pd.array([1.5, None], dtype="Float32"),
        pd.array([True, None], dtype="boolean"),
        DAYS,
        DAYS.tz_localize("Europe/Paris"),
        DAYS.tz_localize("UTC").as_unit("ms"),
        pd.to_timedelta([1, None], unit="s"),
        pd.period_range("2026-01", periods=2, freq="M"),
        pd.interval_range(0, 2),
        pd.Series([decimal.Decimal("1.10"), None], dtype="object"),
        pd.Series([datetime.date(2026, 11, 21), None], dtype="object"),
        pd.Series([b"\x00", b""], dtype="object"),
    ],
    ids=lambda column: str(column.dtype),
)
def test_dtypes_come_back(column, media_type):
    """Missing values, zones, units, categories and their order."""
    frame = pd.DataFrame({"a": column})
    pd.testing.assert_frame_equal(back(frame, media_type), frame)


def test_what_parquet_has_no_type_for_comes_back_as_pandas_reads_it():
    """Seconds become milliseconds, and categories that are no text their values; Arrow's stream keeps both."""
    frame = pd.DataFrame({"a": pd.Categorical([3, 1]), "b": DAYS.as_unit("s")})
    payload = codecs.encode(frame, "parquet")
    pd.testing.assert_frame_equal(codecs.decode(payload), pd.read_parquet(io.BytesIO(payload.body)))
    pd.testing.assert_frame_equal(back(frame, "arrow"), frame)


def test_names_come_back(media_type):
    """Numbers, pairs, and no column at all."""
    for columns in ([0, 1], pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]), ["x", "ÿ"]):
        frame = pd.DataFrame([[1, 2.5]], columns=columns)
        pd.testing.assert_frame_equal(back(frame, media_type), frame)
    assert back(pd.DataFrame(), media_type).shape == (0, 0)


def test_an_index_is_sent_if_it_has_a_name(media_type):
    """A number that pandas counted is none of the model's features."""
    frame = pd.DataFrame({"a": [1, 2, 3]})
    picked = frame[frame["a"] > 1]
    pd.testing.assert_frame_equal(back(picked, media_type), picked.reset_index(drop=True))
    named = frame.rename_axis("id")
    payload = codecs.encode(named, media_type)
    assert payload.facts.names == ("a", "id")
    assert codecs.decode(payload).index.name == "id"
    assert codecs.decode(payload).index.tolist() == [0, 1, 2]


def test_columns_are_chosen(media_type):
    """By `columns` and `drop`, as in every table."""
    frame = pd.DataFrame({"a": [1], "b": [2], "y": [3]})
    assert list(back(frame, media_type, columns=["b", "a"])) == ["b", "a"]
    assert list(back(frame, media_type, drop=["y"])) == ["a", "b"]


def test_what_else_is_a_table(pa, media_type):
    """A Series, records, pyarrow's own, whatever hands itself over by the PyCapsule interface."""

    class Foreign:
        """A table of a library that nobody here knows."""

        def __arrow_c_stream__(self, requested_schema=None):
            return pa.table({"a": [1, 2]}).__arrow_c_stream__(requested_schema)

    for value in (
        pd.Series([1, 2], name="a"),
        [{"a": 1}, {"a": 2}],
        pa.table({"a": [1, 2]}),
        pa.record_batch({"a": [1, 2]}),
        Foreign(),
    ):
        pd.testing.assert_frame_equal(back(value, media_type), pd.DataFrame({"a": [1, 2]}))
    assert back(pa.chunked_array([[1, 2]]), media_type).shape == (2, 1)


def test_whole_numbers_stay_whole_beside_missing_ones(pa, media_type):
    """Without pandas' note a column of integers with nulls would become floats, and 2**60 + 1 another number."""
    table = pa.table({"a": pa.array([2**60 + 1, None]), "u": pa.array([2**64 - 1, None], pa.uint64())})
    frame = back(table, media_type)
    assert (frame["a"][0], frame["u"][0]) == (2**60 + 1, 2**64 - 1)
    assert frame.isna().to_numpy().tolist() == [[False, False], [True, True]]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (pd.DataFrame({"a": [1, "x"]}), "can't be sent as .*: ArrowInvalid"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "Duplicate column names"),
        (pd.DataFrame({"a": [1j]}), "can't be sent as"),
        ([1, 2], "A list is no table"),
        ({"a": 1}, "can't be sent as"),
    ],
    ids=repr,
)
def test_what_is_no_table_is_one_of_our_errors(value, words, media_type):
    """pyarrow's own errors never escape."""
    with pytest.raises(CodecError, match=words):
        codecs.encode(value, media_type)


def test_a_frame_is_written_in_pieces_that_are_one_table(media_type):
    """More rows than one piece has; a text column whose first piece is empty."""
    rows = (1 << 20) + 10
    frame = pd.DataFrame({"a": np.arange(rows, dtype="i1"), "b": [None] * (rows - 1) + ["x"]})
    found = back(frame, media_type)
    assert len(found) == rows
    assert found["b"].iloc[-1] == "x"
    assert found["a"].equals(frame["a"])


def test_what_pandas_keeps_beside_a_frame_is_not_sent(media_type):
    """`attrs` is the user's notebook, and not always JSON."""
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"secret": object()}
    assert b"secret" not in codecs.encode(frame, media_type).body
    assert frame.attrs


def test_a_pyarrow_that_unpickles_is_not_used():
    """Before 14.0.1 a schema's metadata could hold a pickle, and reading it ran code."""
    old = SimpleNamespace(__version__="14.0.0")
    with pytest.raises(CodecError, match=r"14\.0\.1"):
        arrow_tables.checked(old, "Parquet")


def test_no_pickle_in_a_schema_is_loaded(pa, tmp_path):
    """The name under which pyarrow kept Python types, with a pickle that would leave a file."""
    trace = tmp_path / "ran"
    metadata = {
        "ARROW:extension:name": "arrow.py_extension_type",
        "ARROW:extension:metadata": b"cposix\nsystem\n(S'touch " + bytes(trace) + b"'\ntR.",
    }
    schema = pa.schema([pa.field("a", pa.int64(), metadata=metadata)])
    table = pa.Table.from_arrays([pa.array([1])], schema=schema)
    payload = codecs.encode(table, "arrow")
    assert b"touch" in payload.body
    assert codecs.decode(payload)["a"].tolist() == [1]
    out = io.BytesIO()
    pytest.importorskip("pyarrow.parquet", exc_type=ImportError).write_table(table, out)
    assert codecs.decode(Payload(body=out.getvalue(), content_type=TYPES[0]))["a"].tolist() == [1]
    assert not trace.exists()
