"""`sm-magic autoload`: the startup file goes where IPython finds it, takes nothing from anybody, and goes again.

Kernels are real ones, each of an environment made for the test: links to the packages here, and an sm_magic of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import sm_magic

NAME = "50-sm_magic.py"
PACKAGE = Path(sm_magic.__file__).parent


class Environment:
    """A virtual environment: the packages in a folder; an sm_magic of its own, or none."""

    def __init__(self, folder, packages, version=None):
        venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
        self.folder, self.python = folder, folder / "bin" / "python"
        (site,) = folder.glob("lib/python3*/site-packages")
        (site / "packages.pth").write_text(f"{packages}\n")
        self.package = site / "sm_magic"
        if version:
            shutil.copytree(PACKAGE, self.package, ignore=shutil.ignore_patterns("__pycache__"))
            source = PACKAGE.parent / "jupyter-config"
            if source.is_dir():
                shutil.copytree(source, site / "jupyter-config")
            with (self.package / "__init__.py").open("a") as file:
                file.write(f"\n__version__ = {version!r}\n")

    @property
    def startup(self):
        """Where its startup file is."""
        return self.folder / "etc" / "ipython" / "startup" / NAME

    def variables(self, user):
        """What its processes see: nothing of the tests' own paths."""
        kept = {
            name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")
        }
        return {**kept, "IPYTHONDIR": str(user), "JUPYTER_RUNTIME_DIR": str(user / "runtime")}

    def autoload(self, *arguments, user, **variables):
        """Run the command in it; its exit code and what it printed."""
        done = subprocess.run(
            [self.python, "-m", "sm_magic", "autoload", *arguments],
            env={**self.variables(user), **variables},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


def _packages():
    """What is installed here, but for sm_magic and what only points elsewhere."""
    for folder in map(Path, dict.fromkeys(path for path in sys.path if path.endswith("-packages"))):
        for path in folder.iterdir():
            if not path.name.startswith(("sm_magic", "_sm_magic", "__pycache__")) and path.suffix != ".pth":
                yield path


@pytest.fixture(scope="module")
def environments(tmp_path_factory):
    """Two environments with an sm_magic each, and one without; what else there is here, each has."""
    folder = tmp_path_factory.mktemp("environments")
    packages = folder / "packages"
    packages.mkdir()
    for path in _packages():
        if not (packages / path.name).exists():
            (packages / path.name).symlink_to(path)
    yield {
        "one": Environment(folder / "one", packages, version="1.1.1"),
        "two": Environment(folder / "two", packages, version="2.2.2"),
        "without": Environment(folder / "without", packages),
    }
    if sys.pycache_prefix:  # nobody will ever look for the bytecode of this folder again
        shutil.rmtree(Path(sys.pycache_prefix, *folder.parts[1:]), ignore_errors=True)


@pytest.fixture
def user(tmp_path):
    """A user's IPython folder."""
    folder = tmp_path / "ipython"
    (folder / "profile_default" / "startup").mkdir(parents=True)
    return folder


@pytest.fixture
def command(user, monkeypatch):
    """The command in this process, for that user; it writes into no environment."""
    from sm_magic.__main__ import main

    monkeypatch.setenv("IPYTHONDIR", str(user))
    return lambda *arguments: main(["autoload", *arguments])


# --- the command --------------------------------------------------------------------------------------------


def test_enable_disable_and_again(command, user, capsys):
    """The second time changes nothing and says so; after --disable nothing is left."""
    path = user / "profile_default" / "startup" / NAME

    assert command("--enable", "--user") == 0
    written = path.read_bytes()
    assert capsys.readouterr().out.startswith(f"Written: {path}\n")
    assert command("--enable", "--user") == 0
    assert capsys.readouterr().out == f"It was there already: {path}\n"
    assert written == path.read_bytes()
    assert command("--disable", "--user") == 0
    assert capsys.readouterr().out == f"Removed: {path}\n"
    assert list(path.parent.iterdir()) == []
    assert command("--disable", "--user") == 0
    assert capsys.readouterr().out == f"It was not there: {path}\n"


def test_disable_finds_it_wherever_it_is(command, user, capsys):
    """Without a place, it goes from where it is."""
    command("--enable", "--user")
    assert command("--disable") == 0
    assert capsys.readouterr().out.endswith(f"Removed: {user / 'profile_default' / 'startup' / NAME}\n")


@pytest.mark.parametrize("change", ["x = 1\n", None], ids=["another's file", "ours, changed"])
@pytest.mark.parametrize("action", ["--enable", "--disable"])
def test_a_file_that_is_not_ours_is_left(command, user, capsys, change, action):
    """What somebody wrote, or changed, is neither overwritten nor removed; the error names it."""
    path = user / "profile_default" / "startup" / NAME
    if change is None:
        command("--enable", "--user")
        change = path.read_text() + "print('mine')\n"
    path.write_text(change)
    capsys.readouterr()

    assert command(action, "--user") == 1

    assert path.read_text() == change
    said = capsys.readouterr()
    assert said.out == ""
    assert "was not written by sm-magic, or was changed since" in said.err
    assert f"move or remove it yourself: {path}" in said.err


def test_one_of_another_version_is_renewed(command, user, capsys):
    """It is known by its digest; so is a copy made by hand."""
    import hashlib

    from sm_magic import autoload

    path = user / "profile_default" / "startup" / NAME
    old = b"pass\n"
    digest = hashlib.sha256(old).hexdigest()[:16].encode()
    path.write_bytes(b"# Written by `sm-magic autoload` (" + digest + b"); whatever.\n" + old)

    command("--status", "--user")
    assert "--user: installed by another version (--enable renews it)" in capsys.readouterr().out
    command("--enable", "--user")
    assert path.read_bytes().endswith(autoload._source())
    path.write_bytes(autoload._source())
    command("--enable", "--user")
    assert "It was there already" in capsys.readouterr().out


def test_status_tells_where_and_whether_it_works(command, user, capsys, monkeypatch):
    """A new IPython is asked: it has it; then it is turned off; then it is gone."""
    command("--enable", "--user")
    capsys.readouterr()

    command("--status")
    installed = capsys.readouterr().out.splitlines()
    monkeypatch.setenv("SM_MAGIC_AUTOLOAD", "off")
    command("--status", "--user")
    off = capsys.readouterr().out.splitlines()

    assert installed[0] == f"sm_magic {sm_magic.__version__} in {sys.prefix}"
    assert installed[1].startswith("--sys-prefix: ")
    assert installed[2] == f"--user: installed: {user / 'profile_default' / 'startup' / NAME}"
    assert installed[3] == "Works now: yes, a new kernel of this environment has the magics."
    assert off[-1] == "Works now: no, SM_MAGIC_AUTOLOAD=off turns it off."


def test_status_of_what_an_earlier_file_breaks(command, user, capsys):
    """IPython runs no startup file after one that raises: installed is not yet working."""
    command("--enable", "--user")
    (user / "profile_default" / "startup" / "10-broken.py").write_text("1 / 0\n")

    command("--status", "--user")

    assert "a startup file before it may have failed" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written(command, user, capsys):
    """One sentence, and what else there is."""
    folder = user / "profile_default" / "startup"
    folder.rmdir()
    folder.write_text("a file where the folder should be")

    assert command("--enable", "--user") == 1

    assert "can't be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "one of the arguments --enable --disable --status is required"),
        (["--enable", "--disable"], "not allowed with argument"),
        (["--enable", "--user", "--sys-prefix"], "not allowed with argument"),
    ],
)
def test_mistakes_are_named(command, capsys, arguments, words):
    """One thing to do, one place."""
    with pytest.raises(SystemExit):
        command(*arguments)
    assert words in capsys.readouterr().err


