from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError, EventStreamError

from sm_magic import local
from sm_magic.errors import UsageError
from sm_magic.local.container import deployed
from sm_magic.local.objects import BUCKET

pytestmark = pytest.mark.server


class Handler(BaseHTTPRequestHandler):
    """A container by the book: its path, headers and body come back, or the failure its body names."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.pings += 1  # type: ignore[attr-defined]
        self.answer(200 if self.server.pings > self.server.unready else 503, b"")  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        if body.startswith(b"stream"):
            self.stream(body)
            return
        if body == b"slow":
            self.server.released.wait(10)  # type: ignore[attr-defined]
        if body == b"cut":
            self.close_connection = True
            return
        if body == b"redirect":
            self.answer(302, b"", Location="http://127.0.0.1:1/elsewhere")
            return
        status = int(body) if body.isdigit() else 200
        self.answer(status, b"said " + body, **{"X-Amzn-SageMaker-Custom-Attributes": "from=container"})

    def stream(self, body: bytes) -> None:
        """Two chunks; the second when the caller has the first, or not at all.  Bare: no chunks, no length either."""
        bare = b"bare" in body
        self.send_response(200)
        self.send_header("X-Amzn-SageMaker-Custom-Attributes", "from=container")
        self.send_header(*("Connection", "close") if bare else ("Transfer-Encoding", "chunked"))
        self.end_headers()
        self.wfile.write(b"one" if bare else b"3\r\none\r\n")
        if b"dies" in body:
            self.close_connection = True
            return
        assert self.server.released.wait(10)  # type: ignore[attr-defined]
        self.wfile.write(b"\xc3" if bare else b"1\r\n\xc3\r\n0\r\n\r\n")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/x-answer")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def container() -> Iterator[ThreadingHTTPServer]:
    """A container that runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.asked, server.pings, server.unready = [], 0, 0  # type: ignore[attr-defined]
        server.released = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.released.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join(5)


@pytest.fixture
def front(container: ThreadingHTTPServer) -> Iterator[local.LocalEndpoint]:
    """A local endpoint before it, with half a second for an answer."""
    started = local.start({"mine": f"http://127.0.0.1:{container.server_port}/base/"}, timeout=0.5)
    yield started
    started.stop()


@pytest.fixture
def ask(front: local.LocalEndpoint, connect: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Invoke the container's endpoint by boto3."""
    runtime = connect("sagemaker-runtime", front)

    def call(body: bytes, **members: Any) -> dict[str, Any]:
        answer = runtime.invoke_endpoint(EndpointName="mine", Body=body, **members)
        return {**answer, "Body": answer["Body"].read()}

    return call


def test_the_container_sees_what_it_would_in_sagemaker(
    ask: Callable[..., dict[str, Any]], container: Any
) -> None:
    """Path, media types and the API's headers arrive bare; the signature doesn't; the answer comes back whole."""
    answer = ask(b"hi", ContentType="text/csv", Accept="text/plain", CustomAttributes="a=1", SessionId="s1")
    path, headers = container.asked[0]
    assert path == "/base/invocations"
    assert (headers["Content-Type"], headers["Accept"]) == ("text/csv", "text/plain")
    assert headers["X-Amzn-SageMaker-Custom-Attributes"] == "a=1"
    assert headers["X-Amzn-SageMaker-Session-Id"] == "s1"
    assert "Authorization" not in headers
    assert (answer["Body"], answer["ContentType"]) == (b"said hi", "text/x-answer")
    assert (answer["CustomAttributes"], answer["InvokedProductionVariant"]) == (
        "from=container",
        "AllTraffic",
    )


@pytest.mark.parametrize("status", [400, 415, 500, 503])
def test_its_errors_are_model_errors(ask: Callable[..., dict[str, Any]], status: int) -> None:
    """Every non-2xx is collapsed into a ModelError, as the service does."""
    with pytest.raises(ClientError) as caught:
        ask(str(status).encode())
    found = caught.value.response
    assert (found["Error"]["Code"], found["OriginalStatusCode"]) == ("ModelError", status)
    assert found["OriginalMessage"] == f"said {status}"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"slow", 0, "Your invocation timed out"),
        (b"cut", 500, "The container closed the connection"),
        (b"redirect", 302, ""),
    ],
)
def test_what_breaks_off(ask: Callable[..., dict[str, Any]], body: bytes, status: int, said: str) -> None:
    """Too slow, cut off, or sent elsewhere: a ModelError, soon, and no other address is called."""
    started = time.monotonic()
    with pytest.raises(ClientError) as caught:
        ask(body)
    found = caught.value.response
    assert (found["Error"]["Code"], found["OriginalStatusCode"]) == ("ModelError", status)
    assert said in found["OriginalMessage"]
    assert time.monotonic() - started < 5


def test_a_container_that_still_loads_is_not_ready(
    ask: Callable[..., dict[str, Any]], container: Any
) -> None:
    """Until its ping answers 200 nothing is sent to it, and the error is the one that is worth waiting for."""
    container.unready = 1
    with pytest.raises(ClientError) as caught:
        ask(b"hi")
    assert caught.value.response["Error"]["Code"] == "ModelNotReadyException"
    assert container.asked == []
    assert ask(b"hi")["Body"] == b"said hi"


def test_its_status_follows_its_ping(
    front: local.LocalEndpoint, container: Any, connect: Callable[..., Any]
) -> None:
    """DescribeEndpoint says Creating before the first good ping, InService after it."""
    catalog = connect("sagemaker", front)
    container.unready = 1
    states = [catalog.describe_endpoint(EndpointName="mine")["EndpointStatus"] for _ in range(2)]
    assert states == ["Creating", "InService"]


