"""ARCHITECTURE.md names every module, and none that isn't there."""

import re
from pathlib import Path

import sm_magic

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "ARCHITECTURE.md").read_text()
PACKAGE = Path(sm_magic.__file__).parent
MODULES = {
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.py")
    if "__pycache__" not in path.parts and path.name != "__init__.py" and path.stem.isidentifier()
}


def _mapped():
    """Under ``### `codecs/` `` stands `` `csv` ``, which is codecs/csv.py; elsewhere `` `client.py` ``."""
    code_map = TEXT.split("## Code map", 1)[1].split("\n## ", 1)[0]
    found = set()
    for section in re.split(r"^### ", code_map, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        packages = re.findall(r"`([\w/]+/)`", heading)
        if packages:
            names = re.findall(r"`([\w/]+)\.py`", body)
            found |= {f"{packages[0]}{name}.py" for name in names}
        else:
            found |= {f"{name}.py" for name in re.findall(r"`(\w+)\.py`", heading)}
    return found


def test_every_module_is_on_the_map():
    """The code map names each module once it exists; the missing ones are listed."""
    assert sorted(MODULES - _mapped()) == []


def test_the_map_names_no_module_that_is_gone():
    """What was removed or renamed leaves the map too."""
    assert sorted(_mapped() - MODULES) == []


def test_it_is_read_in_five_minutes():
    """At most 120 lines: longer ones are not read."""
    assert len(TEXT.splitlines()) <= 120
