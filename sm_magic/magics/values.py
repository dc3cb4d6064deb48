"""The text of an option → its value, as the option's kind says."""

from __future__ import annotations

import keyword
import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from .. import mediatypes
from ..errors import UsageError
from ..expressions import user_names
from ..spelling import did_you_mean
from .grammar import Kind, Option

_Reader = Callable[[Option, str, Mapping[str, object]], object]


def read(option: Option, text: str, names: Mapping[str, object]) -> object:
    """*text* as the value of *option*; UsageError if it can't be one.

    ``name``, ``media_type`` and ``text`` stay str; ``seconds`` is a float above 0, ``count`` an int from 0,
    ``columns`` a tuple of column names (of any type where they come from ``@NAME``).
    """
    if option.choices and text not in option.choices:
        from .habits import unknown_choice

        raise unknown_choice(f"`{option.name}`", text, option.choices)
    return _READERS[option.kind](option, text, names)


def _text(option: Option, text: str, names: Mapping[str, object]) -> str:
    return text


def _name(option: Option, text: str, names: Mapping[str, object]) -> str:
    if text.isidentifier() and not keyword.iskeyword(text):
        return text
    why = "is a keyword of Python" if keyword.iskeyword(text) else "is no name of a variable"
    if "." in text or "/" in text:
        raise UsageError(f"`{option.name} {text}`: `{text}` {why}", hint=f"`--save {text}` writes a file")
    raise UsageError(
        f"`{option.name} {text}`: `{text}` {why}", hint=f"`{option.name} predictions`, for example"
    )


def _media_type(option: Option, text: str, names: Mapping[str, object]) -> str:
    """Without a slash it must be a short name: anything else is a misspelt one."""
    if "/" in text or text.strip().lower() in mediatypes.BY_SHORT:
        return text
    known = {*mediatypes.BY_SHORT, *_SUFFIX_WORDS}
    hint = did_you_mean(_SUFFIX_WORDS.get(text.lower().lstrip("."), text), known)
    shorts = ", ".join(mediatypes.BY_SHORT)
    raise UsageError(f"`{text}` is no content type", hint=hint or f"type/subtype, or a short name: {shorts}")


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
        raise UsageError(f"`{option.name}` takes seconds, not `{text}`", hint=f"`{option.name} 30`")
    return seconds


def _count(option: Option, text: str, names: Mapping[str, object]) -> int:
    if not (text.isascii() and text.isdigit()):
        raise UsageError(
            f"`{option.name}` takes a whole number from 0, not `{text}`", hint=f"`{option.name} 2`"
        )
    return int(text)


def _columns(option: Option, text: str, names: Mapping[str, object]) -> tuple[object, ...]:
    if text.startswith("@"):
        return _columns_of(option, text[1:], names)
    import csv

    found = tuple(name.strip() for name in next(csv.reader([text], skipinitialspace=True)))
    if not all(found):
        raise UsageError(f"`{option.name} {text}` has an empty name in it", hint=f"`{option.name} a,b,c`")
    return found


def _columns_of(option: Option, name: str, names: Mapping[str, object]) -> tuple[object, ...]:
    from ..expressions import evaluate

    if name.isidentifier() and name not in names:
        raise UsageError(f"there is no variable `{name}`", hint=did_you_mean(name, user_names(names)))
    value = evaluate(name, names)
    found = getattr(value, "columns", value)
    if isinstance(found, str | bytes) or not isinstance(found, Iterable):
        raise UsageError(
            f"`{name}` is a {type(value).__name__}, which has no columns",
            hint=f"`{option.name} @NAME` takes a DataFrame or a list of names",
        )
    return tuple(found)


_READERS: Mapping[Kind, _Reader] = MappingProxyType(
    {
        "text": _text,
        "name": _name,
        "columns": _columns,
        "media_type": _media_type,
        "seconds": _seconds,
        "count": _count,
    }
)
