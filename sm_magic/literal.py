"""Cell text → Payload: the cell is the body, literally."""

from __future__ import annotations

from collections.abc import Mapping

from .messages import Payload
from .settings import Settings


def literal(
    text: str,
    content_type: str | None,
    *,
    raw: bool = False,
    expand: bool = False,
    orient: str | None = None,
    settings: Settings,
    names: Mapping[str, object],
) -> Payload:
    """The body that the cell *text* is, with its content type.

    Args:
        text: the cell, with the final newline that IPython adds.
        content_type: a short name or media type; None: it must be JSON.
        raw: check nothing, and keep the final newline.
        expand: fill ``${expr}`` from *names* first (`templates`).
        orient: how tables are laid out where an expression is one.
        settings: for `json_check_bytes`.
        names: the notebook's names.

    Raises:
        UsageError: the text is not what it should be, or holds an unexpanded ``${variable}``.
    """
    raise NotImplementedError
