"""The startup file: quiet, harmless, and off on request.  A real IPython runs it, each in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STARTUP = Path(__file__).parents[1] / "jupyter-config" / "startup" / "50-sm_magic.py"


@pytest.fixture
def ask(tmp_path):
    """Code -> what a terminal IPython with the startup file in its profile prints for it."""
    folder = tmp_path / "profile_default" / "startup"
    folder.mkdir(parents=True)
    shutil.copy(STARTUP, folder)
    (folder / "60-next.py").write_text("reached = True\n")

    def run(code, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "IPython", "--no-banner", "--colors=nocolor", "-c", code],
            env={**os.environ, "IPYTHONDIR": str(tmp_path), **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout.strip(), done.stderr.strip()

    return run


LOADED = (
    "print('sm_magic' in get_ipython().extension_manager.loaded, reached, '_sm_magic_autoload' in globals())"
)


def test_loads_the_extension_and_leaves_no_name(ask):
    """Every kernel has the magics, and nothing else is new in its namespace."""
    assert ask(LOADED) == ("True True False", "")


@pytest.mark.parametrize("off", ["0", "OFF"])
def test_is_off_on_request(ask, off):
    """SM_MAGIC_AUTOLOAD=0 leaves the kernel as it was."""
    assert ask(LOADED, SM_MAGIC_AUTOLOAD=off) == ("False True False", "")


def test_a_broken_install_is_no_news(ask, tmp_path):
    """An sm_magic that can't be imported stops no later startup file and prints nothing."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sm_magic.py").write_text("raise RuntimeError('half uninstalled')\n")
    assert ask(LOADED, PYTHONPATH=str(broken)) == ("False True False", "")
