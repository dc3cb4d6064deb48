"""InvokeEndpointWithResponseStream, called by the unmodified boto3."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from types import MappingProxyType
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from botocore.exceptions import ClientError, EventStreamError
from urllib3.exceptions import ProtocolError

from sm_magic.local import LocalEndpoint, eventstream
from sm_magic.local.fleet import ContainerError, Deployed, Fleet, Variant
from sm_magic.local.wire import Call, Cut, Refusal, Reply, StreamFault

pytestmark = pytest.mark.server
SSE = MappingProxyType({"content_type": "text/event-stream", "custom_attributes": "trace=1"})


class Model:
    """Streams what a test gives it."""

    def __init__(self) -> None:
        self.parts: Callable[[], Iterable[bytes]] = lambda: [b"one", b"two"]
        self.asked: Call | None = None

    def __call__(self, call: Call) -> Reply:
        self.asked = call
        return Reply(parts=self.parts(), members=SSE)


def serving(model: Model, seconds: float) -> Iterator[LocalEndpoint]:
    """A server with that model alone, where a stream may take so long."""
    variant = Variant(name="AllTraffic", model=model)
    from sm_magic.local.server import Server  # needs uvicorn, which the pure part of the tests does without

    server = Server(Fleet({"model": Deployed(name="model", variants=(variant,))}), stream_timeout=seconds)
    server.start()
    yield LocalEndpoint(url=server.url, token=server.token)
    server.stop()


@pytest.fixture(scope="module")
def shared() -> Model:
    """One for the module: what it streams is each test's own."""
    return Model()


@pytest.fixture(scope="module")
def client(shared: Model, connect: Callable[..., Any]) -> Iterator[Any]:
    """boto3's client for the endpoint "model"."""
    for server in serving(shared, 60.0):
        yield connect("sagemaker-runtime", server)


@pytest.fixture
def model(shared: Model) -> Model:
    """The model behind the endpoint "model"."""
    shared.parts = lambda: [b"one", b"two"]
    return shared


def stream(client: Any, name: str = "model", body: bytes | str = b"{}", **members: Any) -> dict[str, Any]:
    """The answer of boto3, its Body an EventStream that has not been read."""
    answer: dict[str, Any] = client.invoke_endpoint_with_response_stream(
        EndpointName=name, Body=body, **members
    )
    return answer


def parts(answer: dict[str, Any]) -> Iterator[bytes]:
    """The bytes of each PayloadPart."""
    with closing(answer["Body"]) as body:  # botocore leaves that to its user
        for event in body:
            yield event["PayloadPart"]["Bytes"]


def test_parts_arrive_as_the_model_gives_them(client: Any, model: Model) -> None:
    """The caller has the first part before the model makes the second; what stands in headers is there at once."""
    read = threading.Event()

    def lazily() -> Iterator[bytes]:
        yield b"\xc3"
        assert read.wait(5)
        yield b""
        yield b"\xa9"

    model.parts = lazily
    answer = stream(client, ContentType="application/json", Accept="text/event-stream")
    assert (answer["ContentType"], answer["InvokedProductionVariant"]) == ("text/event-stream", "AllTraffic")
    assert answer["CustomAttributes"] == "trace=1"
    coming = parts(answer)
    assert next(coming) == b"\xc3"
    read.set()
    assert list(coming) == [b"\xa9"]
    assert model.asked is not None
    assert model.asked.members["accept"] == "text/event-stream"


def test_thousands_of_parts_come_in_order(client: Any, model: Model) -> None:
    """None is lost or joined, however many wait."""
    model.parts = lambda: (b"%d" % n for n in range(3000))
    assert list(parts(stream(client))) == [b"%d" % n for n in range(3000)]


def test_a_model_that_does_not_stream_answers_in_one_part(runtime: Any) -> None:
    """As any container that answers whole."""
    answer = stream(runtime, "echo", b"x" * 100_000, ContentType="text/plain")
    assert (answer["ContentType"], list(parts(answer))) == ("text/plain", [b"x" * 100_000])


def test_a_caller_who_does_not_stream_gets_the_parts_joined(client: Any, model: Model) -> None:
    """InvokeEndpoint reads the container's stream to its end."""
    answer = client.invoke_endpoint(EndpointName="model", Body=b"{}")
    assert (answer["Body"].read(), answer["ContentType"]) == (b"onetwo", "text/event-stream")


def failing(error: BaseException) -> Callable[[], Iterator[bytes]]:
    """Parts that end in *error*."""

    def broken() -> Iterator[bytes]:
        yield b"one"
        raise error

    return broken


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (StreamFault("It broke."), "ModelStreamError", "It broke."),
        (StreamFault("It broke.", None), "InternalStreamFailure", "It broke."),
        (ContainerError(500, "It died."), "ModelStreamError", "The stream from the model broke: It died."),
        (KeyError("text"), "ModelStreamError", "The stream from the model broke: KeyError: 'text'"),
    ],
)
def test_what_breaks_the_stream_follows_the_parts(
    client: Any, model: Model, error: Exception, code: str, message: str
) -> None:
    """The parts before it come, then botocore raises the exception of the stream."""
    model.parts = failing(error)
    coming = parts(stream(client))
    assert next(coming) == b"one"
    with pytest.raises(EventStreamError) as caught:
        next(coming)
    assert caught.value.response["Error"] == {"Code": code, "Message": message}


