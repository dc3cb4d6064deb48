"""S3 as far as asynchronous calls need it, path-style: one bucket, `objects.BUCKET`, of the local account.

What is not here is refused as NotImplemented: versions, copies, ACLs, presigned addresses.  moto judges the rest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import parse_qsl, unquote_to_bytes

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ..arns import LOCAL_ACCOUNT
from ..settings import MB
from . import s3_listing, s3_multipart
from .objects import BUCKET, MAX_OBJECT, Objects, Stored
from .s3_body import is_chunked, receive
from .s3_headers import encryption, kept, span
from .wire import Answer, Refusal

_DRAINED = MAX_OBJECT  # a longer body that is refused is not read to its end
_LONGEST_KEY = 1024  # bytes
_LONGEST_XML = 2 * MB
# Parameters that choose no operation.
_PLAIN = frozenset(
    {
        "x-id",
        "list-type",
        "prefix",
        "delimiter",
        "max-keys",
        "continuation-token",
        "start-after",
        "encoding-type",
        "fetch-owner",
        "partNumber",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: `bucket` and `key` as they are named in the path, "" where they are not."""

    method: str
    bucket: str
    key: str
    query: Mapping[str, str] = field(repr=False)
    request: Request = field(repr=False)

    @property
    def operation(self) -> tuple[str, str, str]:
        """Method, kind of resource, subresource."""
        kind = "object" if self.key else "bucket" if self.bucket else "service"
        return self.method, kind, next((name for name in self.query if name not in _PLAIN), "")


async def answer(objects: Objects, request: Request, region: str) -> Response:
    """The answer; Refusal for what S3 would refuse, with the body read to its end: who still sends hears nothing."""
    asked = _asked(request)
    try:
        _check(asked)
        if asked.operation[:2] in {("GET", "object"), ("HEAD", "object")} and not asked.operation[2]:
            return _get(objects, asked)
        status, headers, body = await _answer(objects, asked, region)
        return Response(body, status, headers)
    except Refusal as refusal:
        await _drain(request)
        refusal.extra |= {"NoSuchBucket": {"BucketName": asked.bucket}, "NoSuchKey": {"Key": asked.key}}.get(
            refusal.code, {}
        )
        raise
    except OSError as error:
        text = f"The local endpoint can't keep or find an object: {error.strerror}."
        raise Refusal("InternalError", text, status=500) from error


async def _answer(objects: Objects, asked: Asked, region: str) -> Answer:
    key, query = asked.key, asked.query
    match asked.operation:
        case ("GET", "service", ""):
            return s3_listing.buckets()
        case ("HEAD", "bucket", ""):
            return 200, {"x-amz-bucket-region": region, "Content-Type": "application/xml"}, b""
        case ("GET", "bucket", "location"):
            return s3_listing.location(region)
        case ("GET", "bucket", "") if query.get("list-type") == "2":
            return s3_listing.objects(objects, query)
        case ("PUT", "object", "") if "x-amz-copy-source" not in asked.request.headers:
            return await _put(objects, asked)
        case ("DELETE", "object", ""):
            objects.stored.pop(key, None)
            return 204, {}, b""
        case ("POST", "object", "uploads"):
            return s3_multipart.begin(objects, key, kept(asked.request.headers))
        case ("PUT", "object", "uploadId") if "x-amz-copy-source" not in asked.request.headers:
            return await _put_part(objects, asked)
        case ("POST", "object", "uploadId"):
            s3_multipart.found(objects, key, query["uploadId"])
            place = f"{asked.request.base_url}{BUCKET}/{key}"
            return s3_multipart.complete(objects, key, query["uploadId"], await _xml(asked.request), place)
        case ("DELETE", "object", "uploadId"):
            s3_multipart.found(objects, key, query["uploadId"])
            del objects.uploads[query["uploadId"]]
            return 204, {}, b""
        case ("PUT", "bucket", ""):
            said = "Your previous request to create the named bucket succeeded and you already own it."
            raise Refusal("BucketAlreadyOwnedByYou", said, status=409)
        case _:
            said = "A header or parameter you provided implies functionality that is not implemented"
            raise Refusal("NotImplemented", f"{said} by the local endpoint.", status=501)


