"""What InvokeEndpointAsync can't take is refused before anything is sent."""

import pytest

from sm_magic.errors import UsageError
from sm_magic.messages import Payload, Request
from sm_magic.settings import Settings
from sm_magic.validation import check

CSV = Payload(body=b"1,2\n", content_type="text/csv")


def checked(settings=Settings(), **members):  # noqa: B008 - frozen
    """A request of InvokeEndpointAsync, looked at."""
    return check(Request(endpoint="e", operation="InvokeEndpointAsync", **members), settings)


def test_every_member_of_the_operation_is_taken():
    """With a body, or with the place of one."""
    members = {
        "s3_output_path_extension": "a/b",
        "filename": "out.json",
        "request_ttl_seconds": 60,
        "invocation_timeout_seconds": 3600,
        "inference_id": "i",
    }
    assert checked(payload=CSV, **members).filename == "out.json"
    assert checked(input_location="s3://bucket/in.csv", **members).input_location == "s3://bucket/in.csv"


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (
            {"request_ttl_seconds": 59},
            "--request-ttl-seconds can't be 59: the API takes 60 to 21,600 seconds.",
        ),
        ({"invocation_timeout_seconds": 3601}, "--invocation-timeout-seconds can't be 3,601"),
        ({"filename": "a.b.c"}, "--filename can't be 'a.b.c'"),
        ({"s3_output_path_extension": "s3://b/p"}, "--s3-output-path-extension can't be"),
        ({"input_location": "ftp://b/k"}, "--input-location can't be"),
        ({"input_location": "s3://bucket/folder/"}, "is a folder"),
        ({"target_variant": "blue"}, "InvokeEndpointAsync does not take --target-variant"),
    ],
)
def test_what_the_service_would_refuse_is_not_sent(members, said):
    """By the bounds and patterns of the API."""
    with pytest.raises(UsageError) as caught:
        checked(payload=CSV, **members)
    assert said in caught.value.message


def test_there_is_a_body_somewhere():
    """boto3 sends a request without one, and the service refuses it."""
    with pytest.raises(UsageError, match="nothing to send"):
        checked()


def test_the_limit_is_the_queues():
    """A body for S3 may be far larger than a real-time endpoint's."""
    settings = Settings(max_bytes=1, max_async_bytes=4)
    assert checked(settings, payload=CSV).payload.size == 4
    with pytest.raises(UsageError, match="an asynchronous endpoint takes"):
        checked(Settings(max_async_bytes=3), payload=CSV)


def test_an_operation_refuses_what_is_not_its_own():
    """A file name for the answer means nothing in real time."""
    with pytest.raises(UsageError, match="InvokeEndpoint does not take --filename"):
        check(Request(endpoint="e", payload=CSV, filename="out.json"), Settings())
