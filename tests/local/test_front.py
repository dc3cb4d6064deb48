from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sm_magic import local

pytestmark = pytest.mark.server
PIXEL = base64.b64decode(  # a PNG of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
Invoke = Callable[..., tuple[bytes, dict[str, Any]]]


def error(invoke: Invoke, name: str, body: bytes | str = b"{}", **members: Any) -> dict[str, Any]:
    """What botocore parsed of the error that the call ends in."""
    with pytest.raises(ClientError) as caught:
        invoke(name, body, **members)
    return dict(caught.value.response)


def test_an_unknown_endpoint(invoke: Invoke) -> None:
    """The service's own sentence, with the account that is no account."""
    found = error(invoke, "nope")
    assert found["Error"] == {
        "Code": "ValidationError",
        "Message": "Endpoint nope of account 000000000000 not found.",
    }
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert found["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize("name", ["bad name!", "e/../x", "a" * 64, "arn:aws:sagemaker:x:1:endpoint/iris"])
def test_a_name_botocore_lets_through(invoke: Invoke, name: str) -> None:
    """botocore sends any name; the service refuses it."""
    found = error(invoke, name)["Error"]
    assert found["Code"] == "ValidationError"
    assert "at 'endpointName' failed to satisfy constraint" in found["Message"]


@pytest.mark.parametrize(
    ("member", "text"),
    [
        (
            "TargetModel",
            "Endpoint iris is not a multi-model endpoint and does not support target model header.",
        ),
        ("TargetContainerHostname", "is not a multi-container endpoint"),
        ("InferenceComponentName", "Inference Component Name header is not allowed"),
        ("EnableExplanations", "has no explainer"),
        ("TargetVariant", "Variant x not found for endpoint iris."),
    ],
)
def test_a_member_this_endpoint_does_not_take(invoke: Invoke, member: str, text: str) -> None:
    """Members of special endpoints are refused by ordinary ones."""
    found = error(invoke, "iris", **{member: "x"})["Error"]
    assert (found["Code"], text in found["Message"]) == ("ValidationError", True)


def test_members_without_effect_are_taken(invoke: Invoke) -> None:
    """InferenceId is for captured data only."""
    body, answer = invoke("echo", b"x", InferenceId="one", ContentType="text/plain")
    assert (body, answer["ContentType"]) == (b"x", "text/plain")


def test_a_body_of_25_mb_passes_and_one_byte_more_is_413(invoke: Invoke) -> None:
    """The limit is exact, and its error has the status for a code, as AWS's front answers."""
    body, _ = invoke("echo", b"x" * 25_000_000)
    assert len(body) == 25_000_000
    found = error(invoke, "echo", b"x" * 25_000_001)
    assert found["Error"] == {"Code": "413", "Message": "HTTP content length exceeded 25000000 bytes."}
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_a_containers_error_becomes_a_model_error(invoke: Invoke) -> None:
    """Status, message and log stream arrive where boto3 documents them."""
    found = error(invoke, "faulty", json.dumps({"status": 507, "message": "out of memory"}))
    assert found["Error"]["Code"] == "ModelError"
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert (found["OriginalStatusCode"], found["OriginalMessage"]) == (507, "out of memory")
    assert found["LogStreamArn"].startswith("arn:aws:logs:eu-west-1:000000000000:log-group:/aws/sagemaker/")
    said = 'Received server error (507) from primary with message "out of memory". See https://eu-west-1.console.'
    assert found["Error"]["Message"].startswith(said)
    assert found["Error"]["Message"].endswith("in account 000000000000 for more information.")


def test_a_message_too_long_to_repeat(invoke: Invoke) -> None:
    """The service gives up on it and says so."""
    found = error(invoke, "faulty", json.dumps({"status": 413, "message": "x" * 70_000}))
    said = "Received client error (413) from primary and could not load the entire response body. See"
    assert found["Error"]["Message"].startswith(said)


def test_a_container_that_takes_too_long(connect: Callable[..., Any]) -> None:
    """Past the time a container has, the error is the service's, with status 0."""
    quick = local.start(timeout=0.2)
    try:
        runtime = connect("sagemaker-runtime", quick)
        with pytest.raises(ClientError) as caught:
            runtime.invoke_endpoint(EndpointName="faulty", Body=b'{"delay": 20}')
    finally:
        quick.stop()
    assert caught.value.response["OriginalStatusCode"] == 0
    said = (
        'Received server error (0) from primary with message "Your invocation timed out while waiting for a'
    )
    assert caught.value.response["Error"]["Message"].startswith(said)


def test_variants_share_the_requests_by_weight(cache: None, connect: Callable[..., Any]) -> None:
    """Of 300 requests to a 70/30 endpoint, with a fixed seed, champion answers 70 % give or take 7."""
    seeded = local.start(seed=1)
    try:
        runtime = connect("sagemaker-runtime", seeded)
        answers = [
            runtime.invoke_endpoint(EndpointName="digits", Body=PIXEL, ContentType="image/png")
            for _ in range(300)
        ]
        for answer in answers:
            answer["Body"].close()
    finally:
        seeded.stop()
    drawn = [answer["InvokedProductionVariant"] for answer in answers]
    assert set(drawn) == {"champion", "challenger"}
    assert abs(drawn.count("champion") / 300 - 0.7) < 0.07


def test_many_at_once(endpoint: local.LocalEndpoint, connect: Callable[..., Any]) -> None:
    """Sixteen slow requests take the time of one, and none gets another's answer."""
    runtime = connect("sagemaker-runtime", endpoint)

    def ask(number: int) -> str:
        body = json.dumps({"delay": 0.3, "body": str(number)})
        answer: bytes = runtime.invoke_endpoint(EndpointName="faulty", Body=body)["Body"].read()
        return answer.decode()

    started = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(16)))
    assert answers == [str(number) for number in range(16)]
    assert time.monotonic() - started < 16 * 0.3
