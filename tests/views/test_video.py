"""Film: a player."""

import struct
from base64 import b64decode

import pytest

from sm_magic.settings import Settings
from sm_magic.views.recordings import facts


def _box(name, content):
    return struct.pack(">I4s", len(content) + 8, name) + content


def mp4(seconds=12, *, version=0, brand=b"isom"):
    """The boxes that tell the length, ISO/IEC 14496-12 §8.2.2, behind a media box."""
    ticks = struct.pack(">IIII" if version == 0 else ">QQIQ", 0, 0, 1_000, 1_000 * seconds)
    header = _box(b"mvhd", bytes([version, 0, 0, 0]) + ticks + bytes(80))
    return _box(b"ftyp", brand + bytes(8)) + _box(b"mdat", bytes(50)) + _box(b"moov", header)


WEBM = b"\x1aE\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1fB\x86\x81\x01B\x82\x84webm"
SHOWN_AS = [
    ("video/mp4, by its first bytes", mp4(), None, "video"),
    ("WebM", WEBM, None, "video"),
    ("sound in MP4", mp4(brand=b"M4A "), None, "audio"),
]


@pytest.mark.parametrize("body", [mp4(), mp4(version=1)])
def test_a_player_of_the_very_bytes(shown, page, golden, body):
    """Type, size and length below it."""
    made = shown(body, body=body, content_type="video/mp4")
    (player,) = page(made.html).all("video")

    assert player["src"].startswith("data:video/mp4;base64,")
    assert b64decode(player["src"].partition(",")[2]) == body
    assert "12.00 s" in made.text
    if body == mp4():
        golden("video", text=made.text, html=made.html.replace(player["src"], "data:"))


def test_a_large_one_is_not_embedded(shown, page):
    """What it is, and how to keep it."""
    made = shown(mp4(), settings=Settings(max_image_bytes=10))

    assert page(made.html).all("video") == []
    assert "--save PATH" in made.text


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_a_broken_header_tells_nothing(cut):
    """No error, wherever it is cut."""
    assert facts(mp4()[:cut], "video/mp4").seconds in (None, 12)


def test_boxes_without_end_are_not_followed():
    """A box that says it is shorter than its own head."""
    assert facts(b"\x00\x00\x00\x00ftyp" + bytes(100), "video/mp4").seconds is None
    assert facts(b"\x00\x00\x00\x02ftyp" * 1_000, "video/mp4").seconds is None
