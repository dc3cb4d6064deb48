"""Sound and film as bytes: what kind they are, what their headers tell, and a player.

What a header tells is read, no sample is decoded.  Sources: RFC 9639 (FLAC), RFC 3533 and 7845 (Ogg, Opus), the
Vorbis I specification, ISO/IEC 14496-12 (MP4), Microsoft's "Multimedia Programming Interface" (WAV).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from struct import error, unpack_from
from typing import Final

from ..mediatypes import parse, sniff
from ..messages import Payload
from ..settings import Settings
from .base import Shown
from .embedded import KEEP, sourced
from .markup import join, tag
from .quantities import plural, size

_TIMES: Final = 8
"""A recording may have so many times the bytes of a picture to be embedded as it came: half a minute is a megabyte."""
_WIDTH: Final = 480  # pixels of a film
_LAST: Final = 65_536  # an Ogg page is no longer, so its last one begins within so many bytes of the end
_BOXES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a header tells: samples per second, channels, length in seconds; None where it does not."""

    rate: int | None = None
    channels: int | None = None
    seconds: float | None = None


def kind_of(payload: Payload) -> str | None:
    """The type of the recording in *payload* as browsers know it: by its first bytes, else as it is labelled."""
    found = sniff(payload.body)
    if found is not None and found.startswith(("audio/", "video/")):
        return found
    return _NAMES.get(parse(payload.content_type).type)


def player(payload: Payload, kind: str, settings: Settings) -> Shown:
    """The player, and below it type, size and what the header tells; without the player if it is too large."""
    body, name = payload.body, kind.partition("/")[0]
    about = " · ".join([kind, size(len(body)), *_words(facts(body, kind))])
    if len(body) > _TIMES * settings.max_image_bytes:
        large = f"Too large to play here. {KEEP}"
        return Shown(html=join(tag("p", about), tag("p", large)), text=f"{about}\n{large}")
    width = _WIDTH if name == "video" else None
    made = tag(name, f"This page plays no {name}.", controls="", width=width)
    html = tag("figure", sourced(made, kind, body), tag("figcaption", about), class_="sm-magic-figure")
    return Shown(html=html, text=f"{about}\n{KEEP}")


def facts(body: bytes, kind: str) -> Facts:
    """What the header of *body* tells; a broken one tells nothing."""
    reader = _READERS.get(kind)
    try:
        return Facts() if reader is None else reader(body)
    except (error, IndexError, ZeroDivisionError):
        return Facts()


def _words(told: Facts) -> Iterator[str]:
    if told.rate:
        yield f"{told.rate:,} Hz"
    if told.channels:
        yield plural(told.channels, "channel")
    if told.seconds is not None:
        minutes, seconds = divmod(told.seconds, 60)
        yield f"{int(minutes)} min {seconds:.0f} s" if minutes else f"{seconds:.2f} s"


# --- headers ------------------------------------------------------------------------------------------------


def _wav(body: bytes) -> Facts:
    """``RIFF`` length ``WAVE``, then chunks: ``fmt`` has channels, rate and bytes per second, ``data`` the samples."""
    at, rate, channels, speed = 12, None, None, 0
    for _ in range(_BOXES):
        name, length = unpack_from("<4sI", body, at)
        if name == b"fmt ":
            channels, rate, speed = unpack_from("<HII", body, at + 10)
        elif name == b"data":
            # A stream's length is not known when its header is written: 0, or all bits set.
            length = min(length, len(body) - at - 8) if length else len(body) - at - 8
            return Facts(rate=rate, channels=channels, seconds=length / speed if speed else None)
        at += 8 + length + length % 2
    return Facts(rate=rate, channels=channels)


def _flac(body: bytes) -> Facts:
    """STREAMINFO comes first; its bits 80–100 are the rate, 3 the channels less one, 5 the depth, 36 the samples."""
    word = int.from_bytes(body[18:26], "big")
    rate, samples = word >> 44, word & (1 << 36) - 1
    if len(body) < 26 or not rate:
        return Facts()
    return Facts(rate=rate, channels=(word >> 41 & 7) + 1, seconds=samples / rate if samples else None)


def _ogg(body: bytes) -> Facts:
    """The first page begins Vorbis or Opus; the last page's position is the count of samples, Opus' at 48 kHz."""
    first = 27 + body[26]
    if body[first : first + 7] == b"\x01vorbis":
        channels, rate = unpack_from("<BI", body, first + 11)
        per_second, skipped = rate, 0
    elif body[first : first + 8] == b"OpusHead":
        channels, skipped, rate = unpack_from("<BHI", body, first + 9)
        per_second = 48_000
    else:
        return Facts()
    page = body.rfind(b"OggS", max(0, len(body) - _LAST))
    (position,) = unpack_from("<q", body, page + 6) if page > 0 else (-1,)
    seconds = (position - skipped) / per_second if position > skipped else None
    return Facts(rate=rate, channels=channels, seconds=seconds)


def _mp4(body: bytes) -> Facts:
    """``moov`` holds ``mvhd``: ticks per second, and how many."""
    outer = _box(body, b"moov", 0, len(body))
    header = None if outer is None else _box(body, b"mvhd", *outer)
    if header is None:
        return Facts()
    at = header[0]
    scale, count = unpack_from(">IQ", body, at + 20) if body[at] == 1 else unpack_from(">II", body, at + 12)
    return Facts(seconds=count / scale)


def _box(body: bytes, name: bytes, at: int, end: int) -> tuple[int, int] | None:
    """Where the content of the first box of that name stands; None if there is none before *end*."""
    for _ in range(_BOXES):
        if at + 8 > end:
            return None
        length, found = unpack_from(">I4s", body, at)
        head = 8
        if length == 1:
            (length,), head = unpack_from(">Q", body, at + 8), 16
        length = length or end - at
        if length < head:
            return None
        if found == name:
            return at + head, min(at + length, end)
        at += length
    return None


# What people label recordings with, and what browsers call them.
_NAMES: Final = {
    "audio/wav": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/mpeg": "audio/mpeg",
    "audio/mp3": "audio/mpeg",
    "audio/flac": "audio/flac",
    "audio/x-flac": "audio/flac",
    "audio/ogg": "audio/ogg",
    "audio/mp4": "audio/mp4",
    "audio/aac": "audio/aac",
    "audio/webm": "audio/webm",
    "video/mp4": "video/mp4",
    "video/webm": "video/webm",
    "video/ogg": "video/ogg",
}
_READERS: Final[dict[str, Callable[[bytes], Facts]]] = {
    "audio/wav": _wav,
    "audio/flac": _flac,
    "audio/ogg": _ogg,
    "audio/mp4": _mp4,
    "video/mp4": _mp4,
}
