"""multipart/form-data: a mapping of fields → parts; an answer's parts → a dict.

Text, numbers, bools and dates are plain fields.  Bytes, images, audio, arrays and tables are files, each with a file
name (without one a server takes it for text) and the type it has by itself; so is ``(filename, bytes[, type])``, as
requests and httpx write a file.  A dict is JSON.  A list is its field repeated, once for each item.
Sources: RFC 7578; urllib3 writes the parts.
"""

from __future__ import annotations

import enum
import itertools
import numbers
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from .. import mediatypes
from ..errors import CodecError
from ..mediatypes import MediaType
from ..messages import Facts, Payload
from ..multipart import Part, boundary_of, split
from ..spelling import ended
from .base import Asked, Codec, Told, is_a, size, to_text, too_large_to_decode

if TYPE_CHECKING:
    from urllib3.fields import RequestField

CODEC = Codec("multipart/form-data")
_JSON: Final = "application/json"
_TEXTS: Final = ("datetime.date", "datetime.time", "uuid.UUID")
_BOUNDARY: Final = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_SUFFIXES: Final = {known.type: known.suffixes[0] for known in mediatypes.KNOWN if known.suffixes}

_Data = str | tuple[str | None, bytes, str]
"""What urllib3 takes: a text; or a filename or None, bytes, and their content type."""


@CODEC.encodes("builtins.dict", "Mapping")
def _form(fields: Mapping[Any, Any], asked: Asked) -> Payload:
    """The parts in the fields' order, between boundaries that stand in none of them."""
    from urllib3.filepost import encode_multipart_formdata

    notes: list[str] = []
    parts = [(_name(name), part) for name, value in fields.items() for part in _parts(name, value, notes)]
    if not parts:
        raise CodecError("The form has no fields.", hint="{'file': …, 'name': 'value'}")
    needed = sum(len(part) if isinstance(part, str) else len(part[1]) for _, part in parts)
    if asked.max_bytes is not None and needed > asked.max_bytes:
        raise CodecError(
            f"The form's parts are {size(needed)}; the limit is {size(asked.max_bytes)}.",
            hint="Send less at once, or --no-limit to send it all the same.",
        )
    boundary = _boundary(parts, asked.media)
    body, _ = encode_multipart_formdata([_field(name, part) for name, part in parts], boundary)
    return Payload(
        body=body, content_type=_labelled(asked.content_type, boundary), facts=Facts(notes=tuple(notes))
    )


def _field(name: str, part: _Data) -> RequestField:
    from urllib3.fields import RequestField

    filename, data, content_type = (None, part, None) if isinstance(part, str) else part
    field = RequestField(name, data, filename=filename)
    field.make_multipart(content_type=content_type)
    return field


def _name(name: Any) -> str:
    if isinstance(name, str) and name and name.isprintable():
        return str(name)
    raise CodecError(f"A form's field can't be called {name!r:.60}.", hint="{'file': …, 'name': 'value'}")


def _parts(name: Any, value: Any, notes: list[str]) -> Iterator[_Data]:
    """What a field's value is sent as: one part, or of a list one an item."""
    if not isinstance(value, list | tuple) or _is_file(value):
        yield _part(name, value, notes)
        return
    if not value:
        raise CodecError(
            f"The field {name!r} is an empty list: nothing of it would be sent.", hint="Leave it out."
        )
    for item in value:
        yield _part(name, item, notes)


def _is_file(value: Any) -> bool:
    """Whether it is ``(filename, bytes[, type])``."""
    if not isinstance(value, tuple) or len(value) not in (2, 3):
        return False
    filename, data, *rest = value
    return (
        isinstance(filename, str)
        and isinstance(data, bytes | bytearray | memoryview)
        and all(isinstance(t, str) for t in rest)
    )


def _part(name: str, value: Any, notes: list[str]) -> _Data:
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool) or is_a(value, "numpy.bool") or is_a(value, "numpy.bool_"):
        return "true" if value else "false"
    if isinstance(value, numbers.Number):
        return str(value)
    if any(is_a(value, text) for text in _TEXTS) and value == value:  # NaT is unlike itself
        return value.isoformat() if hasattr(value, "isoformat") else str(value)
    if value is None:
        raise CodecError(f"The field {name!r} is None, which no form has.", hint="Leave it out, or send ''.")
    if _is_file(value):
        filename, data, *said = value
        return filename, bytes(data), said[0] if said else mediatypes.type_of(filename, bytes(data))
    return _encoded(name, value, notes)


