"""What snippets are judged by: a recorder before the local endpoint, and botocore's own signature of what came."""

from __future__ import annotations

import http.client
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest

from sm_magic.errors import SmMagicError
from sm_magic.members import PATHS, inputs
from sm_magic.messages import Request, Where
from sm_magic.s3 import S3Uri
from sm_magic.snippets import render
from sm_magic.submission import Upload
from sm_magic.transports import model

if TYPE_CHECKING:
    from sm_magic.client import Client
    from sm_magic.local import LocalEndpoint
    from sm_magic.snippets import Snippet

# Programs that few have are named by the environment: `.ci/run`, step "peers".
collect_ignore = [
    name
    for name, variable in {
        "test_cli.py": "SM_MAGIC_AWS_CLI",
        "test_javascript.py": "SM_MAGIC_NODE_MODULES",
    }.items()
    if not os.environ.get(variable)
]

_REGION, _SECRET, _ACCOUNT = "eu-west-1", "their/own+secret", "123456789012"
_ROLE = (
    '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
    "<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>"
    "<SessionToken>a session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
)


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
        operation = next(name for name, path in PATHS.items() if self.path.endswith(path.rpartition("}")[2]))
        places = (member.place(operation) for member in inputs(operation))
        names = {place.header.lower() for place in places if place is not None and place.header}
        said = {name: value for name, value in self.headers.items() if name in names}
        if said.get("accept") == "*/*":  # what curl says by itself
            del said["accept"]
        return self.method, self.path, said, self.body

    def signature(self, secret: str) -> tuple[str, str]:
        """The signature that came, and botocore's own of the same call."""
        from botocore.auth import S3SigV4Auth, SigV4Auth
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
        auth = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(key, secret), service, region)
        canonical = auth.canonical_request(request)
        return said["Signature"], auth.signature(auth.string_to_sign(request, canonical), request)


class Recorder:
    """A server that passes calls on to the local endpoint, and keeps them."""

    def __init__(self, endpoint: LocalEndpoint) -> None:
        self.calls: list[Received] = []
        self.token = endpoint.token
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), _handler(self.calls, endpoint.url, endpoint.token)
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Let the port go."""
        self._server.shutdown()
        self._server.server_close()


def _handler(calls: list[Received], url: str, token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self._body()
            headers = {name.lower(): value for name, value in self.headers.items()}
            calls.append(Received(self.command, self.path, headers, body))
            if b"Action=AssumeRole" in body:  # the local endpoint has no roles
                self._answer(
                    200, {"Content-Type": "text/xml"}, _ROLE.format(key=token, secret=_SECRET).encode()
                )
                return
            there = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
            left_out = ("connection", "transfer-encoding", "content-length", "expect", "content-encoding")
            told = {name: value for name, value in headers.items() if name not in left_out}
            if "aws-chunked" in headers.get("content-encoding", ""):
                told["content-encoding"] = headers["content-encoding"]
            there.request(self.command, self.path, body, told)
            answer = there.getresponse()
            said = answer.read()
            own = ("transfer-encoding", "content-length", "connection", "date", "server")
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in own}
            self._answer(answer.status, kept, said)
            there.close()

        def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

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


def environment(recorder: Recorder, folder: Path) -> dict[str, str]:
    """What an engineer has: a key of their own, and nothing of this process's AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": recorder.token,
        "AWS_SECRET_ACCESS_KEY": _SECRET,
        "AWS_CONFIG_FILE": str(folder / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }


