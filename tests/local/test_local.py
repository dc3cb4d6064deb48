from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sm_magic import local
from sm_magic.errors import UsageError

pytestmark = pytest.mark.server


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Path]:
    """Runtime folders in which nobody else's server is."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
        environment.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        environment.setenv("XDG_DATA_HOME", str(tmp_path))
        yield tmp_path


def run(code: str) -> str:
    """What *code* prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def test_importing_it_loads_nothing_heavy() -> None:
    """The magics may ask what is in here without paying for it."""
    heavy = "{'starlette', 'uvicorn', 'sklearn', 'numpy', 'PIL', 'urllib3', 'boto3', 'botocore'}"
    assert run(f"import sys, sm_magic.local; print(sorted({heavy} & set(sys.modules)))") == "[]\n"


@pytest.mark.parametrize("missing", ["uvicorn", "starlette"])
def test_without_the_extra_the_error_says_what_to_type(missing: str) -> None:
    """An import that fails for whatever reason counts as absent."""
    said = run(
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from sm_magic import SmMagicError, local\n"
        "try: local.start()\n"
        "except SmMagicError as error: print(error)"
    )
    assert f"needs {missing}" in said
    assert '→ %pip install "sm-magic[local]"' in said


def test_one_server_a_process(alone: Path) -> None:
    """The second call gives the first one's server, until a new one is asked for; both go on."""
    said = run(
        "from sm_magic.local import discovery, join_or_start\n"
        "first = join_or_start()\n"
        "assert first.owned and join_or_start() is first\n"
        "second = join_or_start(new=True)\n"
        "assert second.url != first.url and join_or_start() is second\n"
        "assert discovery.answers(first.url, first.token)\n"
        "second.stop()\n"
        "third = join_or_start()\n"
        "assert third.owned and discovery.answers(third.url, third.token)\n"
        "print('done')"
    )
    assert said == "done\n"


def test_a_live_one_is_joined_rather_than_started(alone: Path, endpoint: local.LocalEndpoint) -> None:
    """What `serve` or `demo` runs is used by every notebook; `new` starts one's own."""
    with local.published(endpoint):
        said = run(
            "from sm_magic.local import join_or_start\n"
            "joined = join_or_start()\n"
            "print(joined.url, joined.owned, join_or_start(new=True).owned)"
        )
    assert said == f"{endpoint.url} False True\n"


def test_a_container_takes_a_demo_endpoints_place_only_by_name() -> None:
    """Names and addresses that can't be are refused before anything starts."""
    for name, url in [("my_model", "http://127.0.0.1:1"), ("m", "ftp://127.0.0.1"), ("m", "127.0.0.1:80")]:
        with pytest.raises(UsageError) as caught:
            local.start({name: url})
        assert "--container" in (caught.value.hint or "")


class Serving:
    """`serve` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        code = "from sm_magic import local; local.serve(say=lambda line: print(line, flush=True))"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "JUPYTER_RUNTIME_DIR": str(folder)},
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line.rstrip())

    def said(self, last: str) -> list[str]:
        """The lines up to the one that starts with *last*."""
        lines = [self.lines.get(timeout=30)]
        while not lines[-1].strip().startswith(last):
            lines.append(self.lines.get(timeout=30))
        return lines

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        code = self.process.wait(20)
        self._reader.join(10)
        assert self.process.stdout
        self.process.stdout.close()
        return code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_says_how_to_reach_it_is_found_and_cleans_up(
    alone: Path, connect: Callable[..., Any], number: int
) -> None:
    """Plain boto3 works with the lines it prints; a notebook finds it; the signal leaves no file behind."""
    serving = Serving(alone)
    try:
        lines = serving.said("unset")
        exports = dict(
            line.strip().removeprefix("export ").split("=", 1) for line in lines if "export " in line
        )
        found = local.discover()
        assert found is not None
        assert exports["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] == exports["AWS_ENDPOINT_URL_S3"] == found.url
        assert exports["AWS_ACCESS_KEY_ID"] == found.token
        answer = connect("sagemaker-runtime", found).invoke_endpoint(EndpointName="echo", Body=b"hello")
        assert answer["Body"].read() == b"hello"
    finally:
        code = serving.end(number)
    assert code == 0
    assert local.discover() is None
    assert list((alone / "sm_magic").iterdir()) == []
