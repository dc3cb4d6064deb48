"""The line of a magic → tokens, as they were typed.

Tokens end at white space outside quotes and brackets; nothing is unquoted or expanded here but what the caller
asks for, so that a Python expression arrives as it was written.  A bare ``#`` starts a comment, a trailing ``;`` is
dropped, a line that ends in a backslash goes on in the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import UsageError
from ..expressions import find
from ..plain import plain
from ..privacy import redact
from ..quoting import quote as quote

_CLOSER = {"(": ")", "[": "]", "{": "}"}
_SPACE = re.compile(r"\s*")
_PLAIN = re.compile(r"[^\s\"'()\[\]{}$]+")
_NESTED_PLAIN = re.compile(r"[^\"'()\[\]{}]+")
_FORMATTED = re.compile(r"(?<!\w)(?:[ft]r?|r[ft])\Z", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([\"'\\])")
_WIDTH = 90


@dataclass(frozen=True, slots=True)
class Token:
    """One token, verbatim, and the offset in the line at which it starts."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset behind the token."""
        return self.start + len(self.text)


def tokenize(line: str) -> tuple[Token, ...]:
    """Cut *line* into tokens.

    Raises:
        UsageError: a quote or bracket has no partner; the message holds the line and a caret.
    """
    tokens: list[Token] = []
    at = _skip_space(line, 0)
    while at < len(line) and line[at] != "#":
        end = _token_end(line, at)
        tokens.append(Token(line[at:end], at))
        at = _skip_space(line, end)
    if tokens and tokens[-1].text.endswith(";"):
        # A ; inside quotes or brackets is never a token's last character.
        last = tokens.pop()
        if bare := last.text.rstrip(";"):
            tokens.append(Token(bare, last.start))
    return tuple(tokens)


def join_continuations(line: str, cell: str | None) -> tuple[str, str | None]:
    """Join what goes on after a backslash at a line's end, as IPython does in line magics: by one space.

    The line of a cell magic takes lines of the body.  Returns the line and what is left of the body: None if the
    line took all of it, so that a cell of continued lines is the line magic that it looks like.
    """
    if line.rstrip()[-1:] != "\\" and "\n" not in line:
        return line, cell
    rest = line.split("\n") + ([] if cell is None else cell.split("\n"))
    own = line.count("\n") + 1
    joined = [rest.pop(0)]
    while rest and (joined[-1].rstrip().endswith("\\") or len(joined) < own):
        joined.append(rest.pop(0))
    whole = " ".join(part.rstrip().removesuffix("\\").rstrip() for part in joined)
    if cell is None or len(joined) == own:
        return whole, cell
    left = "\n".join(rest)
    return whole, left if left.strip() else None


def unquote(token: str) -> str:
    """Take the quotes off a token that is exactly one quoted string; any other stays as it is."""
    if token[:1] not in ('"', "'") or _string_end(token, 0, dollar=True) != len(token):
        return token
    mark = _mark(token, 0)
    inner = token[len(mark) : -len(mark)]
    return "".join(part if whole else _ESCAPE.sub(r"\1", part) for part, whole in _cut(inner))


def pointed(message: str, line: str, at: int, *, hint: str | None = None) -> UsageError:
    """The error *message* with the line below it and a caret at the offset *at*."""
    before, after = (
        redact(plain(part)).replace("\n", " ").replace("\t", " ") for part in (line[:at], line[at:])
    )
    if len(before) > _WIDTH - 30:
        before = "…" + before[-(_WIDTH - 30) :]
    shown = (before + after)[:_WIDTH]
    return UsageError(f"{message}\n  {shown}\n  {' ' * len(before)}^", hint=hint)


def _skip_space(line: str, at: int) -> int:
    match = _SPACE.match(line, at)
    return match.end() if match else at


def _token_end(line: str, at: int) -> int:
    while at < len(line):
        if plain := _PLAIN.match(line, at):
            at = plain.end()
            continue
        character = line[at]
        if character.isspace():
            break
        if character in "\"'":
            at = _string_end(line, at, dollar=True)
        elif character in _CLOSER:
            at = _bracket_end(line, at)
        elif character == "$":
            at = _dollar_end(line, at)
        else:
            raise pointed(
                f"`{character}` closes nothing.", line, at, hint="A text with brackets goes in quotes."
            )
    return at


def _dollar_end(line: str, at: int) -> int:
    """Behind the ``${expr}`` at *at*, or behind the ``$`` if there is none."""
    found = find(line, at) if line.startswith("${", at) else None
    return found.end if found else at + 1


def _string_end(line: str, at: int, *, dollar: bool) -> int:
    """Behind the string that opens at *at*; with *dollar*, ``${…}`` in it may hold the same quotes."""
    mark = _mark(line, at)
    formatted = _FORMATTED.search(line[max(0, at - 3) : at]) is not None
    here = at + len(mark)
    while here < len(line):
        character = line[here]
        if line.startswith(mark, here):
            return here + len(mark)
        if character == "\\":
            here += 2
        elif dollar and character == "$":
            here = here + 3 if line.startswith("$${", here) else _dollar_end(line, here)
        elif formatted and character == "{":
            here = _field_end(line, here)
        else:
            here += 1
    raise pointed(
        f"The quote {mark} is never closed.", line, at, hint="Inside quotes, `\\` before a quote keeps it."
    )


def _field_end(line: str, at: int) -> int:
    """Behind the field of an f-string that opens at *at*: since Python 3.12 it may hold the same quotes."""
    if line.startswith("{{", at):
        return at + 2
    try:
        return _bracket_end(line, at)
    except UsageError:  # a format specification may hold any bracket
        return at + 1


def _bracket_end(line: str, at: int) -> int:
    """Behind the partner of the bracket at *at*."""
    opened = [at]
    here = at + 1
    while here < len(line):
        if plain := _NESTED_PLAIN.match(line, here):
            here = plain.end()
            continue
        character = line[here]
        if character in "\"'":
            here = _string_end(line, here, dollar=False)
            continue
        if character in _CLOSER:
            opened.append(here)
        elif character != _CLOSER[line[opened[-1]]]:
            raise pointed(f"`{character}` cannot close `{line[opened[-1]]}`.", line, here)
        else:
            opened.pop()
        here += 1
        if not opened:
            return here
    raise pointed(f"`{line[opened[-1]]}` is never closed.", line, opened[-1])


def _mark(text: str, at: int) -> str:
    """The quotation mark at *at*: one quote or three."""
    return text[at] * 3 if text.startswith(text[at] * 3, at) else text[at]


def _cut(inner: str) -> Iterator[tuple[str, bool]]:
    """A string's inside, in pieces, each with whether it is a ``${…}`` whose backslashes are Python's."""
    at = here = 0
    while (here := inner.find("$", here)) >= 0:
        if inner.startswith("$${", here):
            here += 3
        elif (end := _dollar_end(inner, here)) > here + 1:
            yield inner[at:here], False
            yield inner[here:end], True
            at = here = end
        else:
            here += 1
    yield inner[at:], False
