"""The second notebook in JupyterLab: answers grow while they come, and are one card in the end."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "02-streaming.ipynb"
SHOWN = [
    cell["id"]
    for cell in json.loads(NOTEBOOK.read_text())["cells"]
    if "shown" in cell["metadata"].get("tags", [])
]


@pytest.fixture(scope="module")
def streaming(lab, open_notebook):
    """The notebook, open and not yet run."""
    shutil.copy(NOTEBOOK, lab.root)
    notebook = open_notebook(NOTEBOOK.name)
    yield notebook
    notebook.close()


def test_an_answer_grows_and_becomes_one_card(streaming, pictures):
    """Words stand there while others come; at the end the card takes their place, and the kernel's errors are none."""
    streaming.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    growing = streaming.growing("tgi", 4)
    streaming.picture(pictures / "streaming-while.png", ("tgi",))
    said = [text.split("Streaming story")[0].strip() for text in growing]
    assert all(after.startswith(before) for before, after in pairwise(said)), said
    assert len(said[-1]) > len(said[0])
    streaming.wait_for("truncated", "Complete")
    for tag in SHOWN[1:]:
        text = streaming.output(tag).inner_text()
        assert "streamed" in text, tag
        assert "Streaming story" not in text, tag
    streaming.picture(pictures / "streaming-light.png", ("tgi", "chat-stream"))


def test_it_reads_well(streaming, theme, pictures):
    """Nothing is faint, and nothing runs out of its cell."""
    streaming.theme(theme)
    suffix = theme.rpartition(" ")[2].lower()
    streaming.picture(pictures / f"streaming-chat-{suffix}.png", ("chat-stream",))
    streaming.picture(pictures / f"streaming-tools-{suffix}.png", ("tool-stream",))
    assert streaming.faint() == []


def test_the_saved_notebook_has_each_text_once(streaming, lab):
    """What is stored is the last state of each output, not the hundred before it."""
    streaming.command("docmanager:save")
    saved = json.loads((lab.root / NOTEBOOK.name).read_text())
    outputs = {cell["id"]: cell.get("outputs", []) for cell in saved["cells"]}
    for tag in SHOWN[1:]:
        (output,) = outputs[tag]
        assert "Streaming story" not in "".join(output["data"]["text/plain"]), tag
