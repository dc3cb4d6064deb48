"""A line that was typed → what of it is typed again: all but what the Request says itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ..errors import UsageError
from .grammar import Option
from .line import Token, tokenize
from .tables import INVOKE, MEMBERS

__all__ = ["Retyped", "retyped"]

_BY_NAME: Final = {name: option for option in INVOKE for name in option.names}
_OPTION: Final = re.compile(r"-+[^\W\d]")
_IN_REQUEST: Final = frozenset({member.dest for member in MEMBERS} | {"stream", "async"}) - {"content_type"}
_OF_THE_BODY: Final = frozenset(
    {"content_type", "file", "form", "python", "header", "columns", "drop", "orient", "no_limit"}
)
_MAKES_IT: Final = frozenset({"file", "form", "python"})
_OF_A_CELL: Final = frozenset({"expand", "raw", "orient", "content_type"})  # done, or in the payload
_NOT_AGAIN: Final = frozenset({"dry_run", "code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retyped:
    """source: the words that make the body, None where the cell was it.  code: a ``--python`` cell.

    words: what else the line said of the call.  reader: whether a deserializer chose what to accept.
    uploaded: whether a body that lies in S3 was put there for the call.
    """

    source: str | None = None
    code: str | None = None
    words: tuple[str, ...] = ()
    reader: bool = False
    uploaded: bool = False


def retyped(typed: str | None) -> Retyped:
    """Take `Request.typed` apart."""
    if typed is None:
        return Retyped()
    line, _, code = typed.partition("\n")
    try:
        tokens = tokenize(line)
    except UsageError:  # it was parsed once: only a line that was not typed in a magic is here
        return Retyped()
    positionals, options = _sorted(tokens)
    given = {option.dest for option, _ in options}
    body = [said for option, said in options if option.dest in _OF_THE_BODY]
    if len(positionals) > 1:
        body.insert(0, _behind_options(positionals[1].text))
    made = len(positionals) > 1 or bool(given & _MAKES_IT)
    left_out = _IN_REQUEST | _NOT_AGAIN | (_OF_THE_BODY if made else _OF_A_CELL)
    return Retyped(
        source=" ".join(body) if made else None,
        code=code.rstrip("\n") if "python" in given else None,
        words=tuple(said for option, said in options if option.dest not in left_out),
        reader="deserializer" in given and "accept" not in given,
        uploaded="input_location" not in given,
    )


def _behind_options(text: str) -> str:
    """INPUT behind ``--`` may begin with a dash."""
    return f"({text})" if _OPTION.match(text) else text


def _sorted(tokens: tuple[Token, ...]) -> tuple[list[Token], list[tuple[Option, str]]]:
    """The words, and each option with all that was typed for it."""
    words: list[Token] = []
    options: list[tuple[Option, str]] = []
    left = list(tokens)
    while left:
        token = left.pop(0)
        if token.text == "--":
            return [*words, *left], options
        name, equals, _ = token.text.partition("=")
        option = _BY_NAME.get(name)
        if option is None:
            words.append(token)
        elif option.metavar is None or equals or option.optional_value or not left:
            options.append((option, token.text))
        else:
            options.append((option, f"{token.text} {left.pop(0).text}"))
    return words, options
