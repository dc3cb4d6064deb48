"""A far end that does as a test says: odd answers, cut connections, silence.  Real sockets, real boto3."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sm_magic.errors import ServiceError
from sm_magic.members import Member, inputs, outputs
from sm_magic.messages import Payload, Request
from sm_magic.settings import Connection
from sm_magic.transports.boto import Connected, connect
from sm_magic.transports.catalog import BotoCatalog
from sm_magic.transports.clients import Clients
from sm_magic.transports.function import FunctionRuntime
from sm_magic.transports.runtime import BotoRuntime
from sm_magic.transports.store import NoStore

# So that no test hangs: what is silent by order is released when its test ends.
SILENCE = 20.0


@dataclass
class Answer:
    """One HTTP answer, or what happens instead of it.

    cut: "unread" closes with a reset before the body was read, "before" closes without an answer, "inside" sends
    half the body, "silent" sends nothing, "stalled" sends half the body and then nothing,
    "trickling" a byte of it now and then.
    chunks: the body in pieces, as HTTP/1.1 sends what has no length yet; then "inside" and "stalled" come after them.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: str | None = None
    chunks: list[bytes] = field(default_factory=list)


@dataclass
class Seen:
    """One HTTP request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def fault(code: str, message: str, status: int = 400, **more: object) -> Answer:
    """An error as SageMaker Runtime (rest-json) and the control plane (json) put it on the wire."""
    return Answer(
        status=status,
        body=json.dumps({"__type": code, "Message": message, **more}).encode(),
        headers={"x-amzn-ErrorType": code, "x-amzn-RequestId": "r-fault", "Content-Type": "application/json"},
    )


def model_error(status: int, text: str, arn: str = "") -> Answer:
    """A container's error as the service hands it on: HTTP 424."""
    said = (
        f'Received client error ({status}) from primary with message "{text}". See https://eu-west-1.console.aws.'
        "amazon.com/cloudwatch/home?region=eu-west-1#logEventViewer:group=/aws/sagemaker/Endpoints/e "
        "in account 123456789012 for more information."
    )
    return fault("ModelError", said, 424, OriginalStatusCode=status, OriginalMessage=text, LogStreamArn=arn)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        far: Far = self.server.far
        answer = far.next_cut()
        if answer == "unread":
            # A reset, not a polite end: what a front does to a body that is too large for it.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            far.seen.append(Seen(self.command, self.path, dict(self.headers), b""))
            self.connection.close()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        seen = Seen(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        far.seen.append(seen)
        self._answer(far, far.answer(seen))

    def _answer(self, far: Far, answer: Answer) -> None:
        if answer.cut == "silent":
            far.released.wait(SILENCE)
        if answer.cut in ("silent", "before"):
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.chunks:
            self._chunks(far, answer)
            return
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.cut in ("inside", "stalled"):
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.wfile.flush()
            if answer.cut == "stalled":
                far.released.wait(SILENCE)
            self.close_connection = True
            return
        if answer.cut == "trickling":
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if far.released.wait(0.3):
                    return
            return
        self.wfile.write(answer.body)

    def _chunks(self, far: Far, answer: Answer) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in answer.chunks:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.flush()
        if answer.cut == "stalled":
            far.released.wait(SILENCE)
        if answer.cut is None:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    do_POST = do_GET = do_HEAD = do_PUT = do_DELETE = _serve  # noqa: N815 - the names that http.server calls

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what half of these tests are about."""


class Far:
    """The far end: `says` the answers in turn, the last one again and again; remembers what it has `seen`."""

    Answer = Answer
    fault = staticmethod(fault)
    model_error = staticmethod(model_error)

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.released = threading.Event()
        self._script: list[Answer | Callable[[Seen], Answer]] = [Answer()]
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.far = self
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def says(self, *answers: Answer | Callable[[Seen], Answer]) -> None:
        """What it answers from now on."""
        self._script = list(answers)

    def next_cut(self) -> str | None:
        """What happens before the body is read."""
        return getattr(self._script[0], "cut", None)

    def answer(self, seen: Seen) -> Answer:
        """The next answer."""
        answer = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        return answer(seen) if callable(answer) else answer

    def stop(self) -> None:
        """Let go."""
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def far():
    """A far end of this test's own."""
    end = Far()
    yield end
    end.stop()


@pytest.fixture
def runtime(far):
    """boto3 against `far`, with the connection that the test asks for."""

    def make(**options):
        given = {"endpoint_url": far.url, "local_token": "local-test", **options}
        return connect(Connection(**given)).runtime

    return make


@pytest.fixture(scope="session")
def warmed():
    """Connection -> what speaks to it, its clients made.

    boto3 may take a second for them on a busy machine, of the two that a question to the control plane has.
    """

    def make(connection):
        clients = Clients(connection)
        clients.control()
        clients.identity()
        clients.metrics()
        return Connected(runtime=BotoRuntime(clients), catalog=BotoCatalog(clients), store=NoStore())

    return make


def _header(member: Member) -> str:
    return member.place("InvokeEndpoint").header


def _as_request(seen: Seen) -> Request:
    """What arrived, read back by the table of members."""
    told = {
        member.name: seen.headers.get(_header(member).lower())
        for member in inputs("InvokeEndpoint")
        if _header(member) and member.name != "content_type"
    }
    payload = Payload(body=seen.body, content_type=seen.headers["content-type"])
    return Request(endpoint=seen.path.split("/")[2], payload=payload, **told)


def _serving(handler):
    def serve(seen: Seen) -> Answer:
        try:
            response = handler(_as_request(seen))
        except ServiceError as error:
            return fault(type(error).__name__, error.message, error.status)
        told = {
            _header(member): getattr(response, member.name)
            for member in outputs("InvokeEndpoint")
            if _header(member)
            and member.name != "content_type"
            and getattr(response, member.name) is not None
        }
        return Answer(
            body=response.payload.body, headers={"Content-Type": response.payload.content_type, **told}
        )

    return serve


@pytest.fixture(params=["function", "boto3"])
def speaking(request, far, runtime):
    """handler -> Runtime, over each transport: what holds for one holds for the other."""
    if request.param == "function":
        return FunctionRuntime

    def over_boto3(handler):
        far.says(_serving(handler))
        return runtime(region="eu-west-1")

    return over_boto3


@pytest.fixture
def elsewhere(tmp_path):
    """Run *code* in a process with nothing but *env* in its environment, and return what it printed as JSON."""

    def run(code: str, **env: str) -> object:
        bare = {
            "HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": ":".join(path for path in sys.path if path),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        }
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**bare, **env},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def closed_port():
    """A port of this machine that nobody listens on."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def plane(far, warmed):
    """A catalog whose control plane answers by operation; operations that are not there are denied."""
    told = {}

    def answer(seen):
        operation = seen.headers.get("x-amz-target", "STS").rpartition(".")[2]
        if operation not in told:
            return far.fault("AccessDeniedException", "No.", 403)
        said = told[operation]
        if isinstance(said, far.Answer):
            return said
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return far.Answer(body=body)

    far.says(answer)
    return warmed(Connection(endpoint_url=far.url, local_token="t")), told
