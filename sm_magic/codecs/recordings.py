"""audio/* and video/mp4: the bytes of a file, both ways; nothing is decoded or encoded again.

What holds sound as numbers becomes a WAV, losslessly: a `wave.Wave_read`, the pair ``(rate, samples)`` that
scipy.io.wavfile reads, and IPython's `Audio`.  Hugging Face's names (``audio/x-flac``, ``audio/wave``,
``audio/x-audio``) and all other ``audio/…`` are this codec's too.
"""

from __future__ import annotations

import io
import wave
from typing import Any

from ..errors import CodecError
from ..mediatypes import sniff
from ..messages import Payload
from ..spelling import told, upper
from .base import Asked, Codec, Told, a_kind, as_array, kind

CODEC = Codec("audio/wav", "audio/mpeg", "audio/flac", "audio/ogg", "video/mp4")
_WAV = frozenset({"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/x-audio"})
"""Under which a WAV may stand; ``audio/x-audio`` is Hugging Face's name for any sound."""
_RATE = "-t wav with `(rate, samples)`"


@CODEC.encodes("wave.Wave_read", default=True)
def _opened(sound: wave.Wave_read, asked: Asked) -> Payload:
    """All of the sound, wherever it was read to."""
    _check_wav(sound, asked)
    try:
        at = sound.tell()
        sound.rewind()
        frames, form = sound.readframes(sound.getnframes()), sound.getparams()
        sound.setpos(at)
    except Exception as exc:  # a file that was closed, or is damaged
        raise CodecError(f"The sound can't be read: {told(exc)}", hint="--file PATH sends a file.") from exc
    return asked.payload(_wav(form.framerate, form.nchannels, form.sampwidth, frames))


@CODEC.encodes("builtins.tuple")
def _samples(value: tuple[Any, ...], asked: Asked) -> Payload:
    """``(rate, samples)``: whole numbers of 8, 16 or 32 bits, a column a channel.  WAV's 8 bits have no sign."""
    rate, samples = value if len(value) == 2 else (None, None)
    if type(rate) is not int or rate <= 0:
        raise CodecError(
            f"{upper(a_kind(value))} can't be sent as {asked.media.type}.",
            hint="`(rate, samples)` can, the rate in hertz.",
        )
    _check_wav(value, asked)
    array = as_array(samples)
    if array.dtype.str[1:] not in ("u1", "i2", "i4") or array.ndim not in (1, 2):
        raise CodecError(
            "Samples are whole numbers (uint8, int16, int32), one or two dimensions; "
            f"these are {array.dtype}, {array.ndim}.",
            hint="`(x * 32767).astype('int16')` for floats from -1 to 1.",
        )
    channels = 1 if array.ndim == 1 else array.shape[1]
    if not 1 <= channels <= 0xFFFF:
        raise CodecError(f"A sound of {channels:,} channels can't be sent.", hint="A column is a channel.")
    frames = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return asked.payload(_wav(rate, channels, array.dtype.itemsize, frames))


def _default(value: Any) -> str:
    return (sniff(value.data) if isinstance(value.data, bytes) else None) or CODEC.media_types[0]


@CODEC.encodes("IPython.Audio", "IPython.Video", default=_default)
def _shown(value: Any, asked: Asked) -> Payload:
    """What IPython's player would play."""
    data = value.data
    if not isinstance(data, bytes):
        raise CodecError(f"This {kind(value)} holds an address, no bytes.", hint="--file PATH sends a file.")
    return asked.payload(data)


@CODEC.encodes("numpy.ndarray", "__array__", "builtins.list")
def _numbers(value: Any, asked: Asked) -> Payload:
    raise CodecError(
        f"{upper(a_kind(value))} has no sampling rate, so it can't be sent as {asked.media.type}.", hint=_RATE
    )


def _check_wav(value: Any, asked: Asked) -> None:
    if asked.media.type not in _WAV:
        raise CodecError(
            f"{upper(a_kind(value))} is sent as a WAV; it can't be sent as {asked.media.type}.", hint="-t wav"
        )


def _wav(rate: int, channels: int, width: int, frames: bytes) -> bytes:
    """width: bytes a sample."""
    out = io.BytesIO()
    try:
        with wave.open(out, "wb") as sound:
            sound.setnchannels(channels)
            sound.setsampwidth(width)
            sound.setframerate(rate)
            sound.writeframes(frames)
    except Exception as exc:  # wave.Error; struct.error for a length beyond 4 GB
        raise CodecError(f"The sound can't be written as a WAV: {told(exc)}") from exc
    return out.getvalue()


@CODEC.decodes
def _decode(body: bytes, told: Told) -> bytes:
    del told  # bytes need no more memory than they have
    return body
