"""audio/* and video/mp4: bytes as they are; Python's own wave module is the judge of what becomes a WAV."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest
from IPython.display import Audio, Video

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

FILM = b"\x00\x00\x00\x20ftypisom"
EXAMPLES = [
    (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav", b"RIFF\x00\x00\x00\x00WAVE"),
    (b"ID3\x04", "audio/mpeg", b"ID3\x04"),
    (b"fLaC", "audio/flac", b"fLaC"),
    (b"OggS", "audio/ogg", b"OggS"),
    (FILM, "video/mp4", FILM),
]


def opened(body: bytes) -> wave.Wave_read:
    """A WAV, as the wave module reads it."""
    return wave.open(io.BytesIO(body), "rb")


def recorded(samples, rate=16_000) -> bytes:
    """What the wave module itself writes of 16-bit samples."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(np.asarray(samples, "<i2").tobytes())
    return out.getvalue()


BODY = recorded(range(-50, 50))


def test_bytes_are_sent_as_what_they_are():
    """The first bytes give the type; a file's own are untouched."""
    for body, content_type, _ in EXAMPLES:
        payload = codecs.encode(body)
        assert (payload.body, payload.content_type) == (body, content_type)


def test_an_open_wav_is_sent_whole():
    """From its beginning, and left where it was read to; one whose file is closed is an error."""
    sound = opened(BODY)
    sound.readframes(30)
    payload = codecs.encode(sound)
    assert (payload.body, payload.content_type) == (BODY, "audio/wav")
    assert sound.tell() == 30
    file = io.BytesIO(BODY)
    sound = wave.open(file, "rb")  # noqa: SIM115 - it is closed too early on purpose
    file.close()
    with pytest.raises(CodecError, match="can't be read"):
        codecs.encode(sound)


@pytest.mark.parametrize(
    ("samples", "channels", "width"),
    [
        (np.arange(-50, 50, dtype="i2"), 1, 2),
        (np.arange(-50, 50, dtype=">i2").reshape(50, 2), 2, 2),
        (np.arange(100, dtype="u1")[::2], 1, 1),
        (np.array([2**31 - 1, -(2**31)], "i4"), 1, 4),
        ([], 1, 2),
    ],
    ids=lambda value: getattr(value, "dtype", type(value)),
)
def test_samples_with_their_rate_are_a_wav(samples, channels, width):
    """Every bit kept, whatever the order of bytes and of memory."""
    samples = np.asarray(samples, "i2") if isinstance(samples, list) else samples
    sound = opened(codecs.encode((8_000, samples), "wav").body)
    assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8_000, channels, width)
    found = np.frombuffer(sound.readframes(sound.getnframes()), samples.dtype.newbyteorder("<"))
    np.testing.assert_array_equal(found, samples.reshape(-1))


@pytest.mark.parametrize(
    ("value", "content_type", "words"),
    [
        (np.zeros(10, "i2"), "wav", r"no sampling rate.*\n.*rate, samples"),
        ([0, 1], "wav", "no sampling rate"),
        ((16_000, np.zeros(10)), "wav", r"whole numbers.*float64.*\n.*astype\('int16'\)"),
        ((16_000, np.zeros((2, 2, 2), "i2")), "wav", "one or two dimensions"),
        ((16_000, np.zeros((2, 0), "i2")), "wav", "0 channels"),
        ((0, np.zeros(2, "i2")), "wav", "rate in hertz"),
        ((1, 2, 3), "wav", "rate in hertz"),
        ((2**40, np.zeros(2, "i2")), "wav", "can't be written"),
        ((16_000, np.zeros(2, "i2")), "flac", "sent as a WAV.*audio/flac"),
        (opened(BODY), "mp4", "sent as a WAV"),
        ("words", "wav", "can't be sent as audio/wav"),
        (Audio(url="https://example.com/a.wav"), "wav", "holds an address"),
    ],
)
def test_what_is_no_sound_is_an_error_that_says_how(value, content_type, words):
    """A guess at the rate would be heard."""
    with pytest.raises(CodecError, match=f"(?s){words}"):
        codecs.encode(value, content_type)


@pytest.mark.parametrize("content_type", ["audio/x-audio", "audio/wave", "audio/x-wav", "audio/x-flac"])
def test_hugging_face_names_are_sound(content_type):
    """Bytes under any of them; numbers where it is a WAV; an answer under them is its bytes."""
    assert codecs.encode(BODY, content_type) == Payload(body=BODY, content_type=content_type)
    assert codecs.decode(Payload(body=BODY, content_type=content_type)) == BODY
    if content_type != "audio/x-flac":
        assert codecs.encode(opened(BODY), content_type).body == BODY


def test_what_ipython_plays_can_be_sent():
    """The same bytes, under the type that they are."""
    assert codecs.encode(Audio(data=BODY)) == Payload(body=BODY, content_type="audio/wav")
    assert codecs.encode(Video(data=FILM, embed=True, mimetype="video/mp4")).content_type == "video/mp4"
    made = codecs.encode(Audio(np.sin(np.arange(100)), rate=8_000))
    assert opened(made.body).getframerate() == 8_000
