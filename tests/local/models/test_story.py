from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from botocore.exceptions import ClientError, EventStreamError, ResponseStreamingError
from urllib3.exceptions import ProtocolError

from sm_magic.local.fleet import ContainerError
from sm_magic.local.models.story import Story
from sm_magic.local.models.story_request import FAULTS, SHAPES
from sm_magic.local.wire import Call, Cut, StreamFault

pytestmark = pytest.mark.server
ONCE = {"inputs": "Once upon a time", "parameters": {"max_new_tokens": 12, "seed": 3}}
CHAT = {"messages": [{"role": "user", "content": "Tell me a story"}], "max_tokens": 12}
TOOL = {
    "type": "function",
    "function": {
        "name": "sail",
        "parameters": {
            "type": "object",
            "properties": {
                "port": {"type": "string"},
                "wind": {"enum": ["west", "east"]},
                "days": {"type": "integer"},
            },
        },
    },
}


@pytest.fixture(scope="module")
def story() -> Story:
    """The model, which never really waits."""
    return Story(sleep=lambda _: None)


def call(body: Any, accept: str = "", content_type: str = "application/json") -> Call:
    """A streaming call of it."""
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    members = {"content_type": content_type, "accept": accept}
    return Call(endpoint="story", operation="InvokeEndpointWithResponseStream", body=data, members=members)


def events(data: bytes) -> list[Any]:
    """The JSON of server-sent events or lines; [DONE] as it is."""
    lines = [line.removeprefix("data:").strip() for line in data.decode().split("\n")]
    return [line if line == "[DONE]" else json.loads(line) for line in lines if line]


def streamed(story: Story, body: dict[str, Any], accept: str = "") -> list[Any]:
    """The events of a stream."""
    reply = story(call({**body, "stream": True}, accept))
    assert reply.parts is not None
    return events(b"".join(reply.parts))


def answered(story: Story, body: dict[str, Any], accept: str = "") -> Any:
    """The answer in one piece."""
    reply = story(call(body, accept))
    assert reply.parts is None
    return json.loads(reply.body)


def test_boto3_streams_it(runtime: Any) -> None:
    """Each token is a part of its own; joined they are what InvokeEndpoint answers, non-ASCII too."""
    body = {"inputs": "The ships came from", "parameters": {"max_new_tokens": 12, "temperature": 0}}
    answer = runtime.invoke_endpoint_with_response_stream(
        EndpointName="story", Body=json.dumps({**body, "stream": True}), ContentType="application/json"
    )
    parts = [event["PayloadPart"]["Bytes"] for event in answer["Body"]]
    assert (answer["ContentType"], len(parts)) == ("text/event-stream", 12)
    text = "".join(event["token"]["text"] for event in events(b"".join(parts)))
    assert text == " Zürich, which has no sea, and from 東京,"
    whole = runtime.invoke_endpoint(EndpointName="story", Body=json.dumps(body))
    assert json.loads(whole["Body"].read()) == [{"generated_text": text}]


def test_tgi(story: Story) -> None:
    """Events as Text Generation Inference sends them: the last one has the text and why it ended."""
    *_, before, last = streamed(story, ONCE)
    assert set(last) == {"index", "token", "generated_text", "details"}
    assert (before["generated_text"], before["details"]) == (None, None)
    assert set(last["token"]) == {"id", "text", "logprob", "special"}
    assert last["details"] == {"finish_reason": "length", "generated_tokens": 12, "seed": 3}
    assert last["generated_text"] == answered(story, ONCE)[0]["generated_text"]
    detailed = {**ONCE["parameters"], "details": True, "return_full_text": True}
    (whole,) = answered(story, {**ONCE, "parameters": detailed})
    assert whole["generated_text"] == ONCE["inputs"] + last["generated_text"]
    assert len(whole["details"]["tokens"]) == 12


def test_tgi_ends_with_the_story(story: Story) -> None:
    """Where the model ends by itself, the last token is a special one, which is no text."""
    *rest, last = streamed(story, {"inputs": "one for each cup of", "parameters": {"temperature": 0}})
    assert last["token"] == {"id": 2, "text": "</s>", "logprob": 0.0, "special": True}
    assert last["details"]["finish_reason"] == "eos_token"
    assert last["generated_text"] == "".join(event["token"]["text"] for event in rest)


