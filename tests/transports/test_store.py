"""S3 by boto3 and by function: what moto does not say, a far end that does as it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import NoCredentialsError

from sm_magic.errors import (
    AccessDeniedException,
    ConnectError,
    CredentialsError,
    ServiceError,
    SmMagicError,
    TransportError,
    UsageError,
)
from sm_magic.s3 import S3Uri
from sm_magic.settings import Connection
from sm_magic.transports.boto import connect
from sm_magic.transports.faults import translate
from sm_magic.transports.function import FunctionStore

URI = S3Uri.of("s3://bucket/in/iris.csv")
SESSION = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "eu-west-1"}


@pytest.fixture
def store(far):
    """S3 by boto3 against `far`."""
    session = boto3.session.Session(**SESSION)
    return connect(Connection(s3_endpoint_url=far.url), session=session).store


def fault(far, code: str, message: str, status: int):
    """An error as S3 puts it on the wire (S3 API Reference, "REST error responses")."""
    body = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>r-1</RequestId></Error>"
    return far.Answer(
        status=status,
        body=body.encode(),
        headers={"Content-Type": "application/xml", "x-amz-bucket-region": "us-east-2"},
    )


def unchecked(size: int) -> None:
    """Any size will do."""


@pytest.mark.parametrize(
    ("code", "said", "status", "kind", "message", "hint"),
    [
        (
            "AccessDenied",
            "Access Denied",
            403,
            AccessDeniedException,
            "s3://bucket/in/iris.csv can't be read: Access Denied.",
            "Allow s3:GetObject on arn:aws:s3:::bucket/in/iris.csv.  A key that is not there is denied too, "
            "unless s3:ListBucket is allowed on arn:aws:s3:::bucket.",
        ),
        (
            "AccessDenied",
            "User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: kms:Decrypt on resource: k",
            403,
            AccessDeniedException,
            "s3://bucket/in/iris.csv can't be read: User: arn:aws:sts::…9012:assumed-role/r/s is not authorized to "
            "perform: kms:Decrypt on resource: k.",
            "The object is encrypted: allow kms:Decrypt on its KMS key.",
        ),
        (
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint.",
            301,
            ServiceError,
            "The bucket bucket is in another region.",
            "%sm_connect --region REGION asks in the bucket's own region.",
        ),
        (
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
            403,
            CredentialsError,
            "The credentials were not taken: The AWS Access Key Id you provided does not exist in our records.",
            "Renew them (aws sso login) and run the cell again; %sm_connect --profile NAME uses others.",
        ),
    ],
    ids=["denied", "key", "region", "credentials"],
)
def test_an_error_of_s3_says_what_to_type(far, store, code, said, status, kind, message, hint):
    """Which permissions on which resource; the account is not shown."""
    far.says(fault(far, code, said, status))
    with pytest.raises(SmMagicError) as caught:
        store.get(URI, unchecked)
    assert type(caught.value) is kind
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_without_credentials_the_way_to_some_is_told():
    """Not the local endpoint, which has no S3."""
    error = translate(NoCredentialsError(), connection=Connection(), uri=URI)
    assert isinstance(error, CredentialsError)
    assert "%env AWS_PROFILE=NAME" in error.hint
    assert "local" not in error.hint


def test_a_denied_head_is_no_absent_object(far, store):
    """HeadObject's errors have no body: the status tells."""
    far.says(far.Answer(status=403))
    with pytest.raises(AccessDeniedException, match="s3:ListBucket"):
        store.head(URI)
    far.says(far.Answer(status=404))
    assert store.head(URI) is None


def test_the_size_is_looked_at_before_the_bytes(far, store):
    """What is refused is not read: the far end would send it slowly, for minutes."""

    def refuse(size):
        raise UsageError(f"{size} is too many.")

    far.says(far.Answer(body=bytes(100_000), cut="trickling"))
    with pytest.raises(UsageError, match="100000 is too many"):
        store.get(URI, refuse)


def test_half_an_object_is_an_error(far, store):
    """Never sent as if it were whole."""
    far.says(far.Answer(body=bytes(1000), cut="inside"))
    with pytest.raises(TransportError, match=r"cut off|closed"):
        store.get(URI, unchecked)


def test_nobody_listens(closed_port):
    """A refused connection is told as such."""
    session = boto3.session.Session(**SESSION)
    connection = Connection(s3_endpoint_url=f"http://127.0.0.1:{closed_port}", connect_timeout=1.0)
    with pytest.raises(ConnectError, match="refused"):
        connect(connection, session=session).store.get(URI, unchecked)


def test_plain_http_is_for_this_machine():
    """An object is the user's data."""
    session = boto3.session.Session(**SESSION)
    with pytest.raises(UsageError, match="unencrypted"):
        connect(Connection(s3_endpoint_url="http://minio:9000"), session=session).store.get(URI, unchecked)


def test_a_client_of_the_users_own_has_no_s3():
    """It can't be told with whose credentials to ask."""
    client = boto3.client("sagemaker-runtime", endpoint_url="http://127.0.0.1:1", **SESSION)
    store = connect(Connection(), client=client).store
    assert store.place == "no S3"
    for ask in (
        lambda: store.get(URI, unchecked),
        lambda: store.head(URI),
        lambda: store.look(URI),
        lambda: store.delete(URI),
    ):
        with pytest.raises(ConnectError, match=r"s3://bucket/in/iris.csv can't be read.*\n.*session="):
            ask()
    with pytest.raises(ConnectError, match="can't be written"):
        store.put(URI, b"", "text/csv")
    assert not store.has_bucket("bucket")
    client.close()


