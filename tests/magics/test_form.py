"""--form NAME=VALUE: a form's fields on the line; and what is said to those who write one wrong."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import pytest
from PIL import Image

from sm_magic.codecs import decode
from sm_magic.errors import UsageError
from sm_magic.magics.options import parse
from sm_magic.magics.tables import TARGET

NAMES = {"lang": "en", "n": 3, "image": Image.new("RGB", (2, 2)), "d": {"a": 1}, "x": {"k": "v=1"}}


def fields(line: str) -> tuple:
    """The names and values that *line* is read as."""
    return parse("sm_invoke", f"echo {line}", NAMES).options["form"]


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("language=en", ("language", "en")),
        ("a=b=c", ("a", "b=c")),
        ("a=", ("a", "")),
        ('a=""', ("a", "")),
        ('prompt="Hello, world"', ("prompt", "Hello, world")),
        ('"prompt=Hello, world"', ("prompt", "Hello, world")),
        ("'prompt=\"quoted\"'", ("prompt", '"quoted"')),
        ("file=@a.wav", ("file", Path("a.wav"))),
        ('file=@"my call.wav"', ("file", Path("my call.wav"))),
        ('"file=@my call.wav"', ("file", Path("my call.wav"))),
        ("file=@${lang}.wav", ("file", Path("en.wav"))),
        ("mail=me@home", ("mail", "me@home")),
        ("a=${n}", ("a", 3)),
        ('a="${d}"', ("a", {"a": 1})),
        ("a=${x['k']}", ("a", "v=1")),
        ("a=${'@home'}", ("a", "@home")),
        ("a=${lang}-${n}", ("a", "en-3")),
        ("a=$${lang}", ("a", "${lang}")),
        ("timestamps[]=word", ("timestamps[]", "word")),
    ],
)
def test_a_field_is_text_a_file_or_a_value(written: str, field: tuple) -> None:
    """Quotes around all of it or around the value; a lone ``${expr}`` is its value and not its text."""
    assert fields(f"--form {written}") == (field,)
    assert fields(f"--form={written}" if not written.startswith(('"', "'")) else f"--form {written}") == (
        field,
    )


def test_a_name_may_come_again() -> None:
    """In order."""
    assert fields("--form a=1 --form b=2 --form a=3") == (("a", "1"), ("b", "2"), ("a", "3"))


@pytest.fixture
def sound(notebook) -> bytes:
    """The file a.wav in the folder that the notebook runs in."""
    with wave.open("a.wav", "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"\0\1" * 50)
    return Path("a.wav").read_bytes()


def test_a_form_is_sent(notebook, sound: bytes) -> None:
    """Files with their names and types, values as what they are; the answer is echo's."""
    notebook.names.update(NAMES, table=[1, 2])
    notebook.run(
        "%sm_invoke echo --form file=@a.wav --form language=${lang} --form image=${image} --form o=${d} "
        "--form tags=a --form tags=${table} -o back"
    )
    payload = notebook.sent[0].payload
    assert payload.content_type == "multipart/form-data; boundary=sm-magic-part-0"
    assert b'name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n' + sound in payload.body
    assert b'name="image"; filename="image.png"\r\nContent-Type: image/png\r\n' in payload.body
    assert b'name="o"\r\nContent-Type: application/json\r\n\r\n{"a":1}\r\n' in payload.body
    back = notebook.names["back"]
    assert (back["language"], back["o"], back["tags"]) == ("en", {"a": 1}, ["a", "1", "2"])


def test_input_may_be_the_form(notebook, sound: bytes) -> None:
    """A dict under `-t form`, its paths read."""
    notebook.run("from pathlib import Path")
    notebook.run('%sm_invoke echo {"file":[Path("a.wav")],"n":1} -t form')
    notebook.run("%sm_invoke echo --form file=@a.wav --form n=1 -t form")
    first, second = notebook.sent
    assert first.payload == second.payload
    assert decode(second.payload)["n"] == "1"


def test_a_dry_run_shows_the_parts(notebook, sound: bytes) -> None:
    """Texts as they are, of a file its size."""
    shown = notebook.run("%sm_invoke echo --form file=@a.wav --form language=en --dry-run")
    assert notebook.sent == []
    assert (
        "--sm-magic-part-0\n"
        'Content-Disposition: form-data; name="file"; filename="a.wav"\n'
        "Content-Type: audio/wav\n"
        "\n"
        "(144 bytes)\n"
        "--sm-magic-part-0\n"
        'Content-Disposition: form-data; name="language"\n'
        "\n"
        "en\n"
        "--sm-magic-part-0--"
    ) in shown.replace("\r", "")


