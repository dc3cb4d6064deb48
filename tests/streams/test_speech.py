"""What a stream says, out of each server's way to write it, whatever the split of its parts."""

from __future__ import annotations

import json
import tracemalloc
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sm_magic import mediatypes, streams
from sm_magic.streams import Event, Speech


def said(content_type: str, parts: list[bytes]) -> SimpleNamespace:
    """What the parts say, by a decoder and a Speech: a Stream's fields."""
    decoder, speech = streams.decoder(mediatypes.parse(content_type)), Speech()
    events = [event for part in parts for event in decoder.decode(part)] + decoder.flush()
    pieces = [speech.add(event) for event in events]
    others: dict[int, str] = {}
    for index, text in (other for piece in pieces for other in piece.others):
        others[index] = others.get(index, "") + text
    return SimpleNamespace(
        content_type=content_type,
        body=b"".join(parts),
        shape=speech.shape,
        text="".join(piece.text for piece in pieces),
        reasoning="".join(piece.reasoning for piece in pieces),
        others=others,
        tool_calls=[(call.name, call.arguments) for call in speech.tool_calls],
        finish_reason=speech.finish_reason,
        usage=dict(speech.usage),
        error=speech.error,
        ended=speech.ended,
        values=speech.values,
        one_piece=speech.one_piece,
    )


SSE, LINES = "text/event-stream", "application/jsonlines"


def sse(*values: object) -> bytes:
    """Server-sent events."""
    return "".join(f"data: {json.dumps(value)}\n\n" for value in values).encode()


def chat(finish_reason: str | None = None, **delta: str) -> dict[str, Any]:
    """A chunk of a chat."""
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}


def tgi(text: str) -> dict[str, Any]:
    """A token of TGI's."""
    return {"token": {"id": 601, "text": text, "special": False}, "generated_text": None, "details": None}


def test_each_shape_is_understood(stream):
    """Text, reasoning, tool calls, usage, how it ended, and what it was."""
    assert said(stream.content_type, [stream.body]) == SimpleNamespace(**vars(stream))


@given(cuts=st.lists(st.integers(0, 10_000), max_size=20))
@settings(max_examples=20)
def test_any_split_says_the_same(stream, cuts):
    """Half a character, half an event, several in one part: all the network's business."""
    size = len(stream.body) + 1
    places = sorted({0, len(stream.body), *(cut % size for cut in cuts)})

    assert said(stream.content_type, [stream.body[a:b] for a, b in pairwise(places)]) == SimpleNamespace(
        **vars(stream)
    )


def test_byte_by_byte(stream):
    """The worst split there is."""
    assert said(stream.content_type, [bytes([byte]) for byte in stream.body]) == SimpleNamespace(
        **vars(stream)
    )


def test_a_piece_is_there_with_its_event():
    """The first word does not wait for the second; a role says nothing."""
    speech = Speech()

    assert speech.add(Event("json", chat(role="assistant", content=""))) == ("", "", ())
    assert speech.add(Event("json", chat(reasoning="Hm"))) == ("", "Hm", ())
    assert speech.add(Event("json", chat(content="Yes"))) == ("Yes", "", ())
    assert speech.add(Event("json", {"choices": [{"index": 1, "text": "No"}]})) == ("", "", ((1, "No"),))
    assert speech.choices == 2


def test_usage_that_grows_is_the_last():
    """vLLM counts as it goes where `continuous_usage_stats` was asked for."""
    counting = [{**chat(content="a"), "usage": {"completion_tokens": n}} for n in (1, 2)]

    assert said(SSE, [sse(*counting)]).usage == {"completion_tokens": 2}


def test_numbers_are_no_text_until_a_word_comes():
    """A stream of predictions is one; only words before make a number a word."""
    body = "".join(f"{number}\n" for number in range(200)).encode()
    numbers, late = said(LINES, [body]), said(LINES, [body + b"word\n7"])

    assert (numbers.shape, numbers.text, numbers.values) == (None, "", 200)
    assert (late.text, late.values) == ("word", 201)


def test_a_line_that_is_no_json_is_not_lost():
    """Servers print tracebacks into their streams."""
    body = sse(tgi("Once")) + b"Traceback (most recent call last):\n\n"

    assert said(SSE, [body]).text == "OnceTraceback (most recent call last):"


def test_the_first_words_for_an_error_count():
    """What comes after is no cause; a reason without words gives way to words."""
    body = sse(chat("error"), {"error": "first"}, {"error": "second"})

    assert said(SSE, [body]).error == "first"


KEYS = st.sampled_from(
    ["token", "text", "id", "special", "generated_text", "details", "finish_reason", "outputs", "choices", "delta",
     "index", "content", "reasoning", "reasoning_content", "tool_calls", "function", "function_call", "name",
     "arguments", "message", "usage", "error", "object", "error_msg"]
)  # fmt: skip
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.floats() | st.just("error"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)
HOSTILE = st.builds(Event, st.just("json"), ANY, st.none() | st.just("error"))
WORDS = st.builds(Event, st.just("text"), st.text(min_size=1, max_size=3))


@given(st.lists(HOSTILE | WORDS, max_size=6))
@example([Event("json", {"choices": [{"delta": {"tool_calls": [{"index": [], "function": {"name": {}}}]}}]})])
@example([Event("json", {"choices": [{"index": -1, "text": ""}]})])
def test_no_event_breaks_it_and_no_word_is_lost(events):
    """A model may put anything under these keys."""
    speech = Speech()
    pieces = [speech.add(event) for event in events]

    for event, piece in zip(events, pieces, strict=True):
        assert isinstance(piece.text, str) and isinstance(piece.reasoning, str)
        if event.kind == "text":
            assert piece.text.endswith(event.data)
    assert speech.ended in (True, False, None)
    assert all(isinstance(call.name, str) and isinstance(call.arguments, str) for call in speech.tool_calls)
    assert all(isinstance(count, int | float) for count in speech.usage.values())


@pytest.mark.parametrize(
    "shape",
    ['{"choices": [{"delta": {"tool_calls": [{"function": {"name": "f", "arguments": %s}}]}}]}',
     '{"choices": [{"message": {"content": [%s]}}]}', '{"choices": [{"delta": {"content": [%s]}}]}',
     '{"error": %s}', '{"x": %s}', "%s"],
)  # fmt: skip
@pytest.mark.parametrize("name", [b"", b"event: error\n"])
def test_nesting_breaks_nothing(shape, name):
    """JSON may be a thousand deep."""
    body = b"".join([name, b"data: ", (shape % ("[" * 1_000 + "]" * 1_000)).encode(), b"\n\ndata: word\n\n"])

    assert said(SSE, [body]).text.endswith("word")


def test_it_keeps_no_text():
    """`Client.stream` may run for hours: what was said is the caller's."""
    speech, event = Speech(), json.dumps(tgi("x" * 1_000))
    tracemalloc.start()
    try:
        for _ in range(1_000):
            speech.add(Event("json", json.loads(event)))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 100_000