# --- kernels ------------------------------------------------------------------------------------------------

# What users have (reference: IPython's own documentation of configuration); all want autoreload loaded, in kernels, in
# terminals, or in both.
CONFIGURATIONS = {
    "list": {"ipython_config.py": "c.InteractiveShellApp.extensions = ['autoreload']"},
    "append": {"ipython_config.py": "c.InteractiveShellApp.extensions.append('autoreload')"},
    "kernel list": {"ipython_kernel_config.py": "c.InteractiveShellApp.extensions = ['autoreload']"},
    "json": {"ipython_config.json": '{"InteractiveShellApp": {"extensions": ["autoreload"]}}'},
    "kernel append": {"ipython_kernel_config.py": "c.InteractiveShellApp.extensions.append('autoreload')"},
    "kernel class": {"ipython_kernel_config.py": "c.IPKernelApp.extensions = ['autoreload']"},
    "terminal class": {"ipython_config.py": "c.TerminalIPythonApp.extensions = ['autoreload']"},
    "ours too": {
        "ipython_config.py": "c.InteractiveShellApp.extensions = ['autoreload', 'sm_magic']\n"
        "c.SageMakerMagics.max_rows = 7"
    },
}
IN_KERNELS = {*CONFIGURATIONS} - {"terminal class"}
IN_TERMINALS = ("terminal class", "list", "append", "json", "ours too")
ASK = """
import json
_found = {
    "extensions": sorted({"sm_magic", "autoreload"} & {name.rpartition(".")[2] for name in
                         get_ipython().extension_manager.loaded}),
    "reached": globals().get("reached"),
    "executed": globals().get("executed"),
    "left": sorted(name for name in globals() if "autoload" in name),
    "version": __import__("sys").modules["sm_magic"].__version__ if "sm_magic" in __import__("sys").modules else None,
}
print("FOUND", json.dumps(_found))
"""


