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
from sm_magic.local.objects import BUCKET

pytestmark = pytest.mark.server
PIXEL = base64.b64decode(  # a PNG of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
ROW = b"5.1,3.5,1.4,0.2\n"


class Caller:
    """boto3's two clients of one endpoint; members that the installed botocore is too old for go along too."""

    def __init__(self, endpoint: local.LocalEndpoint, connect: Callable[..., Any]) -> None:
        self.runtime, self.s3 = connect("sagemaker-runtime", endpoint), connect("s3", endpoint)
        events, operation = self.runtime.meta.events, "sagemaker-runtime.InvokeEndpointAsync"
        events.register(f"provide-client-params.{operation}", self._take_newer)
        events.register(f"before-call.{operation}", self._send_newer)

    def _take_newer(
        self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any
    ) -> dict[str, Any]:
        members = model.input_shape.members
        context["newer"] = {name: value for name, value in params.items() if name not in members}
        known = {name: value for name, value in params.items() if name in members}
        return dict.fromkeys(model.input_shape.required_members, "unsaid") | known

    def _send_newer(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        headers = {name: value for name, value in params["headers"].items() if value != "unsaid"}
        for name, value in context["newer"].items():
            if name == "Body":
                params["body"] = value
            else:
                headers[f"X-Amzn-SageMaker-{name}"] = value
        params["headers"] = headers

    def submit(self, name: str, body: bytes | None = None, **members: Any) -> dict[str, Any]:
        """The answer to InvokeEndpointAsync."""
        given = {"EndpointName": name, **members} | ({} if body is None else {"Body": body})
        answer: dict[str, Any] = self.runtime.invoke_endpoint_async(**given)
        return answer

    def there(self, location: str) -> dict[str, Any] | None:
        """The object at *location*, its body read; None if there is none yet."""
        assert location.startswith(f"s3://{BUCKET}/")
        try:
            found = self.s3.get_object(Bucket=BUCKET, Key=location.removeprefix(f"s3://{BUCKET}/"))
        except self.s3.exceptions.NoSuchKey:
            return None
        return {**found, "Body": found["Body"].read()}

    def wait(self, answer: dict[str, Any], which: str = "OutputLocation") -> dict[str, Any]:
        """The object at the answer's *which*, as soon as it is there."""
        end = time.monotonic() + 10
        while (found := self.there(answer[which])) is None:
            assert time.monotonic() < end, "no object came"
            time.sleep(0.005)
        return found

    def failure(self, answer: dict[str, Any]) -> str:
        """What the failure object says; nothing is at the output."""
        found = self.wait(answer, "FailureLocation")
        assert found["ContentType"] == "text/plain"
        assert self.there(answer["OutputLocation"]) is None
        said: str = found["Body"].decode()
        return said


@pytest.fixture(scope="module")
def caller(endpoint: local.LocalEndpoint, connect: Callable[..., Any]) -> Caller:
    """The caller of an endpoint that all tests share."""
    return Caller(endpoint, connect)


@pytest.mark.parametrize(
    ("name", "body", "content_type"),
    [
        ("iris", ROW, "text/csv"),
        ("diabetes", b"1,2,3,4,5,6,7,8,9,10\n", "text/csv"),
        ("edges", PIXEL, "image/png"),
        ("boxes", PIXEL, "image/png"),
        ("mask", PIXEL, "image/png"),
        ("digits", PIXEL, "image/png"),
        ("forecast", b'{"instances": [{"start": "2024-01-01", "target": [1, 2, 3]}]}', "application/json"),
        ("story", b'{"inputs": "Once", "parameters": {"max_new_tokens": 5, "seed": 1}}', "application/json"),
        ("story", b'{"inputs": "Once", "stream": true, "parameters": {"seed": 1}}', "application/json"),
        ("echo", b"\x00\xff", "application/octet-stream"),
        ("faulty", b"{}", "application/json"),
    ],
)
def test_every_demo_endpoint_answers_later_what_it_answers_at_once(
    caller: Caller, name: str, body: bytes, content_type: str
) -> None:
    """The output has the model's bytes and content type, or its failure the words of the ModelError."""
    try:
        expected = caller.runtime.invoke_endpoint(EndpointName=name, Body=body, ContentType=content_type)
    except ClientError as error:
        answer = caller.submit(name, body, ContentType=content_type)
        assert caller.failure(answer) == error.response["Error"]["Message"]
        return
    found = caller.wait(caller.submit(name, body, ContentType=content_type))
    assert found["ContentType"] == expected["ContentType"]
    at_once = expected["Body"].read()
    assert found["Body"] == at_once or name == "digits"  # two variants


def test_the_answer_is_the_services(caller: Caller) -> None:
    """202; where the output and the failure will be; the id given, or one that is made."""
    answer = caller.submit("echo", b"1", InferenceId="mine")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["InferenceId"] == "mine"
    assert answer["OutputLocation"].startswith(f"s3://{BUCKET}/async/echo/output/")
    assert answer["OutputLocation"].endswith(".out")
    assert answer["FailureLocation"].startswith(f"s3://{BUCKET}/async/echo/failure/")
    assert answer["FailureLocation"].endswith("-error.out")
    made = caller.submit("echo", b"1")["InferenceId"]
    assert made != caller.submit("echo", b"1")["InferenceId"]
    assert 1 <= len(made) <= 64


def test_the_control_plane_tells_the_place(
    endpoint: local.LocalEndpoint, connect: Callable[..., Any]
) -> None:
    """DescribeEndpoint and DescribeEndpointConfig have the AsyncInferenceConfig; real time goes on beside it."""
    catalog = connect("sagemaker", endpoint)
    told = catalog.describe_endpoint(EndpointName="iris")
    configured = catalog.describe_endpoint_config(EndpointConfigName=told["EndpointConfigName"])
    assert told["AsyncInferenceConfig"] == configured["AsyncInferenceConfig"]
    place = told["AsyncInferenceConfig"]["OutputConfig"]
    answer = Caller(endpoint, connect).submit("iris", ROW, ContentType="text/csv")
    assert answer["OutputLocation"].startswith(place["S3OutputPath"] + "/")
    assert answer["FailureLocation"].startswith(place["S3FailurePath"] + "/")


def test_the_input_may_lie_in_the_store(caller: Caller) -> None:
    """Its own content type counts where the call says none, the call's where it does; it may be large."""
    body = b'{"large": "' + b"x" * 2_000_000 + b'"}'
    caller.s3.put_object(Bucket=BUCKET, Key="in/a.json", Body=body, ContentType="application/json")
    location = f"s3://{BUCKET}/in/a.json"
    found = caller.wait(caller.submit("echo", InputLocation=location))
    assert (found["ContentType"], found["Body"]) == ("application/json", body)
    found = caller.wait(caller.submit("echo", InputLocation=location, ContentType="text/x-said"))
    assert (found["ContentType"], found["Body"]) == ("text/x-said", body)


def test_accept_is_the_models(caller: Caller) -> None:
    """It reaches the model, as in real time."""
    answer = caller.submit("iris", ROW, ContentType="text/csv", Accept="text/csv")
    assert caller.wait(answer)["ContentType"] == "text/csv"


def test_the_outputs_name_can_be_chosen(caller: Caller) -> None:
    """Filename and S3OutputPathExtension; the second request of a name takes its place."""
    members = {"Filename": "answer.json", "S3OutputPathExtension": "2026/run-1/"}
    for body in (b"1", b"2"):
        answer = caller.submit("echo", body, **members)
        assert answer["OutputLocation"] == f"s3://{BUCKET}/async/echo/output/2026/run-1/answer.json"
        # A failure never takes the place of another's.
        assert "answer" not in answer["FailureLocation"]
        end = time.monotonic() + 10
        while caller.wait(answer)["Body"] != body:
            assert time.monotonic() < end
    for name in ("a.b.c", "../x"):
        with pytest.raises(ClientError, match="ValidationError"):
            caller.submit("echo", b"1", Filename=name)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "Exactly one of Body and InputLocation must be given."),
        ({"Body": b"1", "InputLocation": f"s3://{BUCKET}/a"}, "Exactly one of Body and InputLocation"),
        ({"Body": b"x" * 128_001}, "length less than or equal to 128000"),
        ({"InputLocation": "file:///etc/passwd"}, "at 'inputLocation' failed to satisfy constraint"),
        ({"Body": b"1", "EndpointName": "nope"}, "Endpoint nope of account 000000000000 not found."),
        ({"Body": b"1", "S3OutputPathExtension": "s3://other/"}, "at 's3OutputPathExtension' failed"),
    ],
)
def test_what_is_refused_at_once(caller: Caller, members: dict[str, Any], said: str) -> None:
    """What can be known is known before anything is queued."""
    with pytest.raises(ClientError) as caught:
        caller.runtime.invoke_endpoint_async(**{"EndpointName": "echo", **members})
    assert caught.value.response["Error"]["Code"] == "ValidationError"
    assert said in caught.value.response["Error"]["Message"]
    assert len(caller.wait(caller.submit("echo", b"x" * 128_000))["Body"]) == 128_000


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"status": 500, "message": "CUDA out of memory"},
            'Received server error (500) from primary with message "CUDA',
        ),
        (
            {"status": 400, "message": "no"},
            'Received client error (400) from primary with message "no". See https://',
        ),
        ({"error": "ThrottlingException"}, "Rate exceeded"),
        ({"cut": "middle"}, "The container closed the connection before it had answered."),
    ],
)
def test_a_models_failure_is_an_object(caller: Caller, asked: dict[str, Any], said: str) -> None:
    """Its text is that of the error in real time."""
    assert said in caller.failure(caller.submit("faulty", json.dumps(asked).encode()))


