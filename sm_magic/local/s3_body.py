"""The body of an upload, as boto3 sends it: plain, or in aws-chunks with a checksum behind them.

Source: S3's API reference, "Signature calculations … (chunked upload)" and "Checking object integrity".  Signatures
of chunks are not looked at, as no signature is here.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from .objects import Blob, Objects, Writer
from .wire import Refusal

if TYPE_CHECKING:
    from starlette.requests import Request

CHECKSUM = "x-amz-checksum-"
_LONGEST_LINE = 16 * 1024
_SIZE = re.compile(rb"([0-9a-fA-F]{1,12})(;.*)?")


class _Sum(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


# Those that Python can't compute (crc32c, crc64nvme) are kept as they came.
_SUMS: dict[str, Callable[[], _Sum]] = {
    "crc32": _Crc32,
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
}


async def receive(request: Request, objects: Objects) -> tuple[Blob, dict[str, str]]:
    """The body as a Blob, and the headers of the checksums that it came with.

    Raises Refusal: EntityTooLarge, IncompleteBody, BadDigest.
    """
    headers = request.headers
    chunks = Unchunked() if is_chunked(headers) else None
    announced = [*headers, *headers.get("x-amz-trailer", "").lower().split(",")]
    sums = {name: make() for name, make in _SUMS.items() if CHECKSUM + name in map(str.strip, announced)}
    writer = Writer(objects)
    try:
        async for received in request.stream():
            data = received if chunks is None else chunks.feed(received)
            if data:
                writer.write(data)
            for each in sums.values():
                each.update(data)
        if chunks is not None and not chunks.ended:
            raise _incomplete()
    except BaseException:
        writer.discard()
        raise
    blob = writer.blob()
    given = dict(headers) | (chunks.trailers if chunks is not None else {})
    _check(blob, given, sums)
    return blob, {name: value for name, value in given.items() if _is_checksum(name)}


def is_chunked(headers: Mapping[str, str]) -> bool:
    """Whether the body comes in aws-chunks."""
    chunked = "aws-chunked" in headers.get("content-encoding", "")
    return chunked or headers.get("x-amz-content-sha256", "").startswith("STREAMING-")


def _is_checksum(name: str) -> bool:
    return name.startswith(CHECKSUM) and name.removeprefix(CHECKSUM) not in {"mode", "algorithm", "type"}


def _check(blob: Blob, given: Mapping[str, str], sums: Mapping[str, _Sum]) -> None:
    length = given.get("x-amz-decoded-content-length")
    if length is not None and length != str(blob.size):
        raise _incomplete()
    for name, each in sums.items():
        if _encoded(each.digest()) != given.get(CHECKSUM + name, "").strip():
            said = f"The {name.upper()} you specified did not match the calculated checksum."
            raise Refusal("BadDigest", said)
    if given.get("content-md5", _encoded(blob.md5)) != _encoded(blob.md5):
        raise Refusal("BadDigest", "The Content-MD5 you specified did not match what we received.")


def _encoded(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _incomplete() -> Refusal:
    said = "You did not provide the number of bytes specified by the Content-Length HTTP header"
    return Refusal("IncompleteBody", said)


class Unchunked:
    """Takes aws-chunks apart: ``SIZE[;…] CRLF data CRLF … 0 CRLF trailer CRLF … CRLF``."""

    def __init__(self) -> None:
        self.trailers: dict[str, str] = {}
        self.ended = False
        self._kept = bytearray()
        self._left = 0  # bytes of the chunk
        self._line: Callable[[bytes], None] = self._size

    def feed(self, data: bytes) -> bytes:
        """What *data* adds to the body."""
        self._kept += data
        found = bytearray()
        while not self.ended:
            if self._left:
                taken = self._kept[: self._left]
                del self._kept[: self._left]
                found += taken
                self._left -= len(taken)
                if self._left:
                    break
                self._line = self._gap
            end = self._kept.find(b"\r\n")
            if end < 0:
                if len(self._kept) > _LONGEST_LINE:
                    raise _incomplete()
                break
            line = bytes(self._kept[:end])
            del self._kept[: end + 2]
            self._line(line)
        return bytes(found)

    def _size(self, line: bytes) -> None:
        size = _SIZE.fullmatch(line)
        if size is None:
            raise _incomplete()
        self._left = int(size[1], 16)
        if not self._left:
            self._line = self._trailer

    def _gap(self, line: bytes) -> None:
        if line:
            raise _incomplete()
        self._line = self._size

    def _trailer(self, line: bytes) -> None:
        if not line:
            self.ended = True
            return
        name, _, value = line.decode("latin-1").partition(":")
        self.trailers[name.strip().lower()] = value.strip()