class Kernels:
    """Kernels that start side by side: each environment's own Python, as a kernelspec would start it."""

    def __init__(self):
        self.running = []

    def start(self, environment, user, **variables):
        """Begin one; it is asked later."""
        from jupyter_client.manager import KernelManager

        manager = KernelManager()
        manager.kernel_spec.argv = [
            str(environment.python), "-m", "ipykernel_launcher",
            "-f", "{connection_file}", "--HistoryManager.enabled=False",
        ]  # fmt: skip
        manager.start_kernel(env={**environment.variables(user), **variables}, cwd=str(environment.folder))
        client = manager.client()
        client.start_channels()
        self.running.append((manager, client))
        return client

    @staticmethod
    def ask(client):
        """What the kernel found, and whatever else was printed since its start."""
        client.wait_for_ready(timeout=120)
        sent, printed = client.execute(ASK), ""
        while True:
            message = client.get_iopub_msg(timeout=60)
            content = message["content"]
            if message["msg_type"] == "stream":
                printed += content["text"]
            elif message["msg_type"] == "error":
                printed += "\n".join(content["traceback"])
            if (
                message["parent_header"].get("msg_id") == sent
                and message["msg_type"] == "status"
                and content["execution_state"] == "idle"
            ):
                break
        said, _, found = printed.partition("FOUND ")
        return json.loads(found), said

    def stop(self):
        """End them."""
        for manager, client in self.running:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


@pytest.fixture
def kernels():
    """Kernels that end with the test."""
    pytest.importorskip("ipykernel")
    kernels = Kernels()
    yield kernels
    kernels.stop()


def configured(folder, files):
    """A user with these files in the profile, and startup files of their own before and after ours."""
    profile = folder / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "00-mine.py").write_text("reached = ['before']\n")
    (profile / "startup" / "60-mine.py").write_text("reached.append('after')\n")
    for name, text in files.items():
        head = "" if name.endswith(".json") else "c = get_config()\n"
        (profile / name).write_text(head + text + "\n")
    if not any(name.endswith(".json") for name in files):
        with (profile / "ipython_config.py").open("a") as file:
            file.write("c = get_config()\nc.InteractiveShellApp.exec_lines = ['executed = True']\n")
    return folder


