"""application/json: any Python value ⇄ JSON, numbers exact in both directions.

Out: NaN and infinities are null, for JSON has neither; text that is JSON already goes out as it is.
In: NaN and Infinity are accepted, big integers stay whole, an empty body is None.
"""

from __future__ import annotations

import json
from typing import Any

from ..errors import CodecError, UsageError
from ..messages import Payload
from . import foreign, kserve, masks, orients, tables
from .base import ORIENTS, Asked, Codec, Told, as_array, is_a, to_bytes
from .checks import WHOLE_UP_TO
from .json_check import check
from .json_polars import is_polars
from .json_read import JSON, check_memory, loads
from .json_text import numbers
from .json_write import write

__all__ = ["CODEC", "ORIENTS", "check", "check_memory", "dumps", "loads"]

CODEC = Codec("application/json")
_TABLES = ("pandas.DataFrame", "pandas.Series", *foreign.NAMES)


def dumps(value: Any, *, orient: str | None = None) -> bytes:
    """*value* as JSON in UTF-8; tables as records unless *orient* says otherwise.

    Raises CodecError for what JSON can't hold, and for an *orient* that the value has not.
    """
    if orient is not None and orient not in ORIENTS:
        raise UsageError(f"There is no orient {orient!r}.", hint=f"One of {', '.join(ORIENTS)}.")
    asked = Asked(content_type=JSON.type, media=JSON, orient=orient)
    if orient == "v2":
        return kserve.payload(value, asked).body
    if any(is_a(value, name) for name in _TABLES):
        return _table(value, asked).body
    return write(value if orient is None else orients.wrap(_as_array(value), orient))


@CODEC.encodes(*_TABLES)
def _table(value: Any, asked: Asked) -> Payload:
    if asked.orient == "v2":
        return kserve.payload(value, asked)
    orient = asked.orient or "records"
    frame = value if is_polars(value) and orients.of_rows(orient) else foreign.in_pandas(value)
    if is_a(frame, "pandas.Series"):
        if asked.orient is None:
            return asked.payload(write(frame))
        frame = tables.series_table(frame)
    body = orients.frame(frame, orient, asked, tables.taker(value))
    return asked.payload(body, **tables.facts(frame))


@CODEC.encodes("numpy.ndarray")
def _array(array: Any, asked: Asked) -> Payload:
    if asked.orient == "v2":
        return kserve.payload(array, asked)
    tables.refuse_large_array(array, write, asked)
    if asked.orient in orients.UNDER and array.ndim and array.dtype.kind in "fiub" and not masks.hides(array):
        body = numbers(array, orients.UNDER[asked.orient])
    else:
        body = write(array if asked.orient is None else orients.wrap(array, asked.orient))
    return asked.payload(body, **tables.array_facts(array))


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


def _as_array(value: Any) -> Any:
    """What only becomes an array (`__array__`), as one."""
    if not is_a(value, "__array__") or is_a(value, "numpy.ndarray") or is_a(value, "PIL.Image"):
        return value
    return as_array(value)


@CODEC.decodes
def _decode(body: bytes, told: Told) -> Any:
    check_memory(body, told)
    return loads(body, told.media)
