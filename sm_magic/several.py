"""Many values, each a request of its own: no more of them than were meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sized
from typing import Any

from .errors import UsageError

__all__ = ["each"]


def each(values: Iterable[Any], most: int) -> Iterator[Any]:
    """*values* one by one; UsageError for more than *most*, at once where they can be counted.

    A table, a mapping or a text is one value: to iterate over it would send its columns' names or its letters.
    """
    if isinstance(values, (str, bytes, bytearray, Mapping)) or hasattr(values, "columns"):
        name = type(values).__name__
        raise UsageError(
            f"A {name} is one value, and several are wanted: each is a request.",
            hint="A list of them. Rows of a DataFrame: `df.to_dict('records')`",
        )
    if isinstance(values, Sized) and len(values) > most:
        raise UsageError(
            f"{len(values):,} requests are more than max_requests, {most:,}.",
            hint=f"If they are meant: max_requests={len(values)}",
        )
    return _counted(values, most)


def _counted(values: Iterable[Any], most: int) -> Iterator[Any]:
    for number, value in enumerate(values):
        if number == most:
            raise UsageError(
                f"There are more requests than max_requests, {most:,}; so many were sent.",
                hint="If more are meant: max_requests=…",
            )
        yield value