def test_nobody_there(connect: Callable[..., Any]) -> None:
    """A refused connection is an error at once, which names address and way out."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound, not listening: refused for certain
        front = local.start({"mine": f"http://127.0.0.1:{reserved.getsockname()[1]}"})
        try:
            with pytest.raises(ClientError) as caught:
                connect("sagemaker-runtime", front).invoke_endpoint(EndpointName="mine", Body=b"x")
            status = connect("sagemaker", front).describe_endpoint(EndpointName="mine")["EndpointStatus"]
        finally:
            front.stop()
    error = caught.value.response["Error"]
    assert error["Code"] == "InternalDependencyException"
    assert "connection refused" in error["Message"]
    assert "nothing was sent to the model" in error["Message"]
    assert status == "Creating"


@pytest.mark.parametrize(
    ("base", "words"),
    [
        ("http://evil.example.com:8080", "unencrypted"),
        ("http://me:secret@127.0.0.1:8080", "password in the URL"),
        ("ftp://me:secret@example.com", "password in the URL"),
        ("http://127.0.0.1:8080/?token=secret", "can't be a container's address"),
        ("http://[::1", "can't be a container's address"),
        ("mine", "can't be a container's address"),
    ],
)
def test_an_address_that_no_data_should_go_to(base: str, words: str) -> None:
    """As for an endpoint's own URL: plain http on this machine alone, and no secret in it."""
    with pytest.raises(UsageError, match=words) as caught:
        deployed("mine", base)
    assert "--container mine=" in (caught.value.hint or "")
    assert "secret" not in str(caught.value)


def test_a_container_elsewhere_is_asked_by_https() -> None:
    """Its own certificate says who it is."""
    assert deployed("mine", "https://model.example.com/invocations").variants[0].image == (
        "https://model.example.com"
    )


@pytest.fixture
def stream(front: local.LocalEndpoint, connect: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Invoke the container's endpoint for a stream."""
    runtime = connect("sagemaker-runtime", front)

    def call(body: bytes, **members: Any) -> dict[str, Any]:
        answer: dict[str, Any] = runtime.invoke_endpoint_with_response_stream(
            EndpointName="mine", Body=body, **members
        )
        return answer

    return call


def parts(answer: dict[str, Any]) -> Iterator[bytes]:
    """The bytes of each PayloadPart."""
    with closing(answer["Body"]) as body:
        for event in body:
            yield event["PayloadPart"]["Bytes"]


@pytest.mark.parametrize("how", [b"stream", b"stream bare"])
def test_its_stream_comes_on_as_it_comes(
    stream: Callable[..., dict[str, Any]], container: Any, how: bytes
) -> None:
    """Each chunk is a part, before the next is there; Accept reaches the container under its own name."""
    answer = stream(how, Accept="text/event-stream", ContentType="application/json")
    assert answer["CustomAttributes"] == "from=container"
    coming = parts(answer)
    assert next(coming) == b"one"
    container.released.set()
    assert list(coming) == [b"\xc3"]
    assert container.asked[0][1]["Accept"] == "text/event-stream"


def test_a_container_that_does_not_stream(stream: Callable[..., dict[str, Any]]) -> None:
    """One part; its errors are errors of the call."""
    answer = stream(b"hi")
    assert (list(parts(answer)), answer["ContentType"]) == ([b"said hi"], "text/x-answer")
    with pytest.raises(ClientError) as caught:
        stream(b"503")
    assert caught.value.response["OriginalStatusCode"] == 503


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"stream dies", "closed the connection within its answer"),
        (b"stream", "sent nothing for 0.5 seconds"),
    ],
)
def test_a_container_that_dies_within_its_stream(
    stream: Callable[..., dict[str, Any]], body: bytes, said: str
) -> None:
    """What came comes, then a ModelStreamError."""
    coming = parts(stream(body))
    assert next(coming) == b"one"
    with pytest.raises(EventStreamError) as caught:
        next(coming)
    assert caught.value.response["Error"]["Code"] == "ModelStreamError"
    assert said in caught.value.response["Error"]["Message"]


def test_a_container_that_dies_while_nobody_streams(ask: Callable[..., dict[str, Any]]) -> None:
    """A ModelError: half an answer is none."""
    with pytest.raises(ClientError, match="ModelError"):
        ask(b"stream dies")


def test_later_a_container_has_the_time_that_real_time_has_not(
    container: ThreadingHTTPServer, connect: Callable[..., Any]
) -> None:
    """Its answer to InvokeEndpointAsync may come after the minute that InvokeEndpoint would wait."""
    started = local.start({"mine": f"http://127.0.0.1:{container.server_port}"}, timeout=0.05)
    try:
        runtime, s3 = connect("sagemaker-runtime", started), connect("s3", started)
        s3.put_object(Bucket=BUCKET, Key="slow", Body=b"slow")
        answer = runtime.invoke_endpoint_async(EndpointName="mine", InputLocation=f"s3://{BUCKET}/slow")
        time.sleep(0.15)
        container.released.set()  # type: ignore[attr-defined]
        place = {"Bucket": BUCKET, "Key": answer["OutputLocation"].removeprefix(f"s3://{BUCKET}/")}
        s3.get_waiter("object_exists").wait(**place, WaiterConfig={"Delay": 0.01, "MaxAttempts": 500})
        found = s3.get_object(**place)
    finally:
        started.stop()
    assert (found["Body"].read(), found["ContentType"]) == (b"said slow", "text/x-answer")
