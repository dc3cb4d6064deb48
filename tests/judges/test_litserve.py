"""litserve, a model server that streams, behind the local endpoint, and boto3 before it.

Nobody here wrote either: chunks that the one sends are PayloadParts that the other reads.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import EventStreamError

from sm_magic import local

pytestmark = pytest.mark.server
MODEL = Path(__file__).parent / "litserve_model.py"


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The server's address, once its worker has the model, and its group of processes."""
    if find_spec("litserve") is None:
        pytest.skip("litserve is missing: it is in the dev group")
    folder = tmp_path_factory.mktemp("litserve")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTHON"))}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(MODEL), str(port)],
            cwd=folder,
            env=kept,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # it has workers: the whole group is ended
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_healthy(url, process, folder / "log")
            yield url, process.pid
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """/ping says 200 once the workers are ready."""
    end = time.monotonic() + 60
    with urllib3.PoolManager(retries=False) as pool:
        while time.monotonic() < end and process.poll() is None:
            with suppress(urllib3.exceptions.HTTPError):
                if pool.request("GET", f"{url}/ping", timeout=1.0).status == 200:
                    return
            time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace")[-4000:])


@pytest.fixture(scope="module")
def stream(container: tuple[str, int]) -> Iterator[Callable[[Any], Iterator[bytes]]]:
    """InvokeEndpointWithResponseStream by boto3: the bytes of each part."""
    endpoint = local.start({"words": container[0]})
    runtime = boto3.session.Session().client(
        "sagemaker-runtime",
        region_name="eu-west-1",
        endpoint_url=endpoint.url,
        aws_access_key_id=endpoint.token,
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}, proxies={}, read_timeout=20),
    )

    def parts(body: Any) -> Iterator[bytes]:
        answer = runtime.invoke_endpoint_with_response_stream(
            EndpointName="words", Body=json.dumps(body), ContentType="application/json"
        )
        assert "ContentType" not in answer  # litserve names none for a stream
        with closing(answer["Body"]) as coming:
            for event in coming:
                yield event["PayloadPart"]["Bytes"]

    yield parts
    runtime.close()
    endpoint.stop()


def test_tokens_come_on_as_the_model_makes_them(
    stream: Callable[[Any], Iterator[bytes]], tmp_path: Path
) -> None:
    """The first is read before the second is made; nothing waits for the end."""
    go = tmp_path / "go"
    coming = stream({"words": ["Zürich", " is", " a", " café 🦊"], "go": str(go)})
    assert next(coming).decode() == "Zürich"
    go.touch()
    assert b"".join(coming).decode() == " is a café 🦊"


def test_a_request_it_fails_on(stream: Callable[[Any], Iterator[bytes]]) -> None:
    """litserve answers a KeyError of the model with 200 and nothing: so is the stream, without an invented error."""
    assert list(stream({"nothing": 1})) == []


def test_a_server_that_is_killed_within_its_stream(
    stream: Callable[[Any], Iterator[bytes]], container: tuple[str, int], tmp_path: Path
) -> None:
    """The last test, for it ends the server: what came came, then a ModelStreamError."""
    coming = stream({"words": ["one", "two"], "go": str(tmp_path / "never")})
    assert next(coming) == b"one"
    os.killpg(container[1], signal.SIGKILL)
    with pytest.raises(EventStreamError) as caught:
        next(coming)
    assert caught.value.response["Error"]["Code"] == "ModelStreamError"
