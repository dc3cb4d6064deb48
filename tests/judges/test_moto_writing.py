"""moto's S3, written to: what boto3 puts there is read back, and nothing is left of what broke off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest

from sm_magic.errors import ServiceError
from sm_magic.progress import Progress
from sm_magic.s3 import S3Uri
from sm_magic.settings import Connection
from sm_magic.transports.boto import connect

pytestmark = pytest.mark.server
KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
URI = S3Uri.of("s3://writings/sm-magic/in ä.csv")
LARGE = bytes(range(256)) * 4096 * 17  # 17 MiB: three parts


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """moto's server, with one bucket."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client("s3", region_name="eu-west-1", endpoint_url=address, **KEYS)
    client.create_bucket(Bucket="writings", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.close()
    yield address
    server.stop()


@pytest.fixture
def s3(url):
    """boto3's own client, to look at what was written."""
    client = boto3.client("s3", region_name="eu-west-1", endpoint_url=url, **KEYS)
    yield client
    client.close()


@pytest.fixture
def store(url):
    """S3 by boto3."""
    session = boto3.session.Session(**KEYS, region_name="eu-west-1")
    return connect(Connection(s3_endpoint_url=url), session=session).store


def uploads(s3):
    """Multipart uploads that were begun and neither completed nor aborted."""
    return s3.list_multipart_uploads(Bucket="writings").get("Uploads", [])


def test_what_is_put_is_there(store, s3):
    """Its bytes, its type, its key's encryption; a look brings them, and when they were written."""
    store.put(URI, b"1,2\n", "text/csv", kms_key="alias/mine", owner="123456789012")
    told = s3.head_object(Bucket="writings", Key=URI.key)
    assert (told["ContentType"], told["ServerSideEncryption"]) == ("text/csv", "aws:kms")
    look = store.look(URI)
    assert (look.state, look.body, look.known.content_type) == ("there", b"1,2\n", "text/csv")
    assert (look.known.size, store.look(URI, look.known.modified).state) == (4, "there")
    assert store.look(URI, look.known.modified + timedelta(seconds=1)).state == "older"


def test_a_large_body_goes_in_parts_and_tells_its_progress(store, s3):
    """It is one object in the end, and the last that is told is all of it."""
    told: list[Progress] = []
    store.put(URI, LARGE, "application/x-npy", on_progress=told.append)
    assert store.look(URI).body == LARGE
    assert "-3" in s3.head_object(Bucket="writings", Key=URI.key)["ETag"]
    assert (told[-1].done, told[-1].total) == (len(LARGE), len(LARGE))
    assert uploads(s3) == []


def test_an_interrupt_leaves_nothing_behind(store, s3):
    """Parts of an upload that nobody completes are paid for, and seen by nobody."""
    uri = S3Uri.of("s3://writings/interrupted")

    def interrupt(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.put(uri, LARGE, "text/csv", on_progress=interrupt)
    assert store.look(uri).state == "absent"
    assert uploads(s3) == []


def test_what_is_deleted_is_gone(store):
    """And what was never there may be deleted too."""
    store.put(URI, b"1", "text/csv")
    store.delete(URI)
    store.delete(URI)
    assert store.look(URI).state == "absent"


def test_a_bucket_is_there_or_not(store):
    """None is made."""
    assert store.has_bucket("writings", "123456789012")
    assert not store.has_bucket("other")
    missing = S3Uri.of("s3://other/x")
    with pytest.raises(ServiceError, match="There is no bucket other"):
        store.put(missing, b"1", "text/csv")
    with pytest.raises(ServiceError, match="There is no bucket other"):
        store.put(missing, LARGE, "text/csv")
