"""application/list-text: a list of texts as JSON, what JumpStart's own scripts read with json.loads."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from sm_magic import codecs
from sm_magic.errors import CodecError
from sm_magic.messages import Payload

LIST_TEXT = "application/list-text"
EXAMPLES = [
    (
        ["What's a “magic”?", "A line\nthat\tbegins with %."],
        LIST_TEXT,
        ["What's a “magic”?", "A line\nthat\tbegins with %."],
    )
]
BOMBS = [(b"[" + b"[]," * 4_000_000 + b"[]]", LIST_TEXT)]


@pytest.mark.parametrize(
    "value",
    [["a", "é"], ("a", "é"), pd.Series(["a", "é"]), np.array(["a", "é"]), pd.Index(["a", "é"]), '["a", "é"]'],
    ids=lambda value: type(value).__name__,
)
def test_the_model_reads_a_list(value):
    """Whatever the texts are held in; a list that is JSON already goes as it is."""
    payload = codecs.encode(value, LIST_TEXT)
    assert json.loads(payload.body.decode("utf-8")) == ["a", "é"]
    assert payload.facts.rows is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "this list is empty"),
        (["a", 1], "this list holds an int"),
        (pd.Series(["a", None]), "this pandas.Series holds a"),
        (np.array([["a"]]), r"this numpy.ndarray holds a"),
        ("Tell me a joke.", "this is one"),
        ({"question": "?"}, "can't be sent as application/list-text"),
    ],
    ids=repr,
)
def test_anything_else_is_an_error(value, words):
    """Rather than a list of something that the model would read as text."""
    with pytest.raises(CodecError, match=words):
        codecs.encode(value, LIST_TEXT)


def test_an_answer_is_what_its_json_holds():
    """A list, mostly."""
    assert codecs.decode(Payload(body=b'{"a": [1]}', content_type=LIST_TEXT)) == {"a": [1]}
    with pytest.raises(CodecError, match="not application/list-text"):
        codecs.decode(Payload(body=b"[1", content_type=LIST_TEXT))
