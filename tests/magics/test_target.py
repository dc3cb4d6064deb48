"""%sm_target: names for endpoints and their usual options."""

from __future__ import annotations

import tomllib

import pandas as pd
import pytest

from sm_magic import configuration
from sm_magic.magics.target import choose
from sm_magic.settings import Settings


def kept() -> dict:
    """The targets in the user's file."""
    return tomllib.loads(configuration.user_file().read_text())["targets"]


def test_add_keeps_the_endpoint_and_its_options(notebook):
    """--columns @NAME keeps the names of the columns, not of the variable; ${…} is filled."""
    notebook.names.update(train=pd.DataFrame({"a": [1], "b c": [2]}), version=3)

    shown = notebook.run(
        "%sm_target add churn xgb-${version} -t csv --columns @train --drop x --drop y "
        "--no-header --timeout 5 --retries 1 --custom-attributes 'team=\"a\"'"
    )

    assert kept() == {
        "churn": {
            "endpoint": "xgb-3",
            "content_type": "csv",
            "columns": ["a", "b c"],
            "drop": ["x", "y"],
            "header": False,
            "timeout": 5.0,
            "retries": 1,
            "custom_attributes": 'team="a"',
        }
    }
    assert str(configuration.user_file()) in shown


def test_add_again_replaces(notebook):
    """Running a notebook again leaves one target."""
    notebook.run("%sm_target add churn one -t csv")

    shown = notebook.run("%sm_target add churn two")

    assert kept() == {"churn": {"endpoint": "two"}}
    assert "replaced the former churn" in shown


def test_list_show_remove(notebook):
    """list shows all, show one, remove forgets one."""
    assert "none yet" in notebook.run("%sm_target")
    notebook.run("%sm_target add churn one -t csv --columns a,b")
    notebook.run("%sm_target add other two --header --drop 'x y'")

    listed = notebook.run("%sm_target list")
    shown = notebook.run("%sm_target show churn")
    notebook.run("%sm_target remove churn")

    for word in ("churn", "one", "-t csv --columns a,b", "other", "two", '--header --drop "x y"'):
        assert word in listed
    assert "one" in shown
    assert "-t csv --columns a,b" in shown
    assert list(kept()) == ["other"]


def test_a_projects_target(notebook, folder):
    """--project keeps it in the nearest pyproject.toml; the user's of the same name wins."""
    path = folder / "pyproject.toml"
    path.write_text("# ours\n[project]\nname = 'x'\n")

    notebook.run("%sm_target add churn echo -t csv --project")
    assert dict(notebook.door.settings().targets["churn"]) == {"endpoint": "echo", "content_type": "csv"}
    assert str(path) in notebook.run("%sm_target list")
    assert "→ %sm_target remove churn --project" in notebook.fails("%sm_target remove churn")

    notebook.run("%sm_target add churn mine")
    assert notebook.door.settings().targets["churn"]["endpoint"] == "mine"
    notebook.run("%sm_target remove churn")
    notebook.run("%sm_target remove churn --project")

    assert path.read_text() == "# ours\n[project]\nname = 'x'\n"


def test_a_projects_target_that_needs_trust_is_listed_as_such(notebook, folder):
    """It is not hidden, and it says what to do."""
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")

    added = notebook.run("%sm_target add far echo --profile prod --project")
    listed = notebook.run("%sm_target list")
    shown = notebook.fails("%sm_target show far")

    assert "counts after %sm_connect --trust-project" in added
    assert "needs trust: profile" in listed
    assert "%sm_connect --trust-project" in shown


def test_what_list_shows_can_be_typed_again(notebook):
    """The options of a target, as shown, make the same target."""
    notebook.run(
        "%sm_target add one echo -t csv --columns a,b --custom-attributes 'a \"b\" ${1}' --no-header"
    )
    (line,) = [row for row in notebook.run("%sm_target show one").splitlines() if "options" in row]

    notebook.run(f"%sm_target add two echo {line.partition('options')[2]}")

    assert kept()["one"] == kept()["two"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"content_typ": "csv"},
            "The target `x` has no option `content_typ`.\n→ Did you mean `content_type`?",
        ),
        ({"out": "y"}, "The target `x` has no option `out`."),
        ({"timeout": "soon"}, "The target `x`: timeout must be a number of seconds, not 'soon'."),
        ({"retries": 1.5}, "The target `x`: retries must be a whole number, not 1.5."),
        ({"retries": True}, "The target `x`: retries must be a whole number, not True."),
        ({"header": "yes"}, "The target `x`: header must be true or false, not 'yes'."),
        ({"columns": "a"}, "The target `x`: columns must be a list of texts, not 'a'."),
        ({"drop": "a"}, "The target `x`: drop must be a list of texts, not 'a'."),
        ({"accept": 1}, "The target `x`: accept must be a text, not 1."),
        ({"orient": "record"}, "The target `x`: orient can't be 'record'.\n→ Did you mean `records`?"),
        ({"view": "zzz"}, "The target `x`: view can't be 'zzz'.\n→ One of: auto, table"),
        ({"endpoint": ""}, "The target `x` has no endpoint."),
    ],
)
def test_options_of_a_target_are_checked_when_it_is_used(notebook, options, message):
    """A target from a file or %config is held to the same table as the line."""
    notebook.door.targets = {"x": {"endpoint": "echo", **options}}

    assert message in notebook.fails("%sm_invoke x 1")
    assert notebook.sent == []


def test_both_spellings_of_an_option_count(notebook):
    """Files may say content-type or content_type."""
    settings = Settings(targets={"x": {"endpoint": "echo", "content-type": "csv", "columns": ["a"]}})

    choice = choose(notebook.door, "x", settings)

    assert (
        choice.endpoint,
        choice.target,
        choice.options,
    ) == ("echo", "x", {"content_type": "csv", "columns": ("a",)})
    assert choice.name == "x"


def test_a_target_wins_over_an_endpoint_of_its_name(notebook):
    """And the card says that it was the target."""
    notebook.run("%sm_target add iris-classifier echo")

    shown = notebook.run("x = %sm_invoke iris-classifier 1")

    assert notebook.sent[-1].endpoint == "echo"
    assert "iris-classifier" in shown


def test_a_broken_file_is_told_where_it_matters(notebook, folder):
    """The extension loads beside any file; a call says what is wrong with it."""
    (folder / "pyproject.toml").write_text("[tool.sm_magic]\nmax_rows = 'x'\n")
    notebook.run("%reload_ext sm_magic")

    assert "max_rows must be a whole number" in notebook.fails("%sm_invoke echo 1")
