"""Writing targets: one table changes, every other character stays, and what can't be done safely is not done."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic import targets
from sm_magic.errors import UsageError

PROJECT = """\
# A project.
[project]
name = "thing"  # its name

[tool.sm_magic]
max_rows = 5

# Ours.
[tool.sm_magic.targets.churn]
endpoint = "xgb-churn"  # the November model
content_type = "text/csv"
# below it

# About ruff.
[tool.ruff]
line-length = 110
"""


def written(path: Path, text: str) -> Path:
    """A file with *text*."""
    path.write_bytes(text.encode())
    return path


def test_a_target_is_added_to_a_file_that_is_not_there_yet(tmp_path):
    """The user's file is made, for its owner alone."""
    path = tmp_path / "deep" / "config.toml"

    replaced = targets.add(
        path, "churn", {"endpoint": "xgb", "columns": ("a", "b c"), "retries": 2, "header": True}
    )

    assert not replaced
    assert (
        path.read_text()
        == '[targets.churn]\nendpoint = "xgb"\ncolumns = ["a", "b c"]\nretries = 2\nheader = true\n'
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_project_keeps_its_comments(tmp_path):
    """A table is appended; all that was there stays as it was."""
    path = written(tmp_path / "pyproject.toml", PROJECT)

    targets.add(path, "iris", {"endpoint": "iris"})

    assert path.read_text() == PROJECT + '\n[tool.sm_magic.targets.iris]\nendpoint = "iris"\n'


def test_removing_cuts_exactly_one_table(tmp_path):
    """The table's own lines go; the comments around it stay."""
    path = written(tmp_path / "pyproject.toml", PROJECT)

    targets.remove(path, "churn")

    gone = '[tool.sm_magic.targets.churn]\nendpoint = "xgb-churn"  # the November model\ncontent_type = "text/csv"\n'
    assert PROJECT.replace(gone, "") == path.read_text()


def test_adding_again_replaces(tmp_path):
    """A notebook that is run again leaves one target, not two."""
    path = written(tmp_path / "pyproject.toml", PROJECT)

    assert targets.add(path, "churn", {"endpoint": "newer"})

    assert tomllib.loads(path.read_text())["tool"]["sm_magic"]["targets"] == {"churn": {"endpoint": "newer"}}


@pytest.mark.parametrize(
    "text",
    [
        "[tool.sm_magic]\ntargets = {old = {endpoint = 'x'}}\n",
        "[tool]\nsm_magic.targets.old.endpoint = 'x'\n",
    ],
)
def test_what_cannot_be_changed_safely_is_left_alone(tmp_path, text):
    """Inline and dotted tables are the user's to edit: the error says so, the file is untouched."""
    path = written(tmp_path / "pyproject.toml", text)

    with pytest.raises(UsageError) as adding:
        targets.add(path, "old", {"endpoint": "iris"})
    with pytest.raises(UsageError, match="left as it is"):
        targets.remove(path, "old")

    assert "→ Edit " in str(adding.value)
    assert text == path.read_text()


def test_a_header_inside_a_string_is_no_header(tmp_path):
    """Text that looks like the table is not cut out of a string."""
    text = "[tool.x]\na = '''\n[tool.sm_magic.targets.iris]\nendpoint = \"no\"\n'''\n"
    path = written(tmp_path / "pyproject.toml", text)

    targets.add(path, "iris", {"endpoint": "iris"})
    with pytest.raises(UsageError, match="left as it is"):
        targets.remove(path, "iris")

    assert path.read_text().startswith(text)


def test_removing_what_is_not_there_is_an_error(tmp_path):
    """The error names the file and the magic that lists targets."""
    path = written(tmp_path / "config.toml", "")

    with pytest.raises(UsageError, match=r"config.toml has no target `iris`.\n→ %sm_target list"):
        targets.remove(path, "iris")


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "é", "a" * 64, "a\n", '"'])
def test_a_name_is_plain(tmp_path, name):
    """Names have letters, digits, hyphens, underscores and dots."""
    with pytest.raises(UsageError, match="can't be a target's name"):
        targets.add(tmp_path / "config.toml", name, {"endpoint": "x"})


def test_a_link_stays_a_link_and_a_file_keeps_its_mode(tmp_path):
    """The file behind a link is written, with the permissions that it had."""
    real = written(tmp_path / "real.toml", "")
    real.chmod(0o640)
    link = tmp_path / "pyproject.toml"
    link.symlink_to(real)

    targets.add(link, "iris", {"endpoint": "iris"})

    assert link.is_symlink()
    assert "iris" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert [link, real] == sorted(tmp_path.iterdir())


def test_line_ends_of_windows_stay(tmp_path):
    """A file with CRLF gets CRLF."""
    path = written(tmp_path / "pyproject.toml", "[project]\r\nname = 'x'\r\n")

    targets.add(path, "iris", {"endpoint": "iris"})

    assert b'\r\n\r\n[tool.sm_magic.targets.iris]\r\nendpoint = "iris"\r\n' in path.read_bytes()


def test_a_value_of_another_kind_is_an_error(tmp_path):
    """What TOML has no word for is refused."""
    with pytest.raises(UsageError, match="A dict can't be kept in a file"):
        targets.add(tmp_path / "config.toml", "x", {"endpoint": {}})


def test_a_folder_that_may_not_be_written(tmp_path):
    """The error has the lines to write by hand."""
    blocked = written(tmp_path / "file", "")

    with pytest.raises(UsageError, match="can't be"):
        targets.add(blocked / "config.toml", "x", {"endpoint": "x"})


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
VALUES = st.one_of(
    TEXTS, st.booleans(), st.integers(0, 10**9), st.floats(0, 1e9), st.lists(TEXTS, max_size=4).map(tuple)
)
OPTIONS = st.dictionaries(st.from_regex(r"[a-z_]{2,12}", fullmatch=True), VALUES, max_size=5)


@given(
    text=st.sampled_from([PROJECT, "", "[tool]\n", "[[tool.mypy.overrides]]\nmodule = ['a']\n"]),
    name=NAMES,
    options=OPTIONS,
)
def test_what_is_added_is_read_back_and_removing_it_undoes_it(tmp_path_factory, text, name, options):
    """Any options survive the file, and adding then removing leaves the file as it was."""
    path = written(tmp_path_factory.mktemp("t") / "pyproject.toml", text)
    if name == "churn":
        name = "churn2"
    options = {"endpoint": "x", **options}

    targets.add(path, name, options)
    read = tomllib.loads(path.read_bytes().decode())["tool"]["sm_magic"]["targets"][name]
    targets.remove(path, name)

    assert {k: list(v) if isinstance(v, tuple) else v for k, v in options.items()} == read
    assert text == path.read_bytes().decode()
