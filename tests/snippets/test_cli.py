"""The AWS CLI (version 1, of PyPI): what is pasted sends the very call that we send."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

pytestmark = pytest.mark.peer
_QUIET = {"capture_output": True, "text": True}
SHELL = ["bash", "-euo", "pipefail"]


@pytest.fixture
def path():
    """The CLI first."""
    return {"PATH": f"{Path(os.environ['SM_MAGIC_AWS_CLI']).parent}{os.pathsep}{os.environ['PATH']}"}


def test_it_sends_the_same_call(workbench, call, path):
    """Method, path, every header of the API, every byte of the body; a stream it can't."""
    if call.operation == "InvokeEndpointWithResponseStream":
        code = workbench.client.code(call, "cli").code
        assert code.startswith("# The AWS CLI can't stream"), code
        assert workbench.run(workbench.client.code(call, "cli"), SHELL, **path) == ""
        assert not workbench.recorder.calls
        return
    known = subprocess.run(
        [os.environ["SM_MAGIC_AWS_CLI"], "sagemaker-runtime", "invoke-endpoint", "help"], **_QUIET
    )
    if "--prefix-aware-id" not in known.stdout:  # the newest on PyPI, 1.46, is behind boto3
        call = replace(call, prefix_aware_id=None)
    workbench.sent(call, "cli", SHELL, ".sh", **path)


def test_it_shows_the_answer(workbench, path):
    """The variant, the type, and the text from its file."""
    request = workbench.client.prepare({"a": 1}, endpoint="echo", accept="json")
    printed = workbench.sent(request, "cli", SHELL, ".sh", **path)
    assert '"InvokedProductionVariant": "AllTraffic"' in printed
    assert printed.endswith('{"a":1}')


@pytest.mark.parametrize("body", [b"1,2\n", b"1,2", b"3,4\n" * 1_000])
def test_a_body_may_go_by_way_of_s3(workbench, body, path):
    """Text from the code, more from its file."""
    workbench.uploaded(body, "cli", SHELL, ".sh", **path)


def test_a_profile_signs_it(workbench, path):
    """In the region of the call, whatever the profile's and the environment's are."""
    workbench.by_profile("cli", SHELL, ".sh", **path)