def test_lmi(story: Story) -> None:
    """JSON Lines where they are accepted; server-sent events of the same schema by its name."""
    lines = streamed(story, ONCE, "application/jsonlines")
    assert lines == streamed(story, {**ONCE, "format": "lmi"}, "text/event-stream")
    assert set(lines[0]) == {"token"}
    assert set(lines[0]["token"]) == {"id", "text", "log_prob"}
    assert lines[-1]["details"] == {"finish_reason": "length", "generated_tokens": 12}
    assert answered(story, {**ONCE, "format": "lmi"}) == {"generated_text": lines[-1]["generated_text"]}
    outputs = streamed(story, {**ONCE, "format": "outputs"})
    assert "".join(line["outputs"][0] for line in outputs) == lines[-1]["generated_text"]


def deltas(chunks: list[Any], key: str) -> list[Any]:
    """What the chunks' deltas say under *key*."""
    return [
        chunk["choices"][0]["delta"][key]
        for chunk in chunks
        if chunk["choices"] and key in chunk["choices"][0]["delta"]
    ]


def test_chat(story: Story) -> None:
    """A role, content token by token, why it ended, and [DONE]; the message in one piece says the same."""
    *chunks, done = streamed(story, CHAT)
    assert done == "[DONE]"
    assert deltas(chunks, "role") == ["assistant"]
    whole = answered(story, CHAT)
    assert "".join(deltas(chunks, "content")) == whole["choices"][0]["message"]["content"]
    assert chunks[-1]["choices"][0]["finish_reason"] == whole["choices"][0]["finish_reason"] == "length"
    assert (chunks[0]["object"], whole["object"]) == ("chat.completion.chunk", "chat.completion")
    assert whole["usage"] == {"prompt_tokens": 4, "completion_tokens": 12, "total_tokens": 16}
    *_, last = streamed(story, CHAT, "application/jsonlines")
    assert last["choices"][0]["finish_reason"] == "length"


def test_usage_where_it_is_asked_for(story: Story) -> None:
    """A last chunk without a choice."""
    *_, usage, _ = streamed(story, {**CHAT, "stream_options": {"include_usage": True}})
    assert (usage["choices"], usage["usage"]["total_tokens"]) == ([], 16)


@pytest.mark.parametrize("more", [{}, {"reasoning_key": "reasoning_content"}], ids=["new", "old"])
def test_reasoning(story: Story, more: dict[str, str]) -> None:
    """It comes before the content, and is counted."""
    key = more.get("reasoning_key", "reasoning")
    asked = {**CHAT, **more, "reasoning_effort": "low", "stream_options": {"include_usage": True}}
    *chunks, usage, _ = streamed(story, asked)
    kinds = [next(iter(chunk["choices"][0]["delta"]), None) for chunk in chunks]
    assert kinds == ["role", *[key] * 16, *["content"] * 12, None]
    assert usage["usage"]["completion_tokens_details"] == {"reasoning_tokens": 16}
    message = answered(story, asked)["choices"][0]["message"]
    assert message[key] == "".join(deltas(chunks, key))


def test_tool_calls(story: Story) -> None:
    """A name, then arguments in pieces that are JSON when they are joined; after the tool's result, an answer."""
    *chunks, _ = streamed(story, {**CHAT, "tools": [TOOL]})
    first, *pieces = [call for (call,) in deltas(chunks, "tool_calls")]
    assert (first["index"], first["type"], first["function"]["name"]) == (0, "function", "sail")
    assert len(pieces) > 4
    arguments = json.loads("".join(piece["function"]["arguments"] for piece in pieces))
    assert set(arguments) == {"port", "wind", "days"}
    assert (arguments["wind"], arguments["days"]) == ("west", 7)
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"
    (whole,) = answered(story, {**CHAT, "tools": [TOOL]})["choices"]
    assert whole["finish_reason"] == "tool_calls"
    assert json.loads(whole["message"]["tool_calls"][0]["function"]["arguments"]) == arguments
    result = [*CHAT["messages"], {"role": "tool", "content": "done"}]
    assert answered(story, {**CHAT, "messages": result, "tools": [TOOL]})["choices"][0]["message"]["content"]


def test_which_tools(story: Story) -> None:
    """All where calls in parallel are wanted, the chosen one, or none."""
    other = {"type": "function", "function": {"name": "wait"}}
    asked = {**CHAT, "tools": [TOOL, other]}

    def named(**more: Any) -> list[str]:
        message = answered(story, {**asked, **more})["choices"][0]["message"]
        return [call["function"]["name"] for call in message.get("tool_calls", [])]

    assert named() == ["sail"]
    assert named(parallel_tool_calls=True) == ["sail", "wait"]
    assert named(tool_choice={"type": "function", "function": {"name": "wait"}}) == ["wait"]
    assert named(tool_choice="none") == []


