"""The first notebook as people see it: JupyterLab in Chromium, light and dark.

With SM_MAGIC_PICTURES=FOLDER the pictures are kept there; README's come from this (`make pictures`).
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01-quickstart.ipynb"
THEMES = ("JupyterLab Light", "JupyterLab Dark")
# Text that is hard to read: elements with text of their own, their colour against what is behind it (WCAG 2.2).
FAINT = (Path(__file__).parent / "contrast.js").read_text()


class Notebook:
    """The notebook in its page."""

    def __init__(self, page):
        self.page = page

    def command(self, name, **arguments):
        """Run a command of JupyterLab, as its menus do, to its end."""
        return self.page.evaluate(
            "async ([name, args]) => { await window.jupyterapp.commands.execute(name, args); }",
            [name, arguments],
        )

    def wait_for_kernel(self):
        """The status bar says Idle: earlier, a run would be dropped silently."""
        self.page.wait_for_function(
            "() => (document.querySelector('#jp-main-statusbar')?.innerText ?? '').includes('| Idle')",
            timeout=60_000,
        )

    def theme(self, name):
        """Change the theme, and wait until it is there."""
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)
        self.page.wait_for_timeout(300)

    def cell(self, tag):
        """The code cell with this id in the notebook file."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(INDEX[tag])

    def picture(self, path, tags):
        """A picture of the cells from the first to the last of these, a little air around them."""
        first, last = (self.cell(tag).bounding_box() for tag in (tags[0], tags[-1]))
        height = last["y"] + last["height"] - first["y"]
        clip = {"x": first["x"] - 4, "y": first["y"] - 4, "width": first["width"] + 8, "height": height + 8}
        self.page.screenshot(path=path, clip=clip)

    def output(self, tag):
        """The output area of that cell."""
        return self.cell(tag).locator(".jp-OutputArea").first


CELLS = json.loads(NOTEBOOK.read_text())["cells"]
INDEX = {cell["id"]: number for number, cell in enumerate(CELLS)}
# README's pictures: neighbouring cells.
PICTURES = {
    "digits": ("digit", "digits"),
    "edges": ("edges",),
    "iris": ("frame",),
    "boxes": ("boxes",),
    "why": ("why",),
    "forecast": ("forecast",),
}
SHOWN = [cell["id"] for cell in CELLS if "shown" in cell["metadata"].get("tags", [])]


def _open(browser, lab, name):
    page = browser.new_page(viewport={"width": 900, "height": 9000}, device_scale_factor=1.5)
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(lab.address(name))
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    notebook = Notebook(page)
    notebook.problems = problems
    notebook.wait_for_kernel()
    notebook.command("application:toggle-left-area")
    return notebook


@pytest.fixture(scope="module")
def quickstart(chromium, lab):
    """The first notebook, every cell run in JupyterLab."""
    shutil.copy(NOTEBOOK, lab.root)
    notebook = _open(chromium, lab, NOTEBOOK.name)
    notebook.command("notebook:run-all-cells")
    notebook.wait_for_kernel()
    notebook.command("docmanager:save")
    yield notebook
    notebook.page.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """The folder for pictures."""
    wanted = os.environ.get("SM_MAGIC_PICTURES")
    return Path(wanted) if wanted else tmp_path_factory.mktemp("pictures")


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


@pytest.mark.parametrize("theme", THEMES)
def test_reads_well_in_both_themes(quickstart, pictures, theme):
    """No text in an answer is faint, and nothing runs out of its cell; a picture of each is made."""
    quickstart.theme(theme)
    suffix = theme.split()[-1].lower()
    for name, tags in PICTURES.items():
        quickstart.picture(pictures / f"{name}-{suffix}.png", tags)
    assert quickstart.page.evaluate(FAINT) == []


def test_an_untrusted_notebook_still_shows_the_answers(quickstart, chromium, lab):
    """Reopened where nobody trusts it, JupyterLab strips styles and scripts; the cards still tell everything."""
    saved = json.loads((lab.root / NOTEBOOK.name).read_text())
    for cell in saved["cells"]:
        cell["metadata"].pop("trusted", None)
        # Another notebook than the one that was signed when it was saved.
        cell["source"] = [*cell["source"], ""] if isinstance(cell["source"], list) else cell["source"] + " "
    (lab.root / "stranger.ipynb").write_text(json.dumps(saved))
    stranger = _open(chromium, lab, "stranger.ipynb")
    try:
        for tag in SHOWN:
            text = stranger.output(tag).inner_text()
            assert "LOCAL" in text, tag
            assert "<" + "td" not in text, tag
    finally:
        stranger.page.close()
