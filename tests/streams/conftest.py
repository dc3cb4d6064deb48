"""Streams as model servers write them, each with what it says.

TGI's and LMI's from their documents (text-generation-inference's OpenAPI; djl-serving's lmi_input_output_schema.md),
chats as vLLM writes them (OpenAI's "chat.completion.chunk"; reasoning, tool calls and usage as vLLM's documents show).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass(frozen=True)
class Stream:
    """A body and its content type; then what `Speech` makes of it."""

    content_type: str
    body: bytes
    shape: str | None
    text: str = ""
    reasoning: str = ""
    others: dict[int, str] = field(default_factory=dict)
    tool_calls: list[tuple[str, str]] = field(default_factory=list)
    finish_reason: str | None = None
    usage: dict[str, float] = field(default_factory=dict)
    error: str | None = None
    ended: bool | None = None
    values: int = 0
    one_piece: bool = False


SSE, LINES, JSON = "text/event-stream", "application/jsonlines", "application/json"


def sse(*values: Any, done: bool = False) -> bytes:
    """Server-sent events."""
    events = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values]
    return "".join(f"data: {event}\n\n" for event in [*events, *(["[DONE]"] if done else [])]).encode()


def lines(*values: Any) -> bytes:
    """JSON Lines."""
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def tgi(text: str, special: bool = False, whole: str | None = None, details: Any = None) -> dict[str, Any]:
    """TGI's StreamResponse."""
    token = {"id": 601, "text": text, "logprob": -0.5, "special": special}
    return {"index": 1, "token": token, "top_tokens": [], "generated_text": whole, "details": details}


def lmi(text: str, **more: Any) -> dict[str, Any]:
    """A line of LMI's rolling batch: what is empty is left out of a token."""
    token = {"id": 304, **({"text": text} if text else {}), "log_prob": -0.05}
    return {"token": token, **more}


def chat(*choices: dict[str, Any], **more: Any) -> dict[str, Any]:
    """vLLM's chunk."""
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "m"}
    return {**head, "choices": list(choices), **more}


def delta(index: object = 0, finish_reason: str | None = None, **said: Any) -> dict[str, Any]:
    """One choice of a chunk."""
    return {"index": index, "delta": said, "logprobs": None, "finish_reason": finish_reason}


def call(index: int | None = 0, id: str | None = None, **function: str) -> dict[str, Any]:  # noqa: A002
    """A piece of a tool call."""
    where = {} if index is None else {"index": index}
    return {**where, **({"id": id, "type": "function"} if id else {}), "function": function}


USAGE = {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}
_DETAILS = {"finish_reason": "eos_token", "generated_tokens": 3, "seed": None, "input_length": 4}
_ROLE = delta(role="assistant", content="")

