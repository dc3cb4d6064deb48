"""The other side is somebody else's: the local endpoint, moto, a server with a private CA."""

import contextlib
import datetime
import ipaddress
import ssl
from pathlib import Path

import botocore
import pytest

from sm_magic.errors import ConnectError, ModelError, ValidationError
from sm_magic.messages import Payload, Request
from sm_magic.settings import Connection
from sm_magic.transports.boto import connect

pytestmark = pytest.mark.server

REQUEST = Request(endpoint="echo", payload=Payload(body=b"1,2\n", content_type="text/csv"))


@pytest.fixture(scope="module")
def local(local_endpoint, warmed):
    """What speaks to the local endpoint."""
    return warmed(Connection(endpoint_url=local_endpoint.url, local_token=local_endpoint.token))


def told(ask, catalog):
    """What *ask* is told; asked again on a machine that stood still for the two seconds that it may take."""
    for _ in range(4):
        with contextlib.suppress(ConnectError):
            return ask()
        catalog.retry()
    return ask()


def test_the_local_endpoint_echoes(local):
    """Body, type and custom attributes come back; the place is LOCAL."""
    request = Request(endpoint="echo", payload=REQUEST.payload, custom_attributes="a=1")

    response = local.runtime.invoke(request)

    assert REQUEST.payload == response.payload
    assert response.custom_attributes == "Trace ID: a=1"
    assert response.variant and response.request_id
    assert local.runtime.where.place == "LOCAL"


def test_the_local_endpoints_errors_are_ours(local):
    """An endpoint and a variant that are not there; a container's own refusal."""
    with pytest.raises(ValidationError, match="nowhere"):
        local.runtime.invoke(Request(endpoint="nowhere", payload=REQUEST.payload))
    with pytest.raises(ValidationError, match="--target-variant"):
        local.runtime.invoke(Request(endpoint="digits", payload=REQUEST.payload, target_variant="none"))
    with pytest.raises(ModelError, match="415") as caught:
        local.runtime.invoke(
            Request(endpoint="iris", payload=Payload(body=b"GIF89a", content_type="image/gif"))
        )
    assert caught.value.original_status == 415
    assert caught.value.hint


def test_the_local_control_plane_answers(local):
    """Names, variants, account; None for what is not there."""
    assert {"iris", "digits", "echo"} <= set(told(local.catalog.endpoints, local.catalog))
    digits = local.catalog.endpoint("digits")
    assert (digits.status, len(digits.variants)) == ("InService", 2)
    assert local.catalog.endpoint("nowhere") is None
    assert len(local.catalog.account()) == 12


def test_a_stranger_is_told_to_connect_again(local_endpoint):
    """The token of a server that is gone."""
    stranger = connect(Connection(endpoint_url=local_endpoint.url, local_token="wrong")).runtime

    with pytest.raises(Exception, match="%sm_connect local"):
        stranger.invoke(REQUEST)


def test_motos_control_plane_is_read_as_well(warmed):
    """Somebody else's idea of the same API: created there, told by our catalog."""
    moto = pytest.importorskip("moto.server")
    boto3 = pytest.importorskip("boto3")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        connected = warmed(Connection(endpoint_url=url, local_token="t", region="ap-south-1"))
        control = boto3.client(
            "sagemaker",
            endpoint_url=url,
            region_name="ap-south-1",
            aws_access_key_id="t",
            aws_secret_access_key="t",
        )
        role = "arn:aws:iam::123456789012:role/service-role/Role"
        image = {
            "Image": "123456789012.dkr.ecr.ap-south-1.amazonaws.com/x:1",
            "ModelDataUrl": "s3://b/m.tar.gz",
        }
        control.create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer=image)
        variant = {
            "VariantName": "blue",
            "ModelName": "m",
            "InitialInstanceCount": 1,
            "InstanceType": "ml.t2.medium",
            "InitialVariantWeight": 1.0,
        }
        control.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
        control.create_endpoint(EndpointName="iris", EndpointConfigName="c")

        assert connected.catalog.endpoints() == ("iris",)
        found = connected.catalog.endpoint("iris")
        assert (found.status, [v.name for v in found.variants]) == ("InService", ["blue"])
        assert connected.catalog.endpoint("none") is None
        assert connected.catalog.account() == "123456789012"
        assert connected.runtime.invoke(REQUEST).payload.body.decode() == "body"
    finally:
        server.stop()


@pytest.fixture
def certificate(tmp_path):
    """A certificate that nobody but we trust, for 127.0.0.1."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sm_magic test")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "ca.pem"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(secret)
    return pem, tmp_path / "key.pem"


@pytest.fixture
def secured(far, certificate):
    """`far` over TLS, with that certificate."""
    pem, key = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    far.server.socket = context.wrap_socket(far.server.socket, server_side=True)
    return far.url.replace("http:", "https:")


def test_a_private_ca_is_refused_with_what_to_say(secured):
    """botocore's own certificates do not have it, wherever AWS_CA_BUNDLE points here."""
    public = str(Path(botocore.__file__).with_name("cacert.pem"))
    runtime = connect(Connection(endpoint_url=secured, local_token="t", ca_bundle=public)).runtime

    with pytest.raises(ConnectError, match=r"--ca-bundle PATH\.pem, or set AWS_CA_BUNDLE"):
        runtime.invoke(REQUEST)


def test_a_private_ca_is_trusted_by_bundle(secured, certificate, far):
    """--ca-bundle, on that client alone."""
    runtime = connect(
        Connection(endpoint_url=secured, local_token="t", ca_bundle=str(certificate[0]))
    ).runtime
    far.says(far.Answer(body=b"safe"))

    assert runtime.invoke(REQUEST).payload.body == b"safe"


def test_a_private_ca_is_trusted_by_the_environment(secured, certificate, elsewhere):
    """AWS_CA_BUNDLE, by boto3's own chain."""
    code = """
import json, os
from sm_magic.messages import Payload, Request
from sm_magic.settings import Connection
from sm_magic.transports.boto import connect
request = Request(endpoint="e", payload=Payload(body=b"1", content_type="text/csv"))
print(json.dumps(connect(Connection(endpoint_url=os.environ["FAR"], local_token="t")).runtime.invoke(request).status))
"""

    assert elsewhere(code, FAR=secured, AWS_CA_BUNDLE=str(certificate[0])) == 200


def test_a_large_body_that_is_hung_up_on_over_tls_means_too_large(secured, certificate, far):
    """EOF in the middle of sending, in OpenSSL's words (sdk #3690)."""
    far.says(far.Answer(cut="unread"))
    runtime = connect(
        Connection(endpoint_url=secured, local_token="t", ca_bundle=str(certificate[0]))
    ).runtime
    large = Request(endpoint="e", payload=Payload(body=bytes(9_000_000), content_type="application/x-npy"))

    with pytest.raises(Exception, match="9 MB were being sent"):
        runtime.invoke(large)
