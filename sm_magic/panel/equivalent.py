"""The same request as a cell, and as code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import cells
from ..cells import Cell
from ..messages import Request

if TYPE_CHECKING:
    from ..client import Client
    from .draft import Draft

__all__ = ["as_cell", "as_code"]


def as_cell(wanted: Draft, request: Request, client: Client, namespace: Mapping[str, Any]) -> Cell:
    """The cell that makes *request*: a variable and a file by their names, a text as it stands."""
    return cells.cell(
        request, source=_source(wanted), targets=client.settings.targets, names=tuple(namespace)
    )


def _source(wanted: Draft) -> str | None:
    """The words of a line that make the body; None where it stands in the cell."""
    if wanted.variable is None and wanted.file is None:
        return None
    words = [wanted.variable] if wanted.variable is not None else ["--file", cells.word(wanted.file or "")]
    options = wanted.options
    if options.get("content_type"):
        words += ["-t", cells.word(options["content_type"])]
    if options.get("orient"):
        words += ["--orient", options["orient"]]
    if options.get("header"):
        words.append("--header")
    return " ".join(words)


def as_code(request: Request, client: Client) -> tuple[str, tuple[str, ...]]:
    """The call of boto3, and what its reader must know; a body that is too large for it is written beside it."""
    snippet = client.code(request, "python")
    written = snippet.write()
    notes = (
        snippet.notes
        if written is None
        else (f"It reads {written.name}, which is there now.", *snippet.notes)
    )
    return snippet.code, notes
