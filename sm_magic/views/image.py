"""A picture: as it came when it is small enough, downscaled for display when it is not."""

from __future__ import annotations

import warnings
from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from ..mediatypes import sniff
from ..settings import Settings
from .base import Answer, Shown, View
from .markup import Markup, join, tag
from .quantities import size

if TYPE_CHECKING:
    from PIL.Image import Image

# What every browser shows in an <img>.
_SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
_SIDE: Final = 1_024  # The longer side of a downscaled picture, in pixels.
_SMALL: Final = 96  # A picture whose sides are shorter is enlarged by whole steps.
_KEEP: Final = "To keep it: --save PATH, or .save(path)."
_WIDE: Final = frozenset({"I", "F", "I;16", "I;16B", "I;16L"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """Bytes a browser shows, and what they show."""

    body: bytes
    media_type: str
    width: int
    height: int
    mode: str
    note: str = ""


def claims(answer: Answer) -> bool:
    """Whether the value is a PIL image, or bytes that are one."""
    value = answer.value
    return _is_pil(value) or (isinstance(value, bytes) and (sniff(value) or "").startswith("image/"))


def show(answer: Answer, settings: Settings) -> Shown:
    """The picture, its type, size and mode."""
    body, kind = _body(answer)
    if body is None and not _is_pil(answer.value):
        raise ValueError("there is no image in this answer")
    try:
        picture = _picture(answer.value, body, kind, settings)
    except (OSError, ValueError, SyntaxError, ArithmeticError, _bomb()) as exc:
        words = f"This {kind or 'image'} can't be shown: {str(exc) or type(exc).__name__}. {_KEEP}"
        return Shown(html=tag("p", words), text=words)
    pixels = f"{picture.width} × {picture.height} pixels"
    length = size(len(body)) if body is not None else ""
    about = " · ".join(part for part in (kind or "image", pixels, picture.mode, length, picture.note) if part)
    return Shown(html=_figure(picture, pixels, about), text=f"{about}\n{_KEEP}")


def _is_pil(value: object) -> bool:
    return any(of.__module__ == "PIL.Image" and of.__name__ == "Image" for of in type(value).__mro__)


def _body(answer: Answer) -> tuple[bytes | None, str | None]:
    """The bytes of the picture and their type, if the value is what was received."""
    body = answer.value if isinstance(answer.value, bytes) else answer.payload.body
    kind = sniff(body)
    return (body, kind) if kind is not None and kind.startswith("image/") else (None, None)


def _picture(value: object, body: bytes | None, kind: str | None, settings: Settings) -> _Picture:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of large images: what is decoded is bounded below
        image = _open(value, body)
        width, height, mode = image.width, image.height, image.mode
        small = width * height <= settings.max_image_pixels
        if body is not None and kind in _SHOWN and small and len(body) <= settings.max_image_bytes:
            return _Picture(body=body, media_type=kind, width=width, height=height, mode=mode)
        if width * height * 4 > settings.max_decoded_bytes:
            raise ValueError(f"{width} × {height} pixels are too many")
        return _smaller(image, settings)


def _open(value: object, body: bytes | None) -> Image:
    """The picture anew from its bytes: what follows changes it, and `.value` is the user's."""
    from PIL import Image

    if body is not None:
        return Image.open(BytesIO(body))
    assert isinstance(value, Image.Image)  # noqa: S101 - for the type checker
    return value.copy()


def _smaller(image: Image, settings: Settings) -> _Picture:
    from PIL import Image, ImageOps

    width, height, mode = image.width, image.height, image.mode
    image.draft("RGB", (_SIDE, _SIDE))  # JPEG: decodes at a fraction of the size
    turned = ImageOps.exif_transpose(image)
    if turned.mode in _WIDE:
        turned = _eight_bits(turned)
    elif turned.mode not in ("L", "RGB", "RGBA"):
        turned = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    turned.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    kind, made = "image/png", _saved(turned, "PNG")
    if len(made) > settings.max_image_bytes:
        kind, made = "image/jpeg", _saved(turned.convert("RGB"), "JPEG")
    note = f"shown as {turned.width} × {turned.height}" if max(width, height) > _SIDE else ""
    return _Picture(body=made, media_type=kind, width=width, height=height, mode=mode, note=note)


def _eight_bits(image: Image) -> Image:
    """Grey levels of 16 or 32 bits, stretched between the darkest and the brightest."""
    deep = image.convert("F")
    low, high = deep.getextrema()
    assert isinstance(low, float) and isinstance(high, float)  # noqa: S101 - mode F has one band
    scale = 255 / (high - low) if high > low else 0.0
    return deep.point(lambda value: value * scale + -low * scale).convert("L")


def _saved(image: Image, kind: str) -> bytes:
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


def _figure(picture: _Picture, pixels: str, about: str) -> Markup:
    steps = _SMALL // max(picture.width, picture.height, 1)
    name = picture.media_type.removeprefix("image/").upper()
    image = tag(
        "img",
        src=f"data:{picture.media_type};base64,{b64encode(picture.body).decode('ascii')}",
        alt=f"{name} image of {pixels}",
        width=picture.width * steps if steps > 1 else None,
        class_="sm-magic-pixels" if steps > 1 else "sm-magic-picture",
    )
    return join(tag("figure", image, tag("figcaption", about), class_="sm-magic-figure"))


def _bomb() -> type[Exception]:
    from PIL.Image import DecompressionBombError

    return DecompressionBombError


def images(answer: Answer) -> list[Image]:
    """The picture; none where its type is not decoded."""
    value: Any = answer.value
    return [value] if _is_pil(value) else []


VIEW = View(name="image", rank=10, claims=claims, show=show, images=images)
