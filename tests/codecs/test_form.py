"""multipart/form-data: what becomes a field and what a file; the standard library's parser is the judge.

tests/judges/test_multipart.py has a server's own.
"""

from __future__ import annotations

import datetime
import decimal
import email.parser
import email.policy
import enum

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

TYPE = "multipart/form-data"
IMAGE = Image.new("RGB", (3, 2), (250, 3, 7))
EXAMPLES = [
    (
        {
            "language": "en",
            "n": 5,
            "options": {"a": [1, None]},
            "tags": ["a", "b"],
            "image": IMAGE,
            "raw": b"\0\r\n--",
        },
        TYPE,
        {
            "language": "en",
            "n": "5",
            "options": {"a": [1, None]},
            "tags": ["a", "b"],
            "image": IMAGE,
            "raw": b"\0\r\n--",
        },
    ),
]


def parts(fields) -> list[tuple]:
    """What the standard library reads: name, file name, content type, bytes."""
    payload = codecs.encode(fields, "form")
    head = f"MIME-Version: 1.0\r\nContent-Type: {payload.content_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + payload.body)
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part["content-type"],
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    ]


class Mode(str, enum.Enum):  # noqa: UP042 - as they were written before Python 3.11
    """An enumeration of texts."""

    FAST = "fast"


def test_texts_numbers_and_dates_are_fields():
    """Without a file name and a type, as forms have them."""
    fields = {
        "text": "é", "n": 5, "x": np.float32(0.1), "on": True, "off": np.bool_(False), "d": decimal.Decimal("1.50"),
        "day": datetime.date(2024, 1, 2), "mode": Mode.FAST, "empty": "",
    }  # fmt: skip
    assert parts(fields) == [
        (name, None, None, value)
        for name, value in [
            ("text", "é".encode()), ("n", b"5"), ("x", b"0.1"), ("on", b"true"), ("off", b"false"), ("d", b"1.50"),
            ("day", b"2024-01-02"), ("mode", b"fast"), ("empty", b""),
        ]
    ]  # fmt: skip


def test_what_is_sent_by_itself_in_some_type_is_a_file_of_it():
    """With a file name: without one servers take it for text."""
    found = parts(
        {
            "file": b"abc",
            "png": codecs.encode(IMAGE).body,
            "image": IMAGE,
            "x y": np.zeros(2),
            "table": pd.DataFrame({"a": [1]}),
        }
    )
    assert [(name, filename, kind) for name, filename, kind, _ in found] == [
        ("file", "file.bin", "application/octet-stream"),
        ("png", "png.png", "image/png"),
        ("image", "image.png", "image/png"),
        ("x y", "x_y.npy", "application/x-npy"),
        ("table", "table.csv", "text/csv"),
    ]
    assert found[0][3] == b"abc"
    assert found[4][3] == b"1\n"


def test_a_file_as_requests_and_httpx_write_it():
    """(filename, bytes), its type by its suffix, or (filename, bytes, type)."""
    found = parts({"file": ("a.wav", b"RIFF"), "other": ("b", memoryview(b"x"), "audio/x-flac")})
    assert found == [("file", "a.wav", "audio/wav", b"RIFF"), ("other", "b", "audio/x-flac", b"x")]


def test_a_dict_is_json_and_a_list_its_field_repeated():
    """As requests and httpx repeat it; a list within a list is JSON."""
    found = parts({"o": {"a": 1}, "tags": ["a", 2], "files": [b"x", ("y.txt", b"y")], "rows": [[1, 2], [3]]})
    assert found == [
        ("o", None, "application/json", b'{"a":1}'),
        ("tags", None, None, b"a"),
        ("tags", None, None, b"2"),
        ("files", "files.bin", "application/octet-stream", b"x"),
        ("files", "y.txt", "text/plain", b"y"),
        ("rows", None, "application/json", b"[1,2]"),
        ("rows", None, "application/json", b"[3]"),
    ]


def test_the_boundary_stands_in_no_part():
    """The first of ours that is in none; the one that was asked for, if it can be."""
    one = codecs.encode({"a": "sm-magic-part-0", "b": b"--sm-magic-part-1"}, "form")
    assert one.content_type == "multipart/form-data; boundary=sm-magic-part-2"
    own = codecs.encode({"a": "x"}, 'multipart/form-data; boundary="a b"')
    assert own.content_type == 'multipart/form-data; boundary="a b"'
    assert own.body.startswith(b"--a b\r\n")
    for boundary, value in [("abc", "abc"), ("é", "x"), ("a" * 71, "x"), ("x ", "y")]:
        with pytest.raises(CodecError, match="can't be the boundary"):
            codecs.encode({"a": value}, f'{TYPE}; boundary="{boundary}"')


