from __future__ import annotations

import http.client
import io
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from botocore.httpchecksum import AwsChunkedWrapper, Crc32Checksum

from sm_magic import local
from sm_magic.local.objects import BUCKET
from sm_magic.s3 import S3Uri
from sm_magic.settings import Connection
from sm_magic.transports.boto import connect as connected

pytestmark = pytest.mark.server
KEYS = [
    "a b/ä+%25 &<>\"'.json",
    "../../etc/passwd",
    "/leading//and//double/",
    "endpoints/iris/invocations",
    "?x=1&uploads",
    "control\x01\x1f\r\n",
    "😀" * 256,
    ".",
]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[local.LocalEndpoint]:
    """One whose bucket holds what these tests put there alone."""
    started = local.start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def s3(endpoint: local.LocalEndpoint, connect: Callable[..., Any]) -> Any:
    """boto3's s3 client."""
    return connect("s3", endpoint)


@pytest.fixture(autouse=True)
def empty(s3: Any) -> Iterator[None]:
    """Each test leaves the bucket empty."""
    yield
    for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        s3.delete_object(Bucket=BUCKET, Key=item["Key"])


def raw(
    endpoint: local.LocalEndpoint, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, bytes]:
    """Status and body of the answer to a request that boto3 would not send."""
    key = headers.pop("key", endpoint.token)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    if key:
        names["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/s3/aws4_request, Signature=0"
        )
    with closing(http.client.HTTPConnection(urlsplit(endpoint.url).netloc, timeout=10)) as connection:
        connection.request(method, path, body=body, headers=names)
        answer = connection.getresponse()
        return answer.status, answer.read()


def refused(call: Callable[..., Any], **members: Any) -> tuple[int, dict[str, Any]]:
    """Status and error of the call."""
    with pytest.raises(ClientError) as caught:
        call(**{"Bucket": BUCKET, **members})
    return caught.value.response["ResponseMetadata"]["HTTPStatusCode"], caught.value.response["Error"]


@pytest.mark.parametrize("key", KEYS)
def test_any_key_is_only_a_key(s3: Any, key: str) -> None:
    """What it holds comes back by it, and it is listed as it is."""
    s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == key.encode()
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == [key]
    s3.delete_object(Bucket=BUCKET, Key=key)
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


def test_listings_come_in_pages(s3: Any) -> None:
    """boto3's paginator finds every key and every folder once, in order."""
    keys = [*(f"{folder}/{number}" for folder in "abc" for number in range(4)), "d", "e"]
    for key in reversed(keys):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    pages = list(
        s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 3})
    )
    assert [item["Key"] for page in pages for item in page["Contents"]] == keys
    folders = list(
        s3.get_paginator("list_objects_v2").paginate(
            Bucket=BUCKET, Delimiter="/", PaginationConfig={"PageSize": 2}
        )
    )
    found = [item["Prefix"] for page in folders for item in page.get("CommonPrefixes", [])]
    assert found == ["a/", "b/", "c/"]
    assert [item["Key"] for page in folders for item in page.get("Contents", [])] == ["d", "e"]


def test_boto3s_own_multipart_upload(s3: Any) -> None:
    """A file of 20 MB goes up in parts, by several threads, and comes down in ranges."""
    body = bytes(range(256)) * 80_000
    s3.upload_fileobj(io.BytesIO(body), BUCKET, "large.bin", ExtraArgs={"ContentType": "text/x-large"})
    found = s3.head_object(Bucket=BUCKET, Key="large.bin")
    assert (found["ContentLength"], found["ContentType"]) == (len(body), "text/x-large")
    assert found["ETag"].endswith('-3"')
    got = io.BytesIO()
    s3.download_fileobj(BUCKET, "large.bin", got)
    assert got.getvalue() == body


