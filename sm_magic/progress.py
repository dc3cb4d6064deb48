"""What long work says while it goes on.  A door attaches the display; everything below only calls."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One state of long work: what is going on, for how many seconds, and how much of it is done."""

    what: str
    elapsed: float = 0.0
    done: int | None = None
    total: int | None = None


OnProgress = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Say nothing."""
