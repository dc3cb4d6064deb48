"""Entities and answers, marked in the text that was sent."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import Answer, find_table, show
from sm_magic.views.spans import read

TEXT = "My name is Wolfgang and I live in Berlin."
ENTITIES = [
    {"entity_group": "PER", "score": 0.9984534978866577, "word": "Wolfgang", "start": 11, "end": 19},
    {"entity_group": "LOC", "score": 0.9957, "word": "berlin", "start": 34, "end": 40},
]
BEST = {"score": 0.97, "start": 34, "end": 40, "answer": "Berlin"}
ASKED = {"inputs": {"question": "Where do I live?", "context": TEXT}}


def _sent(value, content_type="application/json"):
    body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    return Payload(body=body, content_type=content_type)


SENT = _sent({"inputs": TEXT})
SHOWN_AS = [
    ("entities", ENTITIES, None, "spans", SENT),
    ("entities of a text not known", ENTITIES, None, "spans"),
    ("entities of two texts", [ENTITIES, []], None, "spans", _sent({"inputs": [TEXT, "Nothing."]})),
    ("tokens", [{"entity": "I-PER", "score": 0.9, "index": 4, "word": "Wolf", "start": 11, "end": 15}], None, "spans"),
    ("an answer to a question", BEST, None, "spans", _sent(ASKED)),
    ("answers to a question", [BEST, {**BEST, "start": 31}], None, "spans", _sent(ASKED)),
    ("arrays of different lengths", [np.zeros(2), np.zeros(3)], None, "json"),
    ("intervals that are no spans", [{"start": 1, "end": 2}, {"start": 3, "end": 4}], 2, "table"),
]  # fmt: skip


def test_entities(shown, golden):
    """In the text and as a table, by the text's own letters."""
    made = shown(ENTITIES, sent=SENT)

    golden("spans", text=made.text, html=made.html)


@pytest.mark.parametrize(
    "sent",
    [
        SENT,
        _sent(TEXT, "text/plain"),
        _sent(TEXT, "application/x-text"),
        _sent([TEXT], "application/list-text"),
        _sent(
            {"inputs": [TEXT], "parameters": {"aggregation_strategy": "simple"}},
            "application/json; charset=utf-8",
        ),
        _sent(TEXT.encode("utf-16").decode("utf-16"), "text/plain; charset=utf-8"),
    ],
)
def test_the_text_is_found_in_what_was_sent(shown, sent):
    """However it was sent."""
    text = shown(ENTITIES, sent=sent).text

    assert text.startswith("My name is [Wolfgang | PER 0.9985] and I live in [Berlin | LOC 0.9957].\n")


@pytest.mark.parametrize(
    "sent",
    [
        _sent("1,2", "text/csv"),
        _sent("{", "application/json"),
        _sent("[" * 50_000, "application/json"),
        _sent({"inputs": 5}),
        Payload(body=b"", content_type="application/json"),
        _sent({"inputs": "x" * 2_000_001}),
    ],
)
def test_without_the_text_there_is_the_table(shown, sent):
    """What was sent may be no text, or too long to be read again."""
    assert shown(ENTITIES, sent=sent).text.startswith("2 rows × 5 columns\nlabel  text      start  end")


def test_an_answer_below_its_question(shown):
    """The best is marked; what overlaps it stands in the table."""
    made = shown([BEST, {"score": 0.2, "start": 25, "end": 38, "answer": " live in Berl"}], sent=_sent(ASKED))

    assert made.text.startswith(
        "question: Where do I live?\nMy name is Wolfgang and I live in [Berlin | answer 0.97].\n1 span not marked"
    )
    assert " live in Berl" in made.text


def test_several_questions(shown):
    """An answer to each, beside its own text."""
    inputs = [ASKED["inputs"], {"question": "Who?", "context": "I, Ada."}]
    made = shown(
        [BEST, {"score": 0.5, "start": 3, "end": 6, "answer": "Ada"}], sent=_sent({"inputs": inputs})
    )

    assert "row 1 · question: Who?\nI, [Ada | answer 0.5]." in made.text
    assert "row 0 · question: Where" in made.text


def test_a_text_without_entities_is_shown_too(shown):
    """Rows have their numbers in the table and above the texts."""
    text = shown([ENTITIES, []], sent=_sent({"inputs": [TEXT, "Nothing."]})).text

    assert "row 1\nNothing." in text
    assert "row  label" in text


def test_tokens_without_offsets(shown):
    """A tokenizer may know no places: the table has the words."""
    text = shown(
        [{"entity": "B-PER", "score": 0.9, "word": "Wolf", "start": None, "end": None}], sent=SENT
    ).text

    assert text.startswith(TEXT)
    assert "Wolf" in text.removeprefix(TEXT)


def test_its_frame(answer):
    """label, text, start, end, score; the row first where there were several texts."""
    frame = find_table(answer(ENTITIES, sent=SENT))
    assert list(frame.columns) == ["label", "text", "start", "end", "score"]
    assert frame["text"].tolist() == ["Wolfgang", "Berlin"]
    assert find_table(answer(ENTITIES)).text.tolist() == ["Wolfgang", "berlin"]

    frame = find_table(answer([ENTITIES, [], ENTITIES[:1]]))
    assert frame["row"].tolist() == [0, 0, 2]
    assert find_table(answer(BEST)).to_dict("records") == [
        {"label": "answer", "text": "Berlin", "start": 34, "end": 40, "score": 0.97}
    ]


def test_it_is_capped(shown):
    """Many long texts with many spans stay within a notebook's bounds."""
    many = [{"label": "<" * 900, "text": "x", "start": i, "end": i + 1} for i in range(3_000)]
    made = shown([many] * 30, sent=_sent({"inputs": ["<&>" * 20_000] * 30}), settings=Settings())

    assert len(made.html.encode()) < 256 * 1024
    assert len(made.text.encode()) < 256 * 1024


ODD = st.one_of(
    st.none(), st.integers(-3, 60), st.floats(), st.text(max_size=3), st.lists(st.integers(), max_size=2)
)
SPAN = st.fixed_dictionaries(
    {"start": ODD, "end": ODD},
    optional={"answer": ODD, "entity": ODD, "label": ODD, "word": ODD, "score": ODD},
)


@given(st.one_of(SPAN, st.lists(SPAN | st.lists(SPAN, max_size=2), max_size=3)), ODD)
def test_no_answer_breaks_it(value, inputs):
    """Places may be anything."""
    payload = Payload(body=b"{}", content_type="application/json")
    given = Answer(value=value, payload=payload, sent=_sent({"inputs": inputs}))

    assert "Not shown" not in show(given, Settings()).text
    read(given)
