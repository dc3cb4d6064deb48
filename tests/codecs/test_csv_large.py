"""Which reader a large answer gets makes no difference but of time: each reads what pandas reads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sm_magic import codecs
from sm_magic.codecs import csv_exact, csv_large
from sm_magic.codecs.csv_scan import Scan, count_lines
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


def test_a_small_answer_is_left_to_pandas():
    """No other reader is asked."""
    data = b"1,2\n3,4\n"
    sample = csv_exact.first_cells(data)
    assert csv_large.read(data, 2, count_lines(data), sample, Scan(data), has_words=False) is None


def test_lines_that_are_longer_than_what_is_looked_at_are_read():
    """Some thousand columns, and nothing known of them before."""
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 2_000)))
    body = wide.to_csv(header=False, index=False).encode()
    found = codecs.decode(Payload(body=body, content_type="text/csv"), rows=20)
    np.testing.assert_array_equal(found.to_numpy(), wide.to_numpy())
