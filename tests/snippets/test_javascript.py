"""JavaScript on node, through AWS's own SDK: what is pasted sends the very call that we send."""

import os

import pytest

pytestmark = pytest.mark.peer
NODE = ["node"]


@pytest.fixture(autouse=True)
def modules(workbench):
    """The SDK beside the script, where node looks for it."""
    (workbench.folder / "node_modules").symlink_to(os.environ["SM_MAGIC_NODE_MODULES"])


def test_it_sends_the_same_call(workbench, call):
    """Method, path, every header of the API, every byte of the body."""
    workbench.sent(call, "javascript", NODE, ".mjs")


def test_it_shows_the_answer(workbench):
    """The variant, the type, the text."""
    request = workbench.client.prepare({"a": 1}, endpoint="echo")
    assert workbench.sent(request, "javascript", NODE, ".mjs") == 'AllTraffic application/json\n{"a":1}\n'


def test_it_shows_a_stream_as_it_comes(workbench):
    """The bytes of the parts, one after the other."""
    request = workbench.client.prepare({"inputs": "Once upon"}, endpoint="story", stream=True)
    assert workbench.sent(request, "javascript", NODE, ".mjs").startswith("[{")


@pytest.mark.parametrize("body", [b"1,2\n", b"1,2", b"3,4\n" * 1_000])
def test_a_body_may_go_by_way_of_s3(workbench, body):
    """Text from the code, more from its file."""
    workbench.uploaded(body, "javascript", NODE, ".mjs")


def test_a_profile_signs_it(workbench):
    """In the region of the call, whatever the profile's and the environment's are."""
    workbench.by_profile("javascript", NODE, ".mjs")


def test_a_role_is_assumed_first(workbench):
    """By STS; with what it answers the call is signed."""
    workbench.by_role("javascript", NODE, ".mjs")
