"""A panel without a browser: its form is filled in, its methods are called."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from sm_magic.client import Client
from sm_magic.messages import Endpoint, Payload, Request, Response, Ticket, Variant
from sm_magic.panel import Panel
from sm_magic.records import history
from sm_magic.settings import Settings
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime, FunctionStore

ENDPOINTS = (
    Endpoint(
        name="iris",
        status="InService",
        output_path="s3://mine/async/out",
        variants=(Variant(name="champion"), Variant(name="rival")),
    ),
    Endpoint(name="story", status="InService", variants=(Variant(name="AllTraffic"),)),
)


def until(true: Any) -> None:
    """Wait for what the background does."""
    end = time.monotonic() + 20
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    assert true()


@dataclass
class Desk:
    """A panel, and the endpoint behind it, a function."""

    answer: Any = None
    parts: Any = None
    namespace: dict[str, Any] = field(default_factory=dict)
    sent: list[Request] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    store: FunctionStore = field(default_factory=lambda: FunctionStore({}, buckets=["mine"]))

    def __post_init__(self) -> None:
        runtime = FunctionRuntime(self._handle, streamer=self._stream, submitter=self._submit)
        client = Client(
            settings=self.settings, runtime=runtime, catalog=FunctionCatalog(ENDPOINTS), store=self.store
        )
        self.panel = Panel(client, self.namespace, "iris")
        self.form = self.panel.form
        until(lambda: len(self.form.variant.options) == 3)

    def _handle(self, request: Request) -> Response:
        self.sent.append(request)
        if self.answer is not None:
            return self.answer(request)
        assert request.payload is not None
        return Response(payload=request.payload, variant=request.target_variant or "champion")

    def _stream(self, request: Request) -> Any:
        self.sent.append(request)
        return Response(payload=Payload(body=b"", content_type="text/plain")), self.parts()

    def _submit(self, request: Request) -> Ticket:
        self.sent.append(request)
        return Ticket(
            output_location="s3://mine/out/1", failure_location="s3://mine/failed/1", inference_id="i-1"
        )

    def say(self, **values: Any) -> None:
        """Fill the form in."""
        for name, value in values.items():
            getattr(self.form, name).value = value

    def send(self) -> None:
        """Send, and wait for the end."""
        self.panel.send()
        until(lambda: not self.panel.busy)

    @property
    def status(self) -> str:
        """What the status line says."""
        return str(self.form.status.value)

    @property
    def shown(self) -> str:
        """What stands in the answer's place."""
        return str(self.form.answer.value)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """(options) -> a Desk in an empty folder; its user has configured nothing."""
    monkeypatch.setenv("SM_MAGIC_CONFIG_DIR", str(tmp_path / "user"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    history.clear()
    desks = []

    def make(**options):
        desks.append(Desk(**options))
        return desks[-1]

    yield make
    for each in desks:
        each.panel.stop()
