"""image/*: PIL images and arrays of pixels → bytes; bytes → PIL images, their format kept.

An image that came whole is opened and no more, as `PIL.Image.open` does it: its pixels are decoded when they are used.
An image that was opened from a file is written again in its format: a JPEG at quality 95 without chroma
subsampling, its EXIF and colour profile kept.  ``--file`` sends a file's own bytes.
"""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..messages import Payload
from ..spelling import ended
from ..spelling import told as told_of
from .base import Asked, Codec, Told, size, too_large_to_decode
from .image_modes import carried, fit, upright
from .pixels import image_of

if TYPE_CHECKING:
    from PIL import Image

CODEC = Codec(
    "image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/tiff", "application/x-image"
)
_FORMATS = {media_type: media_type.removeprefix("image/").upper() for media_type in CODEC.media_types[:-1]}
"""PIL's name of each type.  ``application/x-image`` says no more than that it is one."""
_READ = tuple(_FORMATS.values())
"""An MPO is read as the JPEG that it also is; PIL's other readers (EPS runs Ghostscript) are never tried."""
_SAVE: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True, "exact": True},
}

_ENDS: dict[str, tuple[bytes, ...]] = {"JPEG": (b"\xff\xd9",), "GIF": (b"\x00;",)}


def default(image: Image.Image) -> str:
    """The type of the format that the image was opened from, else PNG, which loses nothing."""
    opened_from = "JPEG" if image.format == "MPO" else image.format
    return next((media_type for media_type, name in _FORMATS.items() if name == opened_from), "image/png")


@CODEC.encodes("PIL.Image", default=default)
def write(image: Image.Image, asked: Asked) -> Payload:
    """The image in the format asked for."""
    name = _FORMATS.get(asked.media.type) or _FORMATS[default(image)]
    notes: list[str] = []
    if 0 in image.size:
        raise CodecError(f"An image of {image.width} × {image.height} has no pixels.")
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        notes.append(f"One of the image's {frames} frames was sent; --file sends them all.")
    out = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of palettes that are transparent in parts
            ready = fit(upright(image, name, notes), name, notes)
            ready.save(out, format=name, **_SAVE.get(name, {}), **carried(image, ready, name))
    except (OSError, ValueError, TypeError, KeyError, SystemError) as exc:
        raise CodecError(
            f"The image (mode {image.mode}, {image.width} × {image.height}) can't be {name}: {ended(exc)}",
            hint="-t png" if name != "PNG" else None,
        ) from exc
    if name == "JPEG":
        notes.insert(0, "The image was re-encoded as JPEG, quality 95; --file sends a file's own bytes.")
    return asked.payload(out.getvalue(), notes=tuple(notes))


@CODEC.encodes("numpy.ndarray", "__array__")
def _array(array: Any, asked: Asked) -> Payload:
    return write(image_of(array), asked)


@CODEC.encodes("matplotlib.Figure", "matplotlib.Axes", default=lambda _: "image/png")
def _figure(drawn: Any, asked: Asked) -> Payload:
    """The figure as `savefig` writes it, whatever is on the screen; it stays open, and as it was."""
    out = io.BytesIO()
    try:
        drawn.figure.figure.savefig(out, format="png", backend="agg")  # of axes, of a subfigure, or its own
    except Exception as exc:
        raise CodecError(f"The figure can't be drawn: {told_of(exc)}") from exc
    if asked.media.type == "image/png":
        return asked.payload(out.getvalue())
    from PIL import Image

    with Image.open(io.BytesIO(out.getvalue()), formats=["PNG"]) as image:
        return write(image, asked)


@CODEC.decodes
def _decode(body: bytes, told: Told) -> Image.Image:
    """The image, whatever of the seven formats it is in: containers mislabel them."""
    from PIL import Image, UnidentifiedImageError

    if not body:
        raise CodecError(f"The {told.media.type} answer is empty.")
    _check_size(*_webp_size(body), told)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PIL's own bomb warning: ours is the limit
            image = Image.open(io.BytesIO(body), formats=_READ)
            _check_size(*image.size, told)
            _check_size(*_tile_size(image), told)
            if not _is_whole(body, image.format or ""):
                image.load()  # It raises what is wrong, or all is well.
    except CodecError:
        raise
    except UnidentifiedImageError as exc:
        raise CodecError(
            f"The {told.media.type} answer is no image: {size(len(body))} that begin with {body[:8]!r}.",
            hint="The bytes are kept in `.body`.",
        ) from exc
    except Image.DecompressionBombError as exc:
        raise CodecError(
            f"The image has more pixels than Pillow unpacks: {ended(exc)}",
            hint="The answer's bytes are kept: `.body` and `.save(path)` work.",
        ) from exc
    except Exception as exc:
        raise CodecError(
            f"The {told.media.type} answer can't be read as an image: {ended(f'{type(exc).__name__}: {exc!s:.200}')}",
            hint="The bytes are kept in `.body`.",
        ) from exc
    return image


def _is_whole(body: bytes, name: str) -> bool:
    """Whether nothing is missing from an image of that format, as far as can be told without its pixels.

    A PNG's checksums are true (PNG §5.3), a JPEG has its end (ITU-T T.81 §B.1.1.3: EOI), as has a GIF (GIF89a §27), and
    a WebP its length (RFC 9649 §2.4).
    """
    if name == "PNG":
        return _is_png_whole(body)
    if name == "WEBP":
        return int.from_bytes(body[4:8], "little") + 8 <= len(body)
    return body.endswith(_ENDS.get(name, ()))


def _is_png_whole(body: bytes) -> bool:
    from PIL import Image

    try:
        Image.open(io.BytesIO(body), formats=["PNG"]).verify()
    except Exception:  # noqa: BLE001 - whatever it is, decoding tells it better
        return False
    return True


def _check_size(width: int, height: int, told: Told) -> None:
    needed = width * height * 4
    if needed > told.max_bytes:
        raise too_large_to_decode(f"The image ({width:,} × {height:,} pixels)", needed, told.max_bytes)


def _tile_size(image: Image.Image) -> tuple[int, int]:
    """A TIFF's tile, which is unpacked whole, however small the image is (TIFF 6.0 §15: TileWidth, TileLength)."""
    tags = getattr(image, "tag_v2", {})
    width, length = tags.get(322), tags.get(323)
    return (width, length) if isinstance(width, int) and isinstance(length, int) else (0, 0)


def _webp_size(body: bytes) -> tuple[int, int]:
    """A WebP's canvas from its header, for PIL makes room for it on opening.  Source: RFC 9649 §2.5–2.7."""
    if body[:4] != b"RIFF" or body[8:12] != b"WEBP" or len(body) < 30:
        return 0, 0
    if body[12:16] == b"VP8X":
        return int.from_bytes(body[24:27], "little") + 1, int.from_bytes(body[27:30], "little") + 1
    if body[12:16] == b"VP8L":
        bits = int.from_bytes(body[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(body[26:28], "little") & 0x3FFF, int.from_bytes(body[28:30], "little") & 0x3FFF
