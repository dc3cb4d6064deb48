"""What there is: ListBuckets, HeadBucket, GetBucketLocation, ListObjectsV2."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote

from ..arns import LOCAL_ACCOUNT
from .objects import BUCKET, Objects, Stored
from .s3_body import CHECKSUM
from .s3_xml import Content, document
from .wire import Answer, Refusal

_MOST = 1000
_XML = {"Content-Type": "application/xml"}
_STARTED = time.time()


def buckets() -> Answer:
    """ListBuckets."""
    bucket: Content = [("Name", BUCKET), ("CreationDate", stamp(_STARTED))]
    owner: Content = [("ID", LOCAL_ACCOUNT)]
    body: Content = [("Buckets", [("Bucket", bucket)]), ("Owner", owner)]
    return 200, _XML, document("ListAllMyBucketsResult", body)


def location(region: str) -> Answer:
    """GetBucketLocation."""
    return 200, _XML, document("LocationConstraint", "" if region == "us-east-1" else region)


def objects(stored: Objects, query: Mapping[str, str]) -> Answer:
    """ListObjectsV2: keys in the order of their code points, in pages, those of a folder as one prefix."""
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    most = min(_number(query), _MOST)
    after = _token(query) or query.get("start-after", "")
    shown: Callable[[str], str] = _quoted if query.get("encoding-type") == "url" else str
    rows, last, more = _page(stored, prefix, delimiter, after, most)
    contents: list[tuple[str, Content]] = [
        ("Contents", _row(shown(name), item)) for name, item in rows if item is not None
    ]
    folders: list[tuple[str, Content]] = [
        ("CommonPrefixes", [("Prefix", shown(name))]) for name, item in rows if item is None
    ]
    given = {
        "Delimiter": shown(delimiter) if delimiter else None,
        "EncodingType": query.get("encoding-type"),
        "ContinuationToken": query.get("continuation-token"),
        "NextContinuationToken": base64.urlsafe_b64encode(last.encode()).decode() if more else None,
        "StartAfter": shown(query["start-after"]) if query.get("start-after") else None,
    }
    body: list[tuple[str, Content]] = [
        ("Name", BUCKET),
        ("Prefix", shown(prefix)),
        ("MaxKeys", most),
        ("KeyCount", len(rows)),
        ("IsTruncated", "true" if more else "false"),
        *((name, value) for name, value in given.items() if value is not None),
    ]
    return 200, _XML, document("ListBucketResult", [*body, *contents, *folders])


def stamp(seconds: float) -> str:
    """A time as S3's XML has it: to the second, as Last-Modified."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def _page(
    stored: Objects, prefix: str, delimiter: str, after: str, most: int
) -> tuple[list[tuple[str, Stored | None]], str, bool]:
    """Keys and folders (without an object), the last of them, and whether more come."""
    rows: list[tuple[str, Stored | None]] = []
    last = ""
    for key in sorted(key for key in stored.stored if key.startswith(prefix) and key > after):
        end = key.find(delimiter, len(prefix)) if delimiter else -1
        folder = key[: end + len(delimiter)] if end >= 0 else None
        if folder is not None and folder in (last, after):
            continue
        if len(rows) >= most:
            return rows, last, most > 0
        rows.append((key, stored.stored[key]) if folder is None else (folder, None))
        last = folder or key
    return rows, last, False


def _row(name: str, item: Stored) -> Content:
    sums = [header.removeprefix(CHECKSUM).upper() for header in item.headers if header.startswith(CHECKSUM)]
    return [
        ("Key", name),
        ("LastModified", stamp(item.modified)),
        ("ETag", item.etag),
        *(("ChecksumAlgorithm", each) for each in sums),
        ("Size", item.size),
        ("StorageClass", "STANDARD"),
    ]


def _number(query: Mapping[str, str]) -> int:
    given = query.get("max-keys", "")
    if given and not (given.isascii() and given.isdigit()):
        raise Refusal("InvalidArgument", "Provided max-keys not an integer or within integer range")
    return int(given[:9]) if given else _MOST


def _token(query: Mapping[str, str]) -> str:
    given = query.get("continuation-token", "")
    try:
        return base64.b64decode(given, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as reason:
        raise Refusal("InvalidArgument", "The continuation token provided is incorrect") from reason


def _quoted(text: str) -> str:
    return quote(text, safe="/")
