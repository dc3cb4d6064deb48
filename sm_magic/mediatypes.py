"""Media types: their names, suffixes and magic numbers, and how a Content-Type header is read.

The table is the vocabulary: short names for the line, suffixes for `--file`, what each is.  Whether a type can be
encoded or decoded is the codecs' business; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type and its parameters, both in lower case but for the parameters' values (RFC 9110 §8.3.1)."""

    type: str
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def charset(self) -> str:
        """The charset parameter; UTF-8 where there is none."""
        return self.parameters.get("charset", "utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownType:
    """A row of the table: the media type, its short name, and the suffixes of its files."""

    type: str
    short: str | None
    suffixes: tuple[str, ...] = ()
    binary: bool = False


KNOWN: tuple[KnownType, ...] = (
    KnownType(type="application/json", short="json", suffixes=(".json",)),
    KnownType(type="application/jsonlines", short="jsonl", suffixes=(".jsonl", ".ndjson")),
    KnownType(type="application/x-ndjson", short=None),
    KnownType(type="text/csv", short="csv", suffixes=(".csv",)),
    KnownType(type="text/plain", short="text", suffixes=(".txt",)),
    KnownType(type="text/html", short="html", suffixes=(".html", ".htm")),
    KnownType(type="text/markdown", short="markdown", suffixes=(".md",)),
    KnownType(type="text/libsvm", short="libsvm", suffixes=(".libsvm", ".svmlight")),
    KnownType(type="text/x-libsvm", short=None),
    KnownType(type="application/x-text", short=None),
    KnownType(type="application/list-text", short=None),
    KnownType(type="application/x-npy", short="npy", suffixes=(".npy",), binary=True),
    KnownType(type="application/x-npz", short="npz", suffixes=(".npz",), binary=True),
    KnownType(
        type="application/x-recordio-protobuf", short="recordio", suffixes=(".recordio", ".rec"), binary=True
    ),
    KnownType(type="application/x-parquet", short="parquet", suffixes=(".parquet",), binary=True),
    KnownType(type="application/vnd.apache.arrow.stream", short="arrow", suffixes=(".arrows",), binary=True),
    KnownType(type="application/vnd.sagemaker-triton.binary+json", short="triton", binary=True),
    KnownType(type="tensor/pt", short=None, binary=True),
    KnownType(type="multipart/form-data", short="form", binary=True),
    KnownType(type="image/png", short="png", suffixes=(".png",), binary=True),
    KnownType(type="image/jpeg", short="jpeg", suffixes=(".jpg", ".jpeg"), binary=True),
    KnownType(type="image/webp", short="webp", suffixes=(".webp",), binary=True),
    KnownType(type="image/gif", short="gif", suffixes=(".gif",), binary=True),
    KnownType(type="image/bmp", short="bmp", suffixes=(".bmp",), binary=True),
    KnownType(type="image/tiff", short="tiff", suffixes=(".tif", ".tiff"), binary=True),
    KnownType(type="application/x-image", short="image", binary=True),
    KnownType(type="audio/wav", short="wav", suffixes=(".wav",), binary=True),
    KnownType(type="audio/mpeg", short="mpeg", suffixes=(".mp3",), binary=True),
    KnownType(type="audio/flac", short="flac", suffixes=(".flac",), binary=True),
    KnownType(type="audio/ogg", short="ogg", suffixes=(".ogg", ".oga"), binary=True),
    KnownType(type="video/mp4", short="mp4", suffixes=(".mp4",), binary=True),
    KnownType(type="application/octet-stream", short="bytes", suffixes=(".bin", ".dat"), binary=True),
)

BY_SHORT: Mapping[str, str] = MappingProxyType({k.short: k.type for k in KNOWN if k.short})
BY_SUFFIX: Mapping[str, str] = MappingProxyType({s: k.type for k in KNOWN for s in k.suffixes})
# Text formats in which the line end that a cell adds is part of the data.
LINE_ENDED = frozenset(
    {"text/csv", "application/jsonlines", "application/x-ndjson", "text/libsvm", "text/x-libsvm"}
)

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x93NUMPY", "application/x-npy"),
    (b"PAR1", "application/x-parquet"),
    (b"\n#\xd7\xce", "application/x-recordio-protobuf"),
    (b"%PDF-", "application/pdf"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
)
_BEGINNINGS = tuple(beginning for beginning, _ in _MAGIC)
# Brands of an MP4 that is a film; M4A is sound alone, heic and avif are images (ISO/IEC 14496-12 §4.3, mp4ra.org).
_FILMS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash")
_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 - RFC 9110's token, not a password
_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}")
_PARAMETER = re.compile(rf';\s*({_TOKEN})\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^;\s]*))?\s*')


