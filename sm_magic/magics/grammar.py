"""What a magic's grammar is made of: options, positionals, and the two together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Kind = Literal["text", "name", "columns", "media_type", "seconds", "count", "form", "object"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option.  Without a metavar it is a flag; its value's kind says how the text is read."""

    name: str
    dest: str
    """Its key in `Parsed.options`: for members of the API the keyword of ``Client.invoke``."""
    help: str
    short: str | None = None
    metavar: str | None = None
    kind: Kind = "text"
    repeatable: bool = False
    """It may come again; its value is a tuple."""
    optional_value: bool = False
    """It takes a value only as ``--name=value``; without one it is True."""
    choices: tuple[str, ...] = ()
    negation: str | None = None
    """A second name, which makes the flag False."""
    group: str = "Call"

    @property
    def names(self) -> tuple[str, ...]:
        """All that one can type for it."""
        return tuple(name for name in (self.name, self.short, self.negation) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Positional:
    """One word without an option.  A verbatim one is a Python expression: never unquoted, never expanded."""

    name: str
    help: str
    required: bool = True
    verbatim: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """One magic: what it is for, its usage lines, what it takes, and examples that work."""

    magic: str
    doc: str
    usage: tuple[str, ...]
    positionals: tuple[Positional, ...]
    options: tuple[Option, ...]
    examples: tuple[tuple[str, str], ...]
    """(what is typed, what it does)"""
    actions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Per value of the first positional, the names of the positionals that follow it."""
    for_all: frozenset[str] = frozenset()
    """Dests of the options that every action takes; the others belong to the first action."""
    by_name: Mapping[str, Option] = field(init=False, repr=False, compare=False)
    """Every name that can be typed → its option."""

    def __post_init__(self) -> None:
        by_name = {name: option for option in self.options for name in option.names}
        object.__setattr__(self, "by_name", MappingProxyType(by_name))