def test_completions(story: Story) -> None:
    """The older of OpenAI's routes."""
    asked = {"prompt": "Once upon a time", "max_tokens": 6, "model": "fox"}
    *chunks, done = streamed(story, asked)
    whole = answered(story, asked)
    assert done == "[DONE]"
    assert "".join(chunk["choices"][0]["text"] for chunk in chunks) == whole["choices"][0]["text"]
    assert (whole["object"], whole["model"], whole["usage"]["completion_tokens"]) == (
        "text_completion",
        "fox",
        6,
    )


def test_raw_text(story: Story, runtime: Any) -> None:
    """Text in, text out, token by token; a prompt in JSON too, where text is accepted."""
    reply = story(call("Once upon a time", content_type="text/plain"))
    assert reply.members["content_type"] == "text/plain"
    text = b"".join(reply.parts or ()).decode()
    assert text.startswith(" there was")
    asked = {"prompt": "Once upon a time"}
    assert b"".join(story(call({**asked, "stream": True}, "text/plain")).parts or ()).decode() == text
    assert story(call(asked, "text/plain")).body.decode() == text


@pytest.mark.parametrize(("body", "kept"), [(ONCE, True), ({"prompt": "Once upon a time", "seed": 3}, False)])
def test_stop(story: Story, body: dict[str, Any], kept: bool) -> None:
    """What stops it is held back until it is sure; TGI keeps it in the text, OpenAI does not."""
    asked = {**body, "max_new_tokens": 12, "format": "text"} if not kept else body
    text = story(call(asked)).body.decode() if not kept else answered(story, asked)[0]["generated_text"]
    stop = text.split()[2] + " " + text.split()[3]
    asked = {**asked, "stop": [stop, "never"]}
    if kept:
        events = streamed(story, asked)
        assert events[-1]["details"]["finish_reason"] == "stop_sequence"
        assert "".join(event["token"]["text"] for event in events) == events[-1]["generated_text"]
        assert events[-1]["generated_text"] == text[: text.index(stop) + len(stop)]
    else:
        assert story(call(asked)).body.decode() == text[: text.index(stop)]


def test_it_goes_on_where_the_end_is_ignored(story: Story) -> None:
    """As benchmarks want it: as many tokens as asked for."""
    asked = {"inputs": "", "parameters": {"max_new_tokens": 1000, "ignore_eos": True}}
    last = streamed(story, asked)[-1]
    assert last["details"] == {"finish_reason": "length", "generated_tokens": 1000, "seed": 0}


@pytest.mark.parametrize("split", [1, 7, [1, 3, 500]])
@pytest.mark.parametrize("accept", ["text/event-stream", "application/jsonlines", "text/plain"])
def test_odd_splits(story: Story, split: Any, accept: str) -> None:
    """The same bytes in parts of other sizes, which cut characters."""
    asked = {"inputs": "The ships came from", "temperature": 0, "stream": True}
    whole = b"".join(story(call(asked, accept)).parts or ())
    parts = list(story(call({**asked, "split": split}, accept)).parts or ())
    assert b"".join(parts) == whole
    sizes = [split] if isinstance(split, int) else split
    assert [len(part) for part in parts[:-1]] == [sizes[n % len(sizes)] for n in range(len(parts) - 1)]


def test_an_end_without_a_line_end(story: Story) -> None:
    """All bytes but the last line ends."""
    whole = b"".join(story(call({**ONCE, "stream": True})).parts or ())
    parts = story(call({**ONCE, "stream": True, "unterminated": True})).parts or ()
    assert b"".join(parts) == whole.rstrip(b"\n")


def test_a_delay_for_each_token() -> None:
    """Before each, the first one too: the parts come as they are made."""
    waited: list[float] = []
    parts = iter(Story(sleep=waited.append)(call({**ONCE, "stream": True, "delay": 0.25})).parts or ())
    next(parts)
    assert waited == [0.25]
    list(parts)
    assert waited == [0.25] * 12


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("ModelStreamError", StreamFault),
        ("ModelInvocationTimeExceeded", StreamFault),
        ("InternalStreamFailure", StreamFault),
        ("cut", Cut),
        ("half frame", Cut),
    ],
)
@pytest.mark.parametrize("split", [None, 4])
def test_what_breaks_the_stream(story: Story, fault: str, error: type[Exception], split: int | None) -> None:
    """After as many tokens as asked for; of what has been cut up, nothing is lost."""
    asked = {**ONCE, "stream": True, "fault": fault, "fault_after": 3, "split": split}
    data = b""
    with pytest.raises(error):
        for part in story(call(asked)).parts or ():
            data += part
    assert [event["index"] for event in events(data)] == [1, 2, 3]


