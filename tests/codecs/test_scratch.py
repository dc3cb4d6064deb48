"""Bytes that are filled in place."""

from __future__ import annotations

import tracemalloc

import numpy as np

from sm_magic.codecs.scratch import Scratch


def test_what_is_written_is_in_the_bytes():
    """Behind the offset, in the dtype asked for."""
    scratch = Scratch(b"head" + bytes(8))
    scratch.array("<i4", 4)[:] = [1, -1]
    assert scratch.bytes() == b"head\1\0\0\0\xff\xff\xff\xff"


def test_nothing_is_copied():
    """The bytes exist once, from first to last."""
    tracemalloc.start()
    try:
        scratch = Scratch(bytes(10_000_000))
        scratch.array(np.uint8)[:] = 7
        body = scratch.bytes()
        assert tracemalloc.get_traced_memory()[1] < 10_500_000
    finally:
        tracemalloc.stop()
    assert body == b"\7" * 10_000_000
