"""s3://bucket/key, as people type it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.errors import UsageError
from sm_magic.s3 import S3Folder, S3Uri, is_s3


@pytest.mark.parametrize(
    ("text", "bucket", "key"),
    [
        ("s3://bucket/a/b c.csv", "bucket", "a/b c.csv"),
        ("S3://my.bucket-1/ä", "my.bucket-1", "ä"),
        ("s3a://bucket/key", "bucket", "key"),
        ("s3://bucket//key", "bucket", "/key"),
        ("s3://bucket/a?versionId=1#x", "bucket", "a?versionId=1#x"),
    ],
)
def test_an_address_is_a_bucket_and_a_key(text, bucket, key):
    """The key is what stands after the first slash, to the letter; Hadoop's scheme is the same place."""
    uri = S3Uri.of(text)
    assert (uri.bucket, uri.key) == (bucket, key)
    assert S3Uri.of(str(uri)) == uri


def test_a_key_has_a_name_and_a_folder():
    """As a file's path has."""
    uri = S3Uri.of("s3://bucket/a/b.csv")
    assert (uri.folder, uri.name) == ("a/", "b.csv")
    assert (S3Uri.of("s3://bucket/b").folder, S3Uri.of("s3://bucket/b").name) == ("", "b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("s3://", "s3:// is no address in S3."),
        ("s3://b_/k", "s3://b_/k is no address in S3."),
        ("s3:///key", "s3:///key is no address in S3."),
        ("s3://bucket", "s3://bucket is a folder."),
        ("s3://bucket/a/", "s3://bucket/a/ is a folder."),
        ("s3://bucket/" + "é" * 600, "is too long: a key has 1,024 bytes at most."),
    ],
)
def test_what_names_no_object_is_an_error(text, message):
    """Told before anything is asked of S3."""
    with pytest.raises(UsageError) as caught:
        S3Uri.of(text)
    assert caught.value.message.endswith(message)


@given(st.text())
def test_any_text_is_an_address_or_an_error(text):
    """Of our own; what is an address reads as itself."""
    with contextlib.suppress(UsageError):
        uri = S3Uri.of(f"s3://bucket/{text}")
        assert S3Uri.of(str(uri)) == uri
    if not is_s3(text):
        with pytest.raises(UsageError):
            S3Uri.of(text)


def test_an_account_in_a_buckets_name_is_not_shown():
    """The default bucket is named after the account."""
    assert "123456789012" not in repr(S3Uri.of("s3://sagemaker-eu-west-1-123456789012/key"))


@pytest.mark.parametrize(
    ("text", "shown", "above"),
    [
        ("s3://bucket", "s3://bucket/", "s3://bucket/"),
        ("s3://bucket/out/", "s3://bucket/out/", "s3://bucket/"),
        ("s3://bucket/a/out", "s3://bucket/a/out/", "s3://bucket/a/"),
    ],
)
def test_a_folder_has_objects_and_one_above_it(text, shown, above):
    """With or without its slash."""
    folder = S3Folder.of(text)
    assert (str(folder), str(folder.above), str(folder.object("x/y"))) == (shown, above, f"{shown}x/y")


def test_a_folders_account_is_not_shown():
    """As an object's."""
    assert "123456789012" not in repr(S3Folder.of("s3://sagemaker-eu-west-1-123456789012/x"))
