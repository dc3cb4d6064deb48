"""application/json: every Python value goes out exact, every answer comes in exact; the json module is the judge."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import io
import json
import math
import uuid
from collections import OrderedDict, deque, namedtuple
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sm_magic import codecs
from sm_magic.errors import CodecError, UsageError
from sm_magic.messages import Payload

EXAMPLES = [
    ({"instances": [[1, 2.5], [None, True]]}, "application/json", {"instances": [[1, 2.5], [None, True]]}),
    (np.array([0.1, np.pi]), "application/json", [0.1, np.pi]),
    (2**70, "application/json", 2**70),
    ('{"a": 1}', "application/json", {"a": 1}),
]


@dataclasses.dataclass
class Point:
    x: float
    _hidden: str = "kept"


class Colour(enum.Enum):
    RED = "red"


def sent(value, **options) -> str:
    """The JSON of a value, as text."""
    return codecs.encode(value, "json", **options).body.decode()


def received(body: bytes | str, content_type: str = "application/json"):
    """The value that an answer is read as."""
    return codecs.decode(
        Payload(body=body.encode() if isinstance(body, str) else body, content_type=content_type)
    )


SIMPLE = [
    (None, "null"),
    (True, "true"),
    (5, "5"),
    (0.1, "0.1"),
    ("", None),
    ([1, "a", None], '[1,"a",null]'),
    ((1, 2), "[1,2]"),
    ({3, 1, 2}, "[1,2,3]"),
    (float("nan"), "null"),
    ([float("inf"), -float("inf")], "[null,null]"),
    (2**64, "18446744073709551616"),
    ([-(2**63) - 1], "[-9223372036854775809]"),
    (decimal.Decimal("1.10000000000000000000000000000000001"), "1.10000000000000000000000000000000001"),
    (decimal.Decimal("NaN"), "null"),
    (datetime.datetime(2024, 1, 2, 3, 4, 5), '"2024-01-02T03:04:05"'),
    (datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC), '"2024-01-02T00:00:00+00:00"'),
    (datetime.date(2024, 1, 2), '"2024-01-02"'),
    (datetime.time(3, 4, tzinfo=datetime.UTC), '"03:04:00+00:00"'),
    (datetime.timedelta(days=1, seconds=2, microseconds=3), '"P1DT2.000003S"'),
    (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
    (Colour.RED, '"red"'),
    (Point(1.5), '{"x":1.5,"_hidden":"kept"}'),
    (namedtuple("Pair", "a b")(1, 2), "[1,2]"),
    (OrderedDict(b=1, a=2), '{"b":1,"a":2}'),
    (MappingProxyType({"a": 1}), '{"a":1}'),
    (deque([1, 2]), "[1,2]"),
    (range(3), "[0,1,2]"),
    ({1: "a", 2.5: "b", False: "c", None: "d"}, '{"1":"a","2.5":"b","false":"c","null":"d"}'),
    ({np.int64(7): np.float32(0.1)}, '{"7":0.1}'),
    ({datetime.date(2024, 1, 2): 1}, '{"2024-01-02":1}'),
    ({"blob": b"\x00\xff"}, '{"blob":"AP8="}'),
    (["\ud800"], r'["\ud800"]'),
    (np.float64(0.1), "0.1"),
    (np.float32(0.1), "0.1"),
    (np.float32("nan"), "null"),
    (np.int8(-3), "-3"),
    (np.bool_(True), "true"),
    (np.array(1.5), "1.5"),
    (np.array([[1, 2], [3, 4]], dtype="int8"), "[[1,2],[3,4]]"),
    (np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]), "[[1.0,2.0],[3.0,4.0]]"),
    (np.arange(6)[::2], "[0,2,4]"),
    (np.array([0.1], dtype=">f8"), "[0.1]"),
    (np.array([0.1, np.nan, np.inf], dtype="f4"), "[0.1,null,null]"),
    (np.array(["a", "b"]), '["a","b"]'),
    (np.array([True, False]), "[true,false]"),
    (np.array([1, None, "x"], dtype=object), '[1,null,"x"]'),
    (np.array(["2024-01-02T03:04:05.123456789", "NaT"], "M8[ns]"), '["2024-01-02T03:04:05.123456789",null]'),
    (np.array([1, "NaT"], "m8[s]"), '["P0DT0H0M1S",null]'),
    (np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]), '[{"a":1,"b":2.5}]'),
    (np.ma.masked_array([1, 2], mask=[False, True]), "[1,null]"),
    (np.zeros((0, 3)), "[]"),
    ({"nested": [np.arange(2), {"deep": np.eye(2)}]}, '{"nested":[[0,1],{"deep":[[1.0,0.0],[0.0,1.0]]}]}'),
    (pd.Timestamp("2024-01-02 03:04:05.123456789"), '"2024-01-02T03:04:05.123456789"'),
    ([pd.NaT, pd.NA], "[null,null]"),
    (pd.Timedelta("1 day"), '"P1DT0H0M0S"'),
    (pd.Index([1, 2]), "[1,2]"),
    (pd.Categorical(["a", "b"]), '["a","b"]'),
    (pd.Series([1, None], dtype="Int64"), "[1,null]"),
    (pd.Series({"a": 1.5, "b": "x"}), '{"a":1.5,"b":"x"}'),
    ({"table": pd.DataFrame({"a": [1], "b": [None]})}, '{"table":[{"a":1,"b":null}]}'),
]


@pytest.mark.parametrize(("value", "text"), [pair for pair in SIMPLE if pair[1] is not None], ids=repr)
def test_each_python_value_has_its_json(value, text):
    """Every value that people hold becomes the JSON they expect, and valid JSON."""
    assert sent(value) == text
    json.loads(text)


def test_a_value_that_json_cannot_hold_is_an_error_that_lists_what_it_can():
    """Complex numbers, objects, circles and keys that would collide are refused with a reason."""
    circle: list = []
    circle.append(circle)
    for value, words in [
        (object(), "has no form in JSON"),
        ({"a": object()}, "has no form in JSON"),
        ([1j], "has no form in JSON"),
        (np.array([1j]), "Complex"),
        (circle, "holds itself"),
        ({1: "a", "1": "b"}, "one would be lost"),
        ({(1, 2): "a"}, "key"),
        (10**5000, "too long"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "Two columns"),
    ]:
        with pytest.raises(CodecError, match=words):
            codecs.json.dumps(value)


def test_an_image_in_a_dict_is_base64_of_its_file():
    """An image inside JSON travels as the base64 of a PNG, which Stable Diffusion and others take."""
    body = json.loads(sent({"image": Image.new("RGB", (2, 3), "red")}))
    assert Image.open(io.BytesIO(base64.b64decode(body["image"]))).size == (2, 3)


@given(st.floats(width=64))
def test_no_float64_loses_a_bit(number):
    """What is written is read back to the same bits, subnormals and -0.0 included."""
    for value in (number, [number], np.array([number]), pd.DataFrame({"x": [number]})):
        back = np.array(json.loads(sent(value)), dtype=object).ravel()[0]
        back = back["x"] if isinstance(back, dict) else back
        if math.isfinite(number):
            assert np.float64(back).tobytes() == np.float64(number).tobytes()
        else:
            assert back is None


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_no_float32_loses_a_bit(number):
    """float32 goes out as the shortest decimal that reads back to it: 0.1, not 0.10000000149011612."""
    value = np.float32(number)
    for table in (np.array([value]), pd.DataFrame({"x": np.array([value]), "y": "text"})):
        back = json.loads(sent(table))[0]
        text = back["x"] if isinstance(back, dict) else back
        assert np.float32(text).tobytes() == value.tobytes()
        assert text == float(str(value))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(JSON)
def test_json_comes_back_as_it_went(value):
    """Any JSON value survives the way out and back, and the json module reads the same."""
    body = codecs.json.dumps(value)
    assert json.loads(body) == value
    assert received(body) == value


def test_keys_keep_their_order():
    """Prefix-aware routing compares the first bytes of the body."""
    assert sent({"model": 1, "a": 2, "messages": []}) == '{"model":1,"a":2,"messages":[]}'


def test_text_that_is_json_goes_out_as_it_is():
    """Not a byte is touched, so that 1.0 stays 1.0 and spaces stay."""
    text = '{ "a": 1.0,\n "b": [ ] }'
    assert sent(text) == text
    assert codecs.encode(text).content_type == "application/json"


def test_text_that_is_no_json_is_refused_with_the_ways_out():
    """A prompt labelled JSON is the classic mistake."""
    with pytest.raises(CodecError, match="line 1, column 1") as caught:
        codecs.encode("Tell me a joke", "json")
    assert "-t text" in str(caught.value)
    assert sent("Tell me a joke", orient="inputs") == '{"inputs":"Tell me a joke"}'


def test_an_answer_keeps_what_a_fast_parser_would_change():
    """Big integers stay whole; NaN, Infinity, a byte order mark and lone surrogates are read."""
    assert received("[9223372036854775807, 18446744073709551616, -9223372036854775809]") == [
        2**63 - 1,
        2**64,
        -(2**63) - 1,
    ]
    assert received("1180591620717411303424") == 2**70
    assert received('{"a":36893488147419103232}') == {"a": 2**65}
    nan, infinity = received("[NaN, -Infinity]")
    assert math.isnan(nan)
    assert infinity == -math.inf
    assert received(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert received(r'"\ud800"') == "\ud800"
    assert received("[0.00012345678901234567890123]") == [0.00012345678901234567890123]


@pytest.mark.parametrize(
    ("body", "content_type", "value"),
    [
        (b"", "application/json", None),
        (b" \n", "application/json", None),
        (b'{"a":1}', "application/json;verbose", {"a": 1}),
        (b'{"a":1}', "Application/JSON; charset=UTF-8", {"a": 1}),
        (b'{"a":1}', "application/vnd.api+json", {"a": 1}),
        ('"é"'.encode("latin-1"), "application/json; charset=iso-8859-1", "é"),
        ('"é"'.encode("utf-16"), "application/json", "é"),
        (b'"\xc3\xa9"', 'application/json; charset="utf-8"', "é"),
    ],
)
def test_the_content_types_parameters_are_understood(body, content_type, value):
    """Real answers carry charset and verbose; an empty one (204) is None."""
    assert received(body, content_type) == value


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b'{"a": 1,}', "application/json", "line 1, column"),
        (b"<html>", "application/json", "column 1"),
        (b'"\xff"', "application/json", "not utf-8"),
        (b"{}", "application/json; charset=klingon", "klingon"),
        (b"[" * 200_000, "application/json", "nested too deeply"),
        (b"1" * 5000, "application/json", "can't be read"),
    ],
)
def test_what_is_no_json_is_a_codec_error(body, content_type, words):
    """The error says where, and never escapes as another type."""
    with pytest.raises(CodecError, match=words):
        received(body, content_type)


def test_a_misspelt_orient_is_a_usage_error():
    """The layouts are listed."""
    with pytest.raises(UsageError, match="record") as caught:
        codecs.json.dumps([], orient="record")
    assert "records" in str(caught.value)
