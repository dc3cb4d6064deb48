"""The first notebook as people see it: JupyterLab in Chromium, light and dark.

With SM_MAGIC_PICTURES=FOLDER the pictures are kept there; README's come from this (`make pictures`).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01-quickstart.ipynb"
CELLS = json.loads(NOTEBOOK.read_text())["cells"]
# README's pictures: neighbouring cells.
PICTURES = {
    "digits": ("digit", "digits"),
    "boxes": ("boxes",),
    "why": ("why",),
}
SHOWN = [cell["id"] for cell in CELLS if "shown" in cell["metadata"].get("tags", [])]


@pytest.fixture(scope="module")
def quickstart(lab, open_notebook):
    """The first notebook, every cell run in JupyterLab."""
    shutil.copy(NOTEBOOK, lab.root)
    notebook = open_notebook(NOTEBOOK.name)
    notebook.run()
    yield notebook
    notebook.close()


def test_the_cells_that_show_an_answer_show_it(quickstart):
    """Every cell tagged `shown` has a card: rendered, visible, saying where it came from."""
    assert SHOWN
    for tag in SHOWN:
        output = quickstart.output(tag)
        assert output.is_visible()
        assert "LOCAL" in output.inner_text(), tag


def test_no_script_failed(quickstart):
    """The page had no JavaScript error."""
    assert quickstart.problems == []


def test_reads_well_in_both_themes(quickstart, pictures, theme):
    """No text in an answer is faint, and nothing runs out of its cell; a picture of each is made."""
    quickstart.theme(theme)
    suffix = theme.split()[-1].lower()
    for name, tags in PICTURES.items():
        quickstart.picture(pictures / f"{name}-{suffix}.png", tags)
    assert quickstart.faint() == []


def test_an_untrusted_notebook_still_shows_the_answers(quickstart, open_stranger):
    """Reopened where nobody trusts it, JupyterLab strips styles and scripts; the cards still tell everything."""
    opened = open_stranger(NOTEBOOK.name)
    try:
        for tag in SHOWN:
            text = opened.output(tag).inner_text()
            assert "LOCAL" in text, tag
            assert "<" + "td" not in text, tag
    finally:
        opened.close()
