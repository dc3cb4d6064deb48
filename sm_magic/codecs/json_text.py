"""Pieces of JSON text: the keys of objects, and arrays of numbers."""

from __future__ import annotations

import datetime
import enum
import json
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from .base import a_kind

if TYPE_CHECKING:
    import numpy as np


def numbers(array: np.ndarray[Any, Any], under: str | None = None) -> bytes:
    """An array of numbers or bools as JSON, or an object that holds it *under* a key.

    PERF: what orjson writes fastest, once it is laid out for it, and without a copy of the text.
    """
    import numpy as np
    import orjson

    dtype = array.dtype.newbyteorder("=")
    if dtype.kind == "f" and dtype.itemsize not in (4, 8):
        dtype = np.dtype("f4") if dtype.itemsize == 2 else np.dtype("f8")
    ready = np.ascontiguousarray(array, dtype=dtype)
    return orjson.dumps(ready if under is None else {under: ready}, option=orjson.OPT_SERIALIZE_NUMPY)


def key_text(key: Any) -> str:
    """A dict's key as JSON's, by the rules of the json module: numbers, bools and None as they are in JSON."""
    if type(key).__module__ == "numpy" and callable(getattr(key, "item", None)):
        key = key.item()
    if isinstance(key, enum.Enum):
        key = key.value
    if isinstance(key, str):
        if not is_utf8(key):
            raise CodecError(f"The key {key!a} has a lone surrogate, which UTF-8 can't hold.")
        return str.__str__(key)
    if key is None or isinstance(key, (bool, int, float)):
        return json.dumps(key)
    if isinstance(key, (datetime.date, datetime.time)):
        return key.isoformat()
    raise CodecError(
        f"A dict's key can't be {a_kind(key)} in JSON.", hint="Keys are text, numbers, bools, None or dates."
    )


def is_utf8(text: str) -> bool:
    """Whether UTF-8 can hold *text*: a lone surrogate it can't."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