@pytest.mark.server
def test_nobody_loses_anything(environments, kernels, tmp_path):
    """However users configure extensions: theirs are loaded, their startup files and lines run, and ours is there.

    The file is of one environment: the same user's kernel in another is as it was.
    """
    one, two, _ = environments.values()
    code, said = one.autoload("--enable", user=tmp_path / "nobody")
    assert (code, one.startup.is_file(), two.startup.exists()) == (0, True, False), said
    users = {name: configured(tmp_path / name, files) for name, files in CONFIGURATIONS.items()}
    started = {name: kernels.start(one, folder) for name, folder in users.items()}
    elsewhere = kernels.start(two, users["list"])

    found = {name: kernels.ask(client) for name, client in started.items()}

    for name, (told, printed) in found.items():
        theirs = ["autoreload"] if name in IN_KERNELS else []
        assert told["extensions"] == [*theirs, "sm_magic"], name
        assert told["reached"] == ["before", "after"], name
        assert told["executed"] is (None if name == "json" else True), name
        assert (told["left"], told["version"], printed) == ([], "1.1.1", ""), name
    assert kernels.ask(elsewhere)[0]["extensions"] == ["autoreload"]
    one.startup.unlink()


@pytest.mark.server
def test_nobody_loses_anything_in_a_terminal(environments, tmp_path):
    """IPython's own application has a class of its own to configure; what kernels alone read means nothing to it."""
    one = environments["one"]
    code, said = one.autoload("--enable", user=tmp_path / "nobody")
    assert code == 0, said
    started = {}
    for name in IN_TERMINALS:
        user = configured(tmp_path / name, CONFIGURATIONS[name])
        started[name] = subprocess.Popen(
            [
                *(one.python, "-m", "IPython", "--no-banner", "--no-confirm-exit", "--colors=NoColor"),
                *("--HistoryManager.enabled=False", "-c", ASK),
            ],
            env=one.variables(user),
            cwd=one.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    for name, process in started.items():
        printed, _ = process.communicate(timeout=180)
        said, _, found = printed.partition("FOUND ")
        told = json.loads(found)
        assert told["extensions"] == ["autoreload", "sm_magic"], name
        assert told["reached"] == ["before", "after"], name
        assert told["executed"] is (None if name == "json" else True), name
        assert (told["left"], told["version"], said) == ([], "1.1.1", ""), name
    one.startup.unlink()


@pytest.mark.server
def test_each_environment_loads_its_own(environments, kernels, user):
    """--user is for all environments: each has its own sm_magic, and one that has none starts in silence."""
    one, two, without = environments.values()
    code, said = two.autoload("--enable", "--user", user=user)
    assert code == 0, said

    started = [kernels.start(environment, user) for environment in (one, two, without)]
    found = [kernels.ask(client) for client in started]

    assert [told["version"] for told, _ in found] == ["1.1.1", "2.2.2", None]
    assert [printed for _, printed in found] == [""] * 3


@pytest.mark.server
def test_kernels_start_in_silence_when_the_package_is_gone(environments, kernels, user):
    """Uninstalled without --disable: the file is left, and nobody hears of it; installed again, it goes as it came."""
    two = environments["two"]
    assert two.autoload("--enable", user=user)[0] == 0
    away = two.package.rename(two.folder / "away")
    try:
        told, printed = kernels.ask(kernels.start(two, user))
    finally:
        away.rename(two.package)

    assert two.startup.exists()
    assert (told["extensions"], told["left"], printed) == ([], [], "")
    assert two.autoload("--disable", user=user)[0] == 0
    assert not two.startup.exists()
