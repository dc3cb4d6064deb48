"""S3 by boto3, as far as the control plane leads there: the models below the address of a multi-model endpoint."""

from __future__ import annotations

from typing import Any

__all__ = ["below"]


def below(storage: Any, folder: str, most: int) -> tuple[str, ...]:
    """The keys below *folder* (``s3://bucket/prefix``), without it (ListObjectsV2); *most* of them, and one more."""
    bucket, _, prefix = folder.removeprefix("s3://").partition("/")
    answer = storage.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=most + 1)
    keys = [found["Key"][len(prefix) :].lstrip("/") for found in answer.get("Contents", ())]
    return tuple(key for key in keys if key and not key.endswith("/"))
