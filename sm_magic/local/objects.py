"""The objects of the local S3: small ones in memory, the others in a temporary folder that goes with the server.

Names of files are numbers: no key of a caller's reaches the file system.  All of it happens on the server's loop,
one call at a time; only bytes that are stored, which never change, are read elsewhere too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
import time
import uuid
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO

from ..settings import MB, GiB
from .wire import Refusal

BUCKET = "sagemaker-local"
"""The one bucket."""

MAX_OBJECT = GiB
_ALL_OBJECTS = 4 * GiB
_IN_MEMORY = 1 * MB  # of one object; a larger one is a file
_ALL_IN_MEMORY = 256 * MB
_CHUNK = 1 << 20
_MOST = 100_000  # objects, and parts of objects
_TOO_LARGE = "Your proposed upload exceeds the maximum allowed size: the local endpoint keeps {room} {what}."


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Blob:
    """Bytes that are stored, and their MD5; what they take is given back once nobody knows them any more."""

    size: int
    md5: bytes
    data: bytes | Path = field(repr=False)

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from *start* up to *stop*, in chunks."""
        if isinstance(self.data, bytes):
            yield self.data[start:stop]
            return
        with self.data.open("rb") as file:
            file.seek(start)
            while start < stop and (chunk := file.read(min(_CHUNK, stop - start))):
                start += len(chunk)
                yield chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object: its blobs one after the other, the headers it was stored with, when (seconds since the epoch)."""

    blobs: tuple[Blob, ...]
    headers: Mapping[str, str]
    etag: str
    modified: float

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(blob.size for blob in self.blobs)

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from *start* up to *stop*, in chunks."""
        end = self.size if stop is None else stop
        for blob in self.blobs:
            if start < blob.size and end > 0:
                yield from blob.read(max(start, 0), min(end, blob.size))
            start, end = start - blob.size, end - blob.size


@dataclass(slots=True, kw_only=True)
class Upload:
    """A multipart upload under way."""

    key: str
    headers: Mapping[str, str]
    parts: dict[int, Blob] = field(default_factory=dict)


class _Room:
    """So many bytes and no more.  Blobs go in any thread."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Whether there is room for *size* more; then it is taken."""
        with self._lock:
            fits = size <= self._left
            self._left -= size if fits else 0
        return fits

    def give(self, size: int) -> None:
        """Give *size* back."""
        with self._lock:
            self._left += size


class Objects:
    """All objects and multipart uploads, by key and by upload id.

    room, memory: bytes of all, and of those that are no files; within: where the folder is made, if not in the usual.
    """

    def __init__(
        self, *, room: int = _ALL_OBJECTS, memory: int = _ALL_IN_MEMORY, within: Path | None = None
    ) -> None:
        self.stored: dict[str, Stored] = {}
        self.uploads: dict[str, Upload] = {}
        self.room, self.memory = _Room(room), _Room(memory)
        self._size = room
        self._within = within
        self._numbers = count(1)
        self._folder: Path | None = None
        self._remove: weakref.finalize[[Path, int], Objects] | None = None

    def put(self, key: str, blobs: tuple[Blob, ...], headers: Mapping[str, str], *, parts: int = 0) -> Stored:
        """Store an object in the place of any that was there.  parts: of how many uploaded parts it is made."""
        if len(self.stored) >= _MOST and key not in self.stored:
            raise self.full()
        digest = blobs[0].md5 if not parts else _md5(b"".join(blob.md5 for blob in blobs)).digest()
        etag = f'"{digest.hex()}{f"-{parts}" if parts else ""}"'
        self.stored[key] = Stored(blobs=blobs, headers=headers, etag=etag, modified=time.time())
        return self.stored[key]

    def begin(self, key: str, headers: Mapping[str, str]) -> str:
        """The id of a new multipart upload."""
        if len(self.uploads) >= _MOST:
            raise self.full()
        upload = uuid.uuid4().hex
        self.uploads[upload] = Upload(key=key, headers=headers)
        return upload

    def file(self) -> tuple[Path, IO[bytes]]:
        """A new file in the temporary folder, open for writing."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="sm_magic-s3-", dir=self._within))
            self._remove = weakref.finalize(self, _remove, self._folder, os.getpid())
        path = self._folder / str(next(self._numbers))
        return path, path.open("xb")

    def full(self) -> Refusal:
        """S3 has no limit; the text is ours."""
        return Refusal("EntityTooLarge", _TOO_LARGE.format(room=f"{self._size:,} bytes", what="in all"))

    def close(self) -> None:
        """Forget everything, and remove the folder."""
        self.stored.clear()
        self.uploads.clear()
        if self._remove is not None:
            self._remove()


class Writer:
    """Takes the bytes of one blob as they come.  Either `blob` or `discard` ends it."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._md5 = _md5()
        self._size = 0
        self._chunks: list[bytes] = []
        self._file: tuple[Path, IO[bytes]] | None = None

    def write(self, data: bytes) -> None:
        """Take *data*; EntityTooLarge once an object, or all of them, are too large."""
        if self._size + len(data) > MAX_OBJECT:
            text = _TOO_LARGE.format(room=f"{MAX_OBJECT:,} bytes", what="of an object")
            raise Refusal("EntityTooLarge", text)
        if not self._objects.room.take(len(data)):
            raise self._objects.full()
        memory = self._objects.memory
        in_memory = self._file is None and self._size + len(data) <= _IN_MEMORY and memory.take(len(data))
        if not in_memory and self._file is None:
            self._file = self._objects.file()
            self._file[1].writelines(self._chunks)
            memory.give(self._size)
            self._chunks.clear()
        self._size += len(data)
        self._md5.update(data)
        if self._file is None:
            self._chunks.append(data)
        else:
            self._file[1].write(data)

    def blob(self) -> Blob:
        """What was written."""
        path = None
        if self._file is not None:
            path, file = self._file
            file.close()
        blob = Blob(size=self._size, md5=self._md5.digest(), data=path or b"".join(self._chunks))
        weakref.finalize(
            blob, _drop, self._objects.room, self._objects.memory, self._size, path
        ).atexit = False
        return blob

    def discard(self) -> None:
        """Forget it."""
        self.blob()


def _drop(room: _Room, memory: _Room, size: int, path: Path | None) -> None:
    room.give(size)
    if path is None:
        memory.give(size)
    else:
        path.unlink(missing_ok=True)


def _remove(folder: Path, process: int) -> None:
    """A forked child that ends leaves its parent's folder alone."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _md5(data: bytes = b"") -> hashlib._Hash:
    """The checksum that S3 calls ETag; it guards nothing."""
    return hashlib.md5(data, usedforsecurity=False)
