"""Calls and loading.

`%load_ext` beside `import boto3` in fresh processes; then `run_line_magic` with the whole card, HTML and text, beside a
bare `invoke_endpoint` whose answer is read and decoded.  The server is another process; its time is on both sides.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from measure import Row, in_turns

_LOAD_EXT = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import time; start = time.perf_counter()
shell.run_line_magic("load_ext", "sm_magic")
print(time.perf_counter() - start)
"""
_IMPORT_BOTO3 = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import time; start = time.perf_counter()
import boto3
print(time.perf_counter() - start)
"""


def loading(repeats: int = 9) -> Row:
    """`%load_ext sm_magic` and `import boto3`, each in fresh processes with a shell."""
    times: dict[str, list[float]] = {_LOAD_EXT: [], _IMPORT_BOTO3: []}
    for _ in range(repeats):
        for code, found in times.items():
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            found.append(float(done.stdout.split()[-1]))
    ours, bare = (1000 * median(found) for found in times.values())
    return Row(
        "`%load_ext sm_magic` beside `import boto3`",
        ours,
        bare,
        f"{ours / bare:.1%} of it",
        "≤ 33 %",
        ours <= 0.33 * bare,
    )


@contextmanager
def server() -> Iterator[tuple[str, str]]:
    """`sm-magic serve` in a process of its own: its address and token."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(JUPYTER_RUNTIME_DIR=folder, XDG_RUNTIME_DIR=folder, SM_MAGIC_CONFIG_DIR=folder)
        process = subprocess.Popen(
            [sys.executable, "-m", "sm_magic", "serve"], stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if re.search(r"Ctrl-C", line):
                    break
            address = json.loads(next(Path(folder).rglob("endpoint-*.json")).read_text())
            yield address["url"], address["token"]
        finally:
            process.terminate()
            process.wait()


def bare_client(url: str, token: str) -> Any:
    """boto3's own client of the same server, past proxies as ours is."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "sagemaker-runtime",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=token,
        aws_secret_access_key="local",
        config=Config(proxies={}, read_timeout=70, retries={"total_max_attempts": 1}),
    )


def notebook() -> Any:
    """A shell as a kernel has it: what is shown is made whole, HTML and text, and goes nowhere."""
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.display_pub = CapturingDisplayPublisher(parent=shell)
    shell.run_line_magic("load_ext", "sm_magic")
    shell.run_line_magic("sm_connect", "local")
    return shell


def calls(shell: Any, client: Any) -> list[Row]:
    """One call each way, in turns."""
    import numpy as np

    small = {"instances": [{"features": [5.1, 3.5, 1.4, 0.2]}]}
    array = np.random.default_rng(0).normal(size=(625_000,))
    blob = array.tobytes()
    shell.push({"small": small, "blob": blob, "array": array})

    def bare(
        encode: Callable[[], bytes], content_type: str, decode: Callable[[bytes], object]
    ) -> Callable[[], object]:
        def call() -> object:
            answer = client.invoke_endpoint(EndpointName="echo", Body=encode(), ContentType=content_type)
            return decode(answer["Body"].read())

        return call

    def ours(line: str) -> Callable[[], object]:
        def call() -> object:
            shell.display_pub.outputs.clear()
            result = shell.run_line_magic("sm_invoke", line)
            shown = shell.display_pub.outputs[-1]["data"]
            assert {"text/html", "text/plain"} <= set(shown)
            return result

        return call

    def packed() -> bytes:
        file = io.BytesIO()
        np.save(file, array)
        return file.getvalue()

    cases = [
        (
            "a small JSON body",
            ours("echo small"),
            bare(lambda: json.dumps(small).encode(), "application/json", json.loads),
            400,
        ),
        ("5 MB of bytes", ours("echo blob"), bare(lambda: blob, "application/octet-stream", bytes), 80),
        (
            "5 MB of npy",
            ours("echo array"),
            bare(packed, "application/x-npy", lambda b: np.load(io.BytesIO(b))),
            40,
        ),
    ]
    found = []
    for what, one, other, repeats in cases:
        turns = in_turns(one, other, repeats)
        theirs, own = median(turns.other), turns.extra
        small_body = what.startswith("a small")
        kept = own <= 1.5 if small_body else own < 0.05 * theirs
        measure = f"{own:+.2f} ms" if small_body else f"{own / theirs:+.1%}"
        budget = "≤ 1.5 ms" if small_body else "< 5 %"
        found.append(Row(f"`%sm_invoke`, {what}", median(turns.ours), theirs, measure, budget, kept))
    return found


def rows() -> list[Row]:
    """Loading, then calls of the local endpoint."""
    with server() as (url, token):
        return [loading(), *calls(notebook(), bare_client(url, token))]
