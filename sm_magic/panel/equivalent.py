"""The same request as a cell, and as code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import cells, files
from ..messages import Request

if TYPE_CHECKING:
    from ..client import Client
    from .draft import Draft

__all__ = ["as_cell", "as_code"]


def as_cell(
    wanted: Draft, request: Request, client: Client, namespace: Mapping[str, Any]
) -> tuple[str, tuple[str, ...]]:
    """The cell that makes *request*, and what its reader must know.

    A variable and a file go by their names, a text as it stands; what was uploaded is written into a file here.
    """
    cell = cells.cell(
        request, source=_source(wanted), targets=client.settings.targets, names=tuple(namespace)
    )
    if cell.file is None or cell.payload is None:
        return cell.text, cell.lost
    return cell.text, (
        f"It reads {files.write(cell.file, cell.payload.body).name}, which is there now.",
        *cell.lost,
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
