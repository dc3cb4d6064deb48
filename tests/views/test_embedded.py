"""A picture in a page: what is embedded, and what is never decoded."""

import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import Answer, find_images
from sm_magic.views.embedded import embed, loaded, opened

NOISE = Image.fromarray(np.random.default_rng(7).integers(0, 256, (300, 400, 3), dtype="uint8"))


def _bytes(image, kind="PNG", **options):
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _broken_png():
    """A PNG of 640 × 480 whose pixels can't be unpacked: its header and chunks are whole, what they hold is not."""
    body = _bytes(Image.new("RGB", (640, 480)))
    at = body.index(b"IDAT")
    length = int.from_bytes(body[at - 4 : at], "big")
    garbage = b"\x78\x9c" + b"\xff" * (length - 2)
    return (
        body[: at + 4] + garbage + zlib.crc32(b"IDAT" + garbage).to_bytes(4, "big") + body[at + 8 + length :]
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_a_small_picture_is_embedded_without_being_decoded(kind):
    """Its header is read; what follows may be anything, and goes out as it came."""
    body = _bytes(NOISE, kind)
    broken = body if kind == "WEBP" else body[: len(body) // 2]  # a WebP, and a BMP, tell their length
    broken = body[:-99] + b"\xff" * 99 if kind in ("WEBP", "BMP") else broken
    made = embed(broken, Settings())

    assert made.body == broken
    assert (made.width, made.height) == (400, 300)


def test_pixels_that_can_not_be_unpacked_are_none_of_our_business(shown, page):
    """The browser is given what came; the same bytes, asked for as a PIL image, are none."""
    broken = _broken_png()
    with pytest.raises(ValueError, match=r"."):
        loaded(broken, 1 << 30)
    made = shown(broken, body=broken, content_type="image/png")

    assert len(page(made.html).all("img")) == 1
    assert made.text.startswith("image/png · 640 × 480 pixels · RGB")
    assert find_images(Answer(value=broken, payload=Payload(body=broken, content_type="image/png"))) == []


@pytest.mark.parametrize("settings", [Settings(max_image_bytes=1_000), Settings(max_image_pixels=1_000)])
def test_a_larger_one_is_decoded_and_made_smaller(settings):
    """More bytes or pixels than the settings allow."""
    body = _bytes(NOISE, "JPEG")
    made = embed(body, settings, side=100)

    assert made.body != body
    assert Image.open(BytesIO(made.body)).size == (100, 75)
    assert made.note == "shown as 100 × 75"


def test_at_most_what_the_settings_allow():
    """A caller may ask for less, not for more."""
    body = _bytes(NOISE, "JPEG")

    assert embed(body, Settings(max_image_bytes=10), most=1 << 30).body != body
    assert embed(body, Settings(), most=10).body != body


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "its bytes are no picture"),
        (b"\x89PNG\r\n\x1a\n....", "."),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "no picture"),
    ],
)
def test_what_is_no_picture(body, why):
    """A ValueError without an object's address; PIL's readers that run programs are never tried."""
    with pytest.raises(ValueError, match=why) as caught:
        opened(body)

    assert "0x" not in str(caught.value)


def test_more_than_may_be_decoded_is_refused_from_the_header():
    """Four bytes a pixel."""
    body = _bytes(Image.new("1", (4_000, 4_000)))

    assert opened(body).size == (4_000, 4_000)
    with pytest.raises(ValueError, match="4000 × 4000 pixels are too many"):
        opened(body, 63_999_999)


def test_a_transparent_palette_stays_transparent():
    """A GIF that is made smaller."""
    image = Image.new("P", (2_000, 10))
    image.putpalette([255, 0, 0, 0, 255, 0])
    made = embed(_bytes(image, "GIF", transparency=0), Settings(max_image_pixels=10))

    assert Image.open(BytesIO(made.body)).convert("RGBA").getpixel((0, 0))[3] == 0