def _asked(request: Request) -> Asked:
    """The request, by its path as it was sent: a key may hold anything, a slash at its beginning too."""
    raw: bytes = request.scope["raw_path"]
    bucket, _, key = raw.partition(b"?")[0].removeprefix(b"/").partition(b"/")
    try:
        names = [unquote_to_bytes(name).decode() for name in (bucket, key)]
    except UnicodeDecodeError as error:
        raise Refusal("InvalidURI", "Couldn't parse the specified URI.") from error
    query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return Asked(method=request.method, bucket=names[0], key=names[1], query=dict(query), request=request)


def _check(asked: Asked) -> None:
    """What holds for all: one bucket, whose owner is no account, and keys that are not too long."""
    if asked.bucket and asked.bucket != BUCKET:
        if asked.operation == ("PUT", "bucket", ""):
            said = f"Access Denied: the local endpoint has one bucket, {BUCKET}."
            raise Refusal("AccessDenied", said, status=403)
        raise Refusal("NoSuchBucket", "The specified bucket does not exist", status=404)
    if asked.request.headers.get("x-amz-expected-bucket-owner", LOCAL_ACCOUNT) != LOCAL_ACCOUNT:
        raise Refusal("AccessDenied", "Access Denied", status=403)
    if len(asked.key.encode()) > _LONGEST_KEY:
        raise Refusal("KeyTooLongError", "Your key is too long", MaxSizeAllowed=_LONGEST_KEY)


async def _put(objects: Objects, asked: Asked) -> Answer:
    """PutObject."""
    headers = asked.request.headers
    _refuse_length(headers)
    blob, sums = await receive(asked.request, objects)
    if headers.get("if-none-match") == "*" and asked.key in objects.stored:
        raise _failed("If-None-Match")
    stored = objects.put(asked.key, (blob,), kept(headers) | sums)
    return 200, {"ETag": stored.etag} | sums | encryption(stored.headers), b""


async def _put_part(objects: Objects, asked: Asked) -> Answer:
    """UploadPart."""
    upload = asked.query["uploadId"]
    number = s3_multipart.number(asked.query.get("partNumber", ""))
    s3_multipart.found(objects, asked.key, upload)
    _refuse_length(asked.request.headers)
    blob, sums = await receive(asked.request, objects)
    s3_multipart.found(objects, asked.key, upload).parts[number] = blob
    return 200, {"ETag": f'"{blob.md5.hex()}"'} | sums, b""


def _get(objects: Objects, asked: Asked) -> Response:
    """GetObject and HeadObject."""
    stored, given = objects.stored.get(asked.key), asked.request.headers
    if stored is None:
        raise Refusal("NoSuchKey", "The specified key does not exist.", status=404)
    if given.get("if-match", stored.etag).strip('"') != stored.etag.strip('"'):
        raise _failed("If-Match")
    asked_for = span(given.get("range", ""), stored.size)
    start, stop = asked_for or (0, stored.size)
    sums = given.get("x-amz-checksum-mode") == "ENABLED" and stop - start == stored.size
    headers = {name: value for name, value in stored.headers.items() if sums or "checksum" not in name}
    headers |= {
        "Accept-Ranges": "bytes",
        "Content-Length": str(stop - start),
        "ETag": stored.etag,
        "Last-Modified": formatdate(stored.modified, usegmt=True),
    }
    if asked_for is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{stored.size}"
    status = 200 if asked_for is None else 206
    if asked.method == "HEAD":
        return Response(b"", status, headers)
    return StreamingResponse(_sent(stored, start, stop), status, headers)


async def _sent(stored: Stored, start: int, stop: int) -> AsyncIterator[bytes]:
    for chunk in stored.read(start, stop):
        yield chunk


def _refuse_length(headers: Mapping[str, str]) -> None:
    """EntityTooLarge before a byte of it is kept."""
    name = "x-amz-decoded-content-length" if is_chunked(headers) else "content-length"
    length = headers.get(name, "")
    if length.isascii() and length.isdigit() and int(length[:18]) > MAX_OBJECT:
        said = "Your proposed upload exceeds the maximum allowed size: the local endpoint keeps 1 GiB of an object."
        raise Refusal("EntityTooLarge", said, ProposedSize=length, MaxSizeAllowed=MAX_OBJECT)


def _failed(condition: str) -> Refusal:
    said = "At least one of the pre-conditions you specified did not hold"
    return Refusal("PreconditionFailed", said, status=412, Condition=condition)


async def _xml(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_XML:
            raise Refusal("MaxMessageLengthExceeded", "Your request was too big.")
    return body


async def _drain(request: Request) -> None:
    size = 0
    with suppress(RuntimeError):  # it was read
        async for chunk in request.stream():
            size += len(chunk)
            if size > _DRAINED:
                break