@pytest.mark.parametrize(
    "location", [f"s3://{BUCKET}/in/nothing", "s3://elsewhere/x", f"https://{BUCKET}.s3.amazonaws.com/in/a"]
)
def test_an_input_that_is_not_there_is_a_failure(caller: Caller, location: str) -> None:
    """The service takes the request, and finds out later."""
    assert f"The input at InputLocation {location} can't be read" in caller.failure(
        caller.submit("echo", InputLocation=location)
    )


def test_a_request_that_waited_too_long_is_a_failure(caller: Caller) -> None:
    """RequestTTLSeconds has passed at once for one that says it has waited already; the next is answered."""
    asked = "trace=1;sm-magic-waited=61"
    said = caller.failure(caller.submit("echo", b"1", RequestTTLSeconds=60, CustomAttributes=asked))
    assert said.startswith("The request expired before it was processed: it was in the queue for 61 seconds")
    caller.wait(caller.submit("echo", b"1", RequestTTLSeconds=62, CustomAttributes=asked))


def test_a_slow_invocation_is_a_failure(connect: Callable[..., Any]) -> None:
    """Past its time it ends with the service's words, whoever was slow; the worker goes on with the next."""
    quick = local.start(async_timeout=0.1)
    try:
        caller = Caller(quick, connect)
        slow = caller.submit("faulty", b'{"delay": 20}')
        delayed = caller.submit("faulty", b"{}", CustomAttributes="sm-magic-delay=20")
        for answer in (slow, delayed):
            said = caller.failure(answer)
            assert said.startswith("Received server error (0) from primary with message")
            assert "timed out" in said
        answer = caller.submit("faulty", b'{"delay": 0.2}', InvocationTimeoutSeconds=5)
        assert caller.wait(answer)["Body"] == b'{"ok": true}'
    finally:
        quick.stop()


