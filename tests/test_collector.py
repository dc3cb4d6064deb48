"""The collector of cycles: held off while much is made, and what was made is not looked through right after."""

import gc
import subprocess
import sys
import threading

import pytest

from sm_magic.collector import paused

COUNTED = """
import gc
from sm_magic.collector import paused
runs = []
gc.callbacks.append(lambda phase, info: runs.append(phase))
with paused():
    made = [{"a": [i]} for i in range(200_000)]
some = [[] for _ in range(500)]
print(len(runs), gc.isenabled(), gc.get_freeze_count() < 10_000)
"""


def test_no_collection_within_nor_right_after():
    """It would look through all that was made, once for nothing."""
    done = subprocess.run([sys.executable, "-c", COUNTED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True", "True"]


FOUND = """
import gc
from sm_magic.collector import paused
with paused():
    made = [[] for _ in range(60_000)]
    for one in made:
        one.append(one)
del one, made
print(gc.collect() >= 60_000)
"""


def test_what_becomes_garbage_is_found():
    """Cycles made within are collected like any others."""
    done = subprocess.run([sys.executable, "-c", FOUND], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_it_runs_again_whatever_was_raised():
    """And stays as it was found."""
    with pytest.raises(ZeroDivisionError), paused():
        raise ZeroDivisionError
    assert gc.isenabled()
    gc.disable()
    try:
        with paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_blocks_may_overlap_in_threads():
    """None of them leaves it paused."""

    def work():
        for _ in range(200):
            with paused():
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gc.isenabled()
