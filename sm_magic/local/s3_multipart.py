"""Uploads in parts: begun, sent part by part, put together or dropped.  None is copied: an object is a row of them."""

from __future__ import annotations

from collections.abc import Mapping

from .objects import BUCKET, MAX_OBJECT, Blob, Objects, Upload
from .s3_xml import document, parts
from .wire import Answer, Refusal

LAST_PART = 10_000
_SMALLEST = 5 << 20  # bytes of any part but the last
_XML = {"Content-Type": "application/xml"}


def begin(objects: Objects, key: str, headers: Mapping[str, str]) -> Answer:
    """CreateMultipartUpload."""
    upload = objects.begin(key, headers)
    body = document("InitiateMultipartUploadResult", [("Bucket", BUCKET), ("Key", key), ("UploadId", upload)])
    return 200, _XML, body


def found(objects: Objects, key: str, upload: str) -> Upload:
    """The upload of that id; NoSuchUpload if there is none for *key*."""
    known = objects.uploads.get(upload)
    if known is None or known.key != key:
        said = (
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
            "aborted or completed."
        )
        raise Refusal("NoSuchUpload", said, status=404, UploadId=upload)
    return known


def number(text: str) -> int:
    """A part's number."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= LAST_PART):
        raise Refusal(
            "InvalidArgument",
            "Part number must be an integer between 1 and 10000, inclusive",
            ArgumentName="partNumber",
            ArgumentValue=text,
        )
    return int(text)


def complete(objects: Objects, key: str, upload: str, body: bytes, place: str) -> Answer:
    """CompleteMultipartUpload.  place: the object's URL."""
    known = found(objects, key, upload)
    blobs = tuple(_chosen(known, parts(body)))
    if sum(blob.size for blob in blobs) > MAX_OBJECT:
        said = "Your proposed upload exceeds the maximum allowed object size: the local endpoint keeps 1 GiB."
        raise Refusal("EntityTooLarge", said)
    stored = objects.put(key, blobs, known.headers, parts=len(blobs))
    del objects.uploads[upload]
    answer = document(
        "CompleteMultipartUploadResult",
        [("Location", place), ("Bucket", BUCKET), ("Key", key), ("ETag", stored.etag)],
    )
    return 200, _XML, answer


def _chosen(upload: Upload, asked: list[tuple[int, str]]) -> list[Blob]:
    numbers = [number for number, _ in asked]
    if numbers != sorted(set(numbers)):
        said = "The list of parts was not in ascending order. The parts list must be specified in order by part number."
        raise Refusal("InvalidPartOrder", said)
    for each, etag in asked:
        part = upload.parts.get(each)
        if part is None or etag.strip('"') != part.md5.hex():
            said = (
                "One or more of the specified parts could not be found. The part might not have been uploaded, or "
                "the specified entity tag might not have matched the part's entity tag."
            )
            raise Refusal("InvalidPart", said)
    blobs = [upload.parts[each] for each in numbers]
    if any(blob.size < _SMALLEST for blob in blobs[:-1]):
        said = "Your proposed upload is smaller than the minimum allowed size"
        raise Refusal("EntityTooSmall", said)
    return blobs
