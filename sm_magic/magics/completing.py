"""A line of ours and a cursor → what can stand there, read from the magic's grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from IPython.core.completer import SimpleCompletion

from ..errors import UsageError
from .candidates import Candidates, Found
from .grammar import Grammar, Option, Positional
from .line import Token, tokenize
from .manual import MAGICS

if TYPE_CHECKING:
    from .extension import SageMakerMagics
    from .patience import Patience

__all__ = ["complete"]

_SPACE: Final = re.compile(r"\s+")
_OPTION: Final = re.compile(r"-+[^\W\d]")


@dataclass(slots=True)
class Line:
    """What stands before the cursor and behind it: words, options given, and the option whose value is due."""

    words: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    due: Option | None = None
    only_words: bool = False

    def read(self, tokens: Iterable[Token], by_name: Mapping[str, Option]) -> None:
        """Take in *tokens*."""
        for token in tokens:
            if self.due is not None:
                self.values[self.due.dest] = token.text
                self.due = None
            elif self.only_words:
                self.words.append(token.text)
            elif token.text == "--":
                self.only_words = True
            elif _OPTION.match(token.text):
                self._option(token.text, by_name)
            else:
                self.words.append(token.text)

    def _option(self, text: str, by_name: Mapping[str, Option]) -> None:
        name, equals, value = text.partition("=")
        option = by_name.get(name)
        if option is None:
            return
        self.given.add(option.dest)
        if equals:
            self.values[option.dest] = value
        elif option.metavar is not None and not option.optional_value:
            self.due = option


def complete(
    door: SageMakerMagics, patience: Patience, magic: str, before: str, after: str
) -> dict[str, Any]:
    """IPython's result for the cursor between *before* and *after* on a line of *magic*."""
    grammar = MAGICS.get(magic)
    cut = _cut(before) if grammar is not None else None
    if grammar is None or cut is None:
        return _result(Found(), "")
    tokens, fragment = cut
    line = Line()
    line.read(tokens, grammar.by_name)
    candidates = Candidates(door, patience, line.words, line.values)
    option = line.due
    if option is None and not line.only_words and fragment.startswith("-"):
        name, equals, value = fragment.partition("=")
        if not equals:
            return _result(Found(_options(grammar, line, after), "option"), fragment)
        option, fragment = grammar.by_name.get(name), value
        if option is None or option.metavar is None:
            return _result(Found(), "")
    if option is not None:
        return _result(*candidates.of_option(option, fragment))
    place = _place(grammar, line.words)
    found, rest = (Found(), fragment) if place is None else candidates.of_place(grammar, place, fragment)
    if not found.texts and not fragment and (place is None or not place.required):
        found = Found(_options(grammar, line, after), "option")
    return _result(found, rest)


def _cut(before: str) -> tuple[Sequence[Token], str] | None:
    """The tokens before the cursor, and what of one is typed already; None in a comment."""
    ends = [match.end() for match in _SPACE.finditer(before)]
    for end in (len(before), *reversed(ends), 0):
        try:
            tokens = tokenize(before[:end])
        except UsageError:  # a quote or a bracket is still open
            continue
        if end == len(before) and tokens and tokens[-1].end == end:
            return tokens[:-1], tokens[-1].text
        if before[tokens[-1].end if tokens else 0 : end].strip():
            return None
        return tokens, before[end:]
    return None


def _options(grammar: Grammar, line: Line, after: str) -> tuple[str, ...]:
    """Names of the options that can still be given."""
    try:
        rest = Line()
        rest.read(tokenize(after), grammar.by_name)
        given = line.given | rest.given
    except UsageError:
        given = line.given
    first = next(iter(grammar.actions), None)
    another = first is not None and bool(line.words) and line.words[0] != first
    return tuple(
        name
        for option in grammar.options
        if option.repeatable or option.dest not in given
        if not another or option.dest in grammar.for_all
        for name in (option.name, option.negation)
        if name is not None
    )


def _place(grammar: Grammar, words: Sequence[str]) -> Positional | None:
    places = grammar.positionals
    if grammar.actions and words:
        places = (places[0], *(p for p in places if p.name in grammar.actions.get(words[0], ())))
    return places[len(words)] if len(words) < len(places) else None


class _Nothing:
    """No completion, which counts as one: otherwise IPython offers its own, and ``if`` is no profile.

    It asks `len` whether a matcher has any, before it lets that matcher keep the others away.
    """

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[SimpleCompletion]:
        return iter(())


_NONE: Final = _Nothing()


def _result(found: Found, fragment: str) -> dict[str, Any]:
    """Those that begin with *fragment*, which they replace."""
    fitting = [text for text in found.texts if text.removeprefix('"').startswith(fragment)]
    alone = found.alone and not fitting and "$" not in fragment
    return {
        "completions": _NONE if alone else [SimpleCompletion(text, type=found.kind) for text in fitting],
        "matched_fragment": fragment,
        "ordered": True,
        "suppress": True,  # IPython's own stay away, if there are any of ours
    }
