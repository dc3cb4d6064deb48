"""AWS's own container toolkit, sagemaker-inference on multi-model-server, behind the local endpoint.

Nobody here wrote it: what it takes, what it answers and how it fails is what a container in SageMaker does.
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pandas as pd
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

import sm_magic
from sm_magic import errors, local

pytestmark = [pytest.mark.java, pytest.mark.server]
MODEL = Path(__file__).parent / "mms_model"
TABLE = [[1.0, 2.5], [3.0, 4.0]]
CONFIGURATION = """\
enable_envvars_config=true
decode_input_request=false
load_models=ALL
default_workers_per_model=1
inference_address=http://127.0.0.1:{inference}
management_address=http://127.0.0.1:{management}
default_service_handler=sagemaker_inference.default_handler_service
"""


def free_ports(count: int) -> list[int]:
    """Ports of loopback that are free now, below 32767: multi-model-server takes no higher one."""
    found: list[int] = []
    for port in random.sample(range(10_000, 32_000), 1_000):
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free port")


def environment(folder: Path) -> dict[str, str]:
    """What the toolkit needs to know, and nothing of the tests' own set-up."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTHON"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {
        **kept,
        "PATH": path,
        "PYTHONPATH": f"{MODEL / 'code'}:",
        "TEMP": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The container's address, once its worker has the model."""
    if shutil.which("java") is None:
        pytest.skip("java is missing: apt-get install default-jre-headless")
    server = shutil.which("multi-model-server", path=str(Path(sys.executable).parent))
    if server is None:
        pytest.skip("multi-model-server is missing: it is in the dev group")
    folder = tmp_path_factory.mktemp("mms")
    inference, management = free_ports(2)
    configuration = folder / "mms.properties"
    configuration.write_text(CONFIGURATION.format(inference=inference, management=management))
    # An absolute model path works with the store "/" only; another store warns and answers 400.
    command = [server, "--start", "--foreground", "--model-store", "/", "--models", f"model={MODEL}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--mms-config", str(configuration)],
            cwd=folder,  # it writes ./logs
            env=environment(folder),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # java outlives the python that started it: the whole group is ended
        )
        try:
            url = f"http://127.0.0.1:{inference}"
            wait_until_it_predicts(url, process, folder / "log")
            yield url
        finally:
            end_group(process.pid)
            process.wait(10)


