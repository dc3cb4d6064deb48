"""Pictures: embedded as they came, or downscaled for display."""

from base64 import b64decode, b64encode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from sm_magic.settings import Settings


def _bytes(image, kind, **options):
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _embedded(made, page):
    (image,) = page(made.html).all("img")
    head, _, data = image["src"].partition(",")
    return head, b64decode(data), image


NOISE = Image.fromarray(np.random.default_rng(7).integers(0, 256, (1_200, 1_600, 3), dtype="uint8"))


def test_a_small_picture_is_embedded_as_it_came(shown, golden, png):
    """The very bytes; what it is as alternative text and below it; small ones enlarged by whole steps."""
    made = shown(Image.open(BytesIO(png)), body=png, content_type="image/png")

    assert b64encode(png).decode() in made.html
    golden("image", text=made.text, html=made.html)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_what_browsers_show_is_not_decoded(shown, page, kind):
    """Each of these types goes out as it came in, decoded or as bytes."""
    body = _bytes(Image.new("RGB", (300, 200), "red"), kind)
    for value in (Image.open(BytesIO(body)), body):
        head, data, image = _embedded(shown(value, body=body, content_type="application/x-image"), page)

        assert head == f"data:image/{kind.lower()};base64"
        assert data == body
        assert image["alt"] == f"{kind} image of 300 × 200 pixels"


def test_what_they_do_not_show_becomes_png(shown, page):
    """TIFF."""
    body = _bytes(Image.new("CMYK", (30, 20), "red"), "TIFF")
    made = shown(body, body=body, content_type="image/tiff")
    head, data, _ = _embedded(made, page)

    assert head == "data:image/png;base64"
    assert Image.open(BytesIO(data)).size == (30, 20)
    assert made.text.startswith("image/tiff · 30 × 20 pixels · CMYK")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_large_picture_is_downscaled_for_display(shown, page, kind):
    """More bytes or pixels than the settings allow: 1,024 on the longer side, and the card says so."""
    body = _bytes(NOISE, kind)
    value = Image.open(BytesIO(body))
    made = shown(value, body=body, settings=Settings(max_image_pixels=1_000_000))
    _, data, _ = _embedded(made, page)

    assert max(Image.open(BytesIO(data)).size) == 1_024
    assert len(data) <= 1_000_000
    assert "1600 × 1200 pixels" in made.text
    assert "shown as 1024 × 768" in made.text
    assert value.size == (1_600, 1_200)
    assert value.load() is not None


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGBA", "I;16", "I", "F", "CMYK", "YCbCr", "HSV", "LAB"]
)
def test_every_mode_can_be_shown(shown, page, mode):
    """An image made in Python, without bytes, of any mode."""
    image = (
        Image.new("L", (8, 8), 128).convert("RGB").convert(mode)
        if mode not in ("I;16", "LAB")
        else Image.new(mode, (8, 8))
    )
    head, data, _ = _embedded(shown(image, body=b"-"), page)

    assert head == "data:image/png;base64"
    assert Image.open(BytesIO(data)).size == (8, 8)


def test_deep_grey_is_stretched(shown, page):
    """16 bits of grey, of which few are used, are seen."""
    deep = Image.fromarray(np.array([[1_000, 1_100]], dtype="uint16"))
    _, data, _ = _embedded(shown(deep, body=b"-"), page)

    assert list(Image.open(BytesIO(data)).tobytes()) == [0, 255]


def test_a_turned_photograph_is_shown_upright(shown, page):
    """EXIF says how a downscaled one was held; browsers do it for the others."""
    exif = Image.Exif()
    exif[0x0112] = 6
    body = _bytes(NOISE.crop((0, 0, 1_600, 1_100)), "JPEG", exif=exif)
    _, data, _ = _embedded(shown(body, body=body, settings=Settings(max_image_pixels=1_000)), page)

    width, height = Image.open(BytesIO(data)).size
    assert height > width


def test_a_picture_too_large_to_decode_is_not_decoded(shown):
    """A bomb of 100 million pixels in few bytes: what it is, how to keep it."""
    body = _bytes(Image.new("1", (10_000, 10_000)), "PNG")
    made = shown(body, body=body, settings=Settings(max_decoded_bytes=64_000_000))

    assert made.text == (
        "This image/png can't be shown: 10000 × 10000 pixels are too many. "
        "To keep it: --save PATH, or .save(path)."
    )


@pytest.mark.parametrize("cut", [8, 20, 40, 60])
def test_a_broken_picture_is_a_sentence(shown, png, cut):
    """Never an error: a truncated answer is told and can be saved."""
    text = shown(png[:cut], body=png[:cut], settings=Settings(max_image_bytes=0)).text

    assert "--save PATH" in text


def test_asked_of_no_picture(shown):
    """The answer is shown all the same."""
    assert (
        shown({"a": 1}, view="image").text
        == 'Not shown as image: there is no image in this answer.\n{\n  "a": 1\n}'
    )
