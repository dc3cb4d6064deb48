"""A body with ``${expr}`` → the body, filled: a `Template` knows where each expression stands.

In JSON, outside quotes an expression is a JSON value; inside quotes it is escaped text (strings, numbers) or base64
(images, bytes).  In CSV and text it is text.  Where an expression stands is judged before anything is filled.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real

from . import mediatypes
from .errors import UsageError
from .expressions import Expression, evaluate, find, place, unfinished
from .spelling import article

_STRUCTURE = re.compile(r'["\\]|\$\$?\{')
_JSON_LINES = frozenset({"application/jsonlines", "application/x-ndjson"})
_IMAGES = (("PIL", "Image"), ("matplotlib", "Figure"))


@dataclass(frozen=True, slots=True)
class _Hole:
    """An expression in a body: whether JSON quotes stand around it, and its line and column."""

    expression: Expression
    quoted: bool
    where: str


class Template:
    """A body cut at its expressions, to be filled any number of times."""

    def __init__(self, text: str, content_type: str) -> None:
        """Cut *text*, the body of a short or full *content_type*; UsageError where a ``${`` is no expression."""
        self.content_type = content_type
        media_type = mediatypes.parse(mediatypes.resolve(content_type)).type
        self._json = is_json(media_type)
        self._csv = media_type == "text/csv"
        self._parts = tuple(_cut(text, quotes=self._json))

    @property
    def expressions(self) -> tuple[str, ...]:
        """The sources of the expressions, in order."""
        return tuple(part.expression.source for part in self._parts if isinstance(part, _Hole))

    def fill(self, names: Mapping[str, object], *, orient: str | None = None) -> str:
        """The body with every expression's value from *names*; tables in JSON are laid out by *orient*.

        Raises:
            UsageError: an expression fails, or its value can't stand where it stands; the message says where.
        """
        return "".join(
            part if isinstance(part, str) else self._fill(part, names, orient) for part in self._parts
        )

    def _fill(self, hole: _Hole, names: Mapping[str, object], orient: str | None) -> str:
        value = evaluate(hole.expression, names, where=hole.where)
        if self._json and not hole.quoted:
            return _json_value(value, hole, orient)
        text = _as_text(value)
        if text is None and self._csv and (text := _as_csv(value, hole)) is not None:
            return text
        if text is None:
            raise _misplaced(value, hole, in_json=self._json)
        return _escaped(text) if self._json else text


def expand_body(
    text: str, names: Mapping[str, object], *, content_type: str, orient: str | None = None
) -> str:
    """Fill the expressions of one body."""
    return Template(text, content_type).fill(names, orient=orient)


def unexpanded(text: str, names: Mapping[str, object]) -> tuple[str, ...]:
    """The ``${…}`` in *text* that begin with an existing variable: what ``--expand`` would fill."""
    found: dict[str, None] = {}
    if "${" not in text:  # PERF: the pattern alone takes 10 ms per MB
        return ()
    for match in re.finditer(r"(?<!\$)\$\{\s*([^\W\d]\w*)", text):
        if match[1] in names and (expression := find(text, match.start())):
            found[text[expression.start : expression.end]] = None
    return tuple(found)


def is_json(media_type: str) -> bool:
    """Whether a body of *media_type* is JSON, or a line of JSON after the other."""
    return media_type == "application/json" or media_type in _JSON_LINES or media_type.endswith("+json")


def _cut(text: str, *, quotes: bool) -> Iterator[str | _Hole]:
    """Literal pieces (``$${`` already made ``${``) and holes; with *quotes*, JSON strings are followed."""
    at = here = 0
    quoted = False
    while mark := _STRUCTURE.search(text, here):
        here = mark.end()
        if mark[0] == '"':
            quoted ^= quotes
        elif mark[0] == "\\":
            here += quoted  # the character behind it is escaped
        elif mark[0] == "$${":
            yield text[at : mark.start()]
            at = mark.start() + 1
        else:
            expression = find(text, mark.start())
            if expression is None:
                raise unfinished(text, mark.start())
            yield text[at : mark.start()]
            yield _Hole(expression, quoted, place(text, mark.start()))
            at = here = expression.end
    yield text[at:]


def _json_value(value: object, hole: _Hole, orient: str | None) -> str:
    from .codecs import json as codec
    from .errors import CodecError

    if (data := _as_bytes(value)) is not None:
        return json.dumps(base64.b64encode(data).decode())
    try:
        data = codec.dumps(value, orient=orient if _is_table(value) else None)
    except CodecError as error:
        raise UsageError(
            f"`${{{hole.expression.source}}}` ({hole.where}) can't be JSON: {error.message}", hint=error.hint
        ) from error
    return str(data, "utf-8")


def _is_table(value: object) -> bool:
    """Whether *value* has layouts to choose from: a DataFrame, a Series, or what becomes one."""
    return any(hasattr(value, name) for name in ("iloc", "columns", "to_pandas"))


def _as_text(value: object) -> str | None:
    """Strings and numbers as text, images and bytes as base64; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, Real | Decimal):
        return str(value)
    data = _as_bytes(value)
    return None if data is None else base64.b64encode(data).decode()


def _as_bytes(value: object) -> bytes | None:
    """Bytes, or the file that an image is sent as; None for anything else."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if any((t.__module__.partition(".")[0], t.__name__) in _IMAGES for t in type(value).__mro__):
        from .codecs import encode

        return encode(value).body
    return None


def _as_csv(value: object, hole: _Hole) -> str | None:
    """A table or an array as lines of CSV, without the last line's end; None for anything else."""
    if not (isinstance(value, list | tuple) or hasattr(value, "columns") or hasattr(value, "shape")):
        return None
    from .codecs import encode
    from .errors import CodecError

    try:
        return encode(value, "text/csv").body.decode().rstrip("\r\n")
    except CodecError as error:
        raise UsageError(
            f"`${{{hole.expression.source}}}` ({hole.where}) can't be CSV: {error.message}", hint=error.hint
        ) from error


def _escaped(text: str) -> str:
    """*text* as it stands between the quotes of a JSON string; a lone surrogate has no UTF-8, so it is escaped."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(text)[1:-1]
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _misplaced(value: object, hole: _Hole, *, in_json: bool) -> UsageError:
    source, name = hole.expression.source, type(value).__name__
    holds = f"`${{{source}}}` ({hole.where}) is {article(name)} {name}"
    if hole.quoted:
        return UsageError(
            f"{holds}: inside quotes stand texts, numbers, images and bytes.",
            hint=f"Without the quotes it is a JSON value; `${{str({source})}}` is its text.",
        )
    what = "JSON" if in_json else "text"
    return UsageError(f"{holds}, which is no {what}.", hint=f"`${{str({source})}}` is its text.")
