"""What is kept of a stream: its text in one piece, events of both ends, bytes while they are few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.messages import Part
from sm_magic.settings import Settings
from sm_magic.streamed import Events, Keep, Streamed


def kept(parts, **settings):
    """A Keep that was told of *parts*, each with its text as its bytes."""
    keep = Keep(Settings(**settings))
    for part in parts:
        keep.add_data(part.text.encode())
        keep.add(part)
    return keep


def said(text, **more):
    """A part that adds *text*."""
    return Part("text", text, text=text, **more)


@given(texts=st.lists(st.text(max_size=8), max_size=40), first=st.integers(1, 9), last=st.integers(1, 9))
def test_the_events_of_both_ends_are_kept_in_order(texts, first, last):
    """Never one twice, and those between are counted."""
    keep = kept(map(said, texts), first_events=first, last_events=last)

    events = keep.streamed({}, 1.0).events

    rest = texts[first:][-last:]
    assert [part.text for part in events] == texts[:first] + rest
    assert len(events) + events.dropped == len(texts)
    assert keep.text == "".join(texts)
    assert keep.body() == "".join(texts).encode()


def test_large_events_are_dropped_sooner():
    """Ten thousand events of a megabyte would not be few."""
    keep = kept(said("x" * 500_000) for _ in range(100))

    events = keep.streamed({}, 1.0).events

    assert len(events.first) == 7
    assert 1 <= len(events.last) <= 2
    assert events.dropped == 100 - len(events)


def test_events_are_a_sequence():
    """They have a length, an order, and places from both sides."""
    events = Events(first=(said("a"), said("b")), last=(said("z"),), dropped=4)

    assert (len(events), events[0].text, events[-1].text) == (3, "a", "z")
    assert "".join(part.text for part in events) == "abz"
    assert repr(events) == "Events(dropped=4)"


def test_the_bytes_beside_a_long_text_are_not_kept():
    """Beyond 16 MB they are that text once more; how many there were is known."""
    keep = kept(said("x" * 1_000_000) for _ in range(20))

    assert (keep.body(), len(keep.text)) == (b"", 20_000_000)
    assert keep.streamed({}, 1.0).size == 20_000_000
    assert keep.notes() == ["20,000,000 bytes came: `.value` has all of the text, `.body` is that text."]


def test_texts_beside_the_first():
    """By their index, a thousand of them at most."""
    parts = [Part("json", None, others=((index, f"{index} "),)) for index in range(1, 2_001)]

    others = kept([*parts, *parts]).others()

    assert (len(others), others[0].text, others[-1].text) == (1_000, "1 1 ", "1000 1000 ")


def test_the_first_word_is_what_counts():
    """A chat begins with an event that says nothing."""
    parts = [Part("json", {}, elapsed=0.1), said("a", elapsed=0.4), said("b", elapsed=0.5)]

    streamed = kept(parts).streamed({"completion_tokens": 5}, 1.4)

    assert (streamed.first, streamed.tokens, streamed.parts) == (0.4, 5, 2)
    assert str(streamed) == "first token after 0.40 s, 5 tokens, 4 a second"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"first": None, "seconds": 0.1, "parts": 0}, "nothing came"),
        ({"first": 0.5, "seconds": 0.5, "parts": 1}, "first part after 0.50 s, 1 part"),
        (
            {"first": 0.5, "seconds": 2.5, "parts": 1_001},
            "first part after 0.50 s, 1,001 parts, 500 a second",
        ),
        ({"first": 0.5, "seconds": 0.55, "parts": 1_001}, "first part after 0.50 s, 1,001 parts"),
        ({"first": 0.5, "seconds": 2.5, "parts": 3, "tokens": 1}, "first token after 0.50 s, 1 token"),
    ],
)
def test_how_an_answer_came_in_words(facts, words):
    """Tokens where the server counted them, else parts; no pace of a single one, nor of what came at once."""
    assert str(Streamed(events=Events(), **facts)) == words
