"""What snippets are judged by: a recorder before the local endpoint, and botocore's own signature of what came."""

from __future__ import annotations

import http.client
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from sm_magic.members import INPUTS
from sm_magic.messages import Request

if TYPE_CHECKING:
    from sm_magic.client import Client
    from sm_magic.local import LocalEndpoint
    from sm_magic.snippets import Snippet

_MEMBERS = {
    place.header.lower()
    for member in INPUTS
    for place in (member.invoke, member.stream, member.submit)
    if place is not None and place.header is not None
}
_REGION = "eu-west-1"


@dataclass(frozen=True)
class Received:
    """One call as it came: what a service sees of it."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def call(self) -> tuple[str, str, dict[str, str], bytes]:
        """What is said by it: method, path, the API's headers, body."""
        said = {name: value for name, value in self.headers.items() if name in _MEMBERS}
        if said.get("accept") == "*/*":  # what curl says by itself
            del said["accept"]
        return self.method, self.path, said, self.body

    def signature(self, secret: str) -> tuple[str, str]:
        """The signature that came, and botocore's own of the same call."""
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        scheme, _, rest = self.headers["authorization"].partition(" ")
        assert scheme == "AWS4-HMAC-SHA256"
        said = dict(part.strip().split("=", 1) for part in rest.split(","))
        key, _, region, service, _ = said["Credential"].split("/")
        names = said["SignedHeaders"].split(";")
        request = AWSRequest(
            method=self.method,
            url=f"http://{self.headers['host']}{self.path}",
            data=self.body,
            headers={name: self.headers[name] for name in names},
        )
        request.context["timestamp"] = self.headers["x-amz-date"]
        auth = SigV4Auth(Credentials(key, secret), service, region)
        canonical = auth.canonical_request(request)
        return said["Signature"], auth.signature(auth.string_to_sign(request, canonical), request)


class Recorder:
    """A server that passes calls on to the local endpoint, and keeps them."""

    def __init__(self, endpoint: LocalEndpoint) -> None:
        self.calls: list[Received] = []
        self.token = endpoint.token
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.calls, endpoint.url))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Let the port go."""
        self._server.shutdown()
        self._server.server_close()


def _handler(calls: list[Received], url: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self._body()
            headers = {name.lower(): value for name, value in self.headers.items()}
            calls.append(Received(self.command, self.path, headers, body))
            there = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
            left_out = ("connection", "transfer-encoding", "content-length", "expect", "content-encoding")
            told = {name: value for name, value in headers.items() if name not in left_out}
            if "aws-chunked" in headers.get("content-encoding", ""):
                told["content-encoding"] = headers["content-encoding"]
            there.request(self.command, self.path, body, told)
            answer = there.getresponse()
            said = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in (
                    "transfer-encoding",
                    "content-length",
                    "connection",
                    "date",
                    "server",
                ):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(said)
            there.close()

        do_POST = do_PUT = do_GET = do_HEAD = _pass_on  # noqa: N815

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            pieces = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                pieces.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(pieces)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture(scope="session")
def recorder(local_endpoint: LocalEndpoint) -> Iterator[Recorder]:
    """The local endpoint, whose calls are kept."""
    recorder = Recorder(local_endpoint)
    yield recorder
    recorder.stop()


@pytest.fixture
def client(recorder: Recorder) -> Client:
    """A client of it."""
    from sm_magic.client import Client

    recorder.calls.clear()
    return Client(endpoint_url=recorder.url, local_token=recorder.token, region=_REGION)


def environment(recorder: Recorder, folder: Path, **more: str) -> dict[str, str]:
    """What an engineer has: a key of their own, and nothing of this process's AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": recorder.token,
        "AWS_SECRET_ACCESS_KEY": "their own secret",
        "AWS_CONFIG_FILE": str(folder / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
        **more,
    }


@pytest.fixture
def run(client: Client, recorder: Recorder, tmp_path: Path) -> Callable[..., str]:
    """Run a snippet by a program; what it printed.  The call that came is the one that the client itself sends."""

    def run(request: Request, snippet: Snippet, command: list[str], **options: Any) -> str:
        snippet.write(tmp_path)
        script = tmp_path / "snippet"
        script = script.with_suffix(options.pop("suffix", ".txt"))
        script.write_text(snippet.code)
        env = environment(recorder, tmp_path, **options)
        done = subprocess.run(
            [*command, str(script)], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{snippet.code}\n{done.stdout}\n{done.stderr}"
        theirs = recorder.calls.copy()
        recorder.calls.clear()
        if request.operation == "InvokeEndpointAsync":
            client.runtime.submit(request)
        else:
            client.send(request)
        (ours,) = recorder.calls
        assert theirs[-1].call == ours.call
        for received in theirs:
            came, recomputed = received.signature("their own secret")
            assert came == recomputed, received.headers
        return done.stdout

    return run
