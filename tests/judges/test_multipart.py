"""Starlette's parser, which FastAPI, BentoML and vLLM have too: it reads our forms as we mean them."""

from __future__ import annotations

import asyncio
import io
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from sm_magic import codecs, files
from sm_magic.messages import Payload

pytestmark = pytest.mark.server


def parsed(payload: Payload) -> list[tuple]:
    """What a server has of a form: name, and text, or the file's name, type and bytes."""
    pytest.importorskip("python_multipart")
    formparsers = pytest.importorskip("starlette.formparsers")
    headers = pytest.importorskip("starlette.datastructures").Headers({"content-type": payload.content_type})

    async def read() -> list[tuple]:
        async def stream():
            for start in range(0, len(payload.body), 1000):
                yield payload.body[start : start + 1000]

        form = await formparsers.MultiPartParser(headers, stream()).parse()
        found = [
            (name, value)
            if isinstance(value, str)
            else (name, value.filename, value.content_type, await value.read())
            for name, value in form.multi_items()
        ]
        await form.close()
        return found

    with ThreadPoolExecutor(
        1
    ) as thread:  # In the main thread Playwright's loop runs after a test of the browser.
        return thread.submit(lambda: asyncio.run(read())).result()


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A WAV file."""
    path = tmp_path / "my cäll.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"\r\n-\0" * 500)
    return path


def test_what_whisperx_takes(sound: Path) -> None:
    """A part `file` with a filename, so that it counts as a file; all else plain strings."""
    form = files.fields({"file": sound, "language": "en", "diarize": True, "min_speakers": 2})
    assert parsed(codecs.encode(form, "form")) == [
        ("file", "my cäll.wav", "audio/wav", sound.read_bytes()),
        ("language", "en"),
        ("diarize", "true"),
        ("min_speakers", "2"),
    ]


def test_every_kind_of_part() -> None:
    """Images, tables and bytes are files; a dict is JSON in a text; repeated names stay apart."""
    image = Image.new("RGB", (20, 20))
    read = parsed(
        codecs.encode(
            {
                "image": image,
                "t": pd.DataFrame({"a": [1]}),
                "o": {"é": 1},
                "tags": ["a", "b"],
                "q": 'a"b\r\n',
            },
            "form",
        )
    )
    assert Image.open(io.BytesIO(read[0][3])).size == (20, 20)
    assert read[0][:3] == ("image", "image.png", "image/png")
    assert read[1:] == [
        ("t", "t.csv", "text/csv", b"1\n"),
        ("o", '{"é":1}'),
        ("tags", "a"),
        ("tags", "b"),
        ("q", 'a"b\r\n'),
    ]
