"""A line → Parsed: the words and the options of one call, checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .grammar import Grammar, Option, Positional
from .manual import MAGICS, help_text
from .tables import CONNECT, INVOKE, TARGET

__all__ = [
    "CONNECT", "INVOKE", "MAGICS", "TARGET", "Grammar", "Option", "Parsed", "Positional", "help_text", "parse",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """One line, understood.

    positionals: the words, verbatim, in order.
    arguments: the words as they are meant, by name: ENDPOINT, NAME, ACTION and local unquoted and expanded, INPUT
        verbatim.  Only what was given (and ACTION, which is "list" where nothing was).
    options: by dest, only what was given.  Flags are True (or False, by their negation); ``columns`` is a tuple,
        ``drop`` a tuple of str, ``timeout`` a float, ``retries`` an int; all else is text, unquoted and expanded.
    help: whether the line asks for help; then nothing else is looked at.
    """

    magic: str
    positionals: tuple[str, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    help: bool = False


def parse(
    magic: str | Grammar, line: str, names: Mapping[str, object], *, known: Collection[str] = ()
) -> Parsed:
    """Understand the *line* of a magic.

    Args:
        magic: its name in `MAGICS`, or a grammar.
        line: what stands behind it, continuations joined.
        names: the notebook's names, for ``${expr}``, ``--columns @NAME`` and the advice in errors.
        known: endpoints and targets that certainly exist: a variable of the same name is then not what was meant.

    Raises:
        UsageError: with a hint that says what to type.
    """
    raise NotImplementedError
