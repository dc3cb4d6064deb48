"""Python, through boto3: what is pasted sends the very call that we send."""

import sys

import numpy as np
import pytest

pytestmark = pytest.mark.server

PYTHON = [sys.executable, "-W", "ignore"]


@pytest.mark.parametrize(
    ("value", "options"),
    [
        ({"inputs": 'say "no"\\n', "parameters": {"n": [1, None]}}, {}),
        ("1,2\n3,4\n5,6\n", {"content_type": "csv", "accept": "csv", "custom_attributes": "a=\"b\" c='d'\\"}),
        ("schön, ja?", {"content_type": "text"}),
        (np.eye(3), {"accept": "npy"}),
        (b"\x00\xff" * 5_000, {}),
        ("x" * 2_001, {"content_type": "text"}),
    ],
)
def test_it_sends_the_same_call(client, run, value, options):
    """Method, path, every header of the API, every byte of the body."""
    request = client.prepare(value, endpoint="echo", **options)
    printed = run(request, client.code(request, "python"), PYTHON, suffix=".py")
    assert printed.startswith("AllTraffic "), printed


def test_it_prints_a_stream_as_it_comes(client, run):
    """The text of the parts, one after the other."""
    request = client.prepare({"inputs": "Once upon", "stream": True}, endpoint="story", stream=True)
    printed = run(request, client.code(request, "python"), PYTHON, suffix=".py")
    assert "data:" in printed


def test_it_queues(client, run):
    """And says where the answer will be."""
    request = client.prepare([1, 2], endpoint="echo", asynchronous=True, filename="a.json")
    printed = run(request, client.code(request, "python"), PYTHON, suffix=".py")
    assert printed.startswith("s3://"), printed
