"""image/*: pixels, format, EXIF and profile survive; Pillow is the judge of the bytes."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

GRADIENT = Image.fromarray(np.arange(0, 240, dtype="u1").reshape(8, 10, 3))
EXAMPLES = [(GRADIENT, f"image/{name}", GRADIENT) for name in ("png", "webp", "bmp", "tiff")] + [
    (GRADIENT, "application/x-image", GRADIENT),
    (GRADIENT.convert("L"), "image/gif", GRADIENT.convert("L")),
    (Image.new("RGB", (8, 8), (9, 9, 9)), "image/jpeg", Image.new("RGB", (8, 8), (9, 9, 9))),
]


def opened(image: Image.Image, name: str, **options) -> Image.Image:
    """The image as it is once it was read from a file."""
    out = io.BytesIO()
    image.save(out, format=name, **options)
    return Image.open(io.BytesIO(out.getvalue()))


def received(body: bytes, content_type="image/png", **options) -> Image.Image:
    """The image that an answer is read as."""
    return codecs.decode(Payload(body=body, content_type=content_type), **options)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
        ("PPM", "image/png"),
    ],
)
def test_an_opened_image_is_sent_in_its_own_format(name, content_type):
    """`.format` decides; what is none of the seven, or was made here, is PNG."""
    assert codecs.encode(opened(GRADIENT, name)).content_type == content_type
    assert codecs.encode(GRADIENT).content_type == "image/png"


def test_a_jpeg_is_written_again_well_and_says_so():
    """Quality 95, no chroma subsampling, EXIF and profile kept; the pixels barely move."""
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    original = opened(
        GRADIENT.resize((64, 64)), "JPEG", quality=95, subsampling=0, exif=exif, icc_profile=profile
    )
    payload = codecs.encode(original)
    back = Image.open(io.BytesIO(payload.body))
    assert payload.content_type == "image/jpeg"
    assert "re-encoded" in payload.facts.notes[0]
    assert back.getexif()[0x0112] == 6
    assert back.info["icc_profile"] == profile
    assert {component[1:3] for component in back.layer} == {(1, 1)}
    assert np.abs(np.asarray(back, "i4") - np.asarray(original, "i4")).max() <= 6


def test_what_is_lost_is_said():
    """Transparency in a JPEG, colours in a GIF, frames of an animation."""
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert any("transparency" in note for note in codecs.encode(clear, "jpeg").facts.notes)
    assert any("256 colours" in note for note in codecs.encode(GRADIENT, "gif").facts.notes)
    moving = opened(GRADIENT.convert("P"), "GIF", save_all=True, append_images=[Image.new("P", (10, 8))])
    assert any("2 frames" in note for note in codecs.encode(moving).facts.notes)


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_an_answer_is_an_image_whatever_its_label(name):
    """Containers mislabel images; the bytes tell, and the format is kept."""
    out = io.BytesIO()
    GRADIENT.save(out, format=name)
    for content_type in ("image/png", "application/x-image"):
        image = received(out.getvalue(), content_type)
        assert (image.format, image.size) == (name, (10, 8))
        image.getpixel((0, 0))


@given(st.binary(min_size=1, max_size=40), st.integers(0, 300))
def test_hostile_bytes_are_an_error(noise, at):
    """Cut, changed or invented bytes never escape as another type."""
    out = io.BytesIO()
    GRADIENT.save(out, format="PNG")
    body = out.getvalue()
    for hostile in (noise, body[:at], body[:at] + noise + body[at + len(noise) :]):
        with contextlib.suppress(CodecError):
            received(hostile)


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("missing", [30, 400])
def test_an_image_that_did_not_come_whole_is_an_error(name, missing):
    """It is told at once, not when its pixels are used."""
    out = io.BytesIO()
    Image.effect_noise((60, 50), 90).save(out, format=name)
    with pytest.raises(CodecError, match=r"can't be read as an image|is no image"):
        received(out.getvalue()[:-missing], f"image/{name.lower()}")


def test_a_picture_that_came_whole_is_not_decoded():
    """Its header, its checksums: the pixels, no zlib stream here, wait for who uses them."""
    ihdr = struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", ihdr), (b"IDAT", b"no pixels"), (b"IEND", b""))
    image = received(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))
    assert image.size == (4, 4)
    with pytest.raises(OSError, match="broken"):
        image.load()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def test_what_is_no_image_is_told_by_how_it_begins():
    """Pillow's own words would name an object in memory."""
    for body in (b"abc", b"{}", b"<html>no</html>"):
        with pytest.raises(CodecError, match="is no image") as caught:
            received(body, "image/webp")
        assert repr(body[:8]) in caught.value.message


