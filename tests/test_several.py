"""Many values: no more than were meant, and never the columns of a table."""

import pandas as pd
import pytest

from sm_magic.errors import UsageError
from sm_magic.several import each


def test_as_many_as_were_meant_are_handed_out():
    """From a list or from anything that can be iterated over."""
    assert list(each([1, 2, 3], 3)) == list(each(iter([1, 2, 3]), 3)) == [1, 2, 3]


def test_more_that_can_be_counted_are_refused_before_the_first():
    """The error says how many there are, and what allows them."""
    with pytest.raises(UsageError, match=r"2,001 requests are more than max_requests, 2,000") as caught:
        each(range(2_001), 2_000)
    assert caught.value.hint == "If they are meant: max_requests=2001"


def test_more_that_can_not_be_counted_end_at_the_limit():
    """A generator without an end is not sent for ever."""
    sent = []
    with pytest.raises(UsageError, match="more requests than max_requests, 5; so many were sent"):
        sent.extend(value for value in each(iter(int, 1), 5))
    assert sent == [0] * 5


@pytest.mark.parametrize("value", ["text", b"bytes", {"a": 1}, pd.DataFrame({"a": [1]})], ids=repr)
def test_one_value_is_not_several(value):
    """To iterate over a table gives its columns' names, over a text its letters."""
    with pytest.raises(UsageError, match="is one value, and several are wanted"):
        each(value, 10)
