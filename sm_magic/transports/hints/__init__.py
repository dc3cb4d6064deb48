"""What to type next: (status, code, words of the message, facts of the request) -> one sentence.

A table, first row that fits.  Every row stands for texts that the service, a container or the network really
says; the tests hold them, with their sources.  Pure: no I/O, no boto3.
"""

from __future__ import annotations

from . import container, network, service, storage
from .row import Case, Hint

__all__ = ["TABLE", "Case", "Hint", "find"]

TABLE: tuple[Hint, ...] = (*storage.ROWS, *service.ROWS, *container.ROWS, *network.ROWS)


def find(case: Case) -> Hint | None:
    """The first row that fits *case*."""
    return next((row for row in TABLE if row.fits(case)), None)
