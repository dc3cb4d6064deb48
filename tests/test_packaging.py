"""What is installed is what was built, beside whatever else people have."""

import importlib.metadata
import os
import re
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import sm_magic

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_the_wheel_is_what_is_tested():
    """With SM_MAGIC_EXPECT_WHEEL=1 the suite runs on the installed wheel, else on this checkout."""
    home = Path(sm_magic.__file__).parents[1]
    if os.environ.get("SM_MAGIC_EXPECT_WHEEL") == "1":
        assert home == Path(sysconfig.get_path("purelib"))
        assert (home / "sm_magic" / "notebooks" / "01-quickstart.ipynb").is_file()
        startup = (home / "sm_magic" / "startup" / "50-sm_magic.py").read_bytes()
        assert startup == (ROOT / "jupyter-config" / "startup" / "50-sm_magic.py").read_bytes()
    else:
        assert home == ROOT


def test_the_wheel_installs_nothing_unasked():
    """It holds the startup file, which `sm-magic autoload` installs; no file of it lies outside the package."""
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(wheel) == {"packages", "force-include"}
    for kept, packed in wheel["force-include"].items():
        assert (ROOT / kept).is_file()
        assert packed.startswith("sm_magic/")


def test_versions_agree():
    """The module, the distribution and the changelog tell the same version."""
    assert importlib.metadata.version("sm-magic") == sm_magic.__version__
    assert f"## [{sm_magic.__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_dependencies_have_floors_only():
    """No upper pin: SageMaker Distribution has to install this beside its own versions."""
    project = PROJECT["project"]
    requirements = [
        *project["dependencies"],
        *(r for extra in project["optional-dependencies"].values() for r in extra),
    ]
    wrong = [
        r
        for r in requirements
        if not r.startswith("sm-magic[") and not re.fullmatch(r"[\w-]+(\[\w+\])?>=[\d.]+", r)
    ]
    assert wrong == []
    assert project["requires-python"] == ">=3.11"


def test_uv_downloads_no_python():
    """uv takes the Python that is there: a download from elsewhere would fail behind most firewalls."""
    assert PROJECT["tool"]["uv"]["python-downloads"] == "never"


def test_nothing_tracked_names_a_registry():
    """No lock file (it holds download addresses) and no index address is tracked."""
    tracked = _tracked()
    assert not [f for f in tracked if f.name in ("uv.lock", "poetry.lock", "requirements.txt")]
    address = re.compile(r"https?://[^\s\"']*/simple\b|files\.python" + "hosted|--index" + "-url")
    texts = {
        f: f.read_text(errors="ignore") for f in tracked if f.is_file() and f.suffix not in (".png", ".jpg")
    }
    assert [f.name for f, text in texts.items() if address.search(text)] == []


def test_the_command_is_installed():
    """`sm-magic` is the package's one command."""
    ours = [
        e
        for e in importlib.metadata.entry_points(group="console_scripts")
        if e.dist and e.dist.name == "sm-magic"
    ]
    assert [(e.name, e.value) for e in ours] == [("sm-magic", "sm_magic.__main__:main")]
