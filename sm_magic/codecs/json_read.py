"""JSON text → the value that the json module reads, faster where that is the same."""

from __future__ import annotations

import codecs
import json
from typing import Any

from ..collector import paused
from ..errors import CodecError
from ..mediatypes import MediaType
from ..spelling import ended
from .base import Told, size, to_text, too_large_to_decode
from .json_integers import may_hold_big_integer

JSON = MediaType("application/json")
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii"})


def loads(body: bytes, media: MediaType = JSON) -> Any:
    """The value of a JSON text; None if it is empty.  CodecError says where it is no JSON."""
    if not body.strip():
        return None
    with paused():
        if is_utf8(media) and not may_hold_big_integer(body):
            import orjson

            try:
                return orjson.loads(without_mark(body))
            except orjson.JSONDecodeError:
                pass  # NaN, UTF-16, a lone surrogate, or no JSON at all: the json module knows
        return _slowly(body, media)


def is_utf8(media: MediaType) -> bool:
    """Whether a body of this type is UTF-8 by what it says: JSON is (RFC 8259 §8.1)."""
    return "charset" not in media.parameters or media.charset.lower() in _UTF8


def without_mark(body: bytes) -> bytes:
    """*body* without UTF-8's byte order mark, which orjson refuses."""
    return body.removeprefix(codecs.BOM_UTF8)


def _slowly(body: bytes, media: MediaType) -> Any:
    try:
        if "charset" in media.parameters:
            return json.loads(to_text(body, media))
        return json.loads(body.decode(json.detect_encoding(body)))
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


def check_memory(body: bytes, told: Told, *, lines: bool = False) -> None:
    """Refuse what would take too much memory, from the number of its values: a `{}` of two bytes becomes 64.

    *lines*: whether each line is a value.
    """
    if len(body) * 64 < told.max_bytes:
        return
    values = body.count(b",") + body.count(b":") + (body.count(b"\n") if lines else 0)
    needed = len(body) + 32 * values + 72 * body.count(b"[") + 200 * body.count(b"{")
    if needed > told.max_bytes:
        raise too_large_to_decode(f"The JSON answer ({size(len(body))})", needed, told.max_bytes)
