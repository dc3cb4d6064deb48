"""What a person has typed as a body: what is wrong with it, and where."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from ..errors import CodecError, SmMagicError, UsageError
from ..literal import literal
from ..messages import Payload
from ..settings import Settings
from ..views.quantities import plural

__all__ = ["FORMATS", "payload", "problem"]

FORMATS: Mapping[str, str] = {"JSON": "application/json", "CSV": "text/csv", "text": "text/plain"}
"""What the editor knows → the content type that it is sent as."""


def payload(text: str, content_type: str, settings: Settings) -> Payload:
    """The body that the editor's text is; UsageError, with line and column, where it is not what its type says."""
    if content_type == "text/csv" and (wrong := _csv_problem(text)):
        raise UsageError(f"This is not CSV: {wrong}", hint="`text` sends it as it is.")
    whole = text if text.endswith("\n") else f"{text}\n"  # as IPython ends a cell: lines of CSV end with one
    return literal(whole, content_type, settings=settings, names={})


def problem(text: str, content_type: str, settings: Settings) -> str | None:
    """What is wrong with the text, for the line below the editor; None: nothing, or nothing was typed yet."""
    if not text.strip():
        return None
    try:
        payload(text, content_type, settings)
    except (UsageError, CodecError) as error:
        return error.message
    except SmMagicError as error:
        return str(error)
    return None


def _csv_problem(text: str) -> str | None:
    """The first row that is none (RFC 4180), or has another number of cells than the first."""
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    cells = None
    try:
        for row in reader:
            if not row:
                continue
            cells = cells or len(row)
            if len(row) != cells:
                column = _column(text.splitlines()[reader.line_num - 1], min(len(row), cells))
                found = plural(len(row), "cell")
                return f"line {reader.line_num}, column {column}: {found}, and the first row has {cells}."
    except csv.Error as error:
        line = text.splitlines()[reader.line_num - 1] if reader.line_num else ""
        return f"line {reader.line_num}, column {line.find(chr(34)) + 1 or 1}: {error}."
    return None


def _column(line: str, cells: int) -> int:
    """Where the cell after so many begins, or the end of the line."""
    at = -1
    for _ in range(cells):
        following = line.find(",", at + 1)
        if following < 0:
            return len(line) + 1
        at = following
    return at + 1
