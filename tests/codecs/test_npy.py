"""application/x-npy: numpy itself is the judge, both ways; nothing unpickled, nothing allocated on a header's word."""

from __future__ import annotations

import io
import pickle
import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

EXAMPLES = [
    (np.array(1.5), "application/x-npy", np.array(1.5)),
    (np.zeros((0, 3), "i2"), "application/x-npy", np.zeros((0, 3), "i2")),
    (np.asfortranarray([[1, 2], [3, 4]]), "application/x-npy", np.array([[1, 2], [3, 4]])),
    (
        np.array([(1, "é")], dtype=[("a", ">i4"), ("b", "U2")]),
        "application/x-npy",
        np.array([(1, "é")], dtype=[("a", ">i4"), ("b", "U2")]),
    ),
]


def received(body: bytes, **options):
    """The array that an answer is read as."""
    return codecs.decode(Payload(body=body, content_type="application/x-npy"), **options)


def saved(array, version=None, pickled=False) -> bytes:
    """What numpy itself writes."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy says that version 2 and 3 are for new readers
        np.lib.format.write_array(out, array, version=version, allow_pickle=pickled)
    return out.getvalue()


ARRAYS = hnp.arrays(
    hnp.scalar_dtypes() | hnp.byte_string_dtypes() | hnp.unicode_string_dtypes(),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)


@given(ARRAYS, st.booleans())
def test_numpy_reads_what_we_write_and_we_what_numpy_writes(array, fortran):
    """Any dtype, byte order and shape, bit by bit; and the very bytes of np.save in C order."""
    array = np.asfortranarray(array) if fortran and array.ndim else array
    body = codecs.encode(array).body
    back = np.load(io.BytesIO(body))
    for found in (back, received(body), received(saved(array))):
        assert (found.dtype, found.shape) == (array.dtype, array.shape)
        assert found.tobytes() == array.tobytes()
    assert body == saved(np.asarray(array, order="C"))


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_all_versions_are_read(version):
    """1, 2 and 3 differ in the header's length and encoding."""
    array = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(received(saved(array, version)), array)


def test_an_answer_is_a_view_of_its_bytes():
    """No copy is made, whatever the order."""
    for array in (np.ones(1000), np.asfortranarray(np.ones((30, 40)))):
        assert not received(saved(array)).flags.owndata


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([[1, 2.5], [3, 4]], np.array([[1, 2.5], [3, 4]])),
        (5, np.array(5)),
        (np.float32(0.5), np.array(0.5, "f4")),
        (["a", "bc"], np.array(["a", "bc"])),
        (pd.Series([1.5, 2]), np.array([1.5, 2])),
        (pd.DataFrame({"a": [1, 2], "b": [0.5, 1]}), np.array([[1, 0.5], [2, 1]])),
        (pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}), np.array([[1], [np.nan]])),
        (pd.DataFrame({"a": pd.array([2**53 + 1, 1], dtype="Int64")}), np.array([[2**53 + 1], [1]])),
        (pd.DataFrame({"a": [True, False]}), np.array([[True], [False]])),
        (pd.Series({"a": 1.5, "b": 2.0}), np.array([[1.5, 2.0]])),
    ],
    ids=repr,
)
def test_what_is_numbers_becomes_an_array(value, expected):
    """Lists, numbers, and tables of numbers."""
    np.testing.assert_array_equal(received(codecs.encode(value, "npy").body), expected)


def test_facts_of_a_table():
    """An array of two dimensions is a table; an image batch is none."""
    facts = codecs.encode(np.zeros((150, 4))).facts
    assert (facts.rows, facts.columns) == (150, 4)
    assert codecs.encode(np.zeros((2, 3, 3))).facts.rows is None
    assert codecs.encode(pd.DataFrame({"a": [1.0]}), "npy").facts.names == ("a",)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.array([None, {}], dtype=object), "pickle"),
        ([1, None], "pickle"),
        ([[1, 2], [3]], "become an array|pickle"),
        (pd.DataFrame({"a": [1], "b": ["x"]}), "these columns are none: b"),
        ({"a": 1}, "can't be sent as application/x-npy"),
        ("text", "can't be sent as application/x-npy"),
    ],
    ids=repr,
)
def test_python_objects_are_never_pickled(value, words):
    """The error says why, and what else there is."""
    with pytest.raises(CodecError, match=words):
        codecs.encode(value, "npy")


class Bomb:
    """Ends the test run when it is unpickled."""

    def __reduce__(self):
        return (exit, (1,))


def test_python_objects_are_never_unpickled():
    """An object array in an answer is refused before a byte of its pickle is read."""
    body = saved(np.array([Bomb()], dtype=object), pickled=True)
    with pytest.raises(CodecError, match="unpickling runs code"):
        received(body)
    with pytest.raises(CodecError, match="does not start as one"):
        received(pickle.dumps(Bomb()))


def header(text: str, version: int = 1) -> bytes:
    """A made-up header without data."""
    length = len(text).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode("latin-1")


HOSTILE = [
    header("{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000,)}"),
    header("{'descr': '<f8', 'fortran_order': False, 'shape': (10, 10)}") + b"\0" * 8,
    header("{'descr': '|V0', 'fortran_order': False, 'shape': (10000000000000000000000,)}"),
    header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"),
    header("{'descr': '<f8', 'fortran_order': False, 'shape': (True,)}") + b"\0" * 8,
    header("{'descr': '<f8', 'fortran_order': 'no', 'shape': ()}") + b"\0" * 8,
    header("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 10000000000000000000000)}"),
    header("{'descr': 'what', 'fortran_order': False, 'shape': ()}"),
    header("{'descr': ('<f8', (1000000, 1000000)), 'fortran_order': False, 'shape': (1,)}"),
    header("{'descr': '<f8'}"),
    header("__import__('os').abort()"),
    header("(" * 5000),
    header("-" * 9000 + "1"),
    header("{" + " " * 20_000 + "}"),
    header("{}", version=9),
    b"\x93NUMPY\x01\x00\xff\xff",
    b"\x93NUMPY",
    b"",
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[10:60]))
def test_a_hostile_header_is_an_error_and_costs_no_memory(body):
    """Sizes are held against the body before anything is allocated."""
    tracemalloc.start()
    try:
        with pytest.raises(CodecError):
            received(body)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_the_limits_are_named():
    """Out: the request's; in: what decoding may take, with the bytes kept."""
    with pytest.raises(CodecError, match=r"8\.0 MB; the limit is 1\.0 MB"):
        codecs.encode(np.zeros(10**6), max_bytes=10**6)
    with pytest.raises(CodecError, match=r"\.save"):
        received(saved(np.zeros(1000)), max_bytes=4000)


def test_numbers_among_objects_keep_their_places():
    """Missing ones become NaN, however they are written."""
    frame = pd.DataFrame({"a": np.array([2**60, pd.NA, None], dtype=object), "b": [1.5, 2.5, 3.5]})
    array = codecs.decode(codecs.encode(frame, "npy"))
    np.testing.assert_array_equal(array, [[2.0**60, 1.5], [np.nan, 2.5], [np.nan, 3.5]])
