"""application/json: any Python value ⇄ JSON, numbers exact in both directions.

Out: NaN and infinities are null, for JSON has neither; text that is JSON already goes out as it is.
In: NaN and Infinity are accepted, big integers stay whole, an empty body is None.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ..errors import CodecError, UsageError
from ..mediatypes import MediaType
from ..messages import Payload
from ..spelling import ended
from . import kserve, orients, tables
from .base import ORIENTS, Asked, Codec, Told, as_array, is_a, size, to_bytes, to_text, too_large_to_decode
from .checks import WHOLE_UP_TO
from .json_check import check
from .json_write import write

__all__ = ["CODEC", "ORIENTS", "check", "check_memory", "dumps", "loads"]

CODEC = Codec("application/json")
_JSON = MediaType("application/json")


def dumps(value: Any, *, orient: str | None = None) -> bytes:
    """*value* as JSON in UTF-8; tables as records unless *orient* says otherwise.

    Raises CodecError for what JSON can't hold, and for an *orient* that the value has not.
    """
    if orient is not None and orient not in ORIENTS:
        raise UsageError(f"There is no orient {orient!r}.", hint=f"One of {', '.join(ORIENTS)}.")
    asked = Asked(content_type=_JSON.type, media=_JSON, orient=orient)
    if orient == "v2":
        return kserve.payload(value, asked).body
    if _is_table(value):
        return _table(value, asked).body
    return write(value if orient is None else orients.wrap(_as_array(value), orient))


@CODEC.encodes("pandas.DataFrame", "pandas.Series", "to_pandas")
def _table(value: Any, asked: Asked) -> Payload:
    if asked.orient == "v2":
        return kserve.payload(value, asked)
    if is_a(value, "pandas.Series") and asked.orient is None:
        return asked.payload(write(value))
    frame = tables.table(value)
    return asked.payload(orients.frame(frame, asked.orient or "records", asked), **tables.facts(frame))


@CODEC.encodes("numpy.ndarray")
def _array(array: Any, asked: Asked) -> Payload:
    if asked.orient == "v2":
        return kserve.payload(array, asked)
    tables.refuse_large_array(array, write, asked)
    return asked.payload(
        write(array if asked.orient is None else orients.wrap(array, asked.orient)),
        **tables.array_facts(array),
    )


@CODEC.encodes("builtins.str", default=lambda text: default(text))
def _text(text: str, asked: Asked) -> Payload:
    """Text is JSON already and goes out as it is, once checked; with an orient it is a value."""
    if asked.orient == "v2":
        return kserve.payload(text, asked)
    if asked.orient is not None:
        return asked.payload(write(orients.wrap(text, asked.orient)))
    body = to_bytes(text, asked.media)
    try:
        note = check(text.encode("utf-8", "surrogatepass"), whole_up_to=WHOLE_UP_TO)
    except CodecError as exc:
        raise CodecError(
            f"The text is not JSON: {exc.message}",
            hint=exc.hint
            or 'As a JSON value: --orient inputs, or a dict like {"inputs": text}; as text: -t text',
        ) from exc
    return asked.payload(body, notes=(note,) if note else ())


# What JSON is the default of, besides text that holds it.
@CODEC.encodes(
    "builtins.dict",
    "builtins.list",
    "builtins.tuple",
    "builtins.set",
    "builtins.frozenset",
    "builtins.int",
    "builtins.float",
    "builtins.NoneType",
    "numpy.generic",
    "pandas.Index",
    "pandas.ExtensionArray",
    "pandas.NAType",
    "pandas.Period",
    "pandas.Interval",
    "datetime.date",
    "datetime.time",
    "datetime.timedelta",
    "decimal.Decimal",
    "uuid.UUID",
    "enum.Enum",
    "pydantic.BaseModel",
    "dataclass",
    "Mapping",
    "Sequence",
    default=True,
)
@CODEC.encodes("PIL.Image", "__array__")
def _value(value: Any, asked: Asked) -> Payload:
    if asked.orient is None:
        return asked.payload(write(value))
    if asked.orient == "v2":
        return kserve.payload(value, asked)
    return asked.payload(write(orients.wrap(_as_array(value), asked.orient)))


def default(text: str) -> str:
    """What a bare text is sent as: JSON where it holds an object or array, else plain text."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return "text/plain"
        return "application/json"
    return "text/plain"


def _is_table(value: Any) -> bool:
    return is_a(value, "pandas.DataFrame") or is_a(value, "pandas.Series") or is_a(value, "to_pandas")


def _as_array(value: Any) -> Any:
    """What only becomes an array (`__array__`), as one."""
    if not is_a(value, "__array__") or is_a(value, "numpy.ndarray") or is_a(value, "PIL.Image"):
        return value
    return as_array(value)


@CODEC.decodes
def _decode(body: bytes, told: Told) -> Any:
    check_memory(body, told)
    return loads(body, told.media)


def loads(body: bytes, media: MediaType = _JSON) -> Any:
    """The value of a JSON text; None if it is empty.  CodecError says where it is no JSON."""
    import orjson

    if not body.strip():
        return None
    plain = "charset" not in media.parameters or media.charset.lower() in ("utf-8", "utf8", "us-ascii")
    if plain and not _has_big_integer(body):
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            pass  # NaN, a byte order mark, UTF-16, a lone surrogate, or no JSON at all: the json module knows
    try:
        return json.loads(
            body.decode(json.detect_encoding(body)) if _says_nothing(media) else to_text(body, media)
        )
    except json.JSONDecodeError as exc:
        raise CodecError(
            f"The answer is not {media.type}: line {exc.lineno}, column {exc.colno}: {exc.msg}.",
            hint="The bytes are kept in `.body`.",
        ) from exc
    except UnicodeDecodeError as exc:
        raise CodecError(
            f"The {media.type} answer is not {exc.encoding}: {exc.reason} at byte {exc.start:,}.",
            hint="The bytes are kept in `.body`.",
        ) from exc
    except RecursionError as exc:
        raise CodecError(
            "The JSON answer is nested too deeply to be read.", hint="Its bytes are in `.body`."
        ) from exc
    except ValueError as exc:  # an integer of more than 4,300 digits
        raise CodecError(
            f"The JSON answer can't be read: {ended(exc)}", hint="Its bytes are in `.body`."
        ) from exc


def _says_nothing(media: MediaType) -> bool:
    return "charset" not in media.parameters


# PERF: one pass and one search, 4 ms for 5 MB; a regular expression takes 15 times that.
_DIGITS_TO_0 = bytes(0x30 if 0x30 <= i <= 0x39 else 0x2C if i in b"[,:- \t\r\n" else i for i in range(256))
_BIG = re.compile(rb"\s*-?[0-9]{19}")


def _has_big_integer(body: bytes) -> bool:
    """Whether an integer of 19 digits or more may be in it: orjson would make a float of one beyond 64 bits."""
    return b"," + b"0" * 19 in body.translate(_DIGITS_TO_0) or _BIG.match(body) is not None


def check_memory(body: bytes, told: Told) -> None:
    """Refuse what would take too much memory, from the number of its values: a `{}` of two bytes becomes 64."""
    if len(body) * 64 < told.max_bytes:
        return
    values = body.count(b",") + body.count(b":")
    needed = len(body) + 32 * values + 72 * body.count(b"[") + 200 * body.count(b"{")
    if needed > told.max_bytes:
        raise too_large_to_decode(f"The JSON answer ({size(len(body))})", needed, told.max_bytes)
