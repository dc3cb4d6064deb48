"""moto's S3, which nobody here wrote: what boto3 reads from the local endpoint's is what it reads from moto's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sm_magic import local
from sm_magic.local.objects import BUCKET

pytestmark = pytest.mark.server
KEY = "a b/ä+%.txt"
PART = bytes(5 << 20)
ETAG = hashlib.md5(PART).hexdigest()
END = hashlib.md5(b"end").hexdigest()
UPLOAD = "the upload that was begun last"
# Of each server's own making, or of no meaning (moto names an amazonaws.com that it is not).
OWN = {"RequestId", "HostId", "HTTPHeaders", "MaxAttemptsReached", "RetryAttempts"}
OWN |= {"UploadId", "NextContinuationToken", "Location", "VersionId", "LastModified"}
HEADERS = {"content-type", "content-length", "etag", "accept-ranges", "content-range", "content-encoding"}

Call = tuple[str, Mapping[str, Any]]


def _parts(*etags: str) -> dict[str, Any]:
    numbered = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
    return {"UploadId": UPLOAD, "MultipartUpload": {"Parts": numbered}}


CALLS: list[Call] = [
    ("head_bucket", {}),
    ("head_bucket", {"Bucket": "nowhere"}),
    ("get_bucket_location", {}),
    ("put_object", {"Key": KEY, "Body": b"hello", "ContentType": "text/plain", "Metadata": {"x": "y"}}),
    ("put_object", {"Key": "plain", "Body": b"hello world"}),
    ("put_object", {"Key": "empty", "Body": b""}),
    (
        "put_object",
        {
            "Key": "told",
            "Body": b"1",
            "ContentEncoding": "gzip",
            "CacheControl": "no-store",
            "ContentDisposition": "inline",
            "ContentLanguage": "en",
        },
    ),
    ("put_object", {"Key": "kms", "Body": b"1", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "k"}),
    *(("get_object", {"Key": key}) for key in (KEY, "plain", "empty", "told", "kms", "nothing")),
    *(("head_object", {"Key": key}) for key in (KEY, "plain", "empty", "told", "kms", "nothing")),
    ("get_object", {"Key": "nothing", "Bucket": "nowhere"}),
    *(
        ("get_object", {"Key": "plain", "Range": f"bytes={span}"})
        for span in ("2-4", "2-", "-3", "0-600", "50-60")
    ),
    ("head_object", {"Key": "plain", "Range": "bytes=2-4"}),
    ("get_object", {"Key": "plain", "IfMatch": '"x"'}),
    ("put_object", {"Key": "plain", "Body": b"", "IfNoneMatch": "*"}),
    *(
        ("list_objects_v2", asked)
        for asked in (
            {},
            {"MaxKeys": 2},
            {"MaxKeys": 0},
            {"Prefix": "a", "Delimiter": "/"},
            {"StartAfter": "empty"},
            {"Prefix": "none"},
            {"Bucket": "nowhere"},
        )
    ),
    ("delete_object", {"Key": "plain"}),
    ("delete_object", {"Key": "plain"}),
    ("get_object", {"Key": "plain"}),
    ("create_multipart_upload", {"Key": "parts", "ContentType": "text/csv", "Metadata": {"a": "b"}}),
    ("upload_part", {"Key": "parts", "UploadId": UPLOAD, "PartNumber": 1, "Body": PART}),
    ("upload_part", {"Key": "parts", "UploadId": UPLOAD, "PartNumber": 2, "Body": b"end"}),
    ("upload_part", {"Key": "parts", "UploadId": UPLOAD, "PartNumber": 10_001, "Body": b"end"}),
    ("complete_multipart_upload", {"Key": "parts", **_parts("x")}),
    ("complete_multipart_upload", {"Key": "parts", **_parts()}),
    ("complete_multipart_upload", {"Key": "parts", **_parts(ETAG, END)}),
    ("head_object", {"Key": "parts"}),
    ("get_object", {"Key": "parts", "Range": "bytes=5242878-5242882"}),
    ("create_multipart_upload", {"Key": "gone"}),
    ("abort_multipart_upload", {"Key": "gone", "UploadId": UPLOAD}),
    ("abort_multipart_upload", {"Key": "gone", "UploadId": UPLOAD}),
]


class Asked:
    """boto3's s3 client of one server, and the upload it began last."""

    def __init__(self, url: str, key: str) -> None:
        config = Config(retries={"total_max_attempts": 1}, proxies={})
        keys = {"aws_access_key_id": key, "aws_secret_access_key": "any"}
        self.client = boto3.client("s3", region_name="eu-west-1", endpoint_url=url, config=config, **keys)
        self._upload = ""

    def ask(self, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        """What boto3 parsed of the answer, an error's too; of the headers those that matter."""
        given = {"Bucket": BUCKET, **members}
        if "UploadId" in given:
            given["UploadId"] = self._upload
        try:
            answer = dict(getattr(self.client, operation)(**given))
        except ClientError as error:
            answer = dict(error.response)
        self._upload = answer.get("UploadId", self._upload)
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        if "Body" in answer:
            answer["Body"] = answer["Body"].read()
        answer = _compared(answer)
        if operation in {"get_object", "head_object"} and "Error" not in answer:
            answer["headers"] = {name: value for name, value in headers.items() if name in HEADERS}
        return answer


def _compared(value: Any) -> Any:
    """*value* without what is each server's own."""
    if isinstance(value, dict):
        return {name: _compared(each) for name, each in value.items() if name not in OWN}
    return [_compared(each) for each in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Asked, Asked]]:
    """The local endpoint's S3 and moto's, with one bucket of the same name."""
    moto = pytest.importorskip("moto.server").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    endpoint = local.start()
    moto.start()
    host, port = moto.get_host_and_port()
    ours, theirs = Asked(endpoint.url, endpoint.token), Asked(f"http://{host}:{port}", "any")
    place = {"LocationConstraint": "eu-west-1"}
    theirs.client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    yield ours, theirs
    for asked in (ours, theirs):
        asked.client.close()
    moto.stop()
    endpoint.stop()


def test_the_local_s3_answers_as_motos(both: tuple[Asked, Asked]) -> None:
    """The same calls in the same order: the same status, members, errors and headers."""
    ours, theirs = both
    for operation, members in CALLS:
        mine, other = ours.ask(operation, members), theirs.ask(operation, members)
        # moto leaves out who is meant; S3 tells it.
        for said in {"Key", "BucketName"} & set(mine.get("Error", {})):
            other["Error"].setdefault(said, mine["Error"][said])
        assert mine == other, (operation, dict(members))


def test_dates_are_of_the_same_form(both: tuple[Asked, Asked]) -> None:
    """Last-Modified is the second in which the object came, on a listing as on the object, by the server's own Date."""
    for asked in both:
        asked.client.put_object(Bucket=BUCKET, Key="now", Body=b"1")
        head = asked.client.head_object(Bucket=BUCKET, Key="now")
        listed = asked.client.list_objects_v2(Bucket=BUCKET, Prefix="now")["Contents"][0]
        date = asked.client.head_object(Bucket=BUCKET, Key="now")["ResponseMetadata"]["HTTPHeaders"]["date"]
        assert head["LastModified"] == listed["LastModified"]
        assert head["LastModified"].microsecond == 0
        assert date.endswith(" GMT")