@dataclass(frozen=True)
class Workbench:
    """Runs snippets in a folder of their own, and looks at what came of them."""

    client: Client
    recorder: Recorder
    folder: Path

    def run(self, snippet: Snippet, command: list[str], suffix: str = ".txt", **env: str) -> str:
        """What the snippet prints, run by *command*; AssertionError if it fails."""
        done = self._run(snippet, command, suffix, env)
        assert done.returncode == 0, f"{snippet.code}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def sent(
        self, request: Request, language: str, command: list[str], suffix: str = ".txt", **env: str
    ) -> str:
        """What the snippet of *request* prints.  What came of it is what comes of the client's own call."""
        if request.operation == "InvokeEndpointAsync" and not model.has(request.operation, "Body"):
            pytest.skip("this botocore knows no body in an asynchronous call")
        self.recorder.calls.clear()
        done = self._run(self.client.code(request, language), command, suffix, env)
        theirs = self.recorder.calls.copy()
        ours = self._ours(request)
        assert [received.call for received in theirs] == [ours.call], done.stderr
        self.check_signatures(theirs)
        return done.stdout

    def by_profile(self, language: str, command: list[str], suffix: str, **env: str) -> None:
        """The snippet of a call by a profile is signed with the profile's key."""
        request = self.client.prepare({"a": 1}, endpoint="echo")
        where = Where(profile="prod", region="eu-central-1", endpoint_url=self.recorder.url)
        keys = f"aws_access_key_id={self.recorder.token}\naws_secret_access_key={_SECRET}\n"
        (self.folder / "credentials").write_text(f"[prod]\n{keys}")
        (self.folder / "config").write_text("[profile prod]\nregion = sa-east-1\n")
        files = {"AWS_SHARED_CREDENTIALS_FILE": "credentials", "AWS_CONFIG_FILE": "config"}
        wrong = {"AWS_ACCESS_KEY_ID": "wrong", "AWS_SECRET_ACCESS_KEY": "wrong"}
        self.run(render(request, where, language), command, suffix, **files, **wrong, **env)
        (received,) = self.recorder.calls
        self.check_signatures([received])
        assert "/eu-central-1/sagemaker/" in received.headers["authorization"]

    def by_role(self, language: str, command: list[str], suffix: str) -> None:
        """The snippet of a call as a role assumes it first, and is signed with the role's key."""
        request = self.client.prepare({"a": 1}, endpoint="echo")
        where = Where(region=_REGION, endpoint_url=self.recorder.url)
        snippet = render(request, where, language, role=f"arn:aws:iam::{_ACCOUNT}:role/invoker")
        filled = replace(snippet, code=snippet.code.replace("<account>", _ACCOUNT))
        own = {"AWS_ACCESS_KEY_ID": "own", "AWS_ENDPOINT_URL_STS": self.recorder.url}
        self.run(filled, command, suffix, **own)
        asked, sent = self.recorder.calls
        assert quote(f"{_ACCOUNT}:role/invoker", safe="/") in asked.body.decode().replace("%2F", "/")
        assert sent.headers["x-amz-security-token"] == "a session"
        self.check_signatures([asked, sent])

    def uploaded(self, body: bytes, language: str, command: list[str], suffix: str, **env: str) -> None:
        """The snippet of a body that goes by way of S3 writes it there, and names the place."""
        described = self.client.catalog.endpoint("echo")
        request = self.client.prepare(body, endpoint="echo", content_type="text/csv", asynchronous=True)
        upload = Upload(to=f"{described.output_path}/in dir")
        printed = self.run(self.client.code(request, language, upload=upload), command, suffix, **env)
        put, post = (r for r in self.recorder.calls if "x-amz-target" not in r.headers)
        self.check_signatures([put, post])
        place = S3Uri.of(post.headers["x-amzn-sagemaker-inputlocation"])
        assert str(place).startswith(upload.to + "/sm-magic/echo/")
        assert self.client.store.get(place, lambda _: None) == body
        assert put.headers["content-type"] == "text/csv"
        assert "s3://" in printed, printed

    def check_signatures(self, calls: list[Received]) -> None:
        """Each call is signed as botocore signs it."""
        for received in calls:
            came, recomputed = received.signature(_SECRET)
            assert came == recomputed, received.headers

    def _ours(self, request: Request) -> Received:
        self.recorder.calls.clear()
        with suppress(SmMagicError):  # no model has every member
            if request.operation == "InvokeEndpointAsync":
                self.client.runtime.submit(request)
            else:
                self.client.send(request)
        (ours,) = self.recorder.calls
        return ours

    def _run(
        self, snippet: Snippet, command: list[str], suffix: str, more: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        snippet.write(self.folder)
        script = self.folder / f"snippet{suffix}"
        script.write_text(snippet.code, encoding="utf-8")
        env = {**environment(self.recorder, self.folder), **more}
        return subprocess.run(
            [*command, script.name], cwd=self.folder, env=env, capture_output=True, text=True, timeout=120
        )


@pytest.fixture
def workbench(client: Client, recorder: Recorder, tmp_path: Path) -> Workbench:
    """Where snippets are run."""
    return Workbench(client, recorder, tmp_path)


def _everything(operation: str, **more: Any) -> dict[str, Any]:
    """A value for each member of the API that *operation* takes."""
    values: dict[str, Any] = {
        "accept": "text/csv",
        "custom_attributes": """-a="b c" d='e' $HOME `x` \\ !! {"f": 1} %s""",
        "target_model": "model one.tar.gz",
        "target_variant": "AllTraffic",
        "target_container_hostname": "second",
        "inference_id": "https://id 1",
        "enable_explanations": "`true`",
        "inference_component_name": "part-1",
        "session_id": "session-1",
        "prefix_aware_id": "prefix 1",
        "s3_output_path_extension": "folder/of",
        "filename": "answer-1.csv",
        "request_ttl_seconds": 600,
        "invocation_timeout_seconds": 60,
    }
    return {m.name: values[m.name] for m in inputs(operation) if m.name in values} | more


_BINARY = bytes(range(256)) * 20
_CALLS: dict[str, tuple[object, dict[str, Any]]] = {
    "json": ({"inputs": 'say "no"\n, it\'s', "parameters": {"n": [1, None]}}, {"endpoint": "echo"}),
    "rows": ("1,2\n3,4\n5,6\n", {"endpoint": "echo", "content_type": "csv", "accept": "csv"}),
    "text": ("schön, ja?\n\t`${HOME}` $1 \\n BODY\nBODY\n\n", {"endpoint": "echo", "content_type": "text"}),
    "at": ("@text", {"endpoint": "echo", "content_type": "text"}),
    "empty": ("", {"endpoint": "echo", "content_type": "text"}),
    "controls": ("a\r\nb\x1b[0m\u202e", {"endpoint": "echo", "content_type": "text"}),
    "long": ("x" * 2_001, {"endpoint": "echo", "content_type": "text"}),
    "binary": (_BINARY, {"endpoint": "echo", "accept": "bytes"}),
    "stream": ({"inputs": "Once upon", "stream": True}, {"endpoint": "story", "stream": True}),
    "queue": ([1, 2], {"endpoint": "echo", "asynchronous": True, "filename": "a.json"}),
    "everything": ("1,2\n", _everything("InvokeEndpoint", endpoint="echo", content_type="csv")),
    "everything streamed": (
        "1,2\n",
        _everything("InvokeEndpointWithResponseStream", endpoint="echo", content_type="csv", stream=True),
    ),
    "everything queued": (
        _BINARY,
        _everything("InvokeEndpointAsync", endpoint="echo", content_type="image/png", asynchronous=True),
    ),
}


@pytest.fixture(params=_CALLS.values(), ids=_CALLS)
def call(client: Client, request: pytest.FixtureRequest) -> Request:
    """One call after the other: every operation, every member, every way of a body."""
    value, options = request.param
    made = client.prepare(value, **options)
    absent = [m for m in inputs(made.operation) if not model.has(made.operation, m.parameter)]
    return replace(made, **{member.name: None for member in absent if member.name != "body"})
