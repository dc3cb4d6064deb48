"""Sound: a player, and what the header tells."""

import io
import struct
import wave
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import Answer, show
from sm_magic.views.recordings import facts


def wav(seconds=0.5, rate=16_000, channels=1):
    """Silence, as the standard library writes it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(bytes(int(seconds * rate) * channels * 2))
    return file.getvalue()


def flac(rate=44_100, channels=2, samples=441_000):
    """The magic number and STREAMINFO, RFC 9639 §8.2."""
    packed = rate << 44 | (channels - 1) << 41 | 15 << 36 | samples
    return b"fLaC" + b"\x80\x00\x00\x22" + bytes(10) + packed.to_bytes(8, "big") + bytes(16)


def _page(position, content):
    """An Ogg page of one packet, RFC 3533 §6."""
    return struct.pack("<4sBBqIIIBB", b"OggS", 0, 0, position, 1, 0, 0, 1, len(content)) + content


def ogg_opus():
    """Two seconds by the last page's position: 48,000 a second and 312 to skip, RFC 7845."""
    return _page(0, b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 312, 24_000, 0, 0)) + _page(96_312, b"x" * 100)


def ogg_vorbis():
    """Three seconds at 22,050 Hz."""
    return _page(0, b"\x01vorbis" + struct.pack("<IBI", 0, 1, 22_050) + bytes(13)) + _page(66_150, b"x" * 100)


FLOAT_WAV = b"RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00" + struct.pack(
    "<HHIIHH", 3, 1, 8_000, 32_000, 4, 32
)
FLOAT_WAV += b"LIST\x03\x00\x00\x00abc\x00data" + (32_000).to_bytes(4, "little") + bytes(32_000)
KINDS = [
    ("audio/wav", wav(), "16,000 Hz · 1 channel · 0.50 s"),
    ("audio/wav", wav(75, 8_000, 2), "8,000 Hz · 2 channels · 1 min 15 s"),
    ("audio/wav", FLOAT_WAV, "8,000 Hz · 1 channel · 1.00 s"),
    ("audio/flac", flac(), "44,100 Hz · 2 channels · 10.00 s"),
    ("audio/ogg", ogg_opus(), "24,000 Hz · 2 channels · 2.00 s"),
    ("audio/ogg", ogg_vorbis(), "22,050 Hz · 1 channel · 3.00 s"),
    ("audio/mpeg", b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(40), ""),
]
SHOWN_AS = [(f"{kind}, by its first bytes", body, None, "audio") for kind, body, _ in KINDS]


@pytest.mark.parametrize(("kind", "body", "told"), KINDS)
def test_a_player_of_the_very_bytes(shown, page, kind, body, told):
    """Whatever the label; type, size, and what the header tells stand below."""
    made = shown(body, body=body, content_type="application/octet-stream")
    (player,) = page(made.html).all("audio")
    head, _, data = player["src"].partition(",")

    assert head == f"data:{kind};base64"
    assert b64decode(data) == body
    assert "controls" in player
    assert made.text.startswith(f"{kind} · ")
    assert told in made.text


def test_how_it_looks(shown, golden, page):
    """A figure with a caption; the same words as text."""
    made = shown(wav(), body=wav(), content_type="audio/wav")
    (player,) = page(made.html).all("audio")

    golden("audio", text=made.text, html=made.html.replace(player["src"], "data:"))


@pytest.mark.parametrize(
    ("label", "kind"),
    [("audio/x-wav", "audio/wav"), ("audio/mp3", "audio/mpeg"), ("Audio/MPEG; rate=8000", "audio/mpeg")],
)
def test_by_its_label_where_the_bytes_do_not_tell(shown, page, label, kind):
    """Under the name that browsers know; nothing of the label itself goes into the page."""
    made = shown(b"\x00\xfb\x90\x00 frames", content_type=label)

    assert page(made.html).all("audio")[0]["src"].startswith(f"data:{kind};base64,")


@pytest.mark.parametrize("label", ["application/octet-stream", 'audio/x"onplay="alert(1)', "audio/evil"])
def test_bytes_of_no_known_kind_are_no_sound(shown, page, label):
    """They stay bytes."""
    made = shown(b"\x00\x01\x02", content_type=label)

    assert page(made.html).all("audio") == []
    assert "00 01 02" in made.text


def test_a_large_one_is_not_embedded(shown, page):
    """What it is, and how to keep it."""
    made = shown(wav(5), body=wav(5), settings=Settings(max_image_bytes=10_000))

    assert page(made.html).all("audio") == []
    assert made.text == (
        "audio/wav · 160 kB · 16,000 Hz · 1 channel · 5.00 s\n"
        "Too large to play here. To keep it: --save PATH, or .save(path)."
    )


def test_a_streams_length_is_that_of_its_bytes():
    """A header written before the end is known says 0, or all bits set."""
    for length in (bytes(4), b"\xff" * 4):
        body = wav(1)
        assert facts(body[:40] + length + body[44:], "audio/wav").seconds == 1


@given(st.sampled_from([body for _, body, _ in KINDS]), st.integers(0, 200), st.binary(max_size=60))
def test_a_broken_header_tells_nothing_wrong(body, cut, tail):
    """Cut anywhere and gone on with anything: a card all the same, no error."""
    payload = Payload(body=body[:cut] + tail, content_type="audio/wav")

    assert "Not shown" not in show(Answer(value=payload.body, payload=payload), Settings()).text
