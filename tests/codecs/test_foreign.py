"""Tables of polars, of pyarrow, and of whoever speaks the Arrow PyCapsule interface."""

from __future__ import annotations

import datetime
import decimal
import io
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sm_magic import codecs
from sm_magic.codecs import decode, encode, features, foreign
from sm_magic.codecs.base import is_a
from sm_magic.errors import CodecError

UTC = datetime.UTC
COLUMNS = {
    "count": [1, None, 2**60 + 1],
    "number": [0.5, None, 1e-7],
    "flag": [True, None, False],
    "text": ["a", None, 'x,"y"'],
    "day": [datetime.date(2024, 1, 1), None, datetime.date(2024, 1, 2)],
    "time": [datetime.datetime(2024, 1, 1, 1), None, datetime.datetime(2024, 1, 2)],
    "moment": [datetime.datetime(2024, 1, 1, 1, tzinfo=UTC), None, None],
    "exact": [decimal.Decimal("1.10"), None, decimal.Decimal("2.00")],
}
CSV = (
    "1,0.5,True,a,2024-01-01,2024-01-01 01:00:00,2024-01-01 01:00:00+00:00,1.10\n"
    ",,,,,,,\n"
    '1152921504606846977,1e-07,False,"x,""y""",2024-01-02,2024-01-02 00:00:00,,2.00\n'
)


