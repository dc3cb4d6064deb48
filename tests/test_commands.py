"""The command `sm-magic`, run as people run it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import sm_magic

COMMAND = shutil.which("sm-magic", path=str(Path(sys.executable).parent)) or "sm-magic"


@pytest.fixture
def environment(tmp_path):
    """Folders of its own, so that a running demo of the user is neither joined nor disturbed."""
    folders = (
        "JUPYTER_RUNTIME_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_CONFIG_DIR",
        "IPYTHONDIR",
        "SM_MAGIC_CONFIG_DIR",
    )
    return {**os.environ, **{name: str(tmp_path / name.lower()) for name in folders}}


@pytest.fixture
def running(environment, tmp_path):
    """Start the command; it is ended after the test."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [COMMAND, *arguments],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=30)


def _run(*arguments, **options):
    return subprocess.run(
        [COMMAND, *arguments], capture_output=True, text=True, timeout=180, check=False, **options
    )


def _read_until(process, pattern):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if found := re.search(pattern, line):
            return found
    pytest.fail(f"{pattern} was never printed:\n{''.join(lines)}")


def _get(url):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30) as answer:
        return answer.read()


def test_version():
    """--version prints the version."""
    assert _run("--version").stdout == f"sm-magic {sm_magic.__version__}\n"


def test_help_names_the_commands():
    """--help lists what there is."""
    text = _run("--help").stdout
    assert re.findall(r"^    (\w+)", text, re.MULTILINE) == ["demo", "serve", "autoload"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve", "--container", "mine"], "mine is not NAME=URL"),
        (["serve", "--container", "mine=ftp://x"], "not NAME=URL, such as mine=http://127.0.0.1:8080"),
        (["serve", "--port", "70000"], "70000 is no port"),
        (["demo", "--port", "x"], "x is no port"),
        ([], "COMMAND"),
    ],
)
def test_mistakes_are_named(arguments, words):
    """A wrong argument is one sentence and exit code 2."""
    done = _run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr


@pytest.mark.server
def test_demo_executes_the_notebook(environment, tmp_path):
    """`demo --execute` runs the notebook headless beside the local endpoint, tells each cell, and exits with 0.

    Here it is a short one of the user's: installed from a wheel, the command keeps the copy that is there.
    """
    nbformat = pytest.importorskip("nbformat")
    installed = tmp_path / "site-packages"
    installed.mkdir()
    (installed / "sm_magic").symlink_to(Path(sm_magic.__file__).parent)
    path = tmp_path / "sm-magic-demo" / "01-quickstart.ipynb"
    path.parent.mkdir()
    sources = (
        "%load_ext sm_magic",
        "%sm_connect local",
        "%sm_invoke echo {'a':1} -o answer",
        "assert answer == {'a': 1}",
    )
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    done = subprocess.run(
        [sys.executable, "-m", "sm_magic", "demo", "--execute"],
        env={**environment, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"^\[ *\d+\] ok +(.+)$", done.stdout, re.MULTILINE) == list(sources)
    assert "every cell ran" in done.stdout


@pytest.mark.server
def test_demo_fails_when_a_cell_fails(tmp_path):
    """A notebook with a broken cell gives exit code 1 and shows the error."""
    from sm_magic import demo

    nbformat = pytest.importorskip("nbformat")
    path = tmp_path / "broken.ipynb"
    cells = [nbformat.v4.new_code_cell("import sys; sys.executable"), nbformat.v4.new_code_cell("1 / 0")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert demo.execute(path) == 1


@pytest.mark.server
def test_demo_serves_the_notebook(running):
    """`demo --no-browser` prints the address of JupyterLab on the first notebook, and stops on SIGTERM."""
    pytest.importorskip("jupyterlab")
    process = running("demo", "--no-browser")
    address = _read_until(
        process, r"(http://127\.0\.0\.1:\d+)/lab/workspaces/sm-magic/tree/(\S+)\?token=(\S+)"
    )
    base, name, token = address.groups()
    found = json.loads(_get(f"{base}/api/contents/{name}?token={token}"))
    assert found["content"]["cells"][1]["source"] == "%load_ext sm_magic"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


@pytest.mark.server
def test_serve_is_joined_by_a_client(running, environment):
    """A process of its own finds the endpoint that `serve` left, calls it with boto3's wire, and gets an answer."""
    _read_until(running("serve"), r"http://127\.0\.0\.1:\d+")
    code = (
        "import sm_magic; client = sm_magic.Client.local();"
        "print(client.invoke([[5.1, 3.5, 1.4, 0.2]], endpoint='iris', content_type='csv').variant)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.server
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_serve_leaves_nothing_behind(running, environment, ending):
    """However `serve` is ended, the file that tells its address and token goes with it."""
    process = running("serve")
    _read_until(process, r"Ctrl-C")
    runtime = Path(environment["JUPYTER_RUNTIME_DIR"])
    left = [path for path in runtime.rglob("*") if path.is_file()]
    assert [oct(path.stat().st_mode & 0o777) for path in left] == ["0o600"]
    process.send_signal(ending)
    assert process.wait(timeout=30) == 0
    assert not any(path.is_file() for path in runtime.rglob("*"))


@pytest.mark.server
def test_a_port_in_use_is_one_sentence(running):
    """A second `serve` on the same port says so, with what to do."""
    port = _read_until(running("serve"), r"http://127\.0\.0\.1:(\d+)").group(1)
    done = _run("serve", "--port", port)
    assert done.returncode == 1
    assert done.stderr.startswith("sm-magic: ")
    assert port in done.stderr
    assert "Traceback" not in done.stderr
