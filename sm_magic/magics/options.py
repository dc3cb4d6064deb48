"""A line → Parsed: the words and the options of one call, checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ..errors import UsageError
from .grammar import Grammar, Option, Positional
from .line import Token, pointed, tokenize, unquote
from .manual import MAGICS, help_text
from .tables import CONNECT, INVOKE, TARGET
from .values import expand, read, unknown_choice

__all__ = [
    "CONNECT", "INVOKE", "MAGICS", "TARGET", "Grammar", "Option", "Parsed", "Positional", "help_text", "parse",
]  # fmt: skip

# A negative number, or an expression in brackets, is no option; nor is a dash alone.
_OPTION = re.compile(r"-+[^\W\d]|-?[‐-―−]+[^\W\d]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """One line, understood.

    positionals: the words, verbatim, in order.
    arguments: the words as they are meant, by name: ENDPOINT, NAME, ACTION and local unquoted and expanded, INPUT
        verbatim.  Only what was given (and ACTION, which is "list" where nothing was).
    options: by dest, only what was given.  Flags are True (or False, by their negation); ``columns`` is a tuple,
        ``drop`` a tuple of str, ``form`` one of (name, value), ``deserializer`` an object,
        ``timeout`` a float, ``retries`` an int; all else is text, unquoted and expanded.
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
    grammar = MAGICS[magic] if isinstance(magic, str) else magic
    tokens = tokenize(line)
    if _asks_for_help(tokens):
        return Parsed(magic=grammar.magic, help=True)
    words, options = _Reader(grammar, line, tokens, names).read()
    arguments = _arguments(grammar, words, line, names, known)
    _check_action(grammar, arguments, options)
    return Parsed(
        magic=grammar.magic,
        positionals=tuple(word.text for word in words),
        arguments=MappingProxyType(arguments),
        options=MappingProxyType(options),
    )


def _asks_for_help(tokens: tuple[Token, ...]) -> bool:
    for token in tokens:
        if token.text in ("--help", "-h"):
            return True
        if token.text == "--":
            return False
    return False