def test_a_target_has_no_form_and_its_type_is_not_asked(notebook) -> None:
    """A form is of one call, and of one type."""
    assert "form" not in {option.dest for option in TARGET}
    notebook.run("%sm_target add e echo -t csv --columns a,b --orient records")
    notebook.run("%sm_invoke e --form a=1")
    assert notebook.sent[0].payload.content_type.startswith("multipart/form-data")


# What is typed → what is shown.
MISTAKES = {
    "%sm_invoke echo --form": (
        "UsageError: `--form` needs a value.\n  echo --form\n             ^\n"
        "→ `--form NAME=VALUE`: send a form with this field; NAME=@PATH: a file, NAME=${expr}: a value; may be "
        "repeated."
    ),
    "%sm_invoke echo --form file": (
        "UsageError: `--form file` has no `=`.\n→ `--form file=…`, or NAME=@PATH for a file."
    ),
    "%sm_invoke echo --form @a.wav": (
        "UsageError: `--form @a.wav` has no `=`.\n→ `--form NAME=VALUE`, or NAME=@PATH for a file."
    ),
    "%sm_invoke echo --form =en": (
        "UsageError: `--form =en` has no name before its `=`.\n→ `--form NAME=VALUE`, or NAME=@PATH for a file."
    ),
    "%sm_invoke echo --form file=@": ("UsageError: `--form file=@` names no file.\n→ `--form file=@PATH`"),
    "%sm_invoke echo --form file=@b.wav": (
        "UsageError: There is no file b.wav.\n→ Did you mean `--form file=@a.wav`?"
    ),
    "%sm_invoke echo --form file=@.": "UsageError: . is a folder.\n→ --form takes one file.",
    "%sm_invoke echo --form a={lang}": (
        "UsageError: `{lang}` is not expanded here.\n→ `${lang}` is: a dollar and braces."
    ),
    "%sm_invoke echo --form a=${nothing}": ("UsageError: There is no variable `nothing`, in `${nothing}`."),
    "%sm_invoke echo --form a=${None}": (
        "CodecError: The field 'a' is None, which no form has.\n→ Leave it out, or send ''."
    ),
    "%sm_invoke echo d --form a=1": (
        "UsageError: The body can't be both INPUT (`d`) and --form.\n→ Leave out all but one."
    ),
    "%sm_invoke echo --file a.wav --form a=1": (
        "UsageError: The body can't be both --file and --form.\n→ Leave out all but one."
    ),
    "%%sm_invoke echo --form a=1\ntext": (
        "UsageError: The body can't be both the cell and --form.\n→ Leave out all but one."
    ),
    "%sm_invoke echo --form a=1 -t csv": (
        "UsageError: --form is sent as multipart/form-data, not as csv.\n→ Leave -t out, or give INPUT a dict."
    ),
    "%sm_invoke echo --form a=1 --columns b": (
        "UsageError: --columns is for tables; a form's field is sent as it is.\n→ Read it and send the table."
    ),
    "%sm_invoke echo --form a=1 --expand": (
        "UsageError: --expand is for a cell, and there is none.\n→ %%sm_invoke ENDPOINT --expand"
    ),
    "%sm_invoke echo --file a.wav -t form": (
        "CodecError: The bytes are no multipart body: they begin with no boundary.\n"
        "→ --form file=@PATH sends a file as a form's part."
    ),
    "%sm_invoke echo -F file=@a.wav": (
        "UsageError: %sm_invoke has no option `-F`.\n→ Did you mean `--form`?"
    ),
    "%sm_invoke echo --multipart file=@a.wav": (
        "UsageError: %sm_invoke has no option `--multipart`.\n→ Did you mean `--form`?"
    ),
    "%sm_invoke echo --from file=@a.wav": (
        "UsageError: %sm_invoke has no option `--from`.\n→ Did you mean `--form`?"
    ),
    "%sm_target add e echo --form a=1": (
        "UsageError: %sm_target has no option `--form`.\n→ Did you mean `-t form`?"
    ),
}


@pytest.mark.parametrize("cell", MISTAKES)
def test_a_mistake_is_told(notebook, sound: bytes, cell: str) -> None:
    """What was wrong, and what to type."""
    notebook.names.update(NAMES)
    assert re.sub("\x1b\\[[0-9;]*m", "", notebook.fails(cell)) == MISTAKES[cell]
    assert notebook.sent == []


def test_an_expression_that_does_not_end_is_told() -> None:
    """As anywhere on the line."""
    with pytest.raises(UsageError, match="is never closed"):
        fields("--form file=@${")
