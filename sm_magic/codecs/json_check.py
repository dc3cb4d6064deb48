"""Whether a text is JSON by RFC 8259, and where it is not: what `json` checks before a literal body is sent."""

from __future__ import annotations

import json
import re

from ..errors import CodecError
from .base import size

_SPACE = b" \t\r\n"
_CLOSES = {b"{": b"}", b"[": b"]", b'"': b'"'}
_STARTS = b'{["-0123456789tfn'
_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<constant>NaN|-?Infinity)')
_HABITS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"'"), 'JSON\'s quotes are double: "…".'),
    (re.compile(r"[“”]"), 'These are typographic quotes; JSON\'s are plain: "…".'),
    (re.compile(r"-?(NaN|Infinity)"), "JSON has no NaN or Infinity: write `null`"),
    (re.compile(r"(True|False|None)\b"), "JSON says true, false and null.  --python sends a Python value."),
    (re.compile(r"//|#|/\*"), "JSON has no comments."),
)


def check(body: bytes, *, whole_up_to: int) -> str | None:
    """Check that *body* is JSON, before it is sent.

    Args:
        body: the text, in UTF-8.
        whole_up_to: a longer body is checked at its ends and for its UTF-8 only.

    Returns:
        None, or a sentence for the card where not all was checked.

    Raises:
        CodecError: it is not JSON; says line, column and what is wrong.
    """
    text = _utf8(body)
    if not body.strip(_SPACE):
        raise CodecError("It is empty.", hint="JSON's own nothing is null.")
    if len(body) > whole_up_to:
        _check_ends(body)
        return f"Not checked whole ({size(len(body))}): its ends look like JSON, and it is UTF-8."
    _check_whole(body, text)
    return None


def _utf8(body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError as exc:
        raise CodecError(f"It is not UTF-8: {exc.reason} at byte {exc.start:,}.") from exc
    if text.startswith("\ufeff"):
        raise CodecError("It starts with a byte order mark, which JSON may not.")
    return text


def _check_ends(body: bytes) -> None:
    inner = body.strip(_SPACE)
    first, last = inner[:1], inner[-1:]
    if first not in _STARTS:
        raise CodecError(f"It starts with {first.decode('utf-8', 'replace')!r}, as no JSON does.")
    if _CLOSES.get(first, last) != last:
        raise CodecError(
            f"It starts with {first.decode()!r} and ends with {last.decode('utf-8', 'replace')!r}: cut off?"
        )


def _check_whole(body: bytes, text: str) -> None:
    import orjson

    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        pass  # orjson refuses some that is JSON (a lone surrogate's escape, 1e400): the json module has the last word
    else:
        return
    try:
        json.loads(text, parse_constant=_refuse)
    except _Constant:
        found = next(m for m in _CONSTANT.finditer(text) if m["constant"])
        raise _error(text, found.start(), f"{found['constant']} is not JSON") from None
    except json.JSONDecodeError as exc:
        comma = _trailing_comma(text, exc.pos)
        raise _error(
            text, exc.pos if comma is None else comma, _COMMA if comma is not None else exc.msg
        ) from exc
    except RecursionError as exc:
        raise CodecError("It is nested too deeply to be checked.", hint="--raw sends it unchecked.") from exc
    except ValueError:
        return  # an integer too long for Python's int, and JSON all the same


_COMMA = "This comma before the closing bracket is one too many"
_TRAILING = re.compile(r",[ \t\r\n]*[}\]]")


def _trailing_comma(text: str, position: int) -> int | None:
    """Where the comma is that Python 3.13 finds fault with, and Python before it with the bracket behind."""
    comma = text.rfind(",", 0, position + 1)
    match = _TRAILING.match(text, comma) if comma >= 0 else None
    return comma if match and position in (comma, match.end() - 1) else None


class _Constant(Exception):
    """NaN or Infinity was met."""


def _refuse(_: str) -> None:
    raise _Constant


def _error(text: str, position: int, what: str) -> CodecError:
    before = text[:position]
    line, column = before.count("\n") + 1, position - before.rfind("\n")
    return CodecError(f"line {line}, column {column}: {what}.", hint=_hint(text, position))


def _hint(text: str, position: int) -> str | None:
    """What people are used to and JSON is not."""
    for pattern, sentence in _HABITS:
        if pattern.match(text, position):
            return sentence
    return None
