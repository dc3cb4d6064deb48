"""PIL's modes → the modes that a format holds; and what else of an image a format can carry.

What is lost on the way is said in a note; an image of more than 8 bits a pixel is never squeezed into 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import CodecError
from ..spelling import article

if TYPE_CHECKING:
    from PIL import Image

_MODES = {
    "PNG": {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"},
    "JPEG": {"L", "RGB", "CMYK"},
    "WEBP": {"RGB", "RGBA"},
    "GIF": {"1", "L", "P"},
    "BMP": {"1", "L", "P", "RGB"},
    "TIFF": {"1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB", "YCbCr", "I", "I;16", "F"},
}
"""The modes that a format holds as they are."""
_TRANSPARENT = {"LA", "La", "PA", "RGBA", "RGBa"}
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}
_DEEP = {"I", "I;16", "I;16B", "I;16L", "I;16N", "F"}
_GREY = {"1", "L", "LA", "La"}
_COLOURS = {"CMYK": "CMYK", "LAB": "LAB", **dict.fromkeys(_GREY | _DEEP, "grey")}
"""What a colour profile is about; where nothing is said, RGB."""
_ORIENTATION = 0x0112  # the EXIF tag: 1 upright, 2 to 8 turned or mirrored
_WITH_EXIF = {"JPEG", "PNG", "WEBP", "TIFF"}


def fit(image: Image.Image, name: str, notes: list[str]) -> Image.Image:
    """The image in a mode that the format called *name* holds; CodecError where that would lose depth."""
    if image.mode in _DEEP:
        return _deep(image, name)
    inside = _has_transparent_colour(image) and name not in ("PNG", "GIF")
    if image.mode in _MODES[name] and not inside:
        return image
    if name == "GIF":
        notes.append("GIF has 256 colours; the image's were reduced.")
    transparent = inside or image.mode in _TRANSPARENT or "transparency" in image.info
    image = image.convert(_PREMULTIPLIED.get(image.mode, image.mode))
    if transparent and name in ("PNG", "WEBP", "TIFF", "GIF"):
        return image if image.mode in _MODES[name] and not inside else image.convert("RGBA")
    if transparent:
        notes.append(f"{name} has no transparency; the image's is lost.")
    return image.convert("L" if image.mode in _GREY and "L" in _MODES[name] else "RGB")


def _has_transparent_colour(image: Image.Image) -> bool:
    """Whether one of its colours, or of its palette's, is transparent, as PNG and GIF have it."""
    palette = getattr(image, "palette", None) if image.mode == "P" else None
    return "transparency" in image.info or getattr(palette, "mode", "RGB") == "RGBA"


def _deep(image: Image.Image, name: str) -> Image.Image:
    """An image of more than 8 bits: 16 go into PNG, all into TIFF."""
    if image.mode in _MODES[name]:
        return image
    if image.mode.startswith("I;16"):
        fits = True
    else:
        low, high = image.getextrema()
        fits = image.mode == "I" and low >= 0 and high <= 0xFFFF  # type: ignore[operator]
    if name == "PNG" and fits:
        return image.convert("I").convert("I;16")  # I;16B straight to I;16 is cut to 8 bits
    if name == "TIFF":
        return image.convert("I").convert("I;16")
    kind = "floats" if image.mode == "F" else "integers of 16 bits" if fits else "integers of 32 bits"
    raise CodecError(
        f"{article(image.mode).capitalize()} {image.mode} image holds {kind} a pixel, which {name} has no place for.",
        hint="-t png" if fits else "-t tiff",
    )


def upright(image: Image.Image, name: str, notes: list[str]) -> Image.Image:
    """The image, its pixels turned as its EXIF says where the format has no EXIF to say it."""
    if name in _WITH_EXIF or not 2 <= orientation(image) <= 8:
        return image
    from PIL import ImageOps

    notes.append(f"{name} has no EXIF; the image's pixels were turned as its EXIF says.")
    return ImageOps.exif_transpose(image)


def orientation(image: Image.Image) -> int:
    """How the image is to be turned for people, 1 to 8; 1 where it does not say, or says it unreadably."""
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - EXIF comes with the image, and any parser of it may fail
        return 1
    return found if isinstance(found, int) else 1


def carried(image: Image.Image, ready: Image.Image, name: str) -> dict[str, Any]:
    """The options of PIL's `save` that keep EXIF and colour profile; a profile of other colours is left out."""
    if name not in _WITH_EXIF:
        return {}
    profile = image.info.get("icc_profile")
    if _COLOURS.get(image.mode, "RGB") != _COLOURS.get(ready.mode, "RGB"):
        profile = None
    options: dict[str, Any] = {
        "icc_profile": profile
    }  # None, for PIL takes the image's own where it is not said
    if _is_exif(exif := image.info.get("exif")):
        options["exif"] = exif
    elif 2 <= (turned := orientation(image)) <= 8:  # TIFF's tags and XMP say it elsewhere
        from PIL import Image

        options["exif"] = Image.Exif()
        options["exif"][_ORIENTATION] = turned
    return options


def _is_exif(exif: Any) -> bool:
    """Whether it is EXIF that can be read; PIL fails on writing other into a TIFF."""
    from PIL import Image

    try:
        Image.Exif().load(exif)
    except Exception:  # noqa: BLE001 - as above
        return False
    return bool(exif)
