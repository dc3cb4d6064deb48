"""Which reader a large answer gets makes no difference but of time: each reads what pandas reads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sm_magic import codecs
from sm_magic.codecs import csv_exact, csv_large
from sm_magic.codecs.csv_scan import Scan
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

ROWS = 30_000
NUMBERS = pd.DataFrame(np.random.default_rng(0).normal(size=(ROWS, 4)))
WORDS = NUMBERS.assign(word=["a", "b c", None] * (ROWS // 3))


@pytest.mark.parametrize("frame", [NUMBERS, WORDS], ids=["numbers", "words"])
def test_a_large_answer_is_what_pandas_reads(frame):
    """With or without a faster reader, numbers alone or words too."""
    body = frame.to_csv(header=False, index=False).encode()
    found = codecs.decode(Payload(body=body, content_type="text/csv"), rows=ROWS)
    pd.testing.assert_frame_equal(found, csv_exact.restore(body, {}, Scan(body)))


@pytest.mark.parametrize("names", ["", "a,b,c,d,word\n"], ids=["no names", "names"])
@pytest.mark.parametrize("wrong", [b"\xff", b"\xed\xa0\x80", b"caf\xe9"])
@pytest.mark.parametrize("place", [0, 3_000_000, -2])
def test_text_that_is_not_utf8_is_refused_by_its_byte(names, wrong, place):
    """Also while another thread reads it, at the start, far in or at the end."""
    body = bytearray(names.encode() + WORDS.fillna("d").to_csv(header=False, index=False).encode())
    at = body.index(b",d\n", place % len(body) - 100 * (place < 0)) + 1
    body[at : at + 1] = wrong
    with pytest.raises(CodecError, match=f"byte {at + wrong.startswith(b'caf') * 3:,}"):
        codecs.decode(Payload(body=bytes(body), content_type="text/csv"))


def test_a_small_answer_is_left_to_pandas():
    """No other reader is asked."""
    data = b"1,2\n3,4\n"
    assert csv_large.Reader(data).frame(2, Scan(data)) is None


def test_lines_that_are_longer_than_what_is_looked_at_are_read():
    """Some thousand columns, and nothing known of them before."""
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 2_000)))
    body = wide.to_csv(header=False, index=False).encode()
    found = codecs.decode(Payload(body=body, content_type="text/csv"), rows=20)
    np.testing.assert_array_equal(found.to_numpy(), wide.to_numpy())
