"""The documents name what there is, and only that."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import sm_magic
from sm_magic import mediatypes
from sm_magic.magics.options import MAGICS
from sm_magic.settings import Settings

ROOT = Path(__file__).parents[1]
REFERENCE = (ROOT / "docs" / "reference.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("jupyter-config/*.md")])
OPTIONS = {name for grammar in MAGICS.values() for option in grammar.options for name in option.names}
# Options of other commands that the documents show.
FOREIGN = {
    "--extra",
    "--group",
    "--upgrade",
    "--execute",
    "--no-browser",
    "--port",
    "--container",
    "--check",
    "--version",
    "--enable",
    "--disable",
    "--status",
    "--sys-prefix",
    "--user",
}


def test_the_generated_tables_are_up_to_date():
    """docs/reference.md and README.md hold what docs/reference.py writes; the difference is printed."""
    done = subprocess.run(
        [sys.executable, "docs/reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_reference_names_everything():
    """Every option, setting, content type and public name stands in docs/reference.md."""
    wanted = {
        *OPTIONS,
        *(f"%{name}" for name in MAGICS),
        *(field.name for field in fields(Settings)),
        *(known.type for known in mediatypes.KNOWN),
        *(known.short for known in mediatypes.KNOWN if known.short),
        *sm_magic.__all__,
    }
    assert sorted(name for name in wanted if name not in REFERENCE) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_name_only_what_exists(page):
    """No page names a magic or an option that there is none of."""
    text = page.read_text()
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", text))
    assert named - OPTIONS - FOREIGN == set()
    assert set(re.findall(r"%(sm_\w+)", text)) <= set(MAGICS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    """Every relative link and picture is a file of the repository; every anchor a heading."""
    text = page.read_text()
    anchors = {
        re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-")
        for h in re.findall(r"^#+ (.+)", text, re.M)
    }
    links = re.findall(r"\]\(([^)#]*)(?:#([\w-]+))?\)|(?:src|srcset)=\"([^\"]+)\"", text)
    for path, anchor, source in links:
        target = path or source
        assert target.startswith("https://") or (page.parent / target).exists(), target
        assert not (anchor and not path) or anchor in anchors, anchor


@pytest.mark.server
def test_readme_python_runs():
    """README's Python runs as it stands."""
    for code in re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert done.returncode == 0, done.stderr


def test_readme_starts_with_what_it_is_and_two_commands():
    """The first screen: one sentence, a picture, the demo and the tests, each one line to paste."""
    first_screen = (ROOT / "README.md").read_text()[:1800]
    commands = re.findall(r"```bash\n(.*)\n```", first_screen)
    assert commands == [
        "pip install uv && uv run --extra demo sm-magic demo",
        "pip install uv && uv run pytest",
    ]
    assert "<picture>" in first_screen


def test_contributing_adds_a_content_type_that_works():
    """The tutorial's codec, as it stands there, is a codec: a table goes out and comes back."""
    import pandas as pd

    from sm_magic.codecs.base import Asked, Told

    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    module = {"__name__": "sm_magic.codecs.tsv", "__package__": "sm_magic.codecs"}
    exec(compile(code, "CONTRIBUTING.md", "exec"), module)
    codec, media = module["CODEC"], mediatypes.parse("text/tab-separated-values")
    table = pd.DataFrame({0: [1.5, 2.0], 1: ["a", "b"]})
    sent = codec.encoders["pandas.DataFrame"](table, Asked(content_type=media.type, media=media))
    assert (sent.body, sent.facts.rows) == (b"1.5\ta\n2.0\tb\n", 2)
    pd.testing.assert_frame_equal(codec.decoder(sent.body, Told(media=media)), table)