def test_a_dict_is_a_store():
    """For tests and demonstrations: the same errors, no network."""
    store = FunctionStore({str(URI): b"1,2"})
    seen = []
    assert store.get(URI, seen.append) == b"1,2"
    assert (seen, store.head(URI).size, store.place) == ([3], 3, "FUNCTION")
    other = S3Uri.of("s3://bucket/other")
    assert store.head(other) is None
    with pytest.raises(ServiceError, match=r"There is no s3://bucket/other\."):
        store.get(other, unchecked)


WHO = "User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: "


@pytest.mark.parametrize(("action", "state"), [("s3:ListBucket", "hidden"), ("s3:GetObject", "denied")])
def test_s3_says_why_it_refuses_a_look(far, store, action, state):
    """To callers of the bucket's own account: one call tells what an absent object is and what a forbidden one."""
    far.says(fault(far, "AccessDenied", f'{WHO}{action} on resource: "arn"', 403))
    assert store.look(URI).state == state
    assert len(far.seen) == 1


@pytest.mark.parametrize(("listing", "state"), [(403, "hidden"), (200, "denied")])
def test_where_it_does_not_say_the_folder_is_asked_once(far, store, listing, state):
    """Who may list would have been told 404: a refusal then is one of what is there."""

    def answer(seen):
        if "list-type" in seen.path:
            return (
                far.Answer(body=b"<ListBucketResult></ListBucketResult>")
                if listing == 200
                else fault(far, "AccessDenied", "Access Denied", 403)
            )
        return fault(far, "AccessDenied", "Access Denied", 403)

    far.says(answer)
    assert [store.look(URI).state for _ in range(3)] == [state] * 3
    assert len(far.seen) == 4


def test_an_absent_bucket_is_no_absent_object(far, store):
    """The answer can never come there."""
    far.says(fault(far, "NoSuchBucket", "The specified bucket does not exist", 404))
    with pytest.raises(ServiceError, match="no bucket bucket"):
        store.look(URI)


def test_an_older_object_is_not_read(far, store):
    """Neither where S3 looks at the date, nor where we do."""
    since = datetime(2026, 11, 21, 10, 0, 7, tzinfo=UTC)
    far.says(
        far.Answer(status=304),
        far.Answer(
            body=bytes(100_000), headers={"Last-Modified": "Sat, 21 Nov 2026 10:00:06 GMT"}, cut="trickling"
        ),
    )
    assert [store.look(URI, since).state for _ in range(2)] == ["older", "older"]
    assert far.seen[0].headers["if-modified-since"] == "Sat, 21 Nov 2026 10:00:06 GMT"


def test_an_object_of_that_very_second_is_the_answer(far, store):
    """Both clocks tell whole seconds."""
    since = datetime(2026, 11, 21, 10, 0, 7, tzinfo=UTC)
    far.says(far.Answer(body=b"[1]", headers={"Last-Modified": "Sat, 21 Nov 2026 10:00:07 GMT"}))
    look = store.look(URI, since)
    assert (look.state, look.body, look.known.modified) == ("there", b"[1]", since)


def test_what_may_not_be_written_says_what_to_allow(far, store):
    """Another permission than for reading; the key's own."""
    far.says(fault(far, "AccessDenied", "Access Denied", 403))
    with pytest.raises(AccessDeniedException, match=r"can't be written(.|\n)*s3:PutObject(.|\n)*bucket/in/"):
        store.put(URI, b"1", "text/csv", owner="123456789012", kms_key="alias/mine")
    sent = far.seen[0].headers
    assert sent["x-amz-expected-bucket-owner"] == "123456789012"
    assert sent["x-amz-server-side-encryption-aws-kms-key-id"] == "alias/mine"
    far.says(fault(far, "AccessDenied", f"{WHO}kms:GenerateDataKey on resource: k", 403))
    with pytest.raises(AccessDeniedException, match="allow kms:GenerateDataKey"):
        store.put(URI, b"1", "text/csv")


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_bucket_that_can_not_be_used_is_none(far, store, status):
    """Of another account, forbidden or absent."""
    far.says(far.Answer(status=status))
    assert not store.has_bucket("bucket", "123456789012")
    assert far.seen[0].headers["x-amz-expected-bucket-owner"] == "123456789012"


def test_a_dict_is_written_and_looked_at():
    """Times in whole seconds, and a gate that hears of each call."""
    now, heard = datetime(2026, 11, 21, 10, 0, 7, 500, tzinfo=UTC), []
    store = FunctionStore({}, now=lambda: now, gate=lambda call, uri: heard.append(call), buckets=["other"])
    store.put(URI, b"1,2", "text/csv")
    look = store.look(URI, now.replace(microsecond=0))
    assert (look.state, look.body, look.known.content_type) == ("there", b"1,2", "text/csv")
    assert store.look(URI, now + timedelta(seconds=1)).state == "older"
    assert (store.has_bucket("bucket"), store.has_bucket("other"), store.has_bucket("none")) == (
        True,
        True,
        False,
    )
    store.delete(URI)
    assert store.look(URI).state == "absent"
    assert heard == ["PutObject", "GetObject", "GetObject", "DeleteObject", "GetObject"]


@pytest.mark.parametrize(
    ("words", "state"), [("perform: s3:ListBucket", "hidden"), ("Access Denied", "denied")]
)
def test_a_gate_refuses_as_s3_does(words, state):
    """By the words of its error."""

    def refuse(call, uri):
        raise AccessDeniedException("No.", status=403, service_message=words)

    assert FunctionStore({}, gate=refuse).look(URI).state == state
