"""``sm-magic demo``: the first notebook, in JupyterLab or headless, with the local endpoint beside it.

The notebook lives in the checkout's ``notebooks/``; the wheel carries a copy.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from .errors import SmMagicError, UsageError

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["execute", "find_notebook", "open_lab"]

NAME = "01-quickstart.ipynb"
_HINT = '`pip install "sm-magic[demo]"`; in a clone `uv run --extra demo sm-magic demo`'
_LAB_STARTS_WITHIN = 120  # seconds; the first start of an environment compiles thousands of modules


def find_notebook(folder: Path | None = None) -> Path:
    """The first notebook: the checkout's own, or a copy of the wheel's in *folder* (``./sm-magic-demo``).

    A copy that is there already is kept: it may hold someone's work.
    """
    package = Path(__file__).parent
    ours = package.parent / "notebooks" / NAME
    if ours.is_file() and (package.parent / "pyproject.toml").is_file():
        return ours
    copy = (folder or Path.cwd() / "sm-magic-demo") / NAME
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(package / "notebooks" / NAME, copy)
    return copy


def execute(notebook: Path) -> int:
    """Run *notebook* headless with this Python as its kernel; a line a cell, and 1 if a cell failed."""
    try:
        import nbformat
        from jupyter_client.kernelspec import KernelSpecManager
        from jupyter_client.manager import AsyncKernelManager
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
    except ImportError as error:
        raise UsageError(f"Running the notebook needs {error.name}.", hint=_HINT) from error

    # Without folders to look in, jupyter_client takes the ipykernel of this very environment.
    kernel = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    client = NotebookClient(
        nbformat.read(notebook, as_version=4),
        km=kernel,
        timeout=120,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # nobody is warned of the loopback here
        resources={"metadata": {"path": str(notebook.parent)}},
        on_cell_executed=_tell,
    )
    started = time.monotonic()
    try:
        client.execute(cleanup_kc=True)
    except CellExecutionError as error:
        print(f"\n{notebook.name} failed: {error}", file=sys.stderr)
        return 1
    print(f"{notebook.name}: every cell ran, in {time.monotonic() - started:.1f} s")
    return 0


def _tell(cell: NotebookNode, cell_index: int, **_: Any) -> None:
    if cell.cell_type == "code":
        first = next((line for line in cell.source.splitlines() if line.strip()), "")
        failed = any(output.output_type == "error" for output in cell.outputs)
        print(f"[{cell_index:2}] {'error' if failed else 'ok   '} {first[:90]}", flush=True)


def open_lab(notebook: Path, *, port: int | None, browser: bool) -> int:
    """Serve JupyterLab on *notebook* until it is stopped; print its address, and open it in a browser."""
    if find_spec("jupyterlab") is None:
        raise UsageError("The demo needs JupyterLab.", hint=_HINT)
    port = port or _free_port()
    token = secrets.token_urlsafe(24)
    url = f"http://127.0.0.1:{port}/lab/workspaces/sm-magic/tree/{notebook.name}?token={token}"
    server = subprocess.Popen(  # noqa: S603 - this Python, our own arguments
        [sys.executable, "-m", "jupyterlab", *_arguments(notebook.parent, port)],
        # The token is no argument: `ps` shows those.  This environment's kernel comes before the user's own.
        env={**os.environ, "JUPYTER_TOKEN": token, "JUPYTER_PREFER_ENV_PATH": "1"},
    )
    try:
        _wait_until_up(server, f"http://127.0.0.1:{port}/api/status?token={token}")
        print(f"JupyterLab: {url}\nCtrl-C stops it.", flush=True)
        if browser:
            import webbrowser

            webbrowser.open(url)
        return server.wait()
    except KeyboardInterrupt:
        return 0  # the way to stop it
    finally:
        server.terminate()
        server.wait()


def _arguments(root: Path, port: int) -> list[str]:
    return [
        "--no-browser",
        "-y",  # Ctrl-C means stop; there is nobody to ask twice
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.log_level=WARN",
        # A demo asks nobody for news and updates.
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    ]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_until_up(server: subprocess.Popen[bytes], url: str) -> None:
    opener = build_opener(ProxyHandler({}))  # loopback never goes through a proxy
    deadline = time.monotonic() + _LAB_STARTS_WITHIN
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SmMagicError("JupyterLab stopped while it started; its own words stand above.")
        try:
            with opener.open(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise SmMagicError(f"JupyterLab did not start within {_LAB_STARTS_WITHIN} s.")