NAMES = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='"%\\'), min_size=1)


@given(
    st.dictionaries(
        NAMES, st.binary().map(lambda body: ("a.bin", body)) | st.text("ab\r\n-sm\xe9"), min_size=1
    )
)
def test_any_fields_come_back(fields):
    """Line ends, dashes, anything in their bytes."""
    back = codecs.decode(codecs.encode(fields, "form"))
    assert back == {name: value[1] if isinstance(value, tuple) else value for name, value in fields.items()}


def test_bytes_that_are_ready_get_their_boundary():
    """`--file body.bin -t form`; a file that is no such body is told from one."""
    made = codecs.encode({"a": "x"}, "form")
    assert codecs.encode(made.body, "form") == made
    other = made.body.replace(b"sm-magic-part-0", b"a b")
    assert codecs.encode(other, "form").content_type == 'multipart/form-data; boundary="a b"'
    assert codecs.decode(codecs.encode(other, "form")) == {"a": "x"}
    with pytest.raises(CodecError, match="they begin with no boundary") as caught:
        codecs.encode(b"RIFF", "form")
    assert caught.value.hint == "--form file=@PATH sends a file as a form's part."


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "The form has no fields"),
        ({"": "x"}, "can't be called ''"),
        ({1: "x"}, "can't be called 1"),
        ({"a\r\nb": "x"}, "can't be called"),
        ({"a": None}, "'a' is None, which no form has"),
        ({"a": []}, "'a' is an empty list"),
        ({"a": object()}, "The field 'a': An object can't be sent"),
        ({"a": {"b": object()}}, "The field 'a': An object has no form in JSON"),
        ({"a": "\ud800"}, "can't be sent as multipart/form-data"),
        ([1], "A list can't be sent as multipart/form-data"),
        ("text", "A str can't be sent as multipart/form-data"),
    ],
)
def test_what_no_form_has(fields, words):
    """The error names the field."""
    with pytest.raises(CodecError, match=words):
        codecs.encode(fields, "form")


def test_what_was_done_to_a_part_is_told():
    """An image that was encoded again, for instance."""
    image = IMAGE.copy()
    image.format = "JPEG"
    assert "re-encoded as JPEG" in codecs.encode({"image": image}, "form").facts.notes[0]


def test_the_limits_are_named():
    """Out: before the parts are joined; in: what decoding may take, with the bytes kept."""
    with pytest.raises(CodecError, match=r"The form's parts are 2\.0 MB; the limit is 1\.0 MB"):
        codecs.encode({"a": b"x" * 2_000_000}, "form", max_bytes=1_000_000)
    with pytest.raises(CodecError, match=r"\.save"):
        codecs.decode(codecs.encode({"a": b"x" * 2_000_000}, "form"), max_bytes=1_000_000)


def received(part: bytes, content_type: str = f"{TYPE}; boundary=b"):
    """The value of a form with one more part."""
    body = b'--b\r\nContent-Disposition: form-data; name="a"' + part + b"\r\n--b--\r\n"
    return codecs.decode(Payload(body=body, content_type=content_type))


def test_a_part_is_read_by_its_own_type():
    """Text without one; a file without one, and a form within the form, stay bytes."""
    assert received(b"\r\n\r\n\xc3\xa9") == {"a": "é"}
    assert received(b"\r\n\r\nx", TYPE) == {"a": "x"}
    assert received(b'; filename="x"\r\n\r\nx') == {"a": b"x"}
    assert received(b"\r\nContent-Type: application/json\r\n\r\n[1]") == {"a": [1]}
    assert received(b"\r\nContent-Type: multipart/form-data\r\n\r\n--c") == {"a": b"--c"}


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (b"\r\n\r\n\xff", "not utf-8"),
        (b"\r\nContent-Type: application/json\r\n\r\n[", "The field 'a': The answer is not application/json"),
        (b"\r\nContent-Type: image/png\r\n\r\nx", "The field 'a': The image/png answer is no image"),
        (b"", "no end of its headers"),
    ],
)
def test_a_part_that_is_not_what_it_says_is_an_error(part, words):
    """The bytes are kept."""
    with pytest.raises(CodecError, match=words):
        received(part)
