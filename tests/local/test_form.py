"""A form over the local endpoint, through the real boto3: what was sent is what the container gets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sm_magic import Client

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def client(endpoint) -> Client:
    """A client of the local endpoint."""
    return Client(endpoint_url=endpoint.url, local_token=endpoint.token, region="eu-west-1")


def test_the_boundary_arrives_unchanged(client: Client, tmp_path: Path) -> None:
    """echo gives back the content type and the bytes that it got."""
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF\r\n--sm-magic-part-0\r\n")
    result = client.invoke({"file": path, "language": "en"}, endpoint="echo", content_type="form")
    assert result.response.payload.content_type == "multipart/form-data; boundary=sm-magic-part-1"
    assert result.body == result.request.body
    assert b'name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n' in result.body


def test_the_headers_size_arrives_unchanged(client: Client) -> None:
    """So do Triton's tensors."""
    sent = {"x": np.arange(6, dtype="f4").reshape(2, 3), "t": ["a", "é"]}
    result = client.invoke(sent, endpoint="echo", content_type="triton")
    assert "json-header-size=" in result.response.payload.content_type
    assert result.response.payload.content_type == result.request.content_type
    np.testing.assert_array_equal(result.value["x"], sent["x"])
    assert result.value["t"].tolist() == sent["t"]
