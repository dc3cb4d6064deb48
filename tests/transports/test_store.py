"""S3 by boto3 and by function: what moto does not say, a far end that does as it is told."""

from __future__ import annotations

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
    for ask in (lambda: store.get(URI, unchecked), lambda: store.head(URI)):
        with pytest.raises(ConnectError, match=r"s3://bucket/in/iris.csv can't be read.*\n.*session="):
            ask()
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