def test_a_delay_on_demand(caller: Caller) -> None:
    """Any endpoint can be slow; others, and real time, don't wait for it."""
    started = time.monotonic()
    slow = caller.submit("iris", ROW, ContentType="text/csv", CustomAttributes="sm-magic-delay=0.3")
    caller.runtime.invoke_endpoint(EndpointName="iris", Body=ROW, ContentType="text/csv")["Body"].read()
    caller.wait(caller.submit("echo", b"1"))
    assert caller.there(slow["OutputLocation"]) is None
    caller.wait(slow)
    assert time.monotonic() - started >= 0.3


def test_many_at_once(caller: Caller) -> None:
    """A hundred requests, each with its own answer."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: caller.submit("echo", b"%d" % n), range(100)))
    assert [caller.wait(answer)["Body"] for answer in answers] == [b"%d" % n for n in range(100)]


def test_a_stop_does_not_wait_for_what_is_queued(connect: Callable[..., Any]) -> None:
    """Slow requests end with the server."""
    endpoint = local.start()
    caller = Caller(endpoint, connect)
    for _ in range(3):
        caller.submit("faulty", b'{"delay": 30}')
        caller.submit("echo", b"1", CustomAttributes="sm-magic-delay=30")
    started = time.monotonic()
    endpoint.stop()
    assert time.monotonic() - started < 2
