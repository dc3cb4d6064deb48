"""A real JupyterLab in a real Chromium, with folders of its own: nothing of the user's is read or written.

With SM_MAGIC_PICTURES=FOLDER the pictures that the tests make are kept there.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
]
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # Every cell is in the page at once, not only those in view.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "docmanager-extension/plugin": {"autosave": False},
}


@dataclass
class Lab:
    """A running JupyterLab."""

    root: Path
    url: str
    token: str

    def address(self, workspace: str) -> str:
        """Where JupyterLab opens with nothing in it; what is open there is the *workspace*'s."""
        return f"{self.url}/lab/workspaces/{workspace}?token={self.token}&reset"


# What is hard to read, and what runs out of its cell.
FAINT = (Path(__file__).parent / "contrast.js").read_text()

# The text of an element with its folds open; they are left as they were.
UNFOLDED = """element => {
  const folds = [...element.querySelectorAll("details:not([open])")];
  folds.forEach(fold => { fold.open = true; });
  const text = element.innerText;
  folds.forEach(fold => { fold.open = false; });
  return text;
}"""


GROWING = """
async ([cell, count]) => {
  const seen = [];
  while (seen.length < count) {
    const output = document.querySelectorAll('.jp-Notebook .jp-Cell')[cell].querySelector('.jp-OutputArea');
    const text = output?.innerText ?? '';
    if (text.includes('Streaming') && text !== seen.at(-1)) seen.push(text);
    await new Promise(again => setTimeout(again, 20));
  }
  return seen;
}
"""


class Notebook:
    """A notebook in its page: the only one there."""

    def __init__(self, page, ids):
        self.page = page
        self.problems = []
        self._index = {tag: number for number, tag in enumerate(ids)}
        page.on("pageerror", self._note)

    def _note(self, error):
        self.problems.append(str(error))

    def close(self):
        """Save it and take it out of the page, with all that it brought."""
        self.page.remove_listener("pageerror", self._note)
        self.command("docmanager:save")
        self.command("application:close")
        self.page.wait_for_function("() => !document.querySelector('.jp-Notebook')")

    def command(self, name, **arguments):
        """Run a command of JupyterLab, as its menus do, to its end."""
        return self.page.evaluate(
            "async ([name, args]) => { await window.jupyterapp.commands.execute(name, args); }",
            [name, arguments],
        )

    def run(self):
        """Run all cells, to the end of the last, and save."""
        self.command("notebook:run-all-cells")
        self.wait_for_kernel()
        self.command("docmanager:save")

    def wait_for_kernel(self):
        """The status bar says Idle: earlier, a run would be dropped silently."""
        self.page.wait_for_function(
            "() => (document.querySelector('#jp-main-statusbar')?.innerText ?? '').includes('| Idle')",
            timeout=60_000,
        )

    def theme(self, name):
        """Change the theme, and wait until it is there."""
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)
        self.page.wait_for_function("() => !document.querySelector('#jupyterlab-splash')")
        self.page.wait_for_timeout(100)

    def faint(self):
        """The texts of answers that are hard to read, and what is wider than its cell, once the page is at rest."""
        for _ in range(10):
            found = self.page.evaluate(FAINT)
            if not found:
                break
            self.page.wait_for_timeout(300)  # A machine that has much to do is slow to lay out a page anew.
        return found

    def cell(self, tag):
        """The code cell with this id in the notebook file."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self._index[tag])

    def output(self, tag):
        """The output area of that cell."""
        return self.cell(tag).locator(".jp-OutputArea").first

    def text(self, tag):
        """What that cell's output says to the reader, its folds opened."""
        return self.output(tag).evaluate(UNFOLDED)

    def growing(self, tag, count):
        """What a cell's output said at the first *count* times that it said something new, while it streams."""
        return self.page.evaluate(GROWING, [self._index[tag], count])

    def wait_for(self, tag, text):
        """Until a cell's output says *text*."""
        self.output(tag).get_by_text(text).first.wait_for(timeout=60_000)

    def picture(self, path, tags):
        """A picture of the cells from the first to the last of these, a little air around them."""
        first, last = (self.cell(tag).bounding_box() for tag in (tags[0], tags[-1]))
        height = last["y"] + last["height"] - first["y"]
        clip = {"x": first["x"] - 4, "y": first["y"] - 4, "width": first["width"] + 8, "height": height + 8}
        self.page.screenshot(path=path, clip=clip)


