"""Headers of S3: what an object keeps of the request that stored it, and the Range of one that reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .wire import Refusal

_KEPT = (
    "content-type",
    "content-disposition",
    "content-language",
    "cache-control",
    "expires",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
)


def kept(headers: Mapping[str, str]) -> dict[str, str]:
    """What an object keeps of the request that stored it."""
    kept = {name: headers[name] for name in _KEPT if name in headers}
    kept |= {name: value for name, value in headers.items() if name.startswith("x-amz-meta-")}
    kept.setdefault("content-type", "binary/octet-stream")
    encodings = [each.strip() for each in headers.get("content-encoding", "").split(",")]
    encoding = ",".join(each for each in encodings if each not in {"", "aws-chunked"})
    return kept | ({"content-encoding": encoding} if encoding else {})


def encryption(headers: Mapping[str, str]) -> dict[str, str]:
    """Those of *headers* that tell how an object is encrypted."""
    return {name: value for name, value in headers.items() if "encryption" in name}


def span(text: str, size: int) -> tuple[int, int] | None:
    """The bytes that a Range asks for; None, for all of them, where it can't be understood."""
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", text.strip(), re.ASCII)
    if not found or not any(found.groups()) or (all(found.groups()) and int(found[1]) > int(found[2])):
        return None
    if not found[1]:
        start, stop = max(size - int(found[2]), 0), size
    else:
        start, stop = int(found[1]), min(int(found[2] or size) + 1, size)
    if start >= stop:
        said = "The requested range is not satisfiable"
        raise Refusal("InvalidRange", said, status=416, RangeRequested=text, ActualObjectSize=size)
    return start, stop
