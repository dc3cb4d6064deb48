from __future__ import annotations

import gc
from pathlib import Path

import pytest

from sm_magic.local.objects import Objects, Stored, Writer
from sm_magic.local.wire import Refusal

pytestmark = pytest.mark.usefixtures("young")

LARGE = bytes(range(250)) * 4_400  # 1.1 MB: more than is kept in memory


def put(objects: Objects, key: str, body: bytes) -> Stored:
    """Store *body*, written in three pieces."""
    writer = Writer(objects)
    for start in range(0, len(body), len(body) // 3 + 1):
        writer.write(body[start : start + len(body) // 3 + 1])
    return objects.put(key, (writer.blob(),), {})


def files(folder: Path) -> list[Path]:
    """All files in it."""
    return [path for path in folder.rglob("*") if path.is_file()]


def test_large_objects_are_files_that_no_key_names(tmp_path: Path) -> None:
    """Small ones are in memory; a file is there as long as its object, the folder as long as the server."""
    objects = Objects(within=tmp_path)
    put(objects, "small", b"123")
    assert files(tmp_path) == []
    put(objects, "../../etc/passwd", LARGE)
    (path,) = files(tmp_path)
    assert path.name == "1"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert b"".join(objects.stored["../../etc/passwd"].read()) == LARGE
    put(objects, "../../etc/passwd", LARGE[::-1])
    gc.collect()
    assert [path.name for path in files(tmp_path)] == ["2"]
    objects.close()
    assert list(tmp_path.iterdir()) == []


def test_what_is_read_stays_until_it_is_read(tmp_path: Path) -> None:
    """An object that is deleted while somebody reads it goes afterwards."""
    objects = Objects(within=tmp_path)
    reading = put(objects, "key", LARGE).read()
    start = next(reading)
    del objects.stored["key"]
    assert start + b"".join(reading) == LARGE
    del reading
    gc.collect()
    assert files(tmp_path) == []
    objects.close()


def test_when_memory_is_full_small_objects_are_files_too(tmp_path: Path) -> None:
    """Many small ones don't fill it."""
    objects = Objects(memory=10, within=tmp_path)
    put(objects, "one", b"12345678")
    assert files(tmp_path) == []
    put(objects, "two", b"12345678")
    assert len(files(tmp_path)) == 1
    assert b"".join(objects.stored["two"].read(2, 5)) == b"345"
    del objects.stored["one"]
    gc.collect()
    put(objects, "three", b"12345678")
    assert len(files(tmp_path)) == 1
    objects.close()


def test_there_is_an_end_to_what_is_kept() -> None:
    """All objects together have so much room; what goes, and what was never finished, gives its own back."""
    objects = Objects(room=10)
    put(objects, "one", b"12345678")
    for _ in range(2):
        writer = Writer(objects)
        writer.write(b"12")
        with pytest.raises(Refusal, match="keeps 10 bytes in all") as caught:
            writer.write(b"3")
        assert caught.value.code == "EntityTooLarge"
        writer.discard()
    del objects.stored["one"], writer
    gc.collect()
    put(objects, "two", b"1234567890")


def test_a_row_of_blobs_reads_as_one() -> None:
    """Any span of an object in parts is the same span of them joined."""
    objects = Objects()
    blobs = []
    for part in (b"abc", b"", b"defg", b"h"):
        writer = Writer(objects)
        writer.write(part)
        blobs.append(writer.blob())
    stored = objects.put("key", tuple(blobs), {}, parts=4)
    assert stored.etag.endswith('-4"')
    for start in range(9):
        for stop in range(start, 9):
            assert b"".join(stored.read(start, stop)) == b"abcdefgh"[start:stop]