def test_postscript_is_never_run():
    """Pillow would hand an EPS to Ghostscript; only the raster formats are tried."""
    with pytest.raises(CodecError):
        received(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n", "application/x-image")


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims to be large."""

    ihdr = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", ihdr)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + _chunk(b"IEND", b"")
    )


def tiff(tile: int) -> bytes:
    """An image of 10 × 10 pixels in one packed tile of *tile* × *tile*."""
    data = zlib.compress(b"\0" * min(tile * tile, 1_000_000), 9)
    tags = {256: 10, 257: 10, 258: 8, 259: 8, 262: 1, 277: 1, 322: tile, 323: tile, 324: 134, 325: len(data)}
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + rows + struct.pack("<I", 0) + data


def gif(width: int, height: int) -> bytes:
    """A small canvas with a frame of *width* × *height*, which makes it larger."""
    out = io.BytesIO()
    GRADIENT.convert("P").save(out, format="GIF")
    body = bytearray(out.getvalue())
    at = body.index(b",\0\0\0\0")
    body[at + 5 : at + 9] = struct.pack("<HH", width, height)
    return bytes(body)


def plain(width: int, height: int, name: str) -> bytes:
    """A true image of one colour."""
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, format=name)
    return out.getvalue()


BOMBS = [
    (png_header(50_000, 50_000), "image/png"),
    (plain(6_000, 6_000, "PNG"), "image/png"),
    (plain(6_000, 6_000, "TIFF"), "image/tiff"),
    (gif(20_000, 20_000), "image/gif"),
    (tiff(20_000), "image/tiff"),
]


def test_a_small_tile_is_read():
    """Tiles of a few hundred pixels are how large TIFFs are made."""
    assert received(tiff(256), "image/tiff", max_bytes=300_000).size == (10, 10)


def test_a_bomb_is_refused_by_its_header():
    """Width times height, before a pixel is unpacked; a WebP even before Pillow opens it."""
    vp8x = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (16382).to_bytes(3, "little") * 2
    vp8l = b"RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0\x2f" + (0x3FFF | 0x3FFF << 14).to_bytes(4, "little") + b"\0" * 8
    vp8 = b"RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\xff\x3f\xff\x3f"
    for body in (png_header(50_000, 50_000), vp8x, vp8l, vp8):
        with pytest.raises(CodecError, match=r"(?s)pixels.*\.save"):
            codecs.decode(Payload(body=body, content_type="image/png"), max_bytes=64_000_000)
    with pytest.raises(CodecError, match="empty"):
        received(b"")


def test_a_large_image_that_fits_is_read_without_a_warning():
    """Pillow warns from 89 million pixels on; the limit here is the memory."""
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, format="PNG")
    assert received(out.getvalue()).size == (10_000, 10_000)


@pytest.fixture
def figure():
    """A figure that pyplot has never seen."""
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    made = Figure(figsize=(2, 1), dpi=50)
    made.subplots().plot([1, 3, 2])
    return made


def test_a_figure_is_sent_as_it_would_be_saved(figure):
    """PNG unless asked otherwise; its canvas is the one it had, and pyplot holds no more figures than before."""
    from matplotlib import pyplot

    canvas, before = figure.canvas, pyplot.get_fignums()
    payload = codecs.encode(figure)
    assert payload.content_type == "image/png"
    assert received(payload.body).size == (100, 50)
    assert received(codecs.encode(figure, "jpeg").body, "image/jpeg").format == "JPEG"
    assert codecs.encode(figure.axes[0]).body == payload.body
    assert (figure.canvas, pyplot.get_fignums()) == (canvas, before)


def test_a_figure_of_pyplot_is_not_closed():
    """It is still there to be drawn on."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figure = pyplot.figure(figsize=(1, 1))
    try:
        assert codecs.encode(figure).body.startswith(b"\x89PNG")
        assert pyplot.fignum_exists(figure.number)
    finally:
        pyplot.close(figure)


def test_a_figure_that_can_not_be_drawn_is_an_error(figure):
    """Matplotlib's own words; formats without a picture of it are refused."""
    figure.axes[0].set_title("$\\nonsense$")
    with pytest.raises(CodecError, match="can't be drawn"):
        codecs.encode(figure)
    with pytest.raises(CodecError, match="can't be sent as text/csv"):
        codecs.encode(figure, "csv")