def _encoded(name: str, value: Any, notes: list[str]) -> _Data:
    """A value as what it is sent as by itself: JSON without a filename, all else as a file."""
    from . import encode

    try:
        made = encode(value, _JSON) if isinstance(value, dict | list | tuple) else encode(value)
    except CodecError as exc:
        raise CodecError(f"The field {name!r}: {exc.message}", hint=exc.hint) from exc
    notes.extend(made.facts.notes)
    if made.content_type == _JSON:
        return None, made.body, _JSON
    suffix = _SUFFIXES.get(mediatypes.parse(made.content_type).type, "")
    return re.sub(r"[^\w.-]", "_", name) + suffix, made.body, made.content_type


def _boundary(parts: list[tuple[str, _Data]], media: MediaType) -> str:
    """The boundary asked for, or the first of ours that stands in no part: the same for the same parts."""
    pieces = [piece for _, part in parts for piece in ([part] if isinstance(part, str) else part) if piece]
    texts = "\n".join([*(name for name, _ in parts), *(piece for piece in pieces if isinstance(piece, str))])
    blobs = [piece for piece in pieces if isinstance(piece, bytes)]

    def stands(boundary: str) -> bool:
        return boundary in texts or any(boundary.encode() in blob for blob in blobs)

    asked = media.parameters.get("boundary")
    if asked is None:
        return next(own for n in itertools.count() if not stands(own := f"sm-magic-part-{n}"))
    if _BOUNDARY.fullmatch(asked) and not stands(asked):
        return asked
    raise CodecError(f"{asked!r:.80} can't be the boundary of these parts.", hint="-t form finds one.")


def _labelled(content_type: str, boundary: str) -> str:
    """*content_type* with the boundary as its parameter."""
    if "boundary" in mediatypes.parse(content_type).parameters:
        return content_type
    return f"{content_type.rstrip('; ')}; boundary={boundary}"


@CODEC.labels
def _label(body: bytes, content_type: str, media: MediaType) -> str:
    """Bytes that are ready, under a content type with their boundary."""
    if "boundary" in media.parameters:
        return content_type
    boundary = boundary_of(body)
    if boundary is None:
        raise CodecError(
            "The bytes are no multipart body: they begin with no boundary.",
            hint="--form file=@PATH sends a file as a form's part.",
        )
    return _labelled(content_type, boundary if re.fullmatch(r"[\w.+-]+", boundary) else f'"{boundary}"')


@CODEC.decodes
def _decode(body: bytes, told: Told) -> dict[str, Any]:
    """The fields by name, each read by its own content type; a name that comes again has a list."""
    boundary = told.media.parameters.get("boundary") or boundary_of(body)
    try:
        parts = split(body, boundary or "")
    except ValueError as exc:
        raise CodecError(
            f"The answer says it is {told.media.type} and is not: {ended(exc)}",
            hint="The bytes are kept in `.body`.",
        ) from exc
    found: dict[str, list[Any]] = {}
    room = told.max_bytes
    for part in parts:
        room -= 2 * len(part.body) + 500
        if room < 0:
            raise too_large_to_decode("The form", told.max_bytes - room, told.max_bytes)
        found.setdefault(part.name, []).append(_value(part, room))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def _value(part: Part, room: int) -> Any:
    """A part's value: by its type, without one text; a file without one, and a form in a form, are bytes."""
    from . import decode

    if part.content_type is None:
        return part.body if part.filename is not None else to_text(part.body, MediaType("text/plain"))
    if mediatypes.parse(part.content_type).type.startswith("multipart/"):
        return part.body
    try:
        return decode(Payload(body=part.body, content_type=part.content_type), max_bytes=room)
    except CodecError as exc:
        raise CodecError(f"The field {part.name!r:.80}: {exc.message}", hint=exc.hint) from exc
