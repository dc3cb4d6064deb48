"""moto's S3, which nobody here wrote: what boto3 reads from it is sent, and each of its errors has our words."""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from PIL import Image

import sm_magic
from sm_magic.errors import ServiceError, SmMagicError, UsageError
from sm_magic.messages import Response
from sm_magic.s3 import S3Uri
from sm_magic.settings import Connection, Settings
from sm_magic.transports.boto import connect
from sm_magic.transports.function import FunctionRuntime

pytestmark = pytest.mark.server
ROWS = b"1,2\n3,4\n"
KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
DEFAULT = "sagemaker-eu-west-1-123456789012"


def picture() -> bytes:
    """A PNG."""
    out = io.BytesIO()
    Image.new("RGB", (4, 3)).save(out, format="PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """moto's server, with two buckets."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    # moto keeps its state for the process, whose other tests have buckets of these names too.
    urllib.request.urlopen(
        urllib.request.Request(f"{address}/moto-api/reset", method="POST"), timeout=10
    ).close()
    client = boto3.client("s3", region_name="eu-west-1", endpoint_url=address, **KEYS)
    for bucket in ("bucket", DEFAULT):
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.put_object(Bucket="bucket", Key="in/iris.csv", Body=ROWS)
    client.put_object(Bucket="bucket", Key="in/picture", Body=picture(), ContentType="text/plain")
    client.put_object(Bucket="bucket", Key="in/large.bin", Body=bytes(3_000_000))
    client.put_object(Bucket="bucket", Key="ä b/+%.json", Body=b'{"a": 1}')
    client.put_object(Bucket="bucket", Key="archived", Body=b"1", StorageClass="GLACIER")
    client.put_object(Bucket=DEFAULT, Key="iris.csv", Body=ROWS)
    client.close()
    yield address
    server.stop()


@pytest.fixture
def store(url):
    """S3 by boto3."""
    session = boto3.session.Session(**KEYS, region_name="eu-west-1")
    return connect(Connection(s3_endpoint_url=url), session=session).store


@pytest.fixture
def client(store):
    """A client whose endpoint echoes, and whose files are in moto."""
    runtime = FunctionRuntime(lambda request: Response(payload=request.payload))
    return sm_magic.Client(settings=Settings(), runtime=runtime, store=store)


def sent(client, text: str, **options):
    """The request that the object at *text* becomes."""
    return client.prepare(S3Uri.of(text), endpoint="e", **options)


@pytest.mark.parametrize(
    ("text", "body", "content_type"),
    [
        ("s3://bucket/in/iris.csv", ROWS, "text/csv"),
        ("s3://bucket/in/picture", picture(), "image/png"),
        ("s3://bucket/ä b/+%.json", b'{"a": 1}', "application/json"),
    ],
)
def test_an_object_is_sent_as_a_file_is(client, url, text, body, content_type):
    """Its bytes; its type by the suffix, then the first bytes, whatever its own ContentType says."""
    request = sent(client, text)
    assert (request.body, request.content_type) == (body, content_type)
    assert f"Read from S3 at {url}: {text}" in request.payload.facts.notes
    assert sent(client, text, content_type="bytes").content_type == "application/octet-stream"


def test_it_is_sent_whole_and_comes_back(client):
    """The whole path: value, request, answer."""
    assert client.invoke(S3Uri.of("s3://bucket/in/iris.csv"), endpoint="e").frame().shape == (2, 2)


def test_an_object_can_be_a_forms_field(client):
    """As a path can."""
    pytest.importorskip("python_multipart")
    form = {"file": S3Uri.of("s3://bucket/in/iris.csv"), "model": "any"}
    request = client.prepare(form, endpoint="e", content_type="form")
    assert b'filename="iris.csv"' in request.body
    assert ROWS in request.body


def test_what_is_too_large_is_not_read(client, url):
    """The size comes before the bytes; --no-limit reads it."""
    small = sm_magic.Client(
        settings=replace(Settings(), max_bytes=1_000_000), runtime=client.runtime, store=client.store
    )
    with pytest.raises(UsageError) as caught:
        sent(small, "s3://bucket/in/large.bin")
    assert caught.value.message == "s3://bucket/in/large.bin has 3 MB; a real-time endpoint takes 1 MB."
    assert sent(small, "s3://bucket/in/large.bin", no_limit=True).payload.size == 3_000_000


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        (
            "s3://bucket/in/irsi.csv",
            "NoSuchKey",
            "There is no s3://bucket/in/irsi.csv.",
            "Did you mean `s3://bucket/in/iris.csv`?",
        ),
        (
            "s3://bucket/elsewhere/x",
            "NoSuchKey",
            "There is no s3://bucket/elsewhere/x.",
            "`aws s3 ls s3://bucket/elsewhere/` lists what is there.",
        ),
        (
            "s3://no-such-bucket/x",
            "NoSuchBucket",
            "There is no bucket no-such-bucket.",
            "`aws s3 ls` lists the account's buckets; %sm_connect --profile NAME reads with another one.",
        ),
        (
            "s3://bucket/archived",
            "InvalidObjectState",
            None,
            "It is archived (Glacier): restore it first, `aws s3api restore-object`.",
        ),
    ],
)
def test_what_can_not_be_read_is_told_with_what_to_type(client, text, code, message, hint):
    """S3's own errors, in our words."""
    with pytest.raises(ServiceError) as caught:
        sent(client, text)
    assert (caught.value.code, caught.value.hint) == (code, hint)
    assert message is None or caught.value.message == message


def test_head_tells_what_is_there(store):
    """The size and the type; None for what is not."""
    found = store.head(S3Uri.of("s3://bucket/in/iris.csv"))
    assert (found.size, found.modified.tzinfo is not None) == (len(ROWS), True)
    assert store.head(S3Uri.of("s3://bucket/nothing")) is None


def test_the_account_in_a_buckets_name_is_not_shown(client):
    """Neither on the card nor in an error."""
    request = sent(client, f"s3://{DEFAULT}/iris.csv")
    assert any("…9012/iris.csv" in note for note in request.payload.facts.notes)
    with pytest.raises(SmMagicError) as caught:
        sent(client, f"s3://{DEFAULT}/nothing")
    assert "123456789012" not in f"{caught.value} {request!r}"


def test_another_s3_of_this_machine_stands_beside_the_local_endpoint(url):
    """Named by its address, objects are read from it, with one's own credentials and never with its token."""
    session = boto3.session.Session(**KEYS, region_name="eu-west-1")
    local = Connection(endpoint_url="http://127.0.0.1:1", local_token="local-test", s3_endpoint_url=url)
    store = connect(local, session=session).store
    assert store.get(S3Uri.of("s3://bucket/in/iris.csv"), lambda size: None) == ROWS
    assert connect(Connection(region="eu-west-1"), session=session).store.place == "S3"


def test_from_the_local_endpoint_no_object_is_asked_of_aws():
    """Its S3 is its own, also where the settings name one of AWS for other days."""
    for aws in (None, "https://bucket.vpce-1-2.s3.eu-west-1.vpce.amazonaws.com"):
        local = Connection(endpoint_url="http://127.0.0.1:1", local_token="local-test", s3_endpoint_url=aws)
        assert connect(local).store.place == "S3 at http://127.0.0.1:1"
