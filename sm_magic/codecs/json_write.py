"""Any Python value → JSON text, without losing a bit.

orjson writes what it knows; `json_values.simplify` is its hook for the rest.  What orjson refuses (integers beyond
64 bits, lone surrogates, keys that are no text) is prepared for it by `careful`.  NaN and infinities become null:
JSON has neither.
"""

from __future__ import annotations

import enum
import json
from typing import Any

from ..errors import CodecError
from .json_text import is_utf8, key_text
from .json_values import simplify


def write(value: object) -> bytes:
    """*value* as JSON in UTF-8, without spaces, keys in their order.

    Raises CodecError for what JSON can't hold.
    """
    import orjson

    # orjson leaves out a dataclass's fields that start with an underscore, so dataclasses come to `simplify`.
    option = orjson.OPT_PASSTHROUGH_DATACLASS
    try:
        return orjson.dumps(value, default=simplify, option=option)
    except orjson.JSONEncodeError as exc:
        if isinstance(exc.__cause__, CodecError):
            raise exc.__cause__ from None
    try:
        return orjson.dumps(careful(value), default=simplify, option=option)
    except (orjson.JSONEncodeError, RecursionError) as exc:
        raise CodecError("The value holds itself, or is nested too deeply for JSON.") from exc


def careful(value: Any) -> Any:
    """*value* with everything in it that orjson refuses made into what it takes."""
    import orjson

    if isinstance(value, enum.Enum):
        return careful(value.value)
    if value is None or isinstance(value, (bool, float)) or is_fragment(value):
        return value
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**64 else orjson.Fragment(_digits(value))
    if isinstance(value, str):
        return value if is_utf8(value) else orjson.Fragment(json.dumps(value).encode())
    if isinstance(value, dict):
        return _with_text_keys(value)
    if isinstance(value, (list, tuple)):
        return [careful(item) for item in value]
    return careful(simplify(value))


def is_fragment(value: object) -> bool:
    """Whether *value* is JSON text already (orjson.Fragment)."""
    return type(value).__name__ == "Fragment" and type(value).__module__ == "orjson"


def _digits(value: int) -> bytes:
    try:
        return str(int(value)).encode()
    except ValueError as exc:  # more than sys.get_int_max_str_digits() digits
        raise CodecError(f"An integer of {value.bit_length():,} bits is too long for JSON.") from exc


def _with_text_keys(value: dict[Any, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, item in value.items():
        name = key_text(key)
        if name in made:
            raise CodecError(f"Two keys of a dict are {name!r} in JSON; one would be lost.")
        made[name] = careful(item)
    return made
