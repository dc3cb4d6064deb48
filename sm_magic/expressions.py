"""`${expr}`: where an expression ends, and what it is worth.  One rule for the line and for bodies.

An expression ends at the first ``}`` before which the text is a valid Python expression.  (No valid expression has
a valid part that ends before one of its own braces, so "first" is never too early.)  ``$${`` is a literal ``${``.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import CodeType

from .errors import UsageError
from .spelling import did_you_mean, ended, told

# PERF: each brace costs a compile; text that merely looks like an expression must not cost a minute.
_MOST_BRACES = 100
# What people who think in JSON write.
_JSON_WORDS = {"true": "True", "false": "False", "null": "None", "nan": 'float("nan")', "NaN": 'float("nan")'}
# Names that IPython puts into every namespace: never what was meant.
_NOT_MEANT = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})


@dataclass(frozen=True, slots=True)
class Expression:
    """One ``${source}`` of a text, from `start` (its ``$``) to `end` (behind its ``}``)."""

    source: str
    start: int
    end: int
    code: CodeType = field(repr=False, compare=False)


def find(text: str, start: int) -> Expression | None:
    """The expression whose ``${`` stands at *start*; None if no ``}`` makes it one."""
    brace = start + 1
    for _ in range(_MOST_BRACES):
        brace = text.find("}", brace + 1)
        if brace < 0:
            return None
        source = text[start + 2 : brace].strip()
        if (code := _compiled(source)) is not None:
            return Expression(source, start, brace + 1, code)
    return None


def parts(text: str) -> tuple[str | Expression, ...]:
    """*text* as literal strings (``$${`` already made ``${``) and expressions, in order."""
    found: list[str | Expression] = []
    literal: list[str] = []
    at = 0
    while (dollar := text.find("${", at)) >= 0:
        if dollar > at and text[dollar - 1] == "$":
            literal.append(text[at : dollar - 1] + "${")
            at = dollar + 2
            continue
        literal.append(text[at:dollar])
        expression = find(text, dollar)
        if expression is None:
            raise unfinished(text, dollar)
        found += ["".join(literal), expression]
        literal, at = [], expression.end
    return tuple(part for part in (*found, "".join(literal) + text[at:]) if part != "")


def evaluate(expression: Expression | str, names: Mapping[str, object], *, where: str = "") -> object:
    """What *expression* is worth with *names*, which it cannot change.

    Args:
        expression: one that was found, or the source of one.
        names: the notebook's names.
        where: where it stands ("line 2, column 5"), for the error.

    Raises:
        UsageError: it is no expression, uses an unknown name, or raises.
    """
    if isinstance(expression, Expression):
        code, shown = expression.code, f"${{{expression.source}}}"
    else:
        code, shown = _compile_or_say(expression), expression
    try:
        return eval(code, {"__builtins__": builtins, **names})  # noqa: S307 - the user's own code, in the user's kernel
    except NameError as error:
        raise _unknown_name(error, shown, where, names) from error
    except Exception as error:
        raise UsageError(f"`{_short(shown)}`{_at(where)} failed: {told(error)}") from error


def place(text: str, at: int) -> str:
    """Where in *text* the offset *at* stands, both counted from 1: ``line 2, column 5``."""
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"


def unfinished(text: str, at: int) -> UsageError:
    """The error for a ``${`` at *at* that no ``}`` makes an expression."""
    shown = _short(text[at:].split("\n", 1)[0], 40)
    escaped = text[at:].replace('\\"', '"')
    if '\\"' in text[at:] and (found := find(escaped, 0)) is not None:
        hint = f"The quotes inside need no backslash: `${{{found.source}}}`"
    else:
        hint = "`${…}` holds a Python expression; a literal `${` is written `$${`"
    return UsageError(f"No expression begins at {place(text, at)}: `{shown}`.", hint=hint)


def user_names(names: Iterable[str]) -> list[str]:
    """Those of *names* that a user can have meant."""
    return [name for name in names if not name.startswith("_") and name not in _NOT_MEANT]


def _compiled(source: str) -> CodeType | None:
    try:
        return compile(source, "${…}", "eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _compile_or_say(source: str) -> CodeType:
    try:
        return compile(source.strip(), "<input>", "eval")
    except SyntaxError as error:
        raise UsageError(f"`{_short(source)}` is not a Python expression: {ended(error.msg)}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UsageError(f"`{_short(source)}` is not a Python expression: {ended(error)}") from error


def _unknown_name(error: NameError, shown: str, where: str, names: Mapping[str, object]) -> UsageError:
    name = error.name or ""
    if name in _JSON_WORDS:
        hint: str | None = f"In Python that is `{_JSON_WORDS[name]}`"
    else:
        hint = did_you_mean(name, user_names(names))
    seen = "" if shown == name else f", in `{_short(shown)}`"
    return UsageError(f"There is no variable `{name}`{seen}{_at(where)}.", hint=hint)


def _at(where: str) -> str:
    return f" ({where})" if where else ""


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