class _Reader:
    """Takes a line's tokens one by one, and sorts them into words and options."""

    def __init__(
        self, grammar: Grammar, line: str, tokens: tuple[Token, ...], names: Mapping[str, object]
    ) -> None:
        self.grammar, self.line, self.tokens, self.names = grammar, line, tokens, names
        self.by_name = grammar.by_name
        self.at = 0
        self.words: list[Token] = []
        self.values: dict[str, Any] = {}

    def read(self) -> tuple[list[Token], dict[str, Any]]:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.text == "--":
                self.words += self.tokens[self.at :]
                break
            if _OPTION.match(token.text):
                self._take_option(token)
            else:
                self.words.append(token)
        return self.words, self.values

    def _take_option(self, token: Token) -> None:
        typed, equals, glued = token.text.partition("=")
        option = self.by_name.get(typed)
        if option is None or (equals and not typed.startswith("--")):
            from . import habits

            raise habits.long_dash(token) or habits.unknown_option(self.grammar, token, self._next())
        if option.metavar is None:
            self._keep(option, typed, self._flag(option, typed, token, bool(equals)))
        elif option.optional_value and not equals:
            self._keep(option, typed, True)
        else:
            text = glued if equals else self._value(option, typed, token)
            self._keep(option, typed, self._read_value(option, text, typed, token))

    def _next(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _flag(self, option: Option, typed: str, token: Token, has_value: bool) -> bool:
        following = self._next()
        value = token.text.partition("=")[2] if has_value else following.text if following else ""
        if option.dest == "header" and value:
            from . import habits

            if error := habits.http_header(value):
                raise error
        if has_value:
            raise UsageError(f"`{typed}` takes no value.", hint=f"`{typed}`, alone.")
        return typed != option.negation

    def _value(self, option: Option, typed: str, token: Token) -> str:
        following = self._next()
        if following is None:
            raise pointed(
                f"`{typed}` needs a value.",
                self.line,
                token.end,
                hint=_worded(typed, option),
            )
        if _OPTION.match(following.text) or following.text == "--":
            hint = _worded(typed, option)
            if following.text.partition("=")[0] not in self.by_name:
                hint = f'A value that begins with a dash goes in quotes: `{typed} "{following.text}"`'
            raise pointed(
                f"`{typed}` needs a value, and `{following.text}` reads as an option.",
                self.line,
                following.start,
                hint=hint,
            )
        self.at += 1
        return following.text

    def _read_value(self, option: Option, text: str, typed: str, token: Token) -> object:
        value = text if option.kind in ("form", "object") else expand(unquote(text), self.names)
        if not value:
            raise pointed(
                f"`{typed}` is empty.", self.line, token.start, hint="Leave it out, or give it a value."
            )
        return read(option, value, self.names)

    def _keep(self, option: Option, typed: str, value: object) -> None:
        if option.repeatable:
            self.values[option.dest] = (*self.values.get(option.dest, ()), value)
        elif option.dest in self.values:
            both = f"`{option.name}` or `{option.negation}`" if option.negation else f"`{typed}`"
            raise UsageError(f"{both} can be given once only.")
        else:
            self.values[option.dest] = value


def _worded(typed: str, option: Option) -> str:
    return f"`{typed} {option.metavar}`: {option.help}."


def _arguments(
    grammar: Grammar, words: list[Token], line: str, names: Mapping[str, object], known: Collection[str]
) -> dict[str, str]:
    from . import habits

    places: Sequence[Positional] = grammar.positionals
    arguments: dict[str, str] = {}
    if grammar.actions:
        chosen = expand(unquote(words[0].text), names) if words else "list"
        if chosen not in grammar.actions:
            raise unknown_choice(f"%{grammar.magic}'s first word", chosen, places[0].choices)
        places = (places[0], *(p for p in places if p.name in grammar.actions[chosen]))
        arguments[places[0].name] = chosen
    if len(words) > len(places):
        raise habits.too_many(grammar, words, line)
    for place, word in zip(places, words, strict=False):
        arguments[place.name] = _argument(grammar, place, word, names, known)
    missing = next((p for p in places if p.name not in arguments and (p.required or grammar.actions)), None)
    if missing is not None:
        raise UsageError(
            f"{missing.name} is missing: {missing.help}.", hint=_usage(grammar, places, arguments)
        )
    return arguments


def _usage(grammar: Grammar, places: Sequence[Positional], arguments: Mapping[str, str]) -> str:
    words = " ".join(arguments[p.name] if p.choices and p.name in arguments else p.name for p in places)
    return f"`%{grammar.magic} {words}`; `%{grammar.magic} -h` tells all."


def _check_action(grammar: Grammar, arguments: Mapping[str, str], options: Mapping[str, Any]) -> None:
    """Refuse an option of the first action with another action, where it would mean nothing."""
    if not grammar.actions:
        return
    first, chosen = next(iter(grammar.actions)), arguments[grammar.positionals[0].name]
    foreign = [o.name for o in grammar.options if o.dest in options and o.dest not in grammar.for_all]
    if foreign and chosen != first:
        words = " ".join((chosen, *grammar.actions[chosen]))
        raise UsageError(
            f"`{foreign[0]}` belongs to %{grammar.magic} {first}.", hint=f"`%{grammar.magic} {words}`"
        )


def _argument(
    grammar: Grammar, place: Positional, word: Token, names: Mapping[str, object], known: Collection[str]
) -> str:
    from . import habits

    if place.verbatim:
        habits.check_input(word, names)
        return word.text
    if place.name == "ENDPOINT":
        habits.check_endpoint(word, names, tuple(known))
    value = expand(unquote(word.text), names)
    if not value:
        raise UsageError(f"{place.name} is empty.", hint=f"`%{grammar.magic} -h` tells all.")
    if place.choices and value not in place.choices:
        raise unknown_choice(f"%{grammar.magic}'s word", value, place.choices)
    return value
