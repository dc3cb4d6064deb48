"""Python's collector of cycles, held off while much is made at once.

It runs by the number of new containers, and a table's million dicts and lists make it look through all of them
again and again, though none is garbage yet: a third of the time of reading 5 MB of nested JSON.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["paused"]

_MUCH = 50_000  # containers
_FROZEN = (
    10_000  # Python's own at its start are fewer; more were frozen by somebody who wants them to stay so
)


@contextmanager
def paused() -> Iterator[None]:
    """No collection within; afterwards the collector runs if it ran before, whatever was raised.

    The collector is the process's, so other threads go without it too.  Of blocks that overlap in several threads,
    the one that found it running sets it running, at its own end: none is left paused, and the others may see a
    collection, which costs time alone.  Who calls `gc.disable` meanwhile, in another thread, is overruled.  What is
    garbage after the block is found by a full collection.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MUCH and gc.get_freeze_count() < _FROZEN:
            # What was made is told to be old, or the next container made anywhere would have all of it looked through.
            gc.freeze()
            gc.unfreeze()
        gc.enable()
