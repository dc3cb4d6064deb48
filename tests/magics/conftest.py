"""Notebooks for the tests: a real shell in this process, and a real kernel in its own."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from io import StringIO
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from sm_magic.errors import ValidationError
from sm_magic.messages import Endpoint, Request, Response, Ticket, Variant, Where
from sm_magic.records import history
from sm_magic.s3 import S3Uri

if TYPE_CHECKING:
    from sm_magic.local import LocalEndpoint

ENDPOINTS = (
    Endpoint(name="echo", status="InService", variants=(Variant(name="AllTraffic"),)),
    Endpoint(
        name="iris-classifier", status="InService", variants=(Variant(name="champion"), Variant(name="rival"))
    ),
)


def echoing(request: Request) -> Response:
    """An endpoint that answers what it gets; there is none of any other name."""
    if request.endpoint not in {endpoint.name for endpoint in ENDPOINTS}:
        said = f"Endpoint {request.endpoint} of account 123456789012 not found."
        raise ValidationError(said, status=400, code="ValidationError", service_message=said, request=request)
    assert request.payload is not None
    return Response(payload=request.payload, variant="AllTraffic", latency=0.002, request_id="r-1")


@dataclass
class Notebook:
    """A real shell with the extension loaded; its endpoints are a function."""

    shell: InteractiveShell
    sent: list[Request] = field(default_factory=list)
    answer: Callable[[Request], Response] = echoing

    def run(self, cell: str) -> str:
        """Run *cell*; what it showed.  Raises what the cell raised."""
        shown = StringIO()
        with redirect_stdout(shown):
            done = self.shell.run_cell(cell)
        if done.error_before_exec or done.error_in_exec:
            raise done.error_before_exec or done.error_in_exec
        self.result = done.result
        return shown.getvalue()

    def fails(self, cell: str) -> str:
        """Run *cell*, which must fail; what the frontend shows of the error."""
        with redirect_stdout(StringIO()):
            done = self.shell.run_cell(cell)
        error = done.error_before_exec or done.error_in_exec
        assert error is not None, f"no error from {cell}"
        return "\n".join(error._render_traceback_())  # type: ignore[attr-defined]

    @property
    def names(self) -> dict[str, Any]:
        """The notebook's variables."""
        return self.shell.user_ns

    @property
    def door(self) -> Any:
        """The magics."""
        return self.shell.magics_manager.registry["SageMakerMagics"]

    def handle(self, request: Request) -> Response:
        """The endpoint behind the transport."""
        self.sent.append(request)
        return self.answer(request)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and a user who has configured nothing."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SM_MAGIC_CONFIG_DIR", str(tmp_path / "user"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def shell(folder: Path) -> Iterator[InteractiveShell]:
    """A real shell, without a history file; the extension is not loaded."""
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture
def notebook(shell: InteractiveShell) -> Iterator[Notebook]:
    """A shell with the extension, connected to endpoints that are a function."""
    from sm_magic.client import Client
    from sm_magic.transports.function import FunctionCatalog, FunctionRuntime, FunctionStore

    shell.run_line_magic("load_ext", "sm_magic")
    notebook = Notebook(shell)
    runtime = FunctionRuntime(notebook.handle, where=Where(place="LOCAL", region="eu-west-1"))
    store = FunctionStore({"s3://bucket/in/my rows.csv": b"1,2\n"})
    notebook.door.place = partial(Client, runtime=runtime, catalog=FunctionCatalog(ENDPOINTS), store=store)
    history.clear()
    yield notebook
    shell.run_line_magic("unload_ext", "sm_magic")


ACCOUNT = "123456789012"


class Queue:
    """An endpoint's queue and its bucket; the test says when there is an answer.

    The n-th request's answer is at s3://mine/out/n, its failure at s3://mine/failed/n, its id is i-n.
    """

    def __init__(self, notebook: Notebook) -> None:
        from sm_magic.transports.function import FunctionStore

        self.sent: list[Request] = []
        self.at_once: bytes | None = None
        self.store = FunctionStore(
            {"s3://mine/in.csv": b"1,2\n"}, buckets=["mine", f"sagemaker-eu-west-1-{ACCOUNT}"]
        )
        self.connect(notebook)

    def connect(self, notebook: Notebook) -> None:
        """Send the notebook's calls here."""
        from sm_magic.client import Client
        from sm_magic.transports.function import FunctionCatalog, FunctionRuntime

        runtime = FunctionRuntime(None, submitter=self._take, where=Where(place="LOCAL", region="eu-west-1"))
        notebook.door.place = partial(
            Client, runtime=runtime, catalog=FunctionCatalog(account=ACCOUNT), store=self.store
        )

    def _take(self, request: Request) -> Ticket:
        self.sent.append(request)
        number = len(self.sent)
        if self.at_once is not None:
            self.answer(self.at_once, number)
        out, failed = (f"s3://mine/{folder}/{number}" for folder in ("out", "failed"))
        return Ticket(
            output_location=out, failure_location=failed, inference_id=f"i-{number}", request_id="r-1"
        )

    def answer(
        self, body: bytes, number: int = 1, *, folder: str = "out", kind: str = "application/json"
    ) -> None:
        """The model's answer to the n-th request, or in the folder "failed" its failure."""
        self.store.put(S3Uri.of(f"s3://mine/{folder}/{number}"), body, kind)

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for what another thread does, ten seconds at most."""
        end = time.monotonic() + 10
        while not true() and time.monotonic() < end:
            time.sleep(0.01)
        assert true()


@pytest.fixture
def queue(notebook: Notebook) -> Queue:
    """The notebook's endpoint is a queue."""
    return Queue(notebook)


@dataclass(frozen=True)
class Output:
    """One output of a cell: the message's type, its text, its html, and the id it is updated by."""

    kind: str
    text: str
    html: str = ""
    display_id: str = ""


class KernelSilent(AssertionError):
    """The kernel says nothing any more."""


class Kernel:
    """A real kernel; cells go in, outputs come out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begin()

    def begin(self) -> None:
        """Start it, with the extension loaded."""
        from jupyter_client.manager import KernelManager

        folder = self.folder
        own = {
            name: str(folder / name) for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "SM_MAGIC_CONFIG_DIR")
        }
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(
            env={**os.environ, **own, "AWS_EC2_METADATA_DISABLED": "true"},
            extra_arguments=["--HistoryManager.enabled=False"],
            cwd=str(folder),
        )
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.run("import sys; before = set(sys.modules)")
        self.run("%load_ext sm_magic")
        self.new_modules: list[str] = self.value("sorted(set(sys.modules) - before)")

    def start(self, cell: str, **options: Any) -> str:
        """Send *cell*; the id of the message."""
        sent: str = self.client.execute(cell, **options)
        return sent

    def run(self, cell: str, **options: Any) -> list[Output]:
        """Run *cell*; its outputs in order, as messages came."""
        return list(self.outputs(self.start(cell, **options)))

    def shown(self, cell: str, **options: Any) -> list[Output]:
        """Run *cell*; what then stands below it: a display and its updates are one output.

        A call that takes half a second shows a line first, whose place the answer takes.
        """
        left: dict[object, Output] = {}
        for number, output in enumerate(self.run(cell, **options)):
            assert output.kind != "update_display_data" or output.display_id in left, (
                "an update of nothing here"
            )
            left[output.display_id or number] = output
        return list(left.values())

    def outputs(self, sent: str) -> Iterator[Output]:
        """The outputs of the cell that was *sent*, until it is done."""
        while True:
            message = self._next_message()
            if message["parent_header"].get("msg_id") != sent:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return
            if kind == "error":
                yield Output(kind, "\n".join(content["traceback"]))
            elif kind == "stream":
                yield Output(kind, content["text"])
            elif kind in ("display_data", "update_display_data", "execute_result"):
                data, name = content["data"], content.get("transient", {}).get("display_id", "")
                yield Output(kind, data.get("text/plain", ""), data.get("text/html", ""), name)

    def _next_message(self) -> dict[str, Any]:
        """The next message, of whatever cell.

        ipykernel 7.3 sometimes overlooks that a request has come, until the next one comes: so one is sent.
        """
        for _ in range(6):
            try:
                message: dict[str, Any] = self.client.get_iopub_msg(timeout=5)
            except Empty:
                self.client.kernel_info()
            else:
                return message
        raise KernelSilent("the kernel is silent")

    def reply(self) -> dict[str, Any]:
        """The next reply to a request."""
        try:
            message: dict[str, Any] = self.client.get_shell_msg(timeout=20)
        except Empty:
            raise KernelSilent("the kernel does not reply") from None
        return message

    def value(self, expression: str) -> Any:
        """What *expression* is worth in the kernel, by way of JSON; cards of earlier cells may change meanwhile."""
        outputs = self.run(f"import json; print(json.dumps({expression}))")
        (text,) = [output.text for output in outputs if output.kind == "stream"]
        return json.loads(text)

    def stop(self) -> None:
        """End the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def connect(self, place: str = "") -> None:
        """Load the extension anew; the endpoint is a function that answers what it got, or where *place* leads."""
        self._place = place
        outputs = self.run(_CONNECT + place)
        assert outputs == [], outputs

    def replace(self) -> None:
        """Begin again where ipykernel is known to go silent; elsewhere silence is a fault of ours."""
        from importlib.metadata import version

        if int(version("ipykernel").split(".")[0]) != 7 or int(version("ipykernel").split(".")[1]) >= 4:
            raise KernelSilent("the kernel is silent")
        self.stop()
        self.begin()
        self.connect(self._place)


@pytest.fixture(scope="session")
def running_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One kernel for all tests that need one."""
    pytest.importorskip("ipykernel")
    kernel = Kernel(tmp_path_factory.mktemp("kernel"))
    yield kernel
    kernel.stop()


def _connected(kernel: Kernel, place: str = "") -> Kernel:
    try:
        kernel.connect(place)
    except KernelSilent:
        kernel.replace()
    return kernel


@pytest.fixture
def kernel(running_kernel: Kernel) -> Kernel:
    """The kernel with the extension freshly loaded; its endpoint is a function that answers what it got."""
    return _connected(running_kernel)


@pytest.fixture
def connected(running_kernel: Kernel, local_endpoint: LocalEndpoint, tmp_path: Path) -> Kernel:
    """The kernel with its calls sent to the local endpoint, which queues for real; its journal is empty."""
    place = _CONNECT_LOCAL.format(url=local_endpoint.url, token=local_endpoint.token, folder=str(tmp_path))
    return _connected(running_kernel, place)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Run a test once more whose kernel went silent, with a new kernel.

    ipykernel 7.0 to 7.3 sometimes lose a request between their shell channel's thread and the main thread, mostly
    after an interrupt, with and without this extension: both threads then wait in `select`, for ever.
    """
    try:
        return (yield)
    except KernelSilent:
        given = pyfuncitem.funcargs
        (given["kernel"] if "kernel" in given else given["connected"]).replace()
        arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        pyfuncitem.obj(**arguments)
        return True


_CONNECT = """\
%reset -f
%reload_ext sm_magic
from functools import partial
from IPython.display import display
from sm_magic import Client
from sm_magic.messages import Response
from sm_magic.transports.function import FunctionRuntime
place = partial(Client, runtime=FunctionRuntime(lambda request: Response(payload=request.payload)))
get_ipython().magics_manager.registry["SageMakerMagics"].place = place
"""
_CONNECT_LOCAL = """\
import os
os.environ["SM_MAGIC_CONFIG_DIR"] = {folder!r}
get_ipython().magics_manager.registry["SageMakerMagics"].place = partial(
    Client, endpoint_url={url!r}, local_token={token!r}
)
"""


@pytest.fixture
def python() -> str:
    """This Python."""
    return sys.executable
