"""Loading and unloading the extension."""

from __future__ import annotations

import json
import subprocess

import pytest
from traitlets import TraitError

from sm_magic.magics.manual import MAGICS
from sm_magic.settings import Settings

HEAVY = {
    "boto3",
    "botocore",
    "pandas",
    "numpy",
    "PIL",
    "ipywidgets",
    "orjson",
    "jmespath",
    "starlette",
    "sklearn",
}
LEAVES = ("sm_magic.codecs", "sm_magic.transports", "sm_magic.views", "sm_magic.local")


def loaded(notebook_or_shell) -> set[str]:
    """The magics of ours that the shell has."""
    magics = notebook_or_shell.magics_manager.magics
    return {name for kind in magics.values() for name in kind if name.startswith("sm_")}


def check_new(new: list[str]) -> None:
    """What loading imported: few modules, none of them heavy, no leaf of ours."""
    assert sorted(HEAVY & {name.partition(".")[0] for name in new}) == []
    assert [name for name in new if name.startswith(LEAVES)] == []
    assert len(new) <= 30, f"{len(new)} new modules:\n" + "\n".join(new)


def test_loading_imports_little(python):
    """In a fresh shell, %load_ext imports at most 30 modules, ours counted, and nothing heavy."""
    code = (
        "import sys, json\n"
        "from traitlets.config import Config\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "config = Config(); config.HistoryManager.enabled = False\n"
        "shell = InteractiveShell.instance(config=config)\n"
        "before = set(sys.modules)\n"
        "shell.run_line_magic('load_ext', 'sm_magic')\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))\n"
    )

    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    check_new(json.loads(done.stdout))


@pytest.mark.server
def test_loading_imports_little_in_a_kernel(running_kernel):
    """The same in a fresh kernel, where most of what IPython needs is there already."""
    check_new(running_kernel.new_modules)


def test_every_magic_is_there_and_its_manual_is_its_docstring(notebook):
    """%sm_invoke? shows what %sm_invoke --help prints."""
    assert set(MAGICS) == loaded(notebook.shell)
    for name in MAGICS:
        manual = notebook.run(f"%{name} --help")
        assert "Usage:" in manual
        assert (
            manual.strip()
            == notebook.shell.inspector.info(notebook.shell.find_magic(name))["docstring"].strip()
        )


def test_loading_twice_and_reloading_leave_one_of_each(shell):
    """A second load, a reload and an unload leave neither two doors nor traces of one."""
    hooks = {name: list(found) for name, found in shell.events.callbacks.items()}
    printers = shell.display_formatter.ipython_display_formatter

    for command in ("load_ext", "reload_ext", "reload_ext"):
        shell.run_line_magic(command, "sm_magic")
    doors = [each for each in shell.configurables if type(each).__name__ == "SageMakerMagics"]
    marks = [hook for hook in shell.events.callbacks["post_run_cell"] if "Marks" in repr(hook)]
    shell.run_line_magic("unload_ext", "sm_magic")

    assert (len(doors), len(marks)) == (1, 1)
    assert set() == loaded(shell)
    assert hooks == {name: list(found) for name, found in shell.events.callbacks.items()}
    assert [name for name in printers.deferred_printers if name[0].startswith("sm_magic")] == []
    assert [kind for kind in printers.type_printers if kind.__module__.startswith("sm_magic")] == []
    assert not [each for each in shell.configurables if type(each).__name__ == "SageMakerMagics"]


def test_unloading_what_is_not_loaded_is_nothing(shell):
    """An unload without a load does not fail."""
    from sm_magic import unload_ipython_extension

    unload_ipython_extension(shell)


def test_every_setting_is_a_documented_trait(notebook):
    """%config SageMakerMagics shows each setting, its default and what it is for."""
    door = notebook.door

    for name, field in Settings.__dataclass_fields__.items():
        assert getattr(Settings(), name) == getattr(door, name)
        assert field.metadata["help"] == door.traits()[name].help
        assert door.traits()[name].metadata["config"]


def test_a_trait_wins_over_the_project_and_the_project_over_the_default(notebook, folder):
    """%config > [tool.sm_magic] > default, also where %config says the default."""
    (folder / "pyproject.toml").write_text("[tool.sm_magic]\nmax_rows = 5\nmax_columns = 6\n")
    assert (notebook.door.max_rows, notebook.door.settings().max_columns) == (5, 6)

    notebook.run("%config SageMakerMagics.max_rows = 20")

    assert (notebook.door.settings().max_rows, notebook.door.settings().max_columns) == (20, 6)
    assert "max_rows" in notebook.door.given


def test_ipython_config_sets_traits(folder):
    """c.SageMakerMagics.region = … in ipython_config.py counts as %config does."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.SageMakerMagics.region = "eu-central-1"
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    shell.run_line_magic("load_ext", "sm_magic")

    settings = shell.magics_manager.registry["SageMakerMagics"].settings()
    InteractiveShell.clear_instance()

    assert settings.region == "eu-central-1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_rows", "'five'"),
        ("max_rows", "-1"),
        ("html", "'x'"),
        ("targets", "{'w': 3}"),
        ("targets", "{'w': {'endpoint': 3}}"),
        ("targets", "{'w': {'region': 'eu-west-1'}}"),
    ],
)
def test_a_wrong_setting_is_refused(notebook, name, value):
    """A trait has the setting's type."""
    with pytest.raises(TraitError):
        notebook.run(f"get_ipython().magics_manager.registry['SageMakerMagics'].{name} = {value}")


def test_targets_of_config_join_those_of_files(notebook):
    """A target set by %config stands beside those of the files."""
    notebook.run("%sm_target add churn echo")
    notebook.run("%config SageMakerMagics.targets = {'mine': {'endpoint': 'echo'}}")

    assert {"churn", "mine"} == set(notebook.door.settings().targets)
