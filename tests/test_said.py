"""What a model said, out of each server's way to write it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sm_magic.said import ToolCall, read

CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Paris"}'}}


@pytest.mark.parametrize(
    ("value", "name", "texts"),
    [
        ([{"generated_text": "a"}], "generated_text", ["a"]),
        ({"generated_text": "a"}, "generated_text", ["a"]),
        ([[{"generated_text": "a"}, {"generated_text": "b"}], [{"generated_text": "c"}]], "generated_text", [*"abc"]),
        ({"generated_texts": ["a", "b"]}, "generated_texts", ["a", "b"]),
        ([{"generation": {"role": "assistant", "content": "a"}}], "generation", ["a"]),
        ([{"generation": "a"}], "generation", ["a"]),
        ([{"summary_text": "a"}], "summary_text", ["a"]),
        ([{"translation_text": "a"}, {"translation_text": "b"}], "translation_text", ["a", "b"]),
        ({"choices": [{"text": "a"}, {"text": "b"}]}, "text", ["a", "b"]),
        ({"choices": [{"message": {"content": "a"}}]}, "content", ["a"]),
        ({"choices": [{"message": {"content": [{"type": "text", "text": "a"}, {"type": "image"}]}}]}, "content",
         ["a[image]"]),
        ({"choices": [{"message": {"content": None}}]}, "content", [""]),
        ([{"choices": [{"message": {"content": "a"}}]}, {"choices": [{"message": {"content": "b"}}]}], "content",
         ["a", "b"]),
        ({"text": "a"}, "text", ["a"]),
        ({"text": ["a", "b"], "language": "en"}, "text", ["a", "b"]),
        ({"segments": [{"start": 0, "end": 1, "text": "a"}, {"start": 1, "end": 2, "text": "b"}]}, "text", ["ab"]),
    ],
)  # fmt: skip
def test_the_text_is_found(value, name, texts):
    """Hugging Face, TGI, LMI, JumpStart, OpenAI's kind, Whisper."""
    reply = read(value)

    assert reply.name == name
    assert [one.text for one in reply.said] == texts


def test_attention_stands_beside_a_translation():
    """Seq2Seq's `target` is the text; a `target` without attention may be any column."""
    found = [{"target": "Das ist gut .", "matrix": [[0.9, 0.1]]}]

    assert read({"predictions": found}).said[0].text == "Das ist gut ."
    assert read({"predictions": found}).rest == {"predictions": [{"matrix": [[0.9, 0.1]]}]}
    assert read({"predictions": [{"target": "cat"}]}) is None


@pytest.mark.parametrize("key", ["reasoning", "reasoning_content"])
def test_reasoning_has_two_names(key):
    """vLLM's name changed; what is null is none."""
    value = {"choices": [{"message": {"content": "a", key: "why"}, "finish_reason": "stop"}]}

    assert read(value).said[0].reasoning == "why"
    assert read(value).said[0].finish_reason == "stop"
    assert read({"choices": [{"message": {"content": "a", key: None}}]}).said[0].reasoning == ""


def test_tool_calls():
    """Arguments stay as the model wrote them; those that came as an object are JSON; the old function_call counts."""
    asked = {"tool_calls": [CALL, {"function": {"name": "b", "arguments": {"é": 1}}}], "content": None}
    old = {"function_call": {"name": "c", "arguments": "{"}, "content": ""}
    reply = read({"choices": [{"message": asked}, {"message": old}]})

    assert reply.said[0].tool_calls == (
        ToolCall(name="weather", arguments='{"city": "Paris"}'),
        ToolCall(name="b", arguments='{"é": 1}'),
    )
    assert reply.said[1].tool_calls == (ToolCall(name="c", arguments="{"),)


def test_usage_is_counted():
    """OpenAI's usage, its details by their own names; TGI's generated tokens, of several texts together."""
    usage = {
        "prompt_tokens": 12,
        "total_tokens": 15,
        "completion_tokens_details": {"reasoning_tokens": 2, "x": None},
    }
    tgi = {
        "generated_text": "a",
        "details": {"finish_reason": "length", "generated_tokens": 20, "seed": None},
    }

    assert read({"choices": [{"text": ""}], "usage": usage}).usage == {
        "prompt_tokens": 12, "total_tokens": 15, "reasoning_tokens": 2,
    }  # fmt: skip
    assert read([tgi, tgi]).usage == {"generated_tokens": 40}
    assert read(tgi).said[0].finish_reason == "length"
    assert read(tgi).rest == {}


def test_a_dialogue_ends_in_what_was_said():
    """A pipeline that was sent messages answers with them and its own; what was sent is beside it."""
    reply = read(
        [{"generated_text": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"}]}]
    )

    assert [one.text for one in reply.said] == ["yo"]
    assert reply.rest == {"generated_text": [{"role": "user", "content": "hi"}]}


@pytest.mark.parametrize(
    "parts",
    [
        {"chunks": [{"timestamp": [0.0, 2.5], "text": "a"}, {"timestamp": [2.5, None], "text": "b"}]},
        {"segments": [{"start": 0.0, "end": 2.5, "text": "a"}, {"start": 2.5, "end": None, "text": "b"}]},
    ],
)
def test_speech_has_times(parts):
    """In seconds; the last part may have no end."""
    reply = read({"text": "ab", **parts})

    assert reply.timed == ({"start": 0.0, "end": 2.5, "text": "a"}, {"start": 2.5, "end": None, "text": "b"})
    assert reply.rest == {}


def test_nothing_is_lost():
    """What is not said stands in the rest, if it is anything."""
    value = {
        "id": "x",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "a", "refusal": "no"}, "logprobs": None}
        ],
        "object": "chat.completion",
        "system_fingerprint": None,
    }

    assert read(value).rest == {
        "id": "x", "object": "chat.completion", "choices": [{"message": {"refusal": "no"}}],
    }  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        [], {}, None, 1, "text", [[]], [None], [{"generated_text": 1}], {"choices": []}, {"choices": [{}]},
        {"choices": ["a"]}, {"text": 3}, {"text": []}, {"text": "a", "label": "b", "score": 0.5}, {"chunks": [1]},
        {"language": "en"}, [{"text": "a"}, {"text": "b"}], [{"generated_text": "a"}, {"b": 1}],
        {"generated_text": None}, [[{"generated_text": "a"}], "b"],
    ],
)  # fmt: skip
def test_what_is_no_text(value):
    """Anything else is left to other views; a table of texts is a table."""
    assert read(value) is None


KEYS = st.sampled_from(
    ["generated_text", "choices", "message", "content", "text", "tool_calls", "function", "usage", "chunks",
     "timestamp", "details", "reasoning", "function_call", "segments", "finish_reason", "generation"]
)  # fmt: skip
ANY = st.recursive(
    st.none() | st.integers() | st.text(max_size=3) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(ANY)
@example({"generation": {"content": "a", "tool_calls": True}})
def test_no_answer_breaks_it(value):
    """A model may put anything under these keys."""
    reply = read(value)

    assert reply is None or all(isinstance(one.text, str) for one in reply.said)


def test_arguments_may_be_nested_deeper_than_they_can_be_written():
    """JSON is read a thousand deep."""
    arguments: list[object] = []
    for _ in range(2_000):
        arguments = [arguments]
    message = {"content": "a", "tool_calls": [{"function": {"name": "f", "arguments": arguments}}]}

    reply = read({"choices": [{"message": message}]})

    assert reply.said[0].tool_calls[0].name == "f"
