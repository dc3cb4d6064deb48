"""curl, which signs by itself: what is pasted sends the very call that we send."""

import re
import shutil
import subprocess

import pytest

SHELL = ["bash", "-euo", "pipefail"]
NEEDED = (7, 86)  # since then it signs every header that is given


def _version():
    if shutil.which("curl") is None or shutil.which("bash") is None:
        return (0,)
    said = subprocess.run(["curl", "--version"], capture_output=True, text=True).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])


pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(_version() < NEEDED, reason="no curl that signs headers"),
]


def test_it_sends_the_same_call(workbench, call):
    """Method, path, every header of the API, every byte of the body."""
    workbench.sent(call, "curl", SHELL, ".sh")


def test_a_session_token_is_signed(workbench):
    """Where there is one; elsewhere nothing is said of it."""
    request = workbench.client.prepare({"a": 1}, endpoint="echo")
    workbench.run(workbench.client.code(request, "curl"), SHELL, AWS_SESSION_TOKEN="token+/=")
    (received,) = workbench.recorder.calls
    assert received.headers["x-amz-security-token"] == "token+/="
    assert "x-amz-security-token" in received.headers["authorization"]
    workbench.check_signatures([received])


@pytest.mark.parametrize("body", [b"1,2\n", b"1,2", b"3,4\n" * 1_000])
def test_a_body_may_go_by_way_of_s3(workbench, body):
    """Text from the code, more from its file."""
    workbench.uploaded(body, "curl", SHELL, ".sh")
