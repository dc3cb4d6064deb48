"""Protocol Buffers' wire format: what google's own library writes is read, and what is no message is Malformed."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.codecs import protobuf

INT64 = st.integers(-(2**63), 2**63 - 1)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (300, "ac02"), (2**64 - 1, "ff" * 9 + "01")],
)
def test_a_varint_is_as_the_encoding_guide_has_it(number, expected):
    """300 is the guide's own example."""
    assert protobuf.varint(number).hex() == expected
    assert protobuf.number_at(memoryview(bytes.fromhex(expected)), 0, 10) == (number, len(expected) // 2)


@given(st.lists(INT64))
def test_many_varints_are_the_single_ones_in_a_row(numbers):
    """Negative numbers take ten bytes; `starts` says where each is."""
    packed, starts = protobuf.pack(np.array(numbers, np.int64))
    each = [protobuf.varint(number % 2**64) for number in numbers]
    assert packed == b"".join(each)
    assert [packed[a:b] for a, b in pairwise(starts)] == each
    assert protobuf.unpack(packed).astype(np.int64).tolist() == numbers


def test_unsigned_numbers_stay_what_they_are():
    """uint64 has one bit more."""
    packed, _ = protobuf.pack(np.array([2**64 - 1, 5], np.uint64))
    assert protobuf.unpack(packed).tolist() == [2**64 - 1, 5]


# Fields 1 (varint 150), 2 ("testing"), 5 (fixed32), 6 (fixed64), 4 (a group with a group in it), 3 (a message).
MESSAGE = bytes.fromhex(
    "089601 120774657374696e67 2d01020304 310102030405060708 23 0801 2b 2c 24 1a00".replace(" ", "")
)


def test_fields_say_where_they_stand_and_groups_are_skipped():
    """Unknown ones of any wire type are no obstacle."""
    message = memoryview(MESSAGE)
    found = [(number, wire, bytes(message[a:b])) for number, wire, a, b in protobuf.fields(message)]
    assert found == [
        (1, protobuf.VARINT, b"\x96\x01"),
        (2, protobuf.LENGTH, b"testing"),
        (5, protobuf.FIXED32, b"\1\2\3\4"),
        (6, protobuf.FIXED64, b"\1\2\3\4\5\6\7\x08"),
        (3, protobuf.LENGTH, b""),
    ]


@pytest.mark.parametrize(
    "message",
    ["08", "0880", "08" + "80" * 11, "1205aa", "0d010203", "0f", "00", "04", "0b", "fa" * 12],
)
def test_what_is_no_message_is_malformed(message):
    """Cut off, too long, of no known wire type, a group without end."""
    with pytest.raises(protobuf.Malformed):
        list(protobuf.fields(memoryview(bytes.fromhex(message))))


@pytest.mark.parametrize("packed", ["80", "01ff", "ff" * 10 + "01"])
def test_what_is_no_row_of_varints_is_malformed(packed):
    """The last one cut off, or one of eleven bytes."""
    with pytest.raises(protobuf.Malformed):
        protobuf.unpack(bytes.fromhex(packed))


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_malformed(raw):
    """Nothing else escapes."""
    for read in (lambda: list(protobuf.fields(memoryview(raw))), lambda: protobuf.unpack(raw)):
        with suppress(protobuf.Malformed):
            read()
