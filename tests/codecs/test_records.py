"""RecordIO's frames and Records: parts, padding, fields that nobody knows; hostile ones are an error."""

from __future__ import annotations

import numpy as np
import pytest

from sm_magic import codecs
from sm_magic.codecs.protobuf import field
from sm_magic.codecs.records import MAGIC
from sm_magic.errors import CodecError
from sm_magic.messages import Payload


def received(body: bytes, **options):
    """What the bytes are read as."""
    return codecs.decode(Payload(body=body, content_type="application/x-recordio-protobuf"), **options)


def frame(record: bytes, part: int = 0) -> bytes:
    """A frame, of a whole Record (0) or of a part: the first (1), one between (2), the last (3)."""
    return MAGIC + (len(record) | part << 29).to_bytes(4, "little") + record + bytes(-len(record) % 4)


def record(tensor: bytes, kind: int = 2, place: int = 1, name: bytes = b"values") -> bytes:
    """A Record of one tensor."""
    return field(place, field(1, name) + field(2, field(kind, tensor)))


ONE, TWO = (np.array(n, "<f4").tobytes() for n in ([1], [2]))
ROW = record(field(1, ONE + TWO))


def test_a_split_record_is_put_together():
    """The writer cuts where the magic number stands in the data, and leaves it out (mxnet.recordio)."""
    whole = record(field(1, ONE + MAGIC + TWO + MAGIC + ONE))
    first, middle, last = whole.split(MAGIC)
    body = frame(first, 1) + frame(middle, 2) + frame(last, 3)
    assert received(body).tobytes() == ONE + MAGIC + TWO + MAGIC + ONE
    assert received(frame(ROW) + body)[0].tolist() == [1, 2]


def test_the_last_padding_may_be_missing():
    """As the SDK's reader has it."""
    body = frame(record(field(1, b"\1"), kind=7))
    assert received(body.rstrip(b"\0")).tolist() == [[1]]


@pytest.mark.parametrize(
    "row",
    [
        ROW + field(3, b"uid") + field(4, b"metadata") + field(5, b"{}"),  # known, of no interest
        b"\x50\x01" + ROW + field(99, b"?") + b"\x83\x08\x08\x01\x84\x08",  # unknown ones, a group too
        record(b"\x0d" + ONE + b"\x0d" + TWO),  # numbers one by one
        record(field(1, ONE) + field(1, TWO)),  # in two goes
        record(field(1, TWO)) + ROW,  # the last of a name counts
        field(1, field(2, field(9, field(1, b"x")) + field(2, field(1, ONE + TWO))) + field(1, b"values")),
    ],
    ids=["known", "unknown", "unpacked", "pieces", "twice", "oneof"],
)
def test_all_that_the_wire_format_allows_is_read(row):
    """In any order, packed or not."""
    np.testing.assert_array_equal(received(frame(row) * 3), [[1, 2]] * 3)


def test_integers_one_by_one():
    """A varint each; negative ones in ten bytes."""
    row = record(b"\x08\x05\x08" + b"\xff" * 9 + b"\x01", kind=7)
    assert received(frame(row)).tolist() == [[5, -1]]


SPARSE = field(1, ONE) + field(2, b"\x05")
HOSTILE = [
    b"{",
    MAGIC,
    MAGIC + b"\xff\xff\xff\x1f" + bytes(8),
    frame(ROW)[:-4],
    frame(ROW, 2),
    frame(ROW, 1),
    frame(ROW, 1) + frame(ROW),
    frame(ROW, 5),
    frame(ROW) + b"more",
    frame(b"\xff" * 20),
    frame(ROW[:-2]),
    frame(record(field(1, b"\1\2\3"))),
    frame(record(field(1, b"\xff"), kind=7)),
    frame(field(1, field(1, b"\xff\xfe") + field(2, b""))),
    frame(record(SPARSE + field(3, b"\x03"))),
    frame(record(SPARSE + field(2, b"\x06") + field(3, b"\x09"))),
    frame(record(SPARSE + field(3, b"\xff" * 9 + b"\x01"))),
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[8:60]))
def test_what_is_no_recordio_is_an_error(body):
    """Cut off, in parts that do not fit, keys beyond the columns."""
    with pytest.raises(CodecError):
        received(body)


def test_an_error_says_what_and_that_the_bytes_are_kept():
    """No foreign words."""
    with pytest.raises(CodecError, match=r"no frame at byte 0\.") as caught:
        received(b"score")
    assert ".body" in caught.value.hint


def test_what_would_take_too_much_is_told_from_the_sizes():
    """Many empty Records, or one large one."""
    for body in (frame(b"") * 10_000, frame(record(field(1, bytes(3_000_000)), kind=7))):
        with pytest.raises(CodecError, match=r"the limit is 4\.0 MB"):
            received(body, max_bytes=4_000_000)