@pytest.mark.parametrize("body", [ONCE, CHAT], ids=["tgi", "chat"])
def test_what_the_data_says_of_a_failure(story: Story, body: dict[str, Any]) -> None:
    """HTTP 200: an error object, a finish_reason "error", or nothing at all."""
    failed = streamed(story, {**body, "fault": "error"})
    assert any("error" in event for event in failed if event != "[DONE]")
    finished = json.dumps(streamed(story, {**body, "fault": "finish_reason"}))
    assert '"finish_reason": "error"' in finished
    silent = streamed(story, {**body, "fault": "truncate", "fault_after": 2})
    assert "[DONE]" not in silent
    assert "finish_reason" not in json.dumps(silent).replace('"finish_reason": null', "")


@pytest.mark.parametrize("shape", sorted(set(SHAPES) - {"chat"}))
@pytest.mark.parametrize("fault", FAULTS)
def test_every_shape_knows_every_fault(story: Story, shape: str, fault: str) -> None:
    """No more than the tokens before the fault, streamed; something, or an error, in one piece."""
    asked = {"prompt": "Once", "format": shape, "fault": fault, "fault_after": 2, "ignore_eos": True}
    data = b""
    try:
        for part in story(call({**asked, "stream": True})).parts or ():
            data += part
    except (StreamFault, Cut):
        assert fault not in {"error", "finish_reason", "truncate"}
    assert 0 < len(data) < 1000
    try:
        assert story(call(asked)).body or fault in {"cut", "half frame"}
    except ContainerError as error:
        assert error.status == 500


def test_failures_as_boto3_sees_them(runtime: Any, invoke: Callable[..., Any]) -> None:
    """The parts, then the stream's exception, or urllib3's; and one error where nobody streams."""

    def parts(fault: str) -> Iterator[bytes]:
        body = json.dumps({**ONCE, "stream": True, "fault": fault})
        answer = runtime.invoke_endpoint_with_response_stream(EndpointName="story", Body=body)
        with closing(answer["Body"]) as coming:
            for event in coming:
                yield event["PayloadPart"]["Bytes"]

    for fault, error in [("ModelStreamError", EventStreamError), ("cut", ProtocolError)]:
        coming = parts(fault)
        assert [len(events(next(coming))) for _ in range(5)] == [1] * 5
        with pytest.raises(error):
            next(coming)
    with pytest.raises(ClientError, match="connection to the model was reset"):
        invoke("story", json.dumps({**ONCE, "fault": "ModelStreamError"}))
    with pytest.raises(ResponseStreamingError):
        invoke("story", json.dumps({**ONCE, "stream": True, "fault": "cut"}))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{", "takes a JSON object"),
        ("[]", "takes a JSON object"),
        ({}, 'needs "inputs", "messages" or "prompt"'),
        ({"inputs": ["a", "b"]}, "takes one prompt"),
        ({"messages": []}, "messages is a list of objects"),
        ({"inputs": "a", "parameters": 5}, "parameters is an object"),
        ({"inputs": "a", "max_new_tokens": 0}, "max_new_tokens is a number from 1 to"),
        ({"inputs": "a", "temperature": "hot"}, "temperature is a number from 0 to 100"),
        ({"inputs": "a", "stop": 5}, "stop is a text or a list of texts"),
        ({"inputs": "a", "split": [0]}, "split is a number of bytes"),
        ({"inputs": "a", "fault": "fire"}, "fault is one of: ModelStreamError, "),
        ({"inputs": "a", "format": "xml"}, "format is one of: tgi, "),
    ],
)
def test_a_request_it_does_not_understand(story: Story, body: Any, said: str) -> None:
    """A 400 that says what it takes, before anything is streamed."""
    with pytest.raises(ContainerError) as caught:
        story(call(body))
    assert caught.value.status == 400
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("accept", "content_type", "status"), [("", "text/csv", 415), ("image/png", "application/json", 406)]
)
def test_types_it_does_not_speak(story: Story, accept: str, content_type: str, status: int) -> None:
    """Compared as they stand, as containers do."""
    with pytest.raises(ContainerError) as caught:
        story(call(ONCE, accept, content_type))
    assert caught.value.status == status


def test_text_that_is_none(story: Story) -> None:
    """UTF-8 is what it reads."""
    with pytest.raises(ContainerError, match="takes UTF-8"):
        story(Call(endpoint="story", body=b"\xff", members={"content_type": "text/plain"}))


def test_content_in_parts(story: Story) -> None:
    """A chat's content may be a list; what is no text is passed over."""
    parts = [{"type": "text", "text": "Tell me "}, {"type": "image_url"}, {"type": "text", "text": "a story"}]
    asked = {**CHAT, "messages": [{"role": "user", "content": parts}]}
    assert answered(story, asked)["choices"][0]["message"] == answered(story, CHAT)["choices"][0]["message"]