def wait_until_it_predicts(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """/ping says 200 before the worker has its model: only an answer proves it."""
    end = time.monotonic() + 60
    with urllib3.PoolManager(retries=False) as pool:
        while time.monotonic() < end and process.poll() is None:
            with suppress(urllib3.exceptions.HTTPError):
                answer = pool.request(
                    "POST", f"{url}/invocations", body=b"[1]", headers={"Content-Type": "application/json"}
                )
                if answer.status == 200:
                    return
            time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace")[-4000:])


def end_group(group: int) -> None:
    """End every process of the group, and wait until none is left."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        end = time.monotonic() + 3
        while time.monotonic() < end:
            try:
                os.killpg(group, number)
            except ProcessLookupError:
                return
            except PermissionError:  # what is left is a zombie that someone else will reap
                return
            with suppress(ChildProcessError):
                os.waitpid(group, os.WNOHANG)
            time.sleep(0.05)


@pytest.fixture(scope="module")
def endpoint(container: str) -> Iterator[local.LocalEndpoint]:
    """The local endpoint before it, as `sm-magic serve --container toolkit=URL` starts it."""
    started = local.start({"toolkit": container})
    yield started
    started.stop()


@pytest.fixture(scope="module")
def invoke(endpoint: local.LocalEndpoint) -> Iterator[Callable[..., dict[str, Any]]]:
    """InvokeEndpoint by boto3."""
    runtime = boto3.session.Session().client(
        "sagemaker-runtime",
        region_name="eu-west-1",
        endpoint_url=endpoint.url,
        aws_access_key_id=endpoint.token,
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )

    def call(body: bytes | str, **members: str) -> dict[str, Any]:
        answer = runtime.invoke_endpoint(EndpointName="toolkit", Body=body, **members)
        return {**answer, "Body": answer["Body"].read()}

    yield call
    runtime.close()


def npy(array: Any) -> bytes:
    """*array* as a file."""
    out = io.BytesIO()
    np.save(out, np.asarray(array))
    return out.getvalue()


BODIES = {
    "text/csv": b"1.0,2.5\n3.0,4.0",
    "application/json": json.dumps(TABLE).encode(),
    "application/x-npy": npy(TABLE),
}
READERS: dict[str, Callable[[bytes], Any]] = {
    "text/csv": lambda body: np.loadtxt(io.BytesIO(body), delimiter=","),
    "application/json": json.loads,
    "application/x-npy": lambda body: np.load(io.BytesIO(body)),
}


@pytest.mark.parametrize("accept", READERS)
@pytest.mark.parametrize("content_type", BODIES)
def test_each_format_in_and_each_out(
    invoke: Callable[..., dict[str, Any]], content_type: str, accept: str
) -> None:
    """The toolkit reads what was sent by its type, and answers in the type accepted."""
    answer = invoke(BODIES[content_type], ContentType=content_type, Accept=accept)
    assert answer["ContentType"] == accept
    assert np.array_equal(READERS[accept](answer["Body"]), np.array(TABLE) * 2)
    assert answer["InvokedProductionVariant"] == "AllTraffic"


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"-1,2", "text/csv", "negative numbers frighten this model"),
        (b"1,2", "text/csv; charset=utf-8", "Content type text/csv; charset=utf-8 is not supported"),
        (b'{"instances": [[1, 2]]}', "application/json", "Traceback"),
        # numpy.genfromtxt, which decodes there, makes records of columns of different types.
        (b"1,2.5\n3,4.0", "text/csv", "VoidDType"),
    ],
)
def test_its_500s_are_model_errors(
    invoke: Callable[..., dict[str, Any]], body: bytes, content_type: str, said: str
) -> None:
    """Its status and its whole message arrive where boto3 documents them."""
    with pytest.raises(ClientError) as caught:
        invoke(body, ContentType=content_type)
    found = caught.value.response
    assert (found["Error"]["Code"], found["OriginalStatusCode"]) == ("ModelError", 500)
    assert said in found["OriginalMessage"]
    assert "Received server error (500) from primary with message" in found["Error"]["Message"]


@pytest.fixture(scope="module")
def client(endpoint: local.LocalEndpoint) -> sm_magic.Client:
    """sm_magic, as it is used on AWS."""
    return sm_magic.Client(**endpoint.connection)


@pytest.mark.parametrize("accept", ["csv", "json", "npy"])
@pytest.mark.parametrize("content_type", ["csv", "json", "npy"])
def test_sm_magic_and_the_toolkit_understand_each_other(
    client: sm_magic.Client, content_type: str, accept: str
) -> None:
    """A frame goes out in each format and its double comes back in each."""
    frame = pd.DataFrame(TABLE, columns=["a", "b"])
    options = {"orient": "values"} if content_type == "json" else {}
    value = frame.to_numpy() if content_type == "npy" else frame
    result = client.invoke(value, endpoint="toolkit", content_type=content_type, accept=accept, **options)
    assert np.array_equal(np.asarray(result.value), np.array(TABLE) * 2)
    assert np.array_equal(result.frame().to_numpy(), np.array(TABLE) * 2)


def test_its_500_is_a_good_error(client: sm_magic.Client) -> None:
    """Its own status and message, and something to do; the traceback it sent does not bury them."""
    with pytest.raises(errors.ModelError) as caught:
        client.invoke([[-1.0, 2.0]], endpoint="toolkit", content_type="csv")
    assert caught.value.original_status == 500
    assert "negative numbers frighten this model" in caught.value.message
    assert "site-packages" not in caught.value.message
    assert len(str(caught.value).splitlines()) <= 6
