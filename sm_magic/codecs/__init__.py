"""value ⇄ bytes.  `encode` makes a Payload of a value, `decode` a value of a Payload.

The folder is the registry: a content type is one file here that holds a `CODEC`, and one mirrored test.
No I/O, no pickle, nothing third-party imported before it is used.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from .. import mediatypes
from ..errors import CodecError, UsageError
from ..mediatypes import MediaType
from ..messages import Facts, Payload
from ..spelling import did_you_mean, told, upper
from . import bound, foreign, json, tables
from .base import ORIENTS, Asked, Chooser, Codec, Encoder, Told, a_kind, kind, size, type_names
from .checks import check

__all__ = [
    "ORIENTS",
    "can_decode",
    "can_encode",
    "can_send",
    "check",
    "codecs",
    "decode",
    "encode",
    "json",
    "labelled",
]

_BYTES = ("builtins.bytes", "builtins.bytearray", "builtins.memoryview")
_ORIENTED = frozenset({"application/json", "application/jsonlines", "application/x-ndjson"})


def encode(
    value: object,
    content_type: str | None = None,
    *,
    header: bool | None = None,
    columns: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    orient: str | None = None,
    max_bytes: int | None = None,
) -> Payload:
    """Make the bytes of *value*, with the content type they have and what is known of them.

    Args:
        value: a DataFrame, array, image, dict, text, bytes, …; bytes are sent as they are (JSON is checked), and so is
            text under a text type.  An SDK serializer is taken with its data, as ``(serializer, data)``.
        content_type: a media type or a short name (``csv``); None: by the value.
        header: whether a CSV starts with the columns' names (default: no).
        columns: the columns of a table to send, in this order.
        drop: columns of a table to leave out.
        orient: the layout of a table or array in JSON, one of `ORIENTS`.
        max_bytes: encoding stops beyond this size; None: no limit.

    Raises:
        CodecError: the value can't become that type, or is larger than *max_bytes*.
        UsageError: an option that the value or the type does not take.
    """
    if carried := bound.find(value):
        value, own_type = carried.data(), carried.content_type
        content_type = content_type or own_type
    if content_type is None:
        content_type = "application/json" if orient else _default(value)
    content_type = _full_name(content_type)
    media = mediatypes.parse(content_type)
    asked = Asked(content_type=content_type, media=media, header=header, orient=orient, max_bytes=max_bytes)
    _check_options(asked)
    dropped: tuple[str, ...] = ()
    try:
        if columns is not None or drop:
            value, dropped = tables.select(value, columns, drop)
        payload = _encoder(value, media)(value, asked)
    except (UnicodeError, ArithmeticError) as exc:  # half a surrogate pair in pandas 3, Decimal("sNaN")
        raise CodecError(f"{upper(a_kind(value))} can't be sent as {media.type}: {told(exc)}") from exc
    _check_size(payload, max_bytes)
    return replace(payload, facts=replace(payload.facts, dropped=dropped)) if dropped else payload


def _check_size(payload: Payload, max_bytes: int | None) -> None:
    if max_bytes is not None and payload.size > max_bytes:
        raise CodecError(
            f"The body is {size(payload.size)} as {payload.content_type}; the limit is {size(max_bytes)}.",
            hint="Send less at once, or --no-limit to send it all the same.",
        )


def decode(payload: Payload, *, rows: int | None = None, max_bytes: int = 1 << 30) -> object:
    """Read the value of an answer, by its own content type.

    Args:
        payload: the bytes and their content type; an unknown one gives the bytes.
        rows: how many rows were sent, which settles doubts about a CSV.
        max_bytes: decoding takes no more memory than this.

    Raises:
        CodecError: the bytes are not what their content type says, or would take too much memory.
    """
    media = mediatypes.parse(payload.content_type)
    codec = _find(media)
    if codec is None or codec.decoder is None:
        return payload.body
    return codec.decoder(payload.body, Told(media=media, rows=rows, max_bytes=max_bytes))


def labelled(payload: Payload) -> Payload:
    """Bytes that are ready, under a content type with the parameters that it can't be read without (a boundary).

    Raises CodecError where the bytes are not what their content type says.
    """
    media = mediatypes.parse(payload.content_type)
    codec = _find(media)
    if codec is None or codec.labeller is None:
        return payload
    return replace(payload, content_type=codec.labeller(payload.body, payload.content_type, media))


def can_encode(content_type: str) -> bool:
    """Whether a Python value, not only bytes, can be sent as *content_type*."""
    codec = _find(mediatypes.parse(mediatypes.resolve(content_type)))
    return codec is not None and bool(codec.encoders)


def can_decode(content_type: str) -> bool:
    """Whether an answer of *content_type* is more than its bytes."""
    codec = _find(mediatypes.parse(mediatypes.resolve(content_type)))
    return codec is not None and codec.decoder is not None


def can_send(value: object) -> bool:
    """Whether a body can be made of *value* without naming a content type; what it holds is not looked at."""
    defaults = _registry().defaults
    return any(name in defaults for name in type_names(value))


def codecs() -> tuple[Codec, ...]:
    """All codecs, in their files' order."""
    return _registry().codecs


