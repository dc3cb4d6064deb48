"""A large CSV → DataFrame by the fastest reader here that reads it as pandas does; None where that is pandas.

pyarrow is the fastest for words, polars for numbers alone.  Each is worth it from some size on, its import included.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from . import csv_arrow, csv_reader
from .base import optional
from .csv_exact import first_cells, is_number, reads_exactly, word_columns
from .csv_scan import Scan

if TYPE_CHECKING:
    import pandas as pd

_WORTH, _WORTH_IMPORT = 200_000, 20_000_000  # bytes; an import takes as long as pandas for the second


class Reader:
    """One text (UTF-8, no header): what its first lines tell, and who reads it.

    known: for each column, whether it is words; empty of a text that is small.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._sample = first_cells(data)
        self.known = word_columns(self._sample)
        self._name = _fastest(len(data), has_words=any(self.known.values()))
        self._begun: csv_arrow.Reading | None = None

    @property
    def may_have_names(self) -> bool:
        """Whether no cell of the first line is a number."""
        return not any(is_number(cells[0]) for cells in self._sample)

    def begin(self) -> None:
        """Read in another thread, if that one can, until the table is asked for."""
        if self._begun is None and self._name == "pyarrow":
            self._begun = csv_arrow.begin(self.data, self._sample)

    def frame(self, width: int, scan: Scan) -> pd.DataFrame | None:
        """The table of *width* columns, as pandas reads it; None in doubt, and where a line is longer or shorter."""
        if self._name == "polars":
            return csv_reader.read(self.data, width, scan)
        self.begin()
        return self._begun.frame(scan) if self._begun is not None else None


def _fastest(size: int, *, has_words: bool) -> str:
    """The package that reads so many bytes fastest; empty: that is pandas."""
    if has_words and _is_worth_it("pyarrow", size):
        return "pyarrow"
    if not (has_words and reads_exactly()) and _is_worth_it("polars", size):
        return "polars"
    return "pyarrow" if _is_worth_it("pyarrow", size) else ""


def _is_worth_it(name: str, size: int) -> bool:
    return size >= (_WORTH if name in sys.modules else _WORTH_IMPORT) and optional(name) is not None
