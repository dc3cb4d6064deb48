"""Python, through boto3: what is pasted sends the very call that we send."""

import sys

import pytest

pytestmark = pytest.mark.server
PYTHON = [sys.executable, "-W", "ignore"]


def test_it_sends_the_same_call(workbench, call):
    """Method, path, every header of the API, every byte of the body."""
    workbench.sent(call, "python", PYTHON, ".py")


def test_it_shows_the_answer(workbench):
    """The variant, the type, the text."""
    request = workbench.client.prepare({"a": 1}, endpoint="echo")
    assert workbench.sent(request, "python", PYTHON, ".py") == 'AllTraffic application/json\n{"a":1}\n'


def test_it_shows_a_stream_as_it_comes(workbench):
    """The text of the parts, one after the other."""
    request = workbench.client.prepare({"inputs": "Once upon"}, endpoint="story", stream=True)
    assert workbench.sent(request, "python", PYTHON, ".py").startswith("[{")


def test_it_says_where_a_queued_answer_will_be(workbench):
    """And a failure."""
    request = workbench.client.prepare([1, 2], endpoint="echo", asynchronous=True)
    assert workbench.sent(request, "python", PYTHON, ".py").startswith("s3://")


@pytest.mark.parametrize("body", [b"1,2\n", b"1,2", b"3,4\n" * 1_000])
def test_a_body_may_go_by_way_of_s3(workbench, body):
    """Text from the code, more from its file."""
    workbench.uploaded(body, "python", PYTHON, ".py")


def test_a_profile_signs_it(workbench):
    """In the region of the call, whatever the profile's and the environment's are."""
    workbench.by_profile("python", PYTHON, ".py")


def test_a_role_is_assumed_first(workbench):
    """By STS; with what it answers the call is signed."""
    workbench.by_role("python", PYTHON, ".py")
