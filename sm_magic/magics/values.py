"""The text of a word or an option → its value: filled from the notebook, and read as the option's kind says."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from pathlib import Path, PurePath
from types import MappingProxyType

from .. import mediatypes
from ..errors import UsageError
from ..expressions import Expression, evaluate, parts, user_names
from ..s3 import S3Uri, is_s3
from ..spelling import article, did_you_mean
from .grammar import Kind, Option
from .line import quote, unquote

# IPython's own ways to write a variable, as DollarFormatter reads them.
_BRACED = re.compile(r"(?<!\$)\{\s*(([A-Za-z_]\w*)(?:\.\w+|\[[^\[\]]*\])*)\s*\}")
_DOLLAR = re.compile(r"\$([A-Za-z_]\w*)")
_Reader = Callable[[Option, str, Mapping[str, object]], object]


def expand(text: str, names: Mapping[str, object]) -> str:
    """Fill ``${expr}`` in ENDPOINT or an option's value from *names*.

    Raises:
        UsageError: an unknown name, a failing expression, a value that is no text, number or path, or a variable
            written in IPython's way (``{name}``, ``$name``).
    """
    if "$" not in text and "{" not in text:
        return text
    found = parts(text)
    for part in found:
        if isinstance(part, str):
            _refuse_ipython_style(part, names)
    return "".join(part if isinstance(part, str) else _worth(part, names) for part in found)


def read(option: Option, text: str, names: Mapping[str, object]) -> object:
    """*text* as the value of *option*; UsageError if it can't be one.

    ``name``, ``media_type`` and ``text`` stay str; ``seconds`` is a float above 0, ``count`` an int from 0,
    ``columns`` a tuple of column names (of any type where they come from ``@NAME``), ``form`` a field's name and
    value, ``object`` what a Python expression is worth.
    """
    if option.choices and text not in option.choices:
        raise unknown_choice(f"`{option.name}`", text, option.choices)
    return _READERS[option.kind](option, text, names)


def unknown_choice(what: str, word: str, choices: tuple[str, ...]) -> UsageError:
    """The error for a word that is none of *choices*."""
    if choices == ("local", "aws"):
        return UsageError(
            f"{what} can't be `{word}`.",
            hint=f"`%sm_connect local`, or `%sm_connect --profile {quote(word)}`",
        )
    hint = did_you_mean(word, choices) or f"One of: {', '.join(choices)}."
    return UsageError(f"{what} can't be `{word}`.", hint=hint)


def _refuse_ipython_style(text: str, names: Mapping[str, object]) -> None:
    for pattern in (_BRACED, _DOLLAR):
        for match in pattern.finditer(text):
            name = match[2] if pattern is _BRACED else match[1]
            if name in names:
                raise UsageError(
                    f"`{match[0]}` is not expanded here.", hint=f"`${{{match[1]}}}` is: a dollar and braces."
                )


def _worth(expression: Expression, names: Mapping[str, object]) -> str:
    value = evaluate(expression, names)
    if isinstance(value, bool) or not isinstance(value, str | PurePath | Real):
        source, kind = expression.source, type(value).__name__
        raise UsageError(
            f"`${{{source}}}` is {article(kind)} {kind}; the line takes text, a number or a path.",
            hint=f"`${{str({source})}}` makes it text.",
        )
    return str(value)


def _text(option: Option, text: str, names: Mapping[str, object]) -> str:
    return text


def _name(option: Option, text: str, names: Mapping[str, object]) -> str:
    if text.isidentifier() and not keyword.iskeyword(text):
        return text
    why = "is a keyword of Python" if keyword.iskeyword(text) else "is no name of a variable"
    if "." in text or "/" in text:
        raise UsageError(f"`{option.name} {text}`: `{text}` {why}.", hint=f"`--save {text}` writes a file.")
    raise UsageError(
        f"`{option.name} {text}`: `{text}` {why}.", hint=f"`{option.name} predictions`, for example."
    )


def _media_type(option: Option, text: str, names: Mapping[str, object]) -> str:
    """Without a slash it must be a short name: anything else is a misspelt one."""
    if "/" in text or text.strip().lower() in mediatypes.BY_SHORT:
        return text
    known = {*mediatypes.BY_SHORT, *_SUFFIX_WORDS}
    hint = did_you_mean(_SUFFIX_WORDS.get(text.lower().lstrip("."), text), known)
    shorts = ", ".join(mediatypes.BY_SHORT)
    raise UsageError(
        f"`{text}` is no content type.", hint=hint or f"Write type/subtype, or a short name: {shorts}."
    )


_SUFFIX_WORDS = MappingProxyType(
    {
        suffix.lstrip("."): short
        for suffix, media_type in mediatypes.BY_SUFFIX.items()
        for short, known in mediatypes.BY_SHORT.items()
        if known == media_type
    }
)


def _seconds(option: Option, text: str, names: Mapping[str, object]) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise UsageError(
            f"`{option.name}` takes seconds, not `{text}`.",
            hint=f"`{option.name}{'=' if option.optional_value else ' '}30`",
        )
    return seconds


def _count(option: Option, text: str, names: Mapping[str, object]) -> int:
    if not (text.isascii() and text.isdigit()):
        raise UsageError(
            f"`{option.name}` takes a whole number from 0, not `{text}`.", hint=f"`{option.name} 2`"
        )
    return int(text)


def _columns(option: Option, text: str, names: Mapping[str, object]) -> tuple[object, ...]:
    if text.startswith("@"):
        return _columns_of(option, text[1:], names)
    import csv

    found = tuple(name.strip() for name in next(csv.reader([text], skipinitialspace=True)))
    if not all(found):
        raise UsageError(f"`{option.name} {text}` has an empty name in it.", hint=f"`{option.name} a,b,c`")
    return found


def _columns_of(option: Option, name: str, names: Mapping[str, object]) -> tuple[object, ...]:
    if name.isidentifier() and name not in names:
        raise UsageError(f"There is no variable `{name}`.", hint=did_you_mean(name, user_names(names)))
    value = evaluate(name, names)
    found = getattr(value, "columns", value)
    if isinstance(found, str | bytes) or not isinstance(found, Iterable):
        kind = type(value).__name__
        raise UsageError(
            f"`{name}` is {article(kind)} {kind}, which has no columns.",
            hint=f"`{option.name} @NAME` takes a DataFrame or a list of names.",
        )
    return tuple(found)


def _form(option: Option, text: str, names: Mapping[str, object]) -> tuple[str, object]:
    """``NAME=VALUE``, as it was typed: the value is text, a file behind ``@``, or what a lone ``${expr}`` is worth."""
    whole = unquote(text)
    name, equals, typed = whole.partition("=")
    if not equals or not name or name.startswith(("@", "$")):
        example = f"{name}=…" if name.isidentifier() else "NAME=VALUE"
        what = "has no name before its `=`" if equals else "has no `=`"
        raise UsageError(
            f"`{option.name} {text}` {what}.", hint=f"`{option.name} {example}`, or NAME=@PATH for a file."
        )
    is_file = typed.startswith("@")
    value = typed[1:] if is_file else typed
    if whole == text:  # quotes around the value alone: prompt="Hello world", file=@"my file.wav"
        value = unquote(value)
    if not is_file and len(found := parts(value)) == 1 and isinstance(found[0], Expression):
        return name, evaluate(found[0], names)
    value = expand(value, names)
    if is_file and not value:
        raise UsageError(f"`{option.name} {text}` names no file.", hint=f"`{option.name} {name}=@PATH`")
    if not is_file:
        return name, value
    return name, S3Uri.of(value) if is_s3(value) else Path(value)


def _object(option: Option, text: str, names: Mapping[str, object]) -> object:
    """A Python expression, as INPUT is; ``${expr}``, as all options have it, is the same."""
    source = unquote(text)
    found = parts(source) if source.startswith("${") else ()
    return evaluate(found[0] if len(found) == 1 and isinstance(found[0], Expression) else source, names)


_READERS: Mapping[Kind, _Reader] = MappingProxyType(
    {
        "text": _text,
        "name": _name,
        "columns": _columns,
        "media_type": _media_type,
        "seconds": _seconds,
        "count": _count,
        "form": _form,
        "object": _object,
    }
)
