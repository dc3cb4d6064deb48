"""--file s3://BUCKET/KEY from the cell to the model: moto's S3 before, the local endpoint behind, boto3 between."""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import boto3
import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.server
ROWS = b"5.1,3.5,1.4,0.2\n6.7,3.0,5.2,2.3\n"
LARGE = 2_000_000
KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}


def picture() -> bytes:
    """A PNG of a digit's size."""
    out = io.BytesIO()
    Image.fromarray(np.arange(64, dtype="uint8").reshape(8, 8) * 4).save(out, format="PNG")
    return out.getvalue()


@dataclass(frozen=True)
class Moto:
    """moto's server; `stranger` is the key of a user to whom nothing is allowed."""

    url: str
    stranger: dict[str, str]

    def checks_after(self, requests: float) -> None:
        """From then on it asks IAM's policies whether a request is allowed."""
        asked = urllib.request.Request(
            f"{self.url}/moto-api/reset-auth",
            data=str(requests).encode(),
            headers={"Content-Type": "text/plain"},
        )
        urllib.request.urlopen(asked, timeout=10).close()


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    """moto's server, with a bucket."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    # moto keeps its state for the process, whose other tests have a bucket of this name too.
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST"), timeout=10).close()
    s3 = boto3.client("s3", region_name="eu-west-1", endpoint_url=url, **KEYS)
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="bucket", Key="in/iris.csv", Body=ROWS)
    s3.put_object(Bucket="bucket", Key="in/my digit.png", Body=picture())
    s3.put_object(Bucket="bucket", Key="in/large.csv", Body=b"1,2\n" * (LARGE // 4))
    s3.close()
    iam = boto3.client("iam", region_name="eu-west-1", endpoint_url=url, **KEYS)
    iam.create_user(UserName="stranger")
    key = iam.create_access_key(UserName="stranger")["AccessKey"]
    iam.close()
    yield Moto(
        url, {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    )
    server.stop()


@pytest.fixture
def connected(notebook, local_endpoint, moto: Moto):
    """A notebook at the local endpoint, whose objects are in moto, read with the notebook's own credentials."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in KEYS.items():
            environment.setenv(name.upper(), value)
        notebook.run("%sm_connect local")
        notebook.run(f"%config SageMakerMagics.s3_endpoint_url = {moto.url!r}")
        yield notebook


@pytest.mark.parametrize("magic", ["%sm_invoke iris", "%%sm_invoke iris"])
def test_an_object_is_sent_and_answered(connected, moto, magic):
    """Its bytes go to the model as a file's would; the card says where they were read.  A blank cell is no body."""
    shown = connected.run(f"{magic} --file s3://bucket/in/iris.csv -o kept\n\n")

    assert [one["predicted_label"] for one in connected.names["kept"]["predictions"]] == [
        "setosa",
        "virginica",
    ]
    assert f"Read from S3 at {moto.url}: s3://bucket/in/iris.csv" in " ".join(shown.split())
    assert "text/csv" in shown


def test_an_address_is_filled_and_quoted_as_any_value(connected):
    """``${name}`` and blanks in a key; the type is the suffix's."""
    connected.run("bucket = 'bucket'")
    connected.run('%sm_invoke echo --file "s3://${bucket}/in/my digit.png" -o kept')
    assert connected.names["kept"].size == (8, 8)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            "s3://bucket/in/irsi.csv",
            "ServiceError: There is no s3://bucket/in/irsi.csv.\n→ Did you mean `s3://bucket/in/iris.csv`?",
        ),
        (
            "s3://bucket/elsewhere/x.csv",
            "ServiceError: There is no s3://bucket/elsewhere/x.csv.\n"
            "→ `aws s3 ls s3://bucket/elsewhere/` lists what is there.",
        ),
        (
            "s3://nobodys-bucket/x.csv",
            "ServiceError: There is no bucket nobodys-bucket.\n"
            "→ `aws s3 ls` lists the account's buckets; %sm_connect --profile NAME reads with another one.",
        ),
        ("s3://bucket/in/", "UsageError: s3://bucket/in/ is a folder.\n→ s3://BUCKET/KEY names one object."),
        ("s3://bucket", "UsageError: s3://bucket is a folder.\n→ s3://BUCKET/KEY names one object."),
        ("s3://b_/x", "UsageError: s3://b_/x is no address in S3.\n→ s3://BUCKET/KEY"),
    ],
)
def test_what_is_not_there_is_told_with_what_to_type(connected, address, said):
    """Two lines, and nothing is sent."""
    assert connected.fails(f"%sm_invoke echo --file {address}") == said


def test_what_is_denied_names_the_permission(connected, moto, monkeypatch):
    """IAM's own denial: which action on which resource; the account's digits are not shown."""
    for name, value in moto.stranger.items():
        monkeypatch.setenv(name, value)
    moto.checks_after(0)
    try:
        said = connected.fails("%sm_invoke echo --file s3://bucket/in/iris.csv")
    finally:
        moto.checks_after(float("inf"))

    first, hint = said.split("\n")
    assert first.startswith("AccessDeniedException: s3://bucket/in/iris.csv can't be read: ")
    assert hint == (
        "→ Allow s3:GetObject on arn:aws:s3:::bucket/in/iris.csv.  A key that is not there is denied too, "
        "unless s3:ListBucket is allowed on arn:aws:s3:::bucket."
    )
    assert "123456789012" not in said


def test_what_is_too_large_is_refused(connected):
    """With the way to send it all the same."""
    connected.run("%config SageMakerMagics.max_bytes = 1_000_000")
    line = "%sm_invoke echo --file s3://bucket/in/large.csv"

    assert connected.fails(line) == (
        "UsageError: s3://bucket/in/large.csv has 2 MB; a real-time endpoint takes 1 MB.\n"
        "→ --no-limit sends it all the same."
    )
    connected.run(f"{line} --no-limit -q")
    assert len(connected.result.body) == LARGE


def test_without_credentials_the_way_to_some_is_told(connected, monkeypatch):
    """The local endpoint needs none, S3 does."""
    for name in KEYS:
        monkeypatch.delenv(name.upper())
    said = connected.fails("%sm_invoke echo --file s3://bucket/in/iris.csv")
    assert "→ S3 is read with your own credentials:" in said


def test_a_dry_run_reads_and_sends_nothing(connected):
    """The object is the request's body."""
    connected.run("%sm_invoke nobody --file s3://bucket/in/iris.csv --dry-run")
    assert (connected.result.body, connected.result.content_type) == (ROWS, "text/csv")