def raw(answer: dict[str, Any]) -> list[tuple[dict[str, Any], bytes]]:
    """All frames, with what botocore's own iterator drops."""
    buffer = EventStreamBuffer()
    with closing(answer["Body"]) as body:
        for chunk in body._raw_stream.stream():
            buffer.add_data(chunk)
    return [(message.headers, message.payload) for message in buffer]


def test_a_stream_that_takes_too_long(connect: Callable[..., Any]) -> None:
    """ModelInvocationTimeExceeded, after what came; the model is asked for no more."""
    model = Model()
    going, closed = threading.Event(), threading.Event()

    def slow() -> Iterator[bytes]:
        try:
            yield b"one"
            going.wait(5)
            yield b"two"
        finally:
            closed.set()

    model.parts = slow
    for server in serving(model, 0.2):
        first, last = raw(stream(connect("sagemaker-runtime", server)))
    going.set()
    assert (first[1], last[0][":exception-type"]) == (b"one", "ModelStreamError")
    assert json.loads(last[1]) == {
        "Message": "The model did not finish its streamed response within 0.2 seconds.",
        "ErrorCode": "ModelInvocationTimeExceeded",
    }
    assert closed.wait(5)


def test_a_caller_who_leaves_ends_the_model(client: Any, model: Model) -> None:
    """Its iterator is closed: nothing computes for nobody, and nothing waits for the caller."""
    closed = threading.Event()

    def endless() -> Iterator[bytes]:
        try:
            while True:
                yield b"more"
                time.sleep(0.001)
        finally:
            closed.set()

    model.parts = endless
    answer = stream(client)
    next(parts(answer))
    answer["Body"].close()
    assert closed.wait(5)


def test_a_slow_caller_slows_the_model(client: Any, model: Model) -> None:
    """What nobody reads is not heaped up: 200 MB stand ready, what sockets hold of it waits."""
    made = 0

    def much() -> Iterator[bytes]:
        nonlocal made
        for made in range(1, 1001):  # noqa: B007 - the test looks at it
            yield bytes(200_000)

    model.parts = much
    answer = stream(client)
    next(parts(answer))
    time.sleep(0.05)
    assert made < 900
    answer["Body"].close()


def test_a_cut_connection(client: Any, model: Model, runtime: Any) -> None:
    """What boto3 raises is no error of its own; the next call works."""
    model.parts = failing(Cut())
    coming = parts(stream(client))
    assert next(coming) == b"one"
    with pytest.raises(ProtocolError):
        next(coming)
    halves = parts(stream(runtime, "faulty", '{"cut": "middle", "body": "onetwo"}'))
    assert next(halves) == b"one"
    with pytest.raises(ProtocolError):
        next(halves)
    model.parts = lambda: [b"well"]
    assert list(parts(stream(client))) == [b"well"]


def test_a_frame_cut_in_half(client: Any, model: Model) -> None:
    """The HTTP answer ends as it should: boto3 ends without a word, and gives the parts that were whole."""
    model.parts = failing(Cut(quiet=True))
    assert list(parts(stream(client))) == [b"one"]
    whole = b"".join(stream(client)["Body"]._raw_stream.stream())
    assert whole.startswith(frame := next(eventstream.payload_parts(b"one")))
    assert 0 < len(whole) - len(frame) < len(frame)


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"status": 503, "message": "busy"}, 424, "ModelError"),
        ({"error": "ThrottlingException"}, 400, "ThrottlingException"),
        ({"not_ready": 1, "id": "stream"}, 429, "ModelNotReadyException"),
    ],
)
def test_an_error_before_the_first_part_is_an_http_error(
    runtime: Any, asked: dict[str, Any], status: int, code: str
) -> None:
    """The same as from InvokeEndpoint, with a model's own words."""
    with pytest.raises(ClientError) as caught:
        stream(runtime, "faulty", json.dumps(asked))
    found = caught.value.response
    assert (found["Error"]["Code"], found["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert found.get("OriginalMessage", "busy") == "busy"


@pytest.mark.parametrize(
    ("error", "message"),
    [(StreamFault("It broke."), "It broke."), (Refusal("InternalFailure", "No."), "No.")],
)
def test_a_stream_that_breaks_for_a_caller_who_does_not_stream(
    client: Any, model: Model, error: Exception, message: str
) -> None:
    """One error, as for any answer that never was one."""
    model.parts = failing(error)
    with pytest.raises(ClientError, match=message):
        client.invoke_endpoint(EndpointName="model", Body=b"{}")


def test_members_the_service_refuses(runtime: Any) -> None:
    """NEW_SESSION opens a session in real time only; an unknown endpoint is none here either."""
    with pytest.raises(ClientError, match="at 'sessionId' failed to satisfy constraint"):
        stream(runtime, "echo", SessionId="NEW_SESSION")
    with pytest.raises(ClientError, match="Endpoint nope of account 000000000000 not found"):
        stream(runtime, "nope")


def test_a_stop_breaks_off_what_streams(connect: Callable[..., Any]) -> None:
    """It waits for no model, and leaves no thread that goes on computing."""
    model, closed = Model(), threading.Event()

    def endless() -> Iterator[bytes]:
        try:
            while True:
                yield b"more"
                time.sleep(0.001)
        finally:
            closed.set()

    model.parts = endless
    for server in serving(model, 60.0):
        coming = parts(stream(connect("sagemaker-runtime", server)))
        next(coming)
    with pytest.raises(ProtocolError):
        list(coming)
    assert closed.wait(5)
