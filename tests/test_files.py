"""Files are sent as they are, and answers written as they came."""

from pathlib import Path

import pytest

from sm_magic.errors import UsageError
from sm_magic.files import fields, read, write
from sm_magic.s3 import S3Uri
from sm_magic.transports.function import FunctionStore


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("a.csv", b"1,2\n", "text/csv"),
        ("a.JPG", b"\xff\xd8\xff", "image/jpeg"),
        ("a", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.unknown", b"\x00\x01", "application/octet-stream"),
    ],
)
def test_the_type_comes_from_the_suffix_then_the_first_bytes(tmp_path, name, body, expected):
    """A file's own bytes go out, under the type that its name or its first bytes tell."""
    path = tmp_path / name
    path.write_bytes(body)

    payload = read(path)

    assert (expected, body) == (payload.content_type, payload.body)
    assert read(path, "text").content_type == "text/plain"


def test_a_missing_file_is_told_with_the_nearest_name(tmp_path):
    """A slip in a file's name is answered with the file that was meant."""
    (tmp_path / "iris.csv").write_bytes(b"1")

    with pytest.raises(UsageError, match="no file") as caught:
        read(tmp_path / "irsi.csv")

    assert "iris.csv" in caught.value.hint


def test_a_folder_and_a_file_too_large_are_refused(tmp_path):
    """Neither is read."""
    big = tmp_path / "big.bin"
    big.write_bytes(b"x" * 11)

    with pytest.raises(UsageError, match="folder"):
        read(tmp_path)
    with pytest.raises(UsageError, match=r"--no-limit|takes"):
        read(big, max_bytes=10)


def test_a_wrong_suffix_is_noted(tmp_path):
    """A PNG called .jpg is sent as asked, and the card says what it is."""
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\x89PNG\r\n\x1a\n....")

    assert "image/png" in read(path).facts.notes[0]


@pytest.mark.parametrize("path", ["~no-such-user/x", "a\0b", "x" * 5000])
def test_what_can_be_no_file_is_one_of_our_errors(path):
    """A home that is not there, a NUL, a name too long."""
    with pytest.raises(UsageError, match="can't be a file"):
        read(path)
    with pytest.raises(UsageError, match="can't be a file"):
        write(path, b"")


def test_an_object_in_s3_needs_a_client_that_has_one():
    """A transport of one's own may have none; then nothing is guessed."""
    with pytest.raises(UsageError, match=r"s3://bucket/key can't be read: this client has no S3.*\n.*store="):
        read(S3Uri.of("s3://bucket/key"))


def test_an_object_in_s3_is_read_as_a_file_is():
    """By its key's suffix, then its first bytes; too large a one is refused by its size."""
    store = FunctionStore({"s3://bucket/a.jpg": b"\x89PNG\r\n\x1a\n....", "s3://bucket/b": b"x" * 11})

    payload = read(S3Uri.of("s3://bucket/a.jpg"), store=store)

    assert payload.content_type == "image/jpeg"
    assert payload.facts.notes == (
        "Read from FUNCTION: s3://bucket/a.jpg",
        "a.jpg is sent as image/jpeg; its first bytes say image/png.",
    )
    assert read(S3Uri.of("s3://bucket/b"), store=store).content_type == "application/octet-stream"
    with pytest.raises(UsageError, match=r"s3://bucket/b has .* MB; a real-time endpoint takes"):
        read(S3Uri.of("s3://bucket/b"), max_bytes=10, store=store)


def test_what_is_written_is_what_came(tmp_path):
    """Saving changes no byte; a folder is no file."""
    body = bytes(range(256))

    assert body == write(tmp_path / "answer", body).read_bytes()
    with pytest.raises(UsageError, match="folder"):
        write(tmp_path, body)
    with pytest.raises(UsageError, match="can't be written"):
        write(tmp_path / "no" / "such" / "folder", body)
    assert isinstance(write(str(tmp_path / "b"), b""), Path)


def test_the_paths_of_a_form_are_read(tmp_path):
    """Alone or in a list; each becomes what a form's file is: name, bytes, type."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"1,2\n")
    file = ("a.csv", b"1,2\n", "text/csv")

    assert fields({"f": path, "l": [path, "x"], "t": (path,), "n": 1}) == {
        "f": file,
        "l": [file, "x"],
        "t": (file,),
        "n": 1,
    }
    with pytest.raises(UsageError, match="no file") as caught:
        fields({"f": tmp_path / "b.csv"})
    assert "--form f=@" in caught.value.hint