STREAMS: dict[str, Stream] = {
    "TGI": Stream(
        SSE, sse(tgi("Zwölf"), tgi(" 😀"), tgi("</s>", special=True, whole="Zwölf 😀", details=_DETAILS)),
        "TGI", "Zwölf 😀", finish_reason="eos_token", usage={"generated_tokens": 3, "input_length": 4}, ended=True,
    ),
    "TGI, called JSON": Stream(JSON, sse(tgi("a"), tgi("b", whole="ab")), "TGI", "ab", ended=True),
    "TGI, cut off": Stream(SSE, sse(tgi("Once"), tgi(" upon")), "TGI", "Once upon", ended=False),
    "TGI, an error": Stream(
        SSE, sse(tgi("Once"), {"error": "Request failed during generation: CUDA out of memory",
                               "error_type": "generation"}),
        "TGI", "Once", error="Request failed during generation: CUDA out of memory", ended=False,
    ),
    "TGI, special tokens alone": Stream(
        SSE, sse(tgi("<tool>", special=True, whole="<tool>", details=_DETAILS)), "TGI", "<tool>",
        finish_reason="eos_token", usage={"generated_tokens": 3, "input_length": 4}, ended=True,
    ),
    "LMI": Stream(
        LINES, lines(lmi("Deep "), lmi("é"), lmi("", generated_text="Deep é", details={
            "finish_reason": "length", "generated_tokens": 100, "inputs": "What is Deep Learning?"})),
        "DJL LMI", "Deep é", finish_reason="length", usage={"generated_tokens": 100}, ended=True,
    ),
    "LMI, without details": Stream(
        LINES, lines(lmi("Deep "), lmi("one", generated_text="Deep one")), "DJL LMI", "Deep one", ended=True
    ),
    "LMI, as events": Stream(
        SSE, sse(lmi("a"), lmi("b", generated_text="ab")), "DJL LMI", "ab", ended=True
    ),
    "LMI, the whole text by itself": Stream(
        LINES, lines(lmi("a"), lmi("b"), {"generated_text": "ab"}), "DJL LMI", "ab", ended=True
    ),
    "LMI, an error": Stream(
        LINES, lines(lmi("Deep "), {"token": {"id": -1, "text": "", "log_prob": -1, "special_token": True},
                                    "generated_text": "", "details": {"finish_reason": "error",
                                                                      "generated_tokens": None, "inputs": None}}),
        "DJL LMI", "Deep ", finish_reason="error", error="finish_reason: error", ended=False,
    ),
    "LMI, an error with its words": Stream(
        LINES, lines({"token": {"id": -1, "text": "", "error_msg": "Input too long"}, "generated_text": "",
                      "details": {"finish_reason": "error"}}),
        "DJL LMI", finish_reason="error", error="Input too long", ended=False,
    ),
    "LMI, a dynamic batch": Stream(
        LINES, lines({"outputs": ["This"]}, {"outputs": [" opportunity"]}), "DJL LMI", "This opportunity"
    ),
    "LMI, a dynamic batch of two": Stream(
        LINES, lines({"outputs": ["This", "One"]}, {"outputs": [" is", ""]}, {"outputs": [" it", " more"]}),
        "DJL LMI", "This is it", others={1: "One more"},
    ),
    "DJL, an error before any": Stream(
        JSON, lines({"code": 424, "message": "invoke handler failure", "error": "No module named 'x'"}), None,
        error="No module named 'x'", ended=False,
    ),
    "chat": Stream(
        SSE, sse(chat(_ROLE), chat(delta(content="Größe")), chat(delta(content=" 10")),
                 chat(delta(finish_reason="stop")), chat(usage=USAGE), done=True),
        "OpenAI chat", "Größe 10", finish_reason="stop", usage=USAGE, ended=True,
    ),
    "chat, as lines": Stream(
        LINES, lines(chat(delta(role="assistant", content="Hel")), chat(delta("0", content="lo")),
                     chat(delta(finish_reason="length", content=""))),
        "OpenAI chat", "Hello", finish_reason="length", ended=True,
    ),
    "chat, cut off": Stream(
        SSE, sse(chat(_ROLE), chat(delta(content="Once"))), "OpenAI chat", "Once", ended=False
    ),
    "chat, [DONE] alone": Stream(SSE, sse(chat(delta(content="a")), done=True), "OpenAI chat", "a", ended=True),
    "chat, thinking": Stream(
        SSE, sse(chat(_ROLE), chat(delta(reasoning="Let me ")), chat(delta(reasoning_content="think.")),
                 chat(delta(reasoning=" Yes.", reasoning_content=" Yes.")),
                 chat(delta(content="42", finish_reason="stop"))),
        "OpenAI chat", "42", "Let me think. Yes.", finish_reason="stop", ended=True,
    ),
    "chat, content in parts": Stream(
        SSE, sse(chat(delta(content=[{"type": "text", "text": "a"}])), chat(delta(content=None)), done=True),
        "OpenAI chat", "a", ended=True,
    ),
    "chat, tools": Stream(
        SSE, sse(
            chat(_ROLE),
            chat(delta(content=None, tool_calls=[call(0, "c1", name="weather", arguments="")])),
            chat(delta(tool_calls=[call(0, arguments='{"city": "Mün')])),
            chat(delta(tool_calls=[call(0, arguments='chen"}')])),
            chat(delta(tool_calls=[call(1, "c2", name="ti"), call(1, name="me", arguments="{")])),
            chat(delta(tool_calls=[call(1, arguments="}")])),
            chat(delta(finish_reason="tool_calls")), done=True),
        "OpenAI chat", tool_calls=[("weather", '{"city": "München"}'), ("time", "{}")],
        finish_reason="tool_calls", ended=True,
    ),
    "chat, the older function call": Stream(
        SSE, sse(chat(delta(function_call={"name": "f", "arguments": ""})),
                 chat(delta(function_call={"arguments": "{}"})), chat(delta(finish_reason="function_call"))),
        "OpenAI chat", tool_calls=[("f", "{}")], finish_reason="function_call", ended=True,
    ),
    "chat, two choices": Stream(
        SSE, sse(chat(delta(0, content="a"), delta(1, content="x")), chat(delta(1, content="y")),
                 chat(delta(0, content="b", finish_reason="stop")), chat(delta(1, finish_reason="length"))),
        "OpenAI chat", "ab", others={1: "xy"}, finish_reason="stop", ended=True,
    ),
    "chat, one of two cut off": Stream(
        SSE, sse(chat(delta(0, content="a")), chat(delta(1, content="x")), chat(delta(0, finish_reason="stop"))),
        "OpenAI chat", "a", others={1: "x"}, finish_reason="stop", ended=False,
    ),
    "chat, an error": Stream(
        SSE, sse(chat(delta(content="a")), {"error": {"message": "EngineCore died", "type": "InternalServerError",
                                                      "param": None, "code": 500}}, done=True),
        "OpenAI chat", "a", error="EngineCore died", ended=False,
    ),
    "chat, ended by an error": Stream(
        SSE, sse(chat(delta(content="a")), chat(delta(finish_reason="error")), done=True),
        "OpenAI chat", "a", finish_reason="error", error="finish_reason: error", ended=False,
    ),
    "completions": Stream(
        SSE, sse({"object": "text_completion", "choices": [{"index": 0, "text": "On", "finish_reason": None}]},
                 {"object": "text_completion", "choices": [{"index": 0, "text": "ce", "finish_reason": "stop"}]},
                 {"object": "text_completion", "choices": [], "usage": USAGE}, done=True),
        "OpenAI completions", "Once", finish_reason="stop", usage=USAGE, ended=True,
    ),
    "completions, two texts": Stream(
        SSE, sse({"choices": [{"index": 0, "text": "a"}]}, {"choices": [{"index": 1, "text": "b"}]}),
        "OpenAI completions", "a", others={1: "b"},
    ),
    "a chat in one piece": Stream(
        JSON, lines({"object": "chat.completion", "usage": USAGE, "choices": [
            {"index": 0, "finish_reason": "tool_calls", "message": {
                "content": "Hm.", "reasoning": "so", "tool_calls": [call(name="f", arguments="{}")],
            }}]}),
        "OpenAI chat", "Hm.", "so", tool_calls=[("f", "{}")], finish_reason="tool_calls", usage=USAGE, ended=True,
        one_piece=True,
    ),
    "completions in one piece": Stream(
        JSON, lines({"choices": [{"text": "Once", "finish_reason": "stop"}, {"text": "Twice"}], "usage": USAGE}),
        "OpenAI completions", "Once", others={1: "Twice"}, finish_reason="stop", usage=USAGE, ended=False,
        one_piece=True,
    ),
    "a pipeline": Stream(
        JSON, b'[{"generated_text": "Once"}]', "generated_text", "Once", ended=True, one_piece=True
    ),
    "pretty printed": Stream(
        JSON, b'{\n  "generated_text": "Once",\n  "details": {"finish_reason": "length", "generated_tokens": 1}\n}',
        "generated_text", "Once", finish_reason="length", usage={"generated_tokens": 1}, ended=True, one_piece=True,
    ),
    "lines of generated_text": Stream(
        LINES, lines({"generated_text": "Once"}, {"generated_text": " upon"}), "generated_text", "Once upon"
    ),
    "lines of text": Stream(LINES, lines({"text": "Once"}, {"text": " upon "}), "text", "Once upon "),
    "text": Stream("text/plain", "Es war einmal …\nund".encode(), "text", "Es war einmal …\nund"),
    "text as events": Stream(SSE, sse("Once", " upon", "[DONE]"), "text", "Once upon", ended=True),
    "numbers among words": Stream(SSE, sse("1", ".", " Take", " 2", " [1]"), "text", "1. Take2[1]"),
    "an error named so": Stream(
        SSE, b"data: Once\n\nevent: error\ndata: CUDA\n\n", "text", "Once", error="CUDA", ended=False
    ),
    "an error named so, in JSON": Stream(
        SSE, sse("Once") + b'event: error\ndata: {"status": 500}\n\n', "text", "Once", error='{"status": 500}',
        ended=False,
    ),
    "older vLLM's error": Stream(
        JSON, lines({"object": "error", "message": "too long", "type": "BadRequestError", "code": 400}), None,
        error="too long", ended=False,
    ),
    "bytes": Stream("audio/mpeg", b"\xff\xfb\x90\x00", "bytes"),
    "numbers": Stream(LINES, lines({"score": 0.5, "error": 0.25}, {"score": 1}, [1], 3), None, values=4),
    "one document": Stream(JSON, b'{"predictions": [1, 2]}', None, values=1, one_piece=True),
    "nothing": Stream(JSON, b"", None),
}  # fmt: skip


@pytest.fixture(scope="session", params=STREAMS)
def stream(request: pytest.FixtureRequest) -> Stream:
    """Each of the streams above."""
    return STREAMS[request.param]
