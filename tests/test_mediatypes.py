"""The vocabulary of media types, and that it and the codecs say the same."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic import codecs, mediatypes
from sm_magic.mediatypes import BY_SHORT, BY_SUFFIX, KNOWN, LINE_ENDED, parse, resolve, sniff


def test_the_table_and_the_codecs_agree():
    """Each known type is written and read by one codec, and each codec's types are in the table."""
    known = {row.type for row in KNOWN}
    assert known == {media_type for codec in codecs.codecs() for media_type in codec.media_types}
    for media_type in known:
        assert codecs.can_encode(media_type)
        assert codecs.can_decode(media_type)


def test_no_name_or_suffix_is_given_twice():
    """A short name means one type, a suffix means one type."""
    shorts = [row.short for row in KNOWN if row.short]
    suffixes = [suffix for row in KNOWN for suffix in row.suffixes]
    assert len(set(shorts)) == len(shorts) == len(BY_SHORT)
    assert len(set(suffixes)) == len(suffixes) == len(BY_SUFFIX)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)


def test_types_that_end_in_a_line_end_are_known_text():
    """A cell's final newline belongs to them."""
    assert {row.type for row in KNOWN if not row.binary} >= LINE_ENDED


@pytest.mark.parametrize(
    ("header", "media_type", "parameters"),
    [
        ("text/csv", "text/csv", {}),
        (" Text/CSV ;Charset=UTF-8", "text/csv", {"charset": "UTF-8"}),
        ('text/csv; charset="utf-8"; header=present', "text/csv", {"charset": "utf-8", "header": "present"}),
        ("application/json;verbose", "application/json", {"verbose": ""}),
        ("application/json; verbose=true", "application/json", {"verbose": "true"}),
        ('a/b; x="semi;colon \\"quoted\\""', "a/b", {"x": 'semi;colon "quoted"'}),
        ("a/b; x=1; x=2", "a/b", {"x": "1"}),
        ("a/b;;", "a/b", {}),
        ("", "application/octet-stream", {}),
        (None, "application/octet-stream", {}),
        ("nonsense", "application/octet-stream", {}),
        ("text/csv, application/json", "application/octet-stream", {}),
    ],
)
def test_a_content_type_is_read_leniently(header, media_type, parameters):
    """Case, spaces, quotes and parameters without a value, as real containers send them."""
    found = parse(header)
    assert (found.type, dict(found.parameters)) == (media_type, parameters)


@given(st.text())
def test_any_header_is_read(text):
    """Never an error, and always a type in lower case."""
    found = parse(text)
    assert mediatypes.is_media_type(found.type)
    assert found.type == found.type.lower()


def test_short_names_stand_for_types():
    """Whatever their case; a media type stays as it was written."""
    assert resolve("CSV") == "text/csv"
    assert resolve(" text/CSV; x=1 ") == "text/CSV; x=1"
    assert parse("text/csv").charset == "utf-8"


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe1", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", None),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xfea\x00", None),  # text in UTF-16
        (b"\xff\xfb\xff\xff", None),
        (b"fLaC\x00", "audio/flac"),
        (b"OggS\x00\x02" + b"\x00" * 22 + b"\x01\x1eOpusHead", "audio/ogg"),
        (b"OggS\x00\x02" + b"\x00" * 22 + b"\x01\x2a\x80theora", "video/ogg"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x20ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"RF64\xff\xff\xff\xffWAVE", "audio/wav"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video/webm"),
        (b"\x00\x00\x00\x20ftypheic", None),
        (b"PAR1\x15\x04", "application/x-parquet"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04" + b"\x00" * 22 + b"\x05\x00\x00\x00a.npy", "application/x-npz"),
        (b"PK\x03\x04" + b"\x00" * 22 + b"\x05\x00\x00\x00a.txt", None),
        (b"\xff\xff\xff\xff\x08\x00\x00\x00\x04\x00\x00\x00", "application/vnd.apache.arrow.stream"),
        (b"\xff\xff\xff\xff\xff\xff\xff\xff", None),
        (b"GIF87a", "image/gif"),
        (b"BM\x1a\x00\x00\x00" + b"\x00" * 20, "image/bmp"),
        (b"BM is no bitmap by itself", None),
        (b"II*\x00", "image/tiff"),
        (b"MM\x00*", "image/tiff"),
        (b"\x93NUMPY\x01\x00", "application/x-npy"),
        (b"\n#\xd7\xce\x20\x00", "application/x-recordio-protobuf"),
        (b"", None),
        (b'{"a": 1}', None),
    ],
)
def test_first_bytes_give_a_type_away(body, media_type):
    """By magic numbers; two letters are not enough for BMP."""
    assert sniff(body) == media_type


@given(st.binary(max_size=64))
def test_any_bytes_can_be_looked_at(body):
    """However few there are."""
    assert sniff(body) is None or mediatypes.is_media_type(sniff(body))


def test_what_libraries_write_gives_itself_away():
    """numpy, wave and pyarrow, as people have their files."""
    out = io.BytesIO()
    np.savez_compressed(out, images=np.zeros(3))
    assert sniff(out.getvalue()) == "application/x-npz"
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
    assert sniff(out.getvalue()) == "audio/wav"
    pa = pytest.importorskip("pyarrow", exc_type=ImportError)
    sink = pa.BufferOutputStream()
    pa.ipc.new_stream(sink, pa.schema([("a", pa.int64())])).close()
    assert sniff(sink.getvalue().to_pybytes()) == "application/vnd.apache.arrow.stream"
