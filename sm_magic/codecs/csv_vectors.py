"""Rows of vectors in a CSV answer: ``[a, b],[c, d]`` side by side or one a line, or each in quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import CodecError
from .base import Told
from .csv_scan import check_memory
from .json import loads

if TYPE_CHECKING:
    import pandas as pd

_BRACKET = re.compile(rb"\s*\[")


def read(data: bytes, told: Told) -> pd.DataFrame | None:
    """Rows of ``[a, b],[c, d]`` in *data* (UTF-8), side by side or one a line; None if it is something else."""
    if not _BRACKET.match(data):
        return None
    import pandas as pd

    text = data.decode("utf-8", "surrogatepass").strip()
    if not text.endswith("]"):
        return None
    lines = text.splitlines()
    try:
        found = loads(f"[{','.join(line for line in lines if line.strip())}]".encode())
    except (CodecError, UnicodeEncodeError):
        return None
    if len(found) == 1 and found[0] and all(isinstance(item, list) for item in found[0]):
        found = found[0]  # a JSON array of rows
    flat = all(isinstance(row, list) and not any(isinstance(x, (list, dict)) for x in row) for row in found)
    if not flat:
        return None
    if len(found) == 1 and told.rows is not None and told.rows > 1 and len(found[0]) == told.rows:
        found = [[value] for value in found[0]]
    width = max(map(len, found))
    check_memory(b"", width * len(found), told, columns=width)
    return pd.DataFrame([row + [None] * (width - len(row)) for row in found])


def quoted(frame: pd.DataFrame, told: Told) -> pd.DataFrame:
    """Rows of ``"[a, b]"``, each in quotes; *frame* itself if it is something else."""
    if frame.shape[1] != 1 or len(frame) == 0:
        return frame
    cells = frame.iloc[:, 0].tolist()
    if not all(isinstance(cell, str) and cell.startswith("[") for cell in cells):
        return frame
    vectors = read("\n".join(cells).encode("utf-8", "surrogatepass"), told)
    return frame if vectors is None or len(vectors) < len(cells) else vectors
