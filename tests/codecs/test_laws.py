"""What holds for every codec; a new file in sm_magic/codecs/ is held to it by being there.

Each codec's own test has EXAMPLES: (value, content type, what comes back).
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sm_magic import codecs
from sm_magic.codecs.base import optional
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

MEDIA_TYPES = [(codec, media_type) for codec in codecs.codecs() for media_type in codec.media_types]
HERE = Path(__file__).parent


def examples(path: Path, name: str = "EXAMPLES") -> list:
    """The EXAMPLES of a test file, or its BOMBS."""
    spec = importlib.util.spec_from_file_location(f"examples_of_{path.stem}", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    with contextlib.suppress(pytest.skip.Exception):  # what all of that file needs is not here
        spec.loader.exec_module(module)
    return getattr(module, name, [])


EXAMPLES = [
    example
    for path in sorted(HERE.glob("test_*.py"))
    if path.name != "test_laws.py"
    for example in examples(path)
]

NEEDS = {"application/x-parquet": "pyarrow", "application/vnd.apache.arrow.stream": "pyarrow"}
"""Formats that an optional package writes: where it is absent they have no example."""


def same(found, expected) -> bool:
    """Whether two values are equal in type and content."""
    if isinstance(expected, tuple):
        return len(found) == len(expected) and all(map(same, found, expected))
    if hasattr(expected, "tocsr"):  # scipy's sparse values
        kinds = [(type(value), value.dtype, value.nnz) for value in (found, expected)]
        return kinds[0] == kinds[1] and same(found.toarray(), expected.toarray())
    if isinstance(expected, dict):
        return list(found) == list(expected) and all(same(found[key], expected[key]) for key in expected)
    if isinstance(expected, np.ndarray) and expected.dtype == object:
        return (found.dtype, found.shape, found.tolist()) == (object, expected.shape, expected.tolist())
    if isinstance(expected, np.ndarray):
        return (found.dtype, found.shape, found.tobytes()) == (
            expected.dtype,
            expected.shape,
            expected.tobytes(),
        )
    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(found, expected)
        return True
    if isinstance(expected, Image.Image):
        return np.array_equal(np.asarray(found.convert("RGB")), np.asarray(expected.convert("RGB")))
    return type(found) is type(expected) and found == expected


@pytest.mark.parametrize(("codec", "media_type"), MEDIA_TYPES, ids=str)
def test_a_codec_is_found_whatever_the_case_and_the_parameters(codec, media_type):
    """Content types come in all spellings."""
    for spelling in (
        media_type,
        media_type.upper(),
        f"{media_type}; charset=utf-8",
        f' {media_type.title()} ;q="1"',
    ):
        assert codecs.can_decode(spelling)
        assert codecs._find(codecs.mediatypes.parse(spelling)) is codec


def test_every_media_type_has_an_example():
    """A codec without a test that shows what it does is not done."""
    shown = {content_type for _, content_type, _ in EXAMPLES}
    without = {media_type for media_type, package in NEEDS.items() if optional(package) is None}
    assert shown | without == {media_type for _, media_type in MEDIA_TYPES}


@pytest.mark.parametrize(
    ("value", "content_type", "back"), EXAMPLES, ids=lambda value: str(type(value).__name__)
)
def test_what_goes_out_comes_back(value, content_type, back):
    """The round trip; encoding twice gives the same bytes."""
    payload = codecs.encode(value, content_type)
    assert same(codecs.decode(payload), back)
    assert codecs.encode(value, content_type).body == payload.body
    assert codecs.encode(payload.body, content_type) == payload


@pytest.mark.parametrize(("codec", "media_type"), MEDIA_TYPES, ids=str)
@given(body=st.binary(max_size=200), rows=st.none() | st.integers(0, 4))
def test_any_bytes_are_read_or_are_a_codec_error(codec, media_type, body, rows):
    """Nothing else escapes, whatever a model answers."""
    with contextlib.suppress(CodecError):
        codecs.decode(Payload(body=body, content_type=media_type), rows=rows)


TEXT = st.text(st.sampled_from('0123456789.,-+eE"[]{}:\n\r ;aNTtrufalsn\ufeffé'), max_size=60)


@pytest.mark.parametrize(
    "content_type", ["text/csv", "application/json", "application/jsonlines", "text/plain"]
)
@given(
    body=TEXT,
    rows=st.none() | st.integers(0, 4),
    charset=st.sampled_from(["", "; charset=utf-16", "; charset=x"]),
)
def test_any_text_is_read_or_is_a_codec_error(content_type, body, rows, charset):
    """Text that looks like an answer, in the formats that are text."""
    with contextlib.suppress(CodecError):
        codecs.decode(Payload(body=body.encode(), content_type=content_type + charset), rows=rows)


@given(st.data())
def test_a_damaged_answer_is_read_or_is_a_codec_error(data):
    """A real body, cut short or with bytes changed."""
    value, content_type, _ = data.draw(st.sampled_from(EXAMPLES))
    body = bytearray(codecs.encode(value, content_type).body)
    for _ in range(data.draw(st.integers(1, 4))):
        if body:
            body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    body = body[: data.draw(st.integers(0, len(body)))]
    with contextlib.suppress(CodecError):
        codecs.decode(Payload(body=bytes(body), content_type=content_type))


LIMIT = 64_000_000


def zipped(size: int) -> bytes:
    """An npz of so many zeros."""
    file = io.BytesIO()
    np.savez_compressed(file, x=np.zeros(size, "u1"))
    return file.getvalue()


BOMBS = [
    (zipped(LIMIT), "application/x-npz"),
    (b"PK\x01\x02" * 100_000, "application/x-npz"),
    (b"\n#\xd7\xce\0\0\0\0" * 1_000_000, "application/x-recordio-protobuf"),
    (b"1\n" * 1_000_000, "text/libsvm"),
    (b"1" + b" 1:1" * 3_000_000, "text/libsvm"),
    (b"[" + b"[]," * 4_000_000 + b"[]]", "application/json"),
    (b"[" + b"{}," * 2_000_000 + b"{}]", "application/json"),
    (b"{}\n" * 2_000_000, "application/jsonlines"),
    (b"a," * 700_000, "text/csv"),
    (b"1," * 10_000 + b"a," * 600_000, "text/csv"),
    (b"1," * 50_000 + b"1\n" * 50_000, "text/csv"),
    (b"1\n" * 50_000 + b"1," * 50_000, "text/csv"),
    (b"a\n" + b"1," * 50_000 + b"\n1" * 50_000, "text/csv"),
    (b"[" + b"1," * 50_000 + b"1]" + b",[1]" * 50_000, "text/csv"),
    (b"a\n" * 4_000_000, "text/csv"),
    (b"1\n" * 40_000_000, "text/csv"),
    (b"x" * 20_000_000, "text/plain"),
    (
        b'{"outputs":[' + b"{}," * 9 + b"0.5," * 3_000_000 + b"{}]}",
        "application/vnd.sagemaker-triton.binary+json",
    ),
    (
        b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: application/json\r\n\r\n['
        + b"{}," * 2_000_000
        + b"{}]\r\n--b--",
        "multipart/form-data; boundary=b",
    ),
] + [
    bomb
    for path in sorted(HERE.glob("test_*.py"))
    if path.name != "test_laws.py" and "\nBOMBS = " in path.read_text(encoding="utf-8")
    for bomb in examples(path, "BOMBS")
]


@pytest.mark.parametrize(("body", "content_type"), BOMBS, ids=lambda value: str(value[:12]))
def test_decoding_keeps_to_its_memory(body, content_type):
    """What would take more than the limit is refused; the error says that the bytes are kept."""
    tracemalloc.start()
    try:
        with pytest.raises(CodecError, match=r"\.save"):
            codecs.decode(Payload(body=body, content_type=content_type), max_bytes=LIMIT)
        assert tracemalloc.get_traced_memory()[1] < LIMIT * 2
    finally:
        tracemalloc.stop()


def test_loading_the_codecs_imports_nothing_that_is_not_ours():
    """All of them: third-party packages are imported by their first use."""
    program = """
import json, sys
before = set(sys.modules)
from sm_magic import codecs
codecs.codecs()
print(json.dumps(sorted({name.partition('.')[0] for name in set(sys.modules) - before})))
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", PATH + program], capture_output=True, text=True, check=True
    )
    foreign = set(json.loads(done.stdout)) - set(sys.stdlib_module_names) - {"sm_magic"}
    assert not foreign


PATH = f"import sys; sys.path[:0] = {[str(Path(codecs.__file__).parents[2])]!r}\n"


def test_the_folder_is_the_registry():
    """A file with a CODEC is a codec, and has a test of its name."""
    folder = Path(codecs.__file__).parent
    files = {
        path.stem for path in folder.glob("*.py") if "\nCODEC = Codec(" in path.read_text(encoding="utf-8")
    }
    assert len(codecs.codecs()) == len(files)
    assert files <= {path.stem.removeprefix("test_") for path in HERE.glob("test_*.py")}
