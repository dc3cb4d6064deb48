"""The panel in JupyterLab, used as a person would."""

from __future__ import annotations

import json
import re

import pytest

pytestmark = pytest.mark.browser

CELLS = {
    "load": "%load_ext sm_magic\n%sm_connect local",
    "data": (
        "import pandas as pd\nfrom sklearn.datasets import load_digits, load_iris\nfrom PIL import Image\n"
        "df = load_iris(as_frame=True).data.head(3)\n"
        "digit = Image.fromarray((load_digits().images[4] * 15.9).astype('uint8'))\n"
        "story = {'inputs': 'Once upon a time', 'stream': True, 'parameters': {'delay': 0.05, 'seed': 7,\n"
        "    'max_new_tokens': 2_000, 'ignore_eos': True}}"
    ),
    "panel": "%sm_panel digits",
    "inserted": "",
}


@pytest.fixture(scope="module")
def panel(lab, open_notebook):
    """A notebook with the panel, its cells run."""
    cells = [
        {
            "cell_type": "code",
            "id": name,
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for name, source in CELLS.items()
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (lab.root / "panel.ipynb").write_text(json.dumps(notebook))
    opened = open_notebook("panel.ipynb", height=2_400)
    opened.run()
    opened.page.get_by_role("button", name="Send", exact=True).wait_for(timeout=60_000)
    yield opened
    opened.close()


@pytest.fixture
def person(panel):
    """What a person does in the panel."""
    return Person(panel)


class Person:
    """Chooses by the labels, clicks buttons by their names, reads what stands there."""

    def __init__(self, notebook):
        self.notebook, self.page = notebook, notebook.page

    def choose(self, label, option):
        """Choose in a list."""
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def fill(self, label, text):
        """Type, and leave the field."""
        box = self.page.get_by_label(label, exact=True)
        box.fill(text)
        box.blur()

    def click(self, name):
        """Click a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def send(self):
        """Click Send and wait for the answer."""
        self.click("Send")
        self.page.get_by_role("status").get_by_text("Answered in").wait_for(timeout=30_000)

    def sees(self, text):
        """Wait until *text* can be read in the panel."""
        shown = self.page.locator(".sm-magic-panel").get_by_text(text).locator("visible=true")
        shown.first.wait_for(timeout=30_000)

    def looks(self, path):
        """Pictures of the panel in both themes, in which nothing is faint."""
        for name in ("JupyterLab Dark", "JupyterLab Light"):
            self.notebook.theme(name)
            suffix = name.rpartition(" ")[2].lower()
            self.notebook.picture(path.with_name(f"{path.stem}-{suffix}.png"), ("panel",))
            assert self.notebook.faint() == []


def test_a_table_is_sent(person, pictures):
    """Endpoint and variable are chosen, what will be sent is said, the answer is the card with its variant."""
    person.fill("Endpoint", "iris")
    person.choose("Variable", "df · DataFrame, 3 × 4")
    person.sees("Will be sent: text/csv")
    person.choose("Variant", "AllTraffic")
    person.send()
    person.sees("predicted_label")
    person.looks(pictures / "panel-table.png")


def test_an_image_is_sent(person, pictures):
    """It is seen before, and to which variant of two it goes is chosen."""
    person.fill("Endpoint", "digits")
    person.choose("Variable", "digit · Image, 8 × 8 L")
    person.sees("Will be sent: image/png")
    person.choose("Variant", "challenger")
    person.send()
    person.sees("challenger")
    person.looks(pictures / "panel-image.png")


def test_a_stream_grows_and_is_stopped(person, pictures):
    """Words stand there while others come; Stop keeps them, and says what the endpoint may still do."""
    person.choose("Variant", "by weight")
    person.fill("Endpoint", "story")
    person.choose("Variable", "story · dict of 3")
    person.click("Stream")
    person.click("Send")
    person.page.locator(".sm-magic-panel .sm-magic-text").wait_for(timeout=30_000)
    person.looks(pictures / "panel-stream.png")
    person.click("Stop")
    person.sees("may still be computing")
    person.looks(pictures / "panel-stopped.png")


def test_an_error_is_seen(person, pictures):
    """What the click did wrong, with what to do; a mistake in the text is marked while it is typed."""
    person.click("Real-time")
    person.fill("Endpoint", "nobody")
    person.click("Text")
    person.fill("Text", '{"a": 1,}')
    person.sees("line 1, column 8")
    person.fill("Text", '{"a": 1}')
    person.click("Send")
    person.sees("not found")
    person.looks(pictures / "panel-error.png")


def test_it_reads_well_in_a_narrow_notebook_too(person, pictures):
    """README's picture; and where there is no room beside each other, one thing is below the other."""
    person.fill("Endpoint", "digits")
    person.click("Variable")
    person.choose("Variable", "digit · Image, 8 × 8 L")
    person.sees("Will be sent: image/png")
    person.send()
    person.looks(pictures / "panel.png")
    person.page.set_viewport_size({"width": 560, "height": 2_400})
    for name in ("JupyterLab Dark", "JupyterLab Light"):
        person.notebook.theme(name)
        assert person.notebook.faint() == []
    person.page.set_viewport_size({"width": 900, "height": 2_400})


NAMES = """() => {
  const of = document.activeElement;
  return (of.labels?.[0] ?? of).innerText.trim();
}"""


def test_the_keyboard_goes_from_the_endpoint_to_the_answer(person):
    """Tab leads through the form in the order in which it is filled in; hidden inputs are left out."""
    person.page.get_by_label("Endpoint", exact=True).focus()
    found = [person.page.evaluate(NAMES)]
    for _ in range(24):
        person.page.keyboard.press("Tab")
        found.append(person.page.evaluate(NAMES))
    wanted = (
        *("Endpoint", "Refresh lists", "Variant", "Component", "Real-time", "Stream", "Asynchronous"),
        *("Variable", "Text", "File", "Variable", "Content type", "Accept", "Custom attributes"),
        *("Send", "Insert cell", "Copy code", "As", "Keep as variable", "Save to file", "Earlier"),
    )
    known = set(wanted)
    assert [name for name in found if name in known] == list(wanted)


def test_the_cell_is_inserted(person, pictures):
    """The line that the panel offers puts the cell below itself; run, it sends the same."""
    from playwright import sync_api

    person.fill("Endpoint", "iris")
    person.choose("Variable", "df · DataFrame, 3 × 4")
    person.choose("Variant", "by weight")
    person.click("Insert cell")
    line = person.page.get_by_label("Or run", exact=True)
    line.wait_for()
    person.looks(pictures / "panel-cell.png")
    cell = person.page.get_by_label("To copy", exact=True)
    sync_api.expect(cell).to_have_value(re.compile("^%sm_invoke iris df"))
    editor = person.notebook.cell("inserted").locator(".cm-content")
    editor.click()
    editor.fill(line.input_value())
    person.page.keyboard.press("Shift+Enter")
    person.page.locator(".jp-Cell").nth(len(CELLS)).get_by_text("%sm_invoke iris df").wait_for(timeout=30_000)
    person.page.locator(".jp-Cell").nth(len(CELLS)).locator(".cm-content").click()
    person.page.keyboard.press("Shift+Enter")
    person.page.locator(".jp-Cell").nth(len(CELLS)).get_by_text("predicted_label").wait_for(timeout=30_000)


def test_a_saved_notebook_has_a_copy_of_the_answer(person, lab, open_stranger, pictures):
    """Trusted or not: how to bring the panel back, and below it, folded, the last answer's card."""
    person.fill("Endpoint", "iris")
    person.send()
    copy = person.notebook.output("panel").locator(".jp-OutputArea-output").last
    copy.filter(has_text="AllTraffic").wait_for(state="attached")  # a moment after the panel says so
    person.notebook.command("docmanager:save")
    saved = json.loads((lab.root / "panel.ipynb").read_text())
    (outputs,) = [cell["outputs"] for cell in saved["cells"] if cell["id"] == "panel"]
    copies = ["".join(each["data"].get("text/html", "")) for each in outputs]
    assert "Re-run this cell to bring the panel back." in copies[-1]

    stranger = open_stranger("panel.ipynb")
    text = stranger.text("panel")
    stranger.picture(pictures / "panel-saved.png", ("panel",))
    stranger.close()
    assert "Re-run this cell to bring the panel back." in text
    assert "predicted_label" in text
    assert "AllTraffic" in text


def test_after_a_reload_it_still_answers(person, lab):
    """The page is new, the panel is the kernel's: what is clicked is done, and what came is seen in the panel."""
    person.notebook.command("docmanager:save")
    person.page.reload()
    person.page.get_by_role("button", name="Send", exact=True).wait_for(timeout=60_000)
    person.notebook.wait_for_kernel()
    person.fill("Endpoint", "echo")
    person.send()
    person.sees("echo")
    person.sees("3 rows")
    copy = person.notebook.text("panel")
    assert "Re-run this cell to bring the panel back." in copy
    assert "predicted_label" in copy  # of the last answer before