class Elsewhere:
    """A table of a library that nobody here knows, which hands over Arrow's capsules."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        """As the interface has it."""
        return self.table.__arrow_c_stream__(requested_schema)


class Batch:
    """The same for a single batch."""

    def __init__(self, batch):
        self.batch = batch

    def __arrow_c_array__(self, requested_schema=None):
        """As the interface has it."""
        return self.batch.__arrow_c_array__(requested_schema)


def polars_frame():
    """COLUMNS, by polars."""
    return pytest.importorskip("polars").DataFrame(COLUMNS)


def arrow_table():
    """COLUMNS, by pyarrow."""
    return pytest.importorskip("pyarrow", exc_type=ImportError).table(COLUMNS)


MAKERS = {
    "polars.DataFrame": polars_frame,
    "pyarrow.Table": arrow_table,
    "pyarrow.RecordBatch": lambda: arrow_table().to_batches()[0],
    "a stream": lambda: Elsewhere(arrow_table()),
    "an array": lambda: Batch(arrow_table().to_batches()[0]),
}


@pytest.fixture(params=MAKERS)
def table(request):
    """One table, by each library that has it."""
    return MAKERS[request.param]()


def test_a_table_goes_out_as_csv_with_nothing_lost(table):
    """An integer beside a missing value stays an integer, bools, dates and Decimals are what they are."""
    payload = codecs.encode(table)
    assert payload.content_type == "text/csv"
    assert payload.body.decode() == CSV
    assert (payload.facts.rows, payload.facts.columns) == (3, 8)
    assert payload.facts.names == tuple(COLUMNS)
    assert payload.facts.text_columns == ("flag", "text", "day", "time", "moment")


@pytest.mark.parametrize("content_type", ["json", "jsonl"])
def test_a_table_goes_out_as_records(table, content_type):
    """As a pandas table does, values whole."""
    body = codecs.encode(table, content_type).body
    rows = json.loads(body) if content_type == "json" else [json.loads(line) for line in body.splitlines()]
    assert [row["count"] for row in rows] == COLUMNS["count"]
    assert [row["flag"] for row in rows] == COLUMNS["flag"]
    assert [row["text"] for row in rows] == COLUMNS["text"]
    assert rows[1] == dict.fromkeys(COLUMNS)


def test_columns_of_a_table_are_chosen(table):
    """`--columns` and `--drop` by name, `--header` with those that are left."""
    payload = codecs.encode(table, "csv", columns=["flag", "count"], header=True)
    assert payload.body == b"flag,count\nTrue,1\n,\nFalse,1152921504606846977\n"
    assert set(payload.facts.dropped) == set(COLUMNS) - {"flag", "count"}
    assert codecs.encode(table, "csv", drop=[*COLUMNS][1:]).body == b'1\n""\n1152921504606846977\n'


def test_a_table_of_numbers_is_an_npy():
    """By polars and by pyarrow; one column has one dimension."""
    pl, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow", exc_type=ImportError)
    for table in (pl.DataFrame({"a": [1, 2], "b": [0.5, 1.5]}), pa.table({"a": [1, 2], "b": [0.5, 1.5]})):
        assert codecs.decode(codecs.encode(table, "npy")).tolist() == [[1.0, 0.5], [2.0, 1.5]]
    for column in (pl.Series([1, 2]), pa.chunked_array([[1], [2]]), pa.array([1, 2])):
        assert codecs.decode(codecs.encode(column, "npy")).tolist() == [1, 2]


def test_one_column_is_a_column():
    """A Series of polars, an array of pyarrow: a list in JSON, a column in CSV."""
    pl, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow", exc_type=ImportError)
    values = [2**60 + 1, None]
    columns = [pl.Series("a", values), pa.array(values)]
    if hasattr(pa.ChunkedArray, "__arrow_c_stream__"):  # from pyarrow 15 on
        columns.append(Elsewhere(pa.chunked_array([values])))
    for column in columns:
        assert codecs.encode(column, "csv").body == b'1152921504606846977\n""\n'
        assert codecs.encode(column, "json").body == b"[1152921504606846977,null]"


def test_nested_values_stay_what_they_are():
    """Lists and structs are JSON; a cell of a CSV has no place for them."""
    pl, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow", exc_type=ImportError)
    columns = {"a": [[1, None], [2**60 + 1]], "b": [{"c": 1}, {"c": None}]}
    for table in (pl.DataFrame(columns), pa.table(columns)):
        rows = json.loads(codecs.encode(table, "json").body)
        assert rows == [{"a": [1, None], "b": {"c": 1}}, {"a": [2**60 + 1], "b": {"c": None}}]
        with pytest.raises(CodecError, match="no place in a cell"):
            codecs.encode(table, "csv")


def test_every_type_of_polars_becomes_pandas():
    """Without a value lost: what pandas gives back is what polars has."""
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame(
        {
            **COLUMNS,
            "byte": pl.Series([255, None, 0], dtype=pl.UInt8),
            "kind": pl.Series(["x", None, "y"], dtype=pl.Categorical),
            "took": [datetime.timedelta(seconds=1), None, datetime.timedelta(0)],
            "clock": [datetime.time(1, 2, 3), None, datetime.time(0)],
            "blob": [b"\x00", None, b"x"],
            "nothing": [None, None, None],
            "there": pl.Series([datetime.datetime(2024, 7, 1)] * 3).dt.replace_time_zone("Europe/Zurich"),
        }
    )
    found = foreign.in_pandas(frame)
    for name in frame.columns:
        values = [
            None if value is pd.NaT or value is pd.NA or value != value else value for value in found[name]
        ]
        assert values == frame[name].to_list(), name


def test_the_index_of_a_frame_that_went_through_arrow_is_no_column():
    """pyarrow notes which columns were the index."""
    pa = pytest.importorskip("pyarrow", exc_type=ImportError)
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index([5, 6], name="key"))
    assert codecs.encode(pa.Table.from_pandas(frame)).body == codecs.encode(frame).body == b"1\n2\n"


def test_names_that_are_there_twice_are_two_columns():
    """Arrow allows it, and so does a CSV."""
    pa = pytest.importorskip("pyarrow", exc_type=ImportError)
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    assert codecs.encode(table, "csv", header=True).body == b"a,a\n1,2\n"


@pytest.mark.parametrize("content_type", [None, "csv", "json", "npy"])
def test_a_plan_is_not_run(content_type):
    """A LazyFrame may read a data lake: whoever wants that says so."""
    lazy = polars_frame().lazy()
    with pytest.raises(CodecError, match="no rows yet") as caught:
        codecs.encode(lazy, content_type)
    assert "collect()" in caught.value.hint
    with pytest.raises(CodecError, match="no rows yet"):
        codecs.encode(lazy, content_type, drop=["count"])


def test_what_can_be_read_once_is_not_read():
    """A second call would send nothing."""
    with pytest.raises(CodecError, match="once") as caught:
        codecs.encode(arrow_table().to_reader())
    assert "read_all" in caught.value.hint


def test_a_table_that_fails_is_an_error():
    """The library's own words are in it."""

    class Broken:
        def __arrow_c_stream__(self, requested_schema=None):
            """Hands over nothing."""
            raise RuntimeError("the cluster is gone")

    pytest.importorskip("pyarrow", exc_type=ImportError)
    with pytest.raises(CodecError, match="the cluster is gone"):
        codecs.encode(Broken())