@pytest.fixture(params=["JupyterLab Light", "JupyterLab Dark"])
def theme(request):
    """JupyterLab's own two."""
    return request.param


def _jupyterlab(chromium, lab, workspace):
    """A page of JupyterLab; it takes longer to load than what is looked at in it."""
    page = chromium.new_page(viewport={"width": 900, "height": 900}, device_scale_factor=1.5)
    page.goto(lab.address(workspace))
    page.wait_for_function(
        "() => window.jupyterapp && document.querySelector('.jp-Launcher')", timeout=60_000
    )
    page.evaluate("async () => { await window.jupyterapp.restored; }")
    page.evaluate("async () => { await window.jupyterapp.commands.execute('application:toggle-left-area'); }")
    return page


def _open(page, lab, name, height):
    """The Notebook of that name in the lab's folder, open in the page, which has so many pixels."""
    page.set_viewport_size({"width": 900, "height": height})
    notebook = Notebook(page, [cell["id"] for cell in json.loads((lab.root / name).read_text())["cells"]])
    notebook.command("docmanager:open", path=name)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    notebook.wait_for_kernel()
    return notebook


@pytest.fixture(scope="package")
def page(chromium, lab):
    """The page in which one file's notebook is open after the other's."""
    return _jupyterlab(chromium, lab, "own")


@pytest.fixture(scope="package")
def strangers_page(chromium, lab):
    """A page in which nothing was ever trusted."""
    return _jupyterlab(chromium, lab, "strangers")


@pytest.fixture(scope="module")
def open_notebook(page, lab):
    """(name, height=) -> the Notebook of that name; to be closed before the next is opened."""
    return lambda name, *, height=9_000: _open(page, lab, name, height)


@pytest.fixture(scope="module")
def open_stranger(strangers_page, lab):
    """(name) -> a copy of that saved notebook, open where nobody trusts it: JupyterLab strips styles and scripts."""

    def made(name):
        saved = json.loads((lab.root / name).read_text())
        for cell in saved["cells"]:
            cell["metadata"].pop("trusted", None)
            # Not the text that was signed when it was saved.
            cell["source"] = [*cell["source"], " "]
        (lab.root / f"stranger-{name}").write_text(json.dumps(saved))
        notebook = _open(strangers_page, lab, f"stranger-{name}", 9_000)
        assert notebook.page.locator(".jp-OutputArea .jp-mod-trusted").count() == 0
        return notebook

    return made


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """The folder for pictures."""
    wanted = os.environ.get("SM_MAGIC_PICTURES")
    return Path(wanted) if wanted else tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab on an empty folder; its kernels run this Python."""
    pytest.importorskip("jupyterlab")
    home = tmp_path_factory.mktemp("lab")
    for plugin, values in SETTINGS.items():
        file = home / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    root = home / "root"
    root.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    running = Lab(root=root, url=f"http://127.0.0.1:{port}", token=secrets.token_hex(16))
    with (home / "log.txt").open("wb") as log:
        server = subprocess.Popen(
            _command(root, port), env=_environment(home, running.token), stdout=log, stderr=log
        )
    try:
        _wait_for(running, server, home / "log.txt")
        yield running
    finally:
        server.terminate()
        server.wait(timeout=30)


def _command(root: Path, port: int) -> list[str]:
    return [
        sys.executable,
        *("-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *(f"--ServerApp.root_dir={root}", "--ServerApp.terminals_enabled=False"),
        *("--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
        "--LabApp.extension_manager=readonly",
    ]


def _environment(home: Path, token: str) -> dict[str, str]:
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
        "SM_MAGIC_CONFIG_DIR": "sm_magic",
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "JUPYTER"))}
    return {
        **kept,
        **{name: str(home / folder) for name, folder in folders.items()},
        "JUPYTER_TOKEN": token,
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def _wait_for(lab: Lab, server: subprocess.Popen, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(600):
        assert server.poll() is None, log.read_text()
        try:
            with opener.open(f"{lab.url}/api/status?token={lab.token}", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


@pytest.fixture(scope="package")
def chromium():
    """Debian's Chromium, driven by playwright.

    Closed after this folder's tests: until then this thread has a running asyncio loop, in which other tests can't
    start one.
    """
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()