def parse(content_type: str | None) -> MediaType:
    """Read a Content-Type header leniently; what can't be read is ``application/octet-stream``.

    A parameter without a value (``application/json;verbose``) has the value "".
    """
    text = (content_type or "").strip()
    bare, semicolon, rest = text.partition(";")
    bare = bare.strip().lower()
    if not _TYPE.fullmatch(bare):
        return MediaType("application/octet-stream")
    parameters: dict[str, str] = {}
    for name, value in _PARAMETER.findall(semicolon + rest):
        quoted = value.startswith('"')
        parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", value[1:-1]) if quoted else value)
    return MediaType(bare, MappingProxyType(parameters))


def resolve(name: str) -> str:
    """A short name's media type (``csv`` → ``text/csv``); a media type stays as it was written."""
    return BY_SHORT.get(name.strip().lower(), name.strip())


def is_media_type(text: str) -> bool:
    """Whether *text* has the form ``type/subtype[; parameters]``."""
    return bool(_TYPE.fullmatch(text.partition(";")[0].strip()))


def type_of(name: str, body: bytes) -> str:
    """The media type of a file, by its suffix, else by its first bytes."""
    dot = name.rfind(".")
    by_suffix = BY_SUFFIX.get(name[dot:].lower()) if dot >= 0 else None
    return by_suffix or sniff(body[:64] if body[:2] != b"BM" else body) or "application/octet-stream"


def suffix_of(content_type: str) -> str:
    """The suffix of files of *content_type*, with its dot; "" where none is known."""
    bare = parse(content_type).type
    return next((row.suffixes[0] for row in KNOWN if row.type == bare and row.suffixes), "")


def sniff(body: bytes) -> str | None:
    """The media type that the first bytes give away; None if they don't."""
    if body.startswith(_BEGINNINGS):
        return next(media_type for magic, media_type in _MAGIC if body.startswith(magic))
    return next((media_type for media_type, fits in _FORMS if fits(body)), None)


def _is_bmp(body: bytes) -> bool:
    """Two letters are little: BMP also holds its own length, little-endian, in bytes 2–5."""
    return body[:2] == b"BM" and len(body) >= 26 and int.from_bytes(body[2:6], "little") == len(body)


def _is_mp3(body: bytes) -> bool:
    """A frame of MPEG audio, layer III, without a tag before it: sync, version, layer, bit rate, sampling rate."""
    return (
        len(body) >= 4
        and body[0] == 0xFF
        and body[1] & 0xE6 == 0xE2
        and body[1] & 0x18 != 0x08
        and body[2] & 0xF0 not in (0x00, 0xF0)
        and body[2] & 0x0C != 0x0C
    )


def _is_npz(body: bytes) -> bool:
    """A zip whose first file is an npy (APPNOTE §4.3.7: the name's length is at 26, the name at 30)."""
    length = int.from_bytes(body[26:28], "little")
    return body[:4] == b"PK\x03\x04" and body[30 : 30 + length].endswith(b".npy")


def _is_arrow(body: bytes) -> bool:
    """A stream's first message: FFFFFFFF, the length of its metadata, and a schema in it, which is a flatbuffer."""
    length = int.from_bytes(body[4:8], "little")
    root = int.from_bytes(body[8:12], "little")
    return body[:4] == b"\xff" * 4 and length % 8 == 0 and 0 < root < length < 1 << 24


_FORMS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("image/webp", lambda body: body[:4] == b"RIFF" and body[8:12] == b"WEBP"),
    ("audio/wav", lambda body: body[:4] in (b"RIFF", b"RF64") and body[8:12] == b"WAVE"),
    ("audio/ogg", lambda body: body[:4] == b"OggS" and b"theora" not in body[:64]),
    ("video/ogg", lambda body: body[:4] == b"OggS"),
    ("audio/mp4", lambda body: body[4:12] == b"ftypM4A "),
    ("video/mp4", lambda body: body[4:8] == b"ftyp" and body[8:12] in _FILMS),
    ("video/webm", lambda body: body[:4] == b"\x1aE\xdf\xa3" and b"webm" in body[:64]),
    ("image/bmp", _is_bmp),
    ("audio/mpeg", _is_mp3),
    ("application/x-npz", _is_npz),
    ("application/vnd.apache.arrow.stream", _is_arrow),
)
