"""Every mode of PIL into every format: it works, or the hint says what does."""

from __future__ import annotations

import contextlib
import io
import warnings

import numpy as np
import pytest
from PIL import Image, ImageCms

from sm_magic import codecs
from sm_magic.errors import CodecError

TYPES = ["png", "jpeg", "webp", "gif", "bmp", "tiff", "image"]
EIGHT_BITS = [
    "1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "LAB", "HSV",
]  # fmt: skip
DEEP = ["I", "I;16", "I;16B", "I;16L", "I;16N", "F"]


def image_of(mode: str) -> Image.Image:
    """A light grey picture in that mode, half transparent where it can be; 700 a pixel where it is deep."""
    if mode in DEEP:
        return Image.new(mode, (5, 4), 700)
    grey = Image.new("L", (5, 4), 255 if mode == "1" else 200)
    if mode in ("La", "RGBa"):
        return grey.convert(mode.upper()).convert(mode)
    if mode == "LAB":
        return Image.new("LAB", (5, 4), (205, 128, 128))
    return grey.convert("RGB").convert(mode) if mode == "HSV" else grey.convert(mode)


def opened(body: bytes) -> Image.Image:
    """What Pillow reads."""
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("mode", EIGHT_BITS)
def test_every_mode_of_8_bits_goes_into_every_format(mode, name):
    """And looks the same there."""
    image = image_of(mode)
    grey = 255 if mode == "1" else 200
    back = opened(codecs.encode(image, name).body)
    assert back.size == (5, 4)
    back = back.convert("RGB")
    assert np.abs(np.asarray(back, "i4") - grey).max() <= 3


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("mode", DEEP)
def test_every_deep_mode_keeps_its_depth_or_the_hint_says_where_it_can(mode, name):
    """16 bits go as PNG and TIFF, floats as TIFF; nothing is squeezed into 8."""
    image = image_of(mode)
    try:
        body = codecs.encode(image, name).body
    except CodecError as exc:
        assert exc.hint.startswith("-t ")
        assert exc.hint.removeprefix("-t ") != name
        body = codecs.encode(image, exc.hint.removeprefix("-t ")).body
    assert np.asarray(opened(body)).max() == 700


@pytest.mark.parametrize(("low", "high"), [(-1, 5), (0, 70_000)])
def test_integers_of_32_bits_are_for_tiff(low, high):
    """Beyond 16 bits PNG has no place for them, and says where there is."""
    image = Image.fromarray(np.array([[low, high]], dtype="i4"))
    with pytest.raises(CodecError, match="32 bits") as caught:
        codecs.encode(image, "png")
    assert caught.value.hint == "-t tiff"
    assert np.asarray(opened(codecs.encode(image, "tiff").body)).tolist() == [[low, high]]


@pytest.mark.parametrize("mode", ["LA", "La", "PA", "RGBA", "RGBa", "L", "P", "RGB", "1"])
@pytest.mark.parametrize("name", TYPES)
def test_transparency_is_kept_or_its_loss_is_noted(mode, name):
    """By an alpha channel, or by a colour that is transparent."""
    image = image_of(mode)
    if mode in ("L", "P", "RGB", "1"):
        colour = image.getpixel((0, 0))
        image.info["transparency"] = colour
    else:
        image = Image.new("RGBA", (5, 4), (9, 9, 9, 0))
        image = image.convert("LA").convert(mode) if mode == "La" else image.convert(mode)
    payload = codecs.encode(image, name)
    alpha = np.asarray(opened(payload.body).convert("RGBA"))[..., 3]
    noted = any("transparency" in note for note in payload.facts.notes)
    assert noted is (name in ("jpeg", "bmp"))
    assert noted or alpha.max() == 0


def turned() -> Image.Image:
    """A JPEG whose EXIF says that it lies on its side: 8 × 4 pixels, for people 4 × 8."""
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    picture = Image.new("RGB", (8, 4))
    picture.paste((255, 255, 255), (0, 0, 4, 4))
    picture.save(out, format="JPEG", exif=exif, quality=95)
    return Image.open(io.BytesIO(out.getvalue()))


@pytest.mark.parametrize("name", TYPES)
def test_an_image_is_as_upright_as_it_was(name):
    """Where the format has EXIF it says so as before; else the pixels are turned, and that is noted."""
    payload = codecs.encode(turned(), name)
    back = Image.open(io.BytesIO(payload.body))
    orientation = back.getexif().get(0x0112, 1)
    if name in ("gif", "bmp"):
        assert any("turned" in note for note in payload.facts.notes)
        assert (back.size, orientation) == ((4, 8), 1)
        pixels = np.asarray(back.convert("L"))
        assert pixels[0].min() > 200
        assert pixels[-1].max() < 50
    else:
        assert orientation == 6
        assert not any("turned" in note for note in payload.facts.notes)


def test_a_colour_profile_goes_only_with_its_colours():
    """A CMYK profile in an RGB picture would be shown in wrong colours, or not at all."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for mode, name, kept in (
        ("RGB", "png", True),
        ("RGBA", "jpeg", True),
        ("CMYK", "png", False),
        ("L", "webp", False),
    ):
        image = Image.new(mode, (2, 2))
        image.info["icc_profile"] = profile
        assert ("icc_profile" in opened(codecs.encode(image, name).body).info) is kept


@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"\xff" * 40, b""], ids=repr)
@pytest.mark.parametrize("name", TYPES)
def test_unreadable_exif_is_no_obstacle(exif, name):
    """It is carried as it is, or left out."""
    image = Image.new("RGB", (4, 4))
    image.info["exif"] = exif
    assert opened(codecs.encode(image, name).body).size == (4, 4)


@pytest.mark.parametrize(
    ("size", "name"), [((0, 0), "png"), ((70_000, 1), "jpeg"), ((20_000, 1), "webp"), ((0, 3), "gif")]
)
def test_a_size_that_a_format_has_not_is_our_error(size, name):
    """Pillow's own words, and another format where there is one."""
    with pytest.raises(CodecError, match=r"can't be|no pixels"):
        codecs.encode(Image.new("RGB", size), name)


@pytest.mark.parametrize("mode", ["F", "I", "L"])
@pytest.mark.parametrize("name", TYPES)
def test_an_image_without_pixels_is_refused(mode, name):
    """Whatever its mode."""
    with pytest.raises(CodecError, match="no pixels"):
        codecs.encode(Image.new(mode, (0, 2)), name)


@pytest.mark.parametrize(
    "info", [{"transparency": b"\0"}, {"transparency": "x"}, {"icc_profile": 5}], ids=repr
)
@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_odd_info_never_escapes_as_another_error(mode, info):
    """Anyone may write into `.info`."""
    for name in TYPES:
        image = Image.new(mode, (2, 2))
        image.info.update(info)
        with contextlib.suppress(CodecError), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own, of what stands in .info
            codecs.encode(image, name)
