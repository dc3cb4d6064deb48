"""The editor: what is wrong with what was typed, and where."""

import pytest

from sm_magic.errors import UsageError
from sm_magic.panel import texts
from sm_magic.settings import Settings

SETTINGS = Settings()


@pytest.mark.parametrize(
    ("text", "content_type", "words"),
    [
        ('{"a": 1,}', "application/json", "line 1, column 8"),
        ('{\n  "a": NaN\n}', "application/json", "line 2, column 8"),
        ("1,2\n3\n", "text/csv", "line 2, column 2: 1 cell, and the first row has 2."),
        ("1,2\n3,4,5", "text/csv", "line 2, column 4: 3 cells, and the first row has 2."),
        ('1,2\n3,"x\n', "text/csv", "line 2, column 3: "),
    ],
)
def test_line_and_column_are_told(text, content_type, words):
    """Of the first mistake."""
    assert words in (texts.problem(text, content_type, SETTINGS) or "")
    with pytest.raises(UsageError):
        texts.payload(text, content_type, SETTINGS)


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ('{"a": [1, 2]}', "application/json"), ("1,2\n3,4\n", "text/csv"), ('"a, b",2\n\n3,4', "text/csv"),
        ("anything", "text/plain"), ("", "application/json"), ("  \n", "text/csv"),
    ],
)  # fmt: skip
def test_what_is_right_is_left_alone(text, content_type):
    """Nothing typed yet is no mistake."""
    assert texts.problem(text, content_type, SETTINGS) is None


def test_the_text_is_the_body():
    """As it was typed in a cell: the last line of CSV ends too."""
    assert texts.payload('{"é":  1}', "application/json", SETTINGS).body == '{"é":  1}'.encode()
    assert texts.payload("1,2\n", "text/csv", SETTINGS).body == b"1,2\n"
    assert texts.payload("1,2", "text/csv", SETTINGS).body == b"1,2\n"
    assert texts.payload("a", "text/plain", SETTINGS).body == b"a"