@dataclass(frozen=True, slots=True)
class Registry:
    """Codecs by media type, and the default of each Python type.  Two claimants are an error, never a guess."""

    codecs: tuple[Codec, ...]
    by_media_type: Mapping[str, Codec]
    defaults: Mapping[str, Chooser]

    @classmethod
    def of(cls, found: Sequence[Codec]) -> Registry:
        """The registry of these codecs; TypeError where two claim the same."""
        by_media_type: dict[str, Codec] = {}
        defaults: dict[str, Chooser] = {}
        for codec in found:
            for media_type in codec.media_types:
                if other := by_media_type.get(media_type):
                    raise TypeError(f"{media_type} is claimed twice, by {other} and {codec}")
                by_media_type[media_type] = codec
            for name, chooser in codec.defaults.items():
                if name in defaults:
                    raise TypeError(f"{name} has two defaults, the second is {codec}")
                defaults[name] = chooser
        return cls(tuple(found), MappingProxyType(by_media_type), MappingProxyType(defaults))


@cache
def _registry() -> Registry:
    modules = (import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__))
    return Registry.of([module.CODEC for module in modules if hasattr(module, "CODEC")])


def _find(media: MediaType) -> Codec | None:
    """The codec of a media type; ``…+json`` (RFC 6839) is JSON, an unknown ``text/…`` is text (RFC 2046 §4.1.4).

    An unknown ``audio/…`` is sound: Hugging Face has names of its own.
    """
    known = _registry().by_media_type
    codec = known.get(media.type)
    if codec is None and media.type.endswith("+json"):
        return known["application/json"]
    if codec is None and media.type.startswith("text/"):
        return known["text/plain"]
    if codec is None and media.type.startswith("audio/"):
        return known["audio/wav"]
    return codec


def _encoder(value: object, media: MediaType) -> Encoder:
    if any(name in _BYTES for name in type_names(value)):
        return _as_they_are
    codec = _find(media)
    if codec is None and isinstance(value, str):
        codec = _registry().by_media_type["text/plain"]
    if codec is None:
        raise CodecError(
            f"Nothing here writes {media.type}, so {a_kind(value)} can't be sent as it.",
            hint=f"Bytes and text can. What others are written as: {', '.join(mediatypes.BY_SHORT)}.",
        )
    for name in type_names(value):
        if encoder := codec.encoders.get(name):
            return encoder
    raise _cannot(value, media.type)


def _as_they_are(value: Any, asked: Asked) -> Payload:
    if asked.header is not None or asked.orient is not None:
        option = "header" if asked.header is not None else "orient"
        raise UsageError(f"{option} lays out a table; bytes are sent as they are.", hint="Leave it out.")
    payload = labelled(asked.payload(bytes(value)))
    note = check(payload)
    return replace(payload, facts=Facts(notes=(note,))) if note else payload


def _default(value: object) -> str:
    for name in type_names(value):
        if chooser := _registry().defaults.get(name):
            return chooser(value)
    raise _cannot(value)


def _cannot(value: object, media_type: str | None = None) -> CodecError:
    """What can't be sent is an error that lists what can."""
    names = set(type_names(value))
    if foreign.LAZY in names:
        return foreign.no_rows()
    if names & {"pathlib.PurePath", "pathlib.Path"}:
        return CodecError("A path is not read here.", hint="--file PATH sends a file's own bytes.")
    if callable(getattr(value, "read", None)):
        return CodecError(
            f"A file object ({kind(value)}) can't be sent.", hint="Send its `.read()`, or --file PATH"
        )
    if media_type is None:
        return CodecError(
            f"{upper(a_kind(value))} can't be sent.",
            hint="What can: DataFrame, Series, array, PIL image, dict, list, number, bool, None, str, bytes, "
            "dataclass, datetime, Decimal.",
        )
    if media_type.startswith("image/") and names & {"builtins.list", "builtins.tuple"}:
        return CodecError(
            f"{upper(a_kind(value))} can't be sent as {media_type}.",
            hint="An array can: `np.array(…, dtype='uint8')`",
        )
    fitting = [
        t
        for t, codec in _registry().by_media_type.items()
        if names & set(codec.encoders) - {"builtins.object"}
    ]
    return CodecError(
        f"{upper(a_kind(value))} can't be sent as {media_type}.",
        hint=f"It can as {', '.join(dict.fromkeys(fitting))}." if fitting else None,
    )


def _full_name(content_type: str) -> str:
    full = mediatypes.resolve(content_type)
    if mediatypes.is_media_type(full):
        return full
    raise UsageError(
        f"{content_type!r} is no content type.",
        hint=did_you_mean(full, mediatypes.BY_SHORT) or f"For instance: {', '.join(mediatypes.BY_SHORT)}.",
    )


def _check_options(asked: Asked) -> None:
    if asked.header is not None and asked.media.type != "text/csv":
        raise UsageError(f"header is for text/csv; this is sent as {asked.media.type}.", hint="-t csv")
    if asked.orient is None:
        return
    if asked.orient not in ORIENTS:
        raise UsageError(f"There is no orient {asked.orient!r}.", hint=f"One of {', '.join(ORIENTS)}.")
    codec = _find(asked.media)
    if codec is None or not _ORIENTED.intersection(codec.media_types):
        raise UsageError(f"orient is for JSON; this is sent as {asked.media.type}.", hint="-t json")
