"""How much work there is: counted, for times differ from machine to machine."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture
def calls():
    """How many functions written in Python some work calls, when it is done for the second time."""

    def counted(work) -> int:
        found = 0

        def count(_frame, event, _argument):
            nonlocal found
            found += event == "call"

        work()  # with what it imports
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            work()
        finally:
            sys.setprofile(before)
        return found

    return counted
