"""A body with ``${expr}`` → the body, filled: `Template` knows where each expression stands.

In JSON, outside quotes an expression is a JSON value; inside quotes it is escaped text (strings, numbers) or base64
(images, bytes).  In CSV and text it is text.  Where an expression stands is judged before anything is filled.
"""

from __future__ import annotations

from collections.abc import Mapping


class Template:
    """A body cut at its expressions, to be filled any number of times."""

    def __init__(self, text: str, content_type: str) -> None:
        """Cut *text*; UsageError where a ``${`` is no expression."""
        raise NotImplementedError

    def fill(self, names: Mapping[str, object], *, orient: str | None = None) -> str:
        """The body with every expression's value from *names*; tables in JSON laid out by *orient*."""
        raise NotImplementedError


def expand_body(
    text: str, names: Mapping[str, object], *, content_type: str, orient: str | None = None
) -> str:
    """Fill the expressions of one body."""
    return Template(text, content_type).fill(names, orient=orient)


def unexpanded(text: str, names: Mapping[str, object]) -> tuple[str, ...]:
    """The ``${…}`` in *text* that begin with an existing variable: what ``--expand`` would fill."""
    raise NotImplementedError
