"""--deserializer EXPR: the answer is read by an object of the notebook's, as the SageMaker SDK's are made."""

from __future__ import annotations

import pytest

from sm_magic.magics.tables import TARGET

CLASS = """\
class Rows:
    ACCEPT = ("text/csv", "application/json")
    def deserialize(self, stream, content_type):
        with stream:
            return [line.split(",") for line in stream.read().decode().splitlines()]
class Strict(Rows):
    def deserialize(self, stream, content_type):
        raise ValueError(f"can't read {content_type}")
rows, by_name, strict, df = Rows(), {"first one": Rows()}, Strict(), [[1, 2], [3, 4]]
"""


@pytest.fixture
def reading(notebook):
    """A notebook in which there are deserializers."""
    notebook.run(CLASS)
    return notebook


@pytest.mark.parametrize(
    "written", ["rows", "Rows()", "${rows}", "${Rows()}", '"Rows()"', 'by_name["first one"]', "=rows"]
)
def test_it_is_an_expression(reading, written):
    """As INPUT is one, or filled as every option is; what it makes is the value."""
    glue = "" if written.startswith("=") else " "
    shown = reading.run(f"%sm_invoke echo df -t csv --deserializer{glue}{written} -o kept")

    assert reading.names["kept"] == [["1", "2"], ["3", "4"]]
    assert reading.sent[-1].accept == "text/csv, application/json"
    assert "Rows." in shown


def test_the_callers_accept_goes_first(reading):
    """-a on the line; a target's usual Accept was meant for another reader."""
    reading.run("%sm_target add plain echo -a json")
    reading.run("%sm_invoke plain df -t csv --deserializer rows")
    of_target = reading.sent[-1].accept
    reading.run("%sm_invoke plain df -t csv --deserializer rows -a csv")

    assert (of_target, reading.sent[-1].accept) == ("text/csv, application/json", "text/csv")


def test_a_dry_run_shows_its_accept(reading):
    """Nothing is sent, and nothing is read."""
    shown = reading.run("%sm_invoke echo df -t csv --deserializer strict --dry-run")
    assert "text/csv, application/json" in shown
    assert reading.sent == []


def test_its_error_is_told_and_the_bytes_are_kept(reading):
    """In the place of the value; --traceback has the rest."""
    said = reading.fails("%sm_invoke echo df -t csv --deserializer strict -o kept")

    assert "Strict failed on this answer of text/csv: ValueError: can't read text/csv." in said
    assert "sm_magic.last.body" in said
    assert reading.names["kept"] == b"1,2\n3,4"
    assert "in deserialize" in reading.fails("%sm_invoke echo df --deserializer strict --traceback")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Rows", "Rows is a class"),
        ("'csv'", "There is no variable `csv`."),
        ("df", "A list is no deserializer."),
        ("rwos", "Did you mean `rows`?"),
        ("${rwos}", "Did you mean `rows`?"),
        ("", "needs a value"),
    ],
)
def test_what_is_none_is_told_before_sending(reading, written, words):
    """Also to those who left out the parentheses, or misspelt a name."""
    assert words in reading.fails(f"%sm_invoke echo df --deserializer {written}")
    assert reading.sent == []


def test_a_target_has_none():
    """A file keeps no objects."""
    assert "deserializer" not in {option.dest for option in TARGET}
