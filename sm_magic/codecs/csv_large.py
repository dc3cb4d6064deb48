"""A large CSV → DataFrame by the fastest reader here that reads it as pandas does; None where that is pandas.

pyarrow is the fastest for words, polars for numbers alone.  Each is worth it from some size on, its import included.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import csv_arrow, csv_reader
from .base import optional
from .csv_exact import reads_exactly
from .csv_scan import Scan

if TYPE_CHECKING:
    import pandas as pd

_WORTH, _WORTH_IMPORT = 200_000, 20_000_000  # bytes; an import takes as long as pandas for the second


def read(
    data: bytes, width: int, lines: int, sample: Sequence[Sequence[str]], scan: Scan, *, has_words: bool
) -> pd.DataFrame | None:
    """The table of *width* columns in *data* (UTF-8, no header, of so many *lines*), as pandas reads it; None in doubt.

    *sample* are the first cells of each column; *has_words*: whether one of them is a word.
    """
    for name in ("pyarrow", "polars") if has_words else ("polars", "pyarrow"):
        if not _is_worth_it(name, len(data)):
            continue
        if name == "pyarrow":
            return csv_arrow.read(data, sample, lines, scan)
        if not (has_words and reads_exactly()):  # then pandas is faster
            return csv_reader.read(data, width, scan)
    return None


def _is_worth_it(name: str, size: int) -> bool:
    return size >= (_WORTH if name in sys.modules else _WORTH_IMPORT) and optional(name) is not None
