"""What goes on behind the cells in JupyterLab: cards that become answers while the kernel is free, a live table."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.browser

SEND = "%sm_invoke {} --async --custom-attributes sm-magic-delay={}"
CELLS = {
    "connect": "%load_ext sm_magic\n%sm_connect local --new",
    "follow": SEND.format("iris [[5.1,3.5,1.4,0.2],[6.2,2.9,4.3,1.3]] -o job", 6),
    "behind": (
        "%%sm_invoke story --stream --background -o call\n"
        '{"inputs": "Once upon a time", "stream": true, "parameters": {"max_new_tokens": 60, "delay": 0.1, "seed": 7}}'
    ),
    "free": "[n * n for n in range(5)]",
    "more": "\n".join(
        f"{SEND.format(what, seconds)} -q"
        for what, seconds in (("echo {'a':1}", 1), ("diabetes 'no','numbers' -t csv", 2), ("echo {'a':2}", 3))
    ),
    "table": "%sm_jobs --wait",
    "fails": SEND.format("diabetes 'no','numbers' -t csv", 0),
    "last": "print('The end.')",
}
SHOWN = ("follow", "behind", "table", "fails")


@pytest.fixture(scope="module")
def jobs(lab, open_notebook):
    """A notebook of asynchronous requests, open and not yet run."""
    cells = [
        {
            "cell_type": "code",
            "id": tag,
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for tag, source in CELLS.items()
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    (lab.root / "jobs.ipynb").write_text(
        json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})
    )
    notebook = open_notebook("jobs.ipynb", height=2_500)
    yield notebook
    notebook.close()


def test_a_card_follows_its_job_while_the_kernel_is_free(jobs, pictures):
    """The next cells run; the table of all changes row by row, and the card becomes the answer."""
    jobs.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    jobs.wait_for("free", "[0, 1, 4, 9, 16]")
    assert "submitted, no answer yet" in jobs.text("follow")
    assert "in the background" in jobs.text("behind")
    jobs.wait_for("table", "of 4 jobs")
    jobs.wait_for("table", "failed")
    for name in ("JupyterLab Light", "JupyterLab Dark"):
        jobs.theme(name)
        suffix = name.rpartition(" ")[2].lower()
        jobs.picture(pictures / f"asynchronous-while-{suffix}.png", ("follow", "table"))
        assert jobs.faint() == []
    jobs.wait_for("last", "The end.")
    jobs.wait_for("fails", "failed after")
    jobs.wait_for("follow", "not reported for asynchronous requests")
    assert "submitted" not in jobs.text("follow")
    jobs.wait_for("behind", "streamed")
    assert "in the background" not in jobs.text("behind")
    assert "Waiting" not in jobs.text("table")
    assert jobs.problems == []


def test_it_reads_well(jobs, theme, pictures):
    """Nothing is faint, and nothing runs out of its cell."""
    jobs.theme(theme)
    jobs.picture(pictures / f"asynchronous-{theme.rpartition(' ')[2].lower()}.png", ("follow", "fails"))
    assert jobs.faint() == []


def test_the_saved_notebook_has_the_last_state(jobs, lab):
    """One output for each cell, however often it changed."""
    jobs.command("docmanager:save")
    saved = json.loads((lab.root / "jobs.ipynb").read_text())
    outputs = {cell["id"]: cell["outputs"] for cell in saved["cells"]}
    assert [len(outputs[tag]) for tag in SHOWN] == [1, 1, 1, 1]
    assert outputs["more"] == []
    (table,) = outputs["table"]
    assert "".join(table["data"]["text/plain"]).startswith("asynchronous requests")
