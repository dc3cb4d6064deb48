"""A picture in a page: its bytes as they came when they are few, downscaled for display when they are not."""

from __future__ import annotations

import warnings
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from ..mediatypes import sniff
from ..settings import Settings
from .markup import Markup, tag

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE: Final = 1_024
"""The longer side of a downscaled picture, in pixels."""
KEEP: Final = "To keep it: --save PATH, or .save(path)."
# What every browser shows in an <img>.
_SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")  # PIL's others run programs, or never come
_SMALL: Final = 96  # A picture whose sides are shorter is enlarged by whole steps.
_WIDE: Final = frozenset({"I", "F", "I;16", "I;16B", "I;16L"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """Bytes a browser shows, and the size and mode of the picture that they show."""

    body: bytes
    media_type: str
    width: int
    height: int
    mode: str
    note: str = ""

    @property
    def pixels(self) -> str:
        """``640 × 480 pixels``."""
        return f"{self.width} × {self.height} pixels"


def is_image(value: object) -> bool:
    """Whether *value* is a PIL image; PIL is not imported to know."""
    return any(of.__module__ == "PIL.Image" and of.__name__ == "Image" for of in type(value).__mro__)


def image_type(body: bytes) -> str | None:
    """The type of the picture that *body* is, by its first bytes; None if it is none."""
    kind = sniff(body)
    return kind if kind is not None and kind.startswith("image/") else None


@contextmanager
def reading() -> Iterator[None]:
    """Bytes from elsewhere break PIL in every way; each is a ValueError here, and nothing is warned of."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as exc:
        unknown = type(exc).__name__ == "UnidentifiedImageError"  # its message holds the address of an object
        raise ValueError("its bytes are no picture" if unknown else str(exc) or type(exc).__name__) from exc


def opened(body: bytes, most: int | None = None) -> Image:
    """The picture in *body*, of which the header is read and no pixel.

    ValueError if it is none, or would take more than *most* bytes.
    """
    from PIL import Image

    with reading():
        image = Image.open(BytesIO(body), formats=_FORMATS)
    if most is not None:
        _check(image, most)
    return image


def loaded(body: bytes, most: int) -> Image:
    """The picture in *body*, decoded; ValueError if it is none, is broken, or would take more than *most* bytes."""
    image = opened(body, most)
    with reading():
        image.load()
    return image


def upright(image: Image) -> Image:
    """*image* as EXIF says that it was held, as browsers and most models' readers turn it."""
    from PIL import ImageOps

    with reading():
        turned = ImageOps.exif_transpose(image)
    assert turned is not None  # noqa: S101 - it is None where an image is turned in place
    return turned


def embed(
    picture: bytes | Image, settings: Settings, *, most: int | None = None, side: int = SIDE
) -> Embedded:
    """*picture* as it came if its pixels and bytes are few enough, *most* at most; else with sides up to *side*.

    What is embedded as it came is not decoded.  ValueError if it is no picture, or too large to decode.
    """
    most = settings.max_image_bytes if most is None else min(most, settings.max_image_bytes)
    if isinstance(picture, bytes):
        image, kind = opened(picture), image_type(picture)
        few = image.width * image.height <= settings.max_image_pixels and len(picture) <= most
        if kind is not None and kind in _SHOWN and few:
            width, height = image.size
            return Embedded(body=picture, media_type=kind, width=width, height=height, mode=image.mode)
    else:
        image = picture.copy()  # what follows changes it, and it is the user's
    _check(image, settings.max_decoded_bytes)
    with reading():
        return _smaller(image, most, side)


def img(picture: Embedded, alt: str, *, width: int | None = None) -> Markup:
    """The ``<img>``, at most *width* wide if that is given; a tiny picture is enlarged by whole steps."""
    steps = (width or _SMALL) // max(picture.width, picture.height, 1)
    shown = picture.width * steps if steps > 1 else None
    if width is not None and picture.width > width:
        shown = width
    look = "sm-magic-pixels" if steps > 1 else "sm-magic-picture"
    return sourced(tag("img", alt=alt, width=shown, class_=look), picture.media_type, picture.body)


def sourced(element: Markup, media_type: str, body: bytes) -> Markup:
    """*element* with *body* as its ``src``; *media_type* is one of ours, not the answer's word.

    PERF: base64 needs no escaping, and to look for what does takes as long as to make it.
    """
    end = min(at for at in (element.find(" "), element.find(">")) if at > 0)
    data = b64encode(body).decode("ascii")
    return Markup(f'{element[:end]} src="data:{media_type};base64,{data}"{element[end:]}')


def saved(image: Image, kind: str) -> bytes:
    """*image* as the bytes of a PNG or JPEG."""
    file = BytesIO()
    image.save(file, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return file.getvalue()


def for_display(image: Image, side: int = SIDE, *, turned: bool = True) -> Image:
    """*image* in 8 bits a channel, its longer side *side* pixels at most, upright if it is to be turned."""
    from PIL.Image import Resampling

    image.draft("RGB", (side, side))  # JPEG: decodes at a fraction of the size
    made = upright(image) if turned else image
    if made.mode in _WIDE:
        made = _eight_bits(made)
    elif made.mode not in ("L", "RGB", "RGBA"):
        made = made.convert("RGBA" if _is_transparent(made) else "RGB")
    made.thumbnail((side, side), Resampling.LANCZOS)
    return made


def _smaller(image: Image, most: int, side: int) -> Embedded:
    width, height, mode, photo = image.width, image.height, image.mode, image.format == "JPEG"
    made = for_display(image, side)
    kind, body = "image/png", b"" if photo else saved(made, "PNG")
    if photo or len(body) > most:
        kind, body = "image/jpeg", saved(made.convert("RGB"), "JPEG")
    note = f"shown as {made.width} × {made.height}" if max(width, height) > side else ""
    return Embedded(body=body, media_type=kind, width=width, height=height, mode=mode, note=note)


def _is_transparent(image: Image) -> bool:
    """Whether some pixels may be seen through.  Pillow 10.0 has no `has_transparency_data`."""
    return image.mode in ("LA", "La", "PA", "RGBa") or "transparency" in image.info


def _eight_bits(image: Image) -> Image:
    """Grey levels of 16 or 32 bits, stretched between the darkest and the brightest."""
    deep = image.convert("F")
    low, high = deep.getextrema()
    assert isinstance(low, float) and isinstance(high, float)  # noqa: S101 - mode F has one band
    scale = 255 / (high - low) if high > low else 0.0
    return deep.point(lambda value: value * scale + -low * scale).convert("L")


def _check(image: Image, most: int) -> None:
    if image.width * image.height * 4 > most:
        raise ValueError(f"{image.width} × {image.height} pixels are too many")
