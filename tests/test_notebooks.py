"""The notebooks: without outputs in the repository, and every one runs from top to bottom."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_carries_no_outputs(path):
    """A notebook in the repository is source: outputs, counts and machine names stay out."""
    notebook = json.loads(path.read_text())
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"] is not None] == []
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}


def _user(folder):
    """The environment of somebody whose settings and journal are in *folder*."""
    return {**os.environ, "SM_MAGIC_CONFIG_DIR": str(folder)}


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request, tmp_path_factory):
    """A notebook after a run of all its cells, in a folder that is not the checkout."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    folder = tmp_path_factory.mktemp("notebook")
    notebook = nbformat.read(request.param, as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}})
    client.execute(env=_user(folder))
    return notebook


def _outputs(notebook, tag):
    return [
        (cell.id, cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code" and tag in cell.metadata.get("tags", [])
    ]


@pytest.mark.server
def test_cells_tagged_shown_show_one_card(executed):
    """Each call is shown exactly once, as HTML and as text, and says that it went to the local endpoint."""
    for name, outputs in _outputs(executed, "shown"):
        assert [o.output_type for o in outputs] == ["display_data"], name
        assert set(outputs[0].data) == {"text/html", "text/plain"}, name
        assert "LOCAL" in outputs[0].data["text/plain"], name


@pytest.mark.server
def test_errors_are_short_and_say_what_to_do(executed):
    """An error that the notebook shows on purpose takes at most six lines, one of them a hint."""
    for name, outputs in _outputs(executed, "raises-exception"):
        error = outputs[-1]
        assert error.output_type == "error", name
        lines = "\n".join(error.traceback).splitlines()
        assert len(lines) <= 6, (name, lines)
        assert any(line.startswith("→ ") for line in lines), (name, lines)


TERMINAL = """
import json, sys
from IPython.terminal.interactiveshell import TerminalInteractiveShell
for path in sys.argv[1:]:
    print("@@", path)
    TerminalInteractiveShell.clear_instance()
    shell = TerminalInteractiveShell.instance(colors="nocolor", simple_prompt=True)
    for cell in json.load(open(path))["cells"]:
        if cell["cell_type"] == "code":
            print("##", cell["id"])
            shell.run_cell("".join(cell["source"]), store_history=True)
    shell.run_line_magic("unload_ext", "sm_magic")
"""


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """What each notebook's cells say in a terminal, by its path: one shell after the other in one process."""
    folder = tmp_path_factory.mktemp("terminal")
    done = subprocess.run(
        [sys.executable, "-c", TERMINAL, *map(str, NOTEBOOKS)],
        cwd=folder,
        env=_user(folder),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return {Path(name): said for name, said in (part.split("\n", 1) for part in done.stdout.split("@@ ")[1:])}


@pytest.mark.server
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_same_cells_in_a_terminal(path, typed):
    """Terminal IPython runs the same cells: each card once, as text, and errors of a few lines."""
    outputs = dict(part.split("\n", 1) for part in typed[path].split("## ")[1:])
    for cell in json.loads(path.read_text())["cells"]:
        tags = cell["metadata"].get("tags", [])
        assert "<div" not in outputs.get(cell["id"], "")
        if "shown" in tags:
            assert outputs[cell["id"]].count("LOCAL") == 1, cell["id"]
        if "raises-exception" in tags:
            assert "\n→ " in outputs[cell["id"]]
            assert len(outputs[cell["id"]].splitlines()) <= 6