WITHOUT = """
import json, sys
sys.modules["{absent}"] = None
from sm_magic import codecs
from sm_magic.errors import CodecError
{code}
"""


def run(absent, code):
    """The output of a program in a Python that has not the package *absent*."""
    root = str(Path(codecs.__file__).parents[2])
    program = f"import sys; sys.path.insert(0, {root!r})" + WITHOUT.format(absent=absent, code=code)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.skipif(find_spec("polars") is None, reason="needs polars")
def test_polars_needs_no_pyarrow():
    """Its frames go out in each format by its own means."""
    code = """
import polars as pl
frame = pl.DataFrame({"a": [1, None, 2**60 + 1], "b": [True, None, False], "c": ["x", None, "z"]})
lists = frame.with_columns(pl.Series("d", [[1], [2], [3]]))
print(codecs.encode(frame).body, codecs.encode(frame, drop=["a"]).body, codecs.encode(lists, "json").body)
"""
    assert run("pyarrow", code).strip() == (
        r"b'1,True,x\n,,\n1152921504606846977,False,z\n' b'True,x\n,\nFalse,z\n' "
        'b\'[{"a":1,"b":true,"c":"x","d":[1]},{"a":null,"b":null,"c":null,"d":[2]},'
        '{"a":1152921504606846977,"b":false,"c":"z","d":[3]}]\''
    )


def test_a_table_that_nothing_here_reads_says_what_to_install():
    """Neither pyarrow nor polars is there."""
    code = """
sys.modules["polars"] = None
class Table:
    def __arrow_c_stream__(self, requested_schema=None): ...
try:
    codecs.encode(Table())
except CodecError as error:
    print(error.hint)
"""
    assert run("pyarrow", code).strip() == '%pip install "sm-magic[fast]"'


def test_a_huge_table_is_refused_before_it_is_built():
    """As pandas' own is."""
    pl = pytest.importorskip("polars")
    huge = pl.DataFrame({"number": np.linspace(0, 1, 500_000), "text": "some words in a cell"})
    with pytest.raises(CodecError, match=r"500,000 rows are about \d+\.\d MB") as caught:
        codecs.encode(huge, max_bytes=1_000_000)
    fitting = int(caught.value.hint.partition(".head(")[2].partition(")")[0])
    assert codecs.encode(huge.head(fitting), max_bytes=1_000_000).size > 500_000


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "F"])
def test_an_image_is_no_table(mode):
    """Pillow hands over pixels by the PyCapsule interface, from 11.3 on; an image stays one, of whatever class."""
    made = Image.new(mode, (4, 3))
    if mode != "F":
        out = io.BytesIO()
        made.save(out, "PNG")
        made = Image.open(out)
    assert foreign.in_pandas(made) is made
    assert not any(is_a(made, name) for name in foreign.NAMES)


@pytest.mark.parametrize("content_type", ["csv", "arrow", "parquet", "libsvm", "recordio"])
def test_an_image_is_not_sent_as_a_table(content_type):
    """It can be sent as what it is."""
    with pytest.raises(CodecError, match=r"A PIL\.\w+ can't be sent as") as caught:
        encode(Image.new("RGB", (4, 3)), content_type)
    assert "image/png" in caught.value.hint


def test_an_image_in_json_is_one():
    """Base64 of a PNG, alone, in a list and as a line; as an array it has its shape."""
    image = Image.new("RGB", (4, 3))
    for value, content_type in ((image, "json"), ([image], "json"), (image, "jsonl")):
        assert b'"iVBORw0KGgo' in encode(value, content_type).body
    assert decode(encode(image, "npy")).shape == (3, 4, 3)
    assert features.features(image.convert("L"), "libsvm").x.shape == (3, 4)
