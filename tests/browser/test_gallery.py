"""An answer of each shape as people see it: JupyterLab in Chromium, light and dark, wide and narrow.

With SM_MAGIC_GALLERY=FOLDER a picture of each is kept there.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
DRY_RUN = """%%sm_invoke churn -t csv --region eu-west-1 --session-id NEW_SESSION --dry-run
1.5,"a long text with spaces",2
"""
WANTED = os.environ.get("SM_MAGIC_GALLERY")


def _notebook(names):
    """A cell for each shape, and a dry run."""
    sources = {
        "start": '%load_ext sm_magic\nimport sys\n\nsys.path.insert(0, ".")\nfrom gallery import ask',
        **{name: f"ask({name!r})" for name in names},
        "dry-run": DRY_RUN,
    }
    cells = [
        {"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for name, source in sources.items()
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def _keep(notebook, names, suffix):
    for name in names if WANTED else ():
        notebook.output(name).screenshot(path=Path(WANTED) / f"{name}-{suffix}.png")


@pytest.fixture(scope="module")
def said(lab):
    """The notebook and its answers in the lab's folder; what each of its cells has to say."""
    shutil.copy(HERE / "gallery.py", lab.root)
    namespace = runpy.run_path(str(HERE / "gallery.py"))
    shapes = namespace["SHAPES"]
    (lab.root / "gallery.ipynb").write_text(json.dumps(_notebook(shapes)))
    return {**{name: shape.says for name, shape in shapes.items()}, "dry-run": ("POST", "nothing was sent")}


@pytest.fixture(scope="module")
def gallery(said, open_notebook):
    """Every cell run in JupyterLab."""
    notebook = open_notebook("gallery.ipynb", height=1_200)
    notebook.run()
    yield notebook
    notebook.close()


def test_each_answer_has_its_card(gallery, said):
    """Rendered, visible, saying what there is to say."""
    for name, facts in said.items():
        assert gallery.output(name).locator(".sm-magic-card").is_visible(), name
        text = gallery.text(name)
        assert [fact for fact in facts if fact not in text] == [], name


def test_no_script_failed(gallery):
    """The page had no JavaScript error."""
    assert gallery.problems == []


@pytest.mark.parametrize("width", [900, 560])
def test_reads_well_in_both_themes(gallery, said, theme, width):
    """No text in an answer is faint, and nothing runs out of its cell, however narrow the page."""
    gallery.page.set_viewport_size({"width": width, "height": 1_200})
    gallery.theme(theme)
    _keep(gallery, said, f"{width}-{theme.split()[-1].lower()}")
    assert gallery.faint() == []


def test_an_untrusted_notebook_says_as_much(gallery, said, open_stranger):
    """Reopened where nobody trusts it, each card still tells its facts as text."""
    opened = open_stranger("gallery.ipynb")
    try:
        _keep(opened, said, "untrusted")
        for name, facts in said.items():
            text = opened.text(name)
            assert [fact for fact in facts if fact not in text] == [], name
    finally:
        opened.close()
