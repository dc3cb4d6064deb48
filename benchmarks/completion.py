"""Tab.

A real kernel's `complete_request`, from the request to the reply, median of 20; the slowest counts.  The other side is
the same kernel before the extension is loaded, where Jedi and IPython's files are what is offered on the same line.
JupyterLab gives a completer one second.  The last two rows have a control plane that does not answer: the first Tab
waits for it, those after do not.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from measure import Row

_SETUP = """\
%load_ext sm_magic
import threading
from functools import partial
from sm_magic import Client
from sm_magic.messages import Endpoint, Variant
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime
never = threading.Event()
class Catalog(FunctionCatalog):
    def endpoints(self):
        if hangs:
            never.wait(30)
        return super().endpoints()
hangs = False
endpoints = [Endpoint(name=f"my-{n}", status="InService", variants=(Variant(name="blue"),)) for n in range(100)]
catalog = Catalog(endpoints)
door = get_ipython().magics_manager.registry["SageMakerMagics"]
door.place = partial(Client, runtime=FunctionRuntime(None), catalog=catalog)
"""
_HANGS = "hangs = True; door.place = partial(Client, runtime=FunctionRuntime(None), catalog=catalog)"
_LINES = {
    "options": "%sm_invoke my-1 frame --",
    "content types": "%sm_invoke my-1 frame --content-type=application/j",
    "100 endpoints": "%%sm_invoke my",
    "variants": "%sm_invoke my-1 frame --target-variant b",
    "variables": "x = %sm_invoke my-1 fr",
}
_TIMES, _BUDGET, _HUNG = 20, 250.0, 1_000.0  # milliseconds


def _took(client: Any, cell: str) -> float:
    """Milliseconds until the kernel's reply."""
    start = time.perf_counter()
    sent = client.complete(cell)
    while client.get_shell_msg(timeout=60)["parent_header"].get("msg_id") != sent:
        pass
    return 1000 * (time.perf_counter() - start)


def _run(client: Any, cell: str) -> None:
    reply = client.execute_interactive(cell, timeout=60, output_hook=lambda _: None)
    assert reply["content"]["status"] == "ok", reply["content"]


def _row(what: str, ours: list[float], other: list[float] | None, budget: float) -> Row:
    slowest = max(ours)
    shown = None if other is None else median(other)
    return Row(
        what, median(ours), shown, f"{slowest:.0f} ms at most", f"≤ {budget:.0f} ms", slowest <= budget
    )


def rows() -> list[Row]:
    """Each kind of value; then a control plane that hangs."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(extra_arguments=["--HistoryManager.enabled=False"])
    try:
        _run(client, "frame = {'a': 1}")
        other = {what: [_took(client, cell) for _ in range(_TIMES)] for what, cell in _LINES.items()}
        _run(client, _SETUP)
        found = [
            _row(what, [_took(client, cell) for _ in range(_TIMES)], other[what], _BUDGET)
            for what, cell in _LINES.items()
        ]
        _run(client, _HANGS)
        first = _took(client, _LINES["100 endpoints"])
        others = [_took(client, _LINES["100 endpoints"]) for _ in range(_TIMES)]
        return [
            *found,
            _row("a control plane that hangs, the first Tab", [first], None, _HUNG),
            _row("…and those after", others, None, _BUDGET),
        ]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