def test_a_body_in_chunks_with_its_checksum_behind_it(endpoint: local.LocalEndpoint, s3: Any) -> None:
    """As boto3 sends it over https: the body is kept, its encoding is not the chunks'; a wrong checksum is refused."""
    body = b"1,2\n" * 50_000
    wrapper = AwsChunkedWrapper(
        io.BytesIO(body), checksum_cls=Crc32Checksum, checksum_name="x-amz-checksum-crc32", chunk_size=70_000
    )
    sent = wrapper.read()
    headers = {
        "Content-Encoding": "gzip,aws-chunked",
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-trailer": "x-amz-checksum-crc32",
        "x-amz-decoded-content-length": str(len(body)),
    }
    assert raw(endpoint, "PUT", f"/{BUCKET}/chunked", sent, **headers)[0] == 200
    found = s3.get_object(Bucket=BUCKET, Key="chunked")
    assert (found["Body"].read(), found["ContentEncoding"]) == (body, "gzip")
    assert found["ChecksumCRC32"]
    status, said = raw(endpoint, "PUT", f"/{BUCKET}/bad", sent.replace(b"1,2", b"1,3", 1), **headers)
    assert (status, b"<Code>BadDigest</Code>" in said) == (400, True)
    status, said = raw(endpoint, "PUT", f"/{BUCKET}/bad", sent[: len(sent) // 2], **headers)
    assert (status, b"<Code>IncompleteBody</Code>" in said) == (400, True)
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1


def test_what_arrived_otherwise_is_not_kept(s3: Any) -> None:
    """Content-MD5 and checksums are compared with the bytes."""
    assert (
        refused(s3.put_object, Key="a", Body=b"x", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")[1]["Code"]
        == "BadDigest"
    )
    assert refused(s3.put_object, Key="a", Body=b"x", ChecksumSHA256="A" * 43 + "=")[1]["Code"] == "BadDigest"
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


@pytest.mark.parametrize(
    ("key", "code"), [("", "AccessDenied"), ("stranger", "InvalidAccessKeyId"), ("ä", "InvalidAccessKeyId")]
)
def test_strangers_are_refused(endpoint: local.LocalEndpoint, key: str, code: str) -> None:
    """Nobody reads or writes without the token, in S3's own words."""
    for method in ("GET", "PUT", "DELETE"):
        status, said = raw(endpoint, method, f"/{BUCKET}/key", b"1", key=key)
        assert (status, f"<Code>{code}</Code>".encode() in said) == (403, True)


def test_an_address_that_signs_itself_is_refused(endpoint: local.LocalEndpoint, s3: Any) -> None:
    """A presigned address would carry the token."""
    address = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "k"})
    assert raw(endpoint, "GET", address.removeprefix(endpoint.url), key="")[0] == 403


def test_what_is_too_large_is_refused_before_it_is_sent(endpoint: local.LocalEndpoint) -> None:
    """boto3 waits for a word before it sends a body."""
    with closing(http.client.HTTPConnection(urlsplit(endpoint.url).netloc, timeout=10)) as connection:
        connection.putrequest("PUT", f"/{BUCKET}/huge")
        connection.putheader(
            "Authorization", f"AWS4-HMAC-SHA256 Credential={endpoint.token}/1/eu-west-1/s3/aws4"
        )
        connection.putheader("Content-Length", "0")
        connection.putheader("x-amz-decoded-content-length", str((1 << 30) + 1))
        connection.putheader("Content-Encoding", "aws-chunked")
        connection.endheaders()
        answer = connection.getresponse()
        said = answer.read()
    assert answer.status == 400
    assert b"<Code>EntityTooLarge</Code>" in said
    assert b"the local endpoint keeps 1 GiB" in said


def test_there_is_one_bucket_and_it_is_the_local_accounts(s3: Any) -> None:
    """It can't be made anew, no other can be made, and who expects another owner is denied."""
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]
    place = {"LocationConstraint": "eu-west-1"}
    assert refused(s3.create_bucket, CreateBucketConfiguration=place)[1]["Code"] == "BucketAlreadyOwnedByYou"
    status, error = refused(s3.create_bucket, Bucket="another", CreateBucketConfiguration=place)
    assert (status, error["Code"]) == (403, "AccessDenied")
    assert s3.head_bucket(Bucket=BUCKET, ExpectedBucketOwner="000000000000")["BucketRegion"] == "eu-west-1"
    assert refused(s3.head_bucket, ExpectedBucketOwner="123456789012")[0] == 403
    assert refused(s3.get_object, Key="k", ExpectedBucketOwner="123456789012")[1]["Code"] == "AccessDenied"


def test_what_is_not_here_is_said(endpoint: local.LocalEndpoint, s3: Any) -> None:
    """Other operations of S3 are no silent success."""
    for call, members in (
        (s3.get_object_acl, {"Key": "k"}),
        (s3.put_object_tagging, {"Key": "k", "Tagging": {"TagSet": []}}),
        (s3.copy_object, {"Key": "k", "CopySource": f"{BUCKET}/x"}),
        (s3.list_objects, {}),
        (s3.delete_bucket, {}),
    ):
        assert refused(call, **members)[0] == 501
    status, said = raw(endpoint, "GET", f"/{BUCKET}/%ff")
    assert (status, b"<Code>InvalidURI</Code>" in said) == (400, True)
    assert refused(s3.get_object, Key="k" * 1025)[1]["Code"] == "KeyTooLongError"


@pytest.mark.parametrize(
    "body", [b"", b"<x", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"\xff", b"<a><Part/></a>"]
)
def test_a_list_of_parts_that_is_none(endpoint: local.LocalEndpoint, s3: Any, body: bytes) -> None:
    """Nothing in it is expanded."""
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="k")["UploadId"]
    status, said = raw(endpoint, "POST", f"/{BUCKET}/k?uploadId={upload}", body)
    assert (status, b"<Code>MalformedXML</Code>" in said) == (400, True)
    s3.abort_multipart_upload(Bucket=BUCKET, Key="k", UploadId=upload)


def test_sm_magics_own_store_reads_from_it(endpoint: local.LocalEndpoint, s3: Any) -> None:
    """A local client's S3 is the local endpoint's."""
    store = connected(Connection(endpoint_url=endpoint.url, local_token=endpoint.token)).store
    s3.put_object(Bucket=BUCKET, Key="in/iris.csv", Body=b"1,2\n", ContentType="text/csv")
    uri = S3Uri.of(f"s3://{BUCKET}/in/iris.csv")
    found = store.head(uri)
    assert found is not None
    assert (found.size, found.content_type) == (4, "text/csv")
    assert store.get(uri, lambda size: None) == b"1,2\n"
    assert store.head(S3Uri.of(f"s3://{BUCKET}/in/nothing")) is None
    assert store.place == f"S3 at {endpoint.url}"
