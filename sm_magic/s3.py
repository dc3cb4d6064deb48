"""``s3://bucket/key``: the address of an object in S3, and what is known of the object."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .errors import SmMagicError, UsageError
from .privacy import redact

__all__ = ["Look", "S3Folder", "S3Object", "S3Uri", "is_s3"]

_SCHEME = re.compile("s3[an]?://", re.IGNORECASE)  # s3a, s3n: Hadoop's names for the same
# Bucket naming rules, and the upper case and underscores of before 2018 (S3 User Guide, "General purpose bucket
# naming rules").
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_LONGEST_KEY = 1024  # bytes in UTF-8 (S3 User Guide, "Object key naming guidelines")


@dataclass(frozen=True, slots=True)
class S3Uri:
    """The address of one object.  `S3Uri.of` reads it; where a path is taken, it is too."""

    bucket: str
    key: str

    @classmethod
    def of(cls, text: str) -> S3Uri:
        """The address that *text* is; UsageError if it is none, or none of an object."""
        found = _SCHEME.match(text)
        bucket, _, key = text[found.end() if found else 0 :].partition("/")
        shown = redact(text[:200])
        if not found or not _BUCKET.fullmatch(bucket):
            raise UsageError(f"{shown} is no address in S3.", hint="s3://BUCKET/KEY")
        if not key or key.endswith("/"):
            raise UsageError(f"{shown} is a folder.", hint="s3://BUCKET/KEY names one object.")
        if len(key.encode("utf-8", "replace")) > _LONGEST_KEY:
            raise UsageError(f"{shown} is too long: a key has 1,024 bytes at most.")
        return cls(bucket, key)

    @property
    def name(self) -> str:
        """The last part of the key, as of a file."""
        return self.key.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """What stands before the name; "" or with its slash."""
        return self.key[: len(self.key) - len(self.name)]

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def __repr__(self) -> str:
        return f"S3Uri({redact(str(self))!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Object:
    """What S3 tells of an object: its size in bytes, its ContentType, when it was written."""

    size: int
    content_type: str | None = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at an object found.

    there: the object, its `body` read.  older: one that was written before the time asked for.  absent: none.
    hidden: none, or one that may not be read: without s3:ListBucket S3 does not tell.  denied: it may not be read.
    """

    state: Literal["there", "older", "absent", "hidden", "denied"]
    known: S3Object | None = None
    body: bytes = field(default=b"", repr=False)
    error: SmMagicError | None = None


@dataclass(frozen=True, slots=True)
class S3Folder:
    """A bucket, and what keys in it begin with: "" or with its slash."""

    bucket: str
    prefix: str = ""

    @classmethod
    def of(cls, text: str) -> S3Folder:
        """The folder that *text* is, with or without its slash; UsageError if it is none."""
        inner = S3Uri.of(f"{text.rstrip('/')}/x")
        return cls(inner.bucket, inner.folder)

    @property
    def above(self) -> S3Folder:
        """The folder that this one is in; of a bucket itself."""
        return S3Folder(self.bucket, S3Uri(self.bucket, self.prefix.rstrip("/")).folder)

    def object(self, key: str) -> S3Uri:
        """The object *key* in this folder."""
        return S3Uri.of(f"s3://{self.bucket}/{self.prefix}{key}")

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    def __repr__(self) -> str:
        return f"S3Folder({redact(str(self))!r})"


def is_s3(text: str) -> bool:
    """Whether *text* is meant as an address in S3."""
    return _SCHEME.match(text) is not None
