"""The picture that was sent, found in the body of the request: the body itself, or base64 in JSON."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from ..messages import Payload
from ..settings import Settings
from .embedded import SIDE, for_display, image_type, opened, reading

if TYPE_CHECKING:
    from PIL.Image import Image

_ORIENTATION: Final = 0x0112  # EXIF 2.32, table 4
_SIDEWAYS: Final = frozenset({5, 6, 7, 8})
# A string of JSON that is base64 and begins as PNG, JPEG, GIF, RIFF (WebP), BMP or TIFF do.
_BASE64: Final = re.compile(
    rb'"(?:data:image/[\w.+-]{1,30};base64,)?'
    rb"((?:iVBORw0KGgo|/9j/|R0lGODdh|R0lGODlh|UklGR|Qk|SUkqA|TU0AK)[A-Za-z0-9+/]{32,}={0,2})\""
)


def picture_sent(payload: Payload | None) -> bytes | None:
    """The bytes of the one picture that was sent; None if there is none, or several.

    PERF: the JSON of a picture is megabytes: it is searched, not parsed.
    """
    if payload is None or not payload.body:
        return None
    if image_type(payload.body):
        return payload.body
    if payload.body.lstrip(b" \t\r\n")[:1] not in (b"{", b"[", b'"'):
        return None
    found = [body for body in islice(map(_picture, _BASE64.finditer(payload.body)), 8) if body]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture that was sent, in RGB, ready to be drawn upon.

    size: width and height in pixels of the picture that was sent, held as this one is.
    photo: whether it came as a JPEG, so that it may be written as one.
    """

    image: Image
    size: tuple[int, int]
    photo: bool


def canvas(
    body: bytes, settings: Settings, *, scaled: bool = True, of_size: Sequence[tuple[int, int]] = ()
) -> Canvas:
    """The picture in *body*: as large as it is, or scaled for display: down, or up by whole steps if it is small.

    It is upright, but for one whose pixels as they are stored have a size *of_size*, which is what the model saw.
    ValueError if it can't be read, or takes too many bytes.
    """
    from PIL.Image import Resampling

    stored = opened(body, settings.max_decoded_bytes)
    size, photo, turned = stored.size, stored.format == "JPEG", stored.size not in of_size
    with reading():
        if turned and is_sideways(stored):
            size = size[::-1]
        shown = for_display(stored, SIDE if scaled else max(size), turned=turned).convert("RGB")
    steps = SIDE // 2 // max(shown.size)
    if scaled and steps > 1:
        shown = shown.resize((shown.width * steps, shown.height * steps), Resampling.NEAREST)
    return Canvas(shown, size, photo)


def is_sideways(image: Image) -> bool:
    """Whether EXIF says that width and height change places when the picture is upright."""
    if image.format == "PNG" and "exif" not in image.info:
        return False  # PIL would decode the pixels to look behind them
    return image.getexif().get(_ORIENTATION, 1) in _SIDEWAYS


def _picture(found: re.Match[bytes]) -> bytes | None:
    try:
        body = b64decode(found[1], validate=True)
    except Error:
        return None
    return body if image_type(body) else None
