"""The parts of a streamed answer, each when it is there; over a function, and over boto3 from the local endpoint."""

import gc
import json
import threading
import time
import tracemalloc

import pytest

from sm_magic.client import Client
from sm_magic.errors import Cancelled, ModelNotReadyException, ModelStreamError, TransportError, UsageError
from sm_magic.messages import Payload, Request, Response
from sm_magic.readiness import Clock
from sm_magic.records import history
from sm_magic.settings import Settings
from sm_magic.streaming import Streaming
from sm_magic.transports.function import FunctionRuntime

SSE = "text/event-stream"


def tgi(text, **more):
    """An event of TGI."""
    token = {"id": 1, "text": text, "special": False}
    return b"data:" + json.dumps({"token": token, "generated_text": None, **more}).encode() + b"\n\n"


def chat(finish_reason=None, **delta):
    """An event of a chat."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return b"data: " + json.dumps({"id": "c", "choices": [choice]}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def streams(parts, content_type=SSE, **response):
    """A client whose endpoint streams *parts*."""
    payload = Payload(body=b"", content_type=content_type)

    def streamer(_):
        return Response(payload=payload, **response), parts

    return Client(settings=Settings(), runtime=FunctionRuntime(lambda _: None, streamer=streamer))


def test_each_part_is_handed_out_before_the_next_is_made():
    """Nothing waits for a buffer to fill: the model makes its second word when the first has been seen."""
    seen = []

    def parts():
        for number in range(5):
            assert len(seen) == number
            yield tgi(f" {number}")
        yield DONE

    for part in streams(parts()).stream({"inputs": "a"}, endpoint="e"):
        seen.append(part.text)

    assert "".join(seen) == " 0 1 2 3 4"


def test_the_operation_and_what_is_known_before_the_first_part():
    """The variant and the type are known, the end is not."""
    asked = []

    def parts():
        asked.append(1)
        yield tgi("a")

    streaming = streams(parts(), variant="blue").stream([1], endpoint="e")

    assert (streaming.response.variant, streaming.response.payload.content_type) == ("blue", SSE)
    assert streaming.request.operation == "InvokeEndpointWithResponseStream"
    assert (asked, streaming.complete) == ([], False)
    assert repr(streaming) == "<Streaming e · text/event-stream · open>"


def test_what_a_chat_says():
    """Reasoning apart from the text; tool calls, usage and the reason to stop are whole at the end."""
    usage = b'data: {"id": "c", "choices": [], "usage": {"completion_tokens": 7}}\n\n'
    name = {"index": 0, "id": "1", "function": {"name": "weather", "arguments": ""}}
    rest = {"index": 0, "function": {"arguments": '{"city": "Paris"}'}}
    events = [
        chat(role="assistant", content=""),
        chat(reasoning_content="Hm."),
        chat(content="It "),
        chat(content="rains."),
        chat(tool_calls=[name]),
        chat(tool_calls=[rest]),
        chat(finish_reason="tool_calls"),
        usage,
        DONE,
    ]

    with streams(events).stream([1], endpoint="e") as streaming:
        parts = list(streaming)

    assert "".join(part.text for part in parts) == "It rains."
    assert "".join(part.reasoning for part in parts) == "Hm."
    assert [(call.name, call.arguments) for call in streaming.tool_calls] == [
        ("weather", '{"city": "Paris"}')
    ]
    assert streaming.usage == {"completion_tokens": 7}
    assert (streaming.finish_reason, streaming.complete) == ("tool_calls", True)
    assert parts[-1].kind == "done"
    assert [part.elapsed for part in parts] == sorted(part.elapsed for part in parts)
    assert "It " in repr(parts[2])


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_characters_that_are_cut_between_parts_are_whole(size):
    """A part may end inside of a character, of JSON, of a line."""
    text = "Grüße, 日本 🦊!"
    body = text.encode()

    parts = streams([body[at : at + size] for at in range(0, len(body), size)], "text/plain")

    assert "".join(part.text for part in parts.stream([1], endpoint="e")) == text


def test_bytes_are_handed_out_as_they_come():
    """A sound or a picture has no text."""
    parts = list(streams([b"\x89PNG", b"\0\1"], "image/png").stream([1], endpoint="e"))

    assert [(part.kind, part.data, part.text) for part in parts] == [
        ("bytes", b"\x89PNG", ""),
        ("bytes", b"\0\1", ""),
    ]


@pytest.mark.parametrize(
    ("events", "complete"),
    [
        ([tgi("a"), DONE], True),
        ([tgi("a", generated_text="a", details={"finish_reason": "length"})], True),
        ([tgi("a")], False),
        ([tgi("a"), tgi("b")[:20]], False),
        ([chat(content="a"), chat(finish_reason="stop")], True),
        ([chat(content="a")], False),
        ([], True),
    ],
)
def test_whether_all_has_come(events, complete):
    """A stream that can say that it is complete, and does not, is not."""
    streaming = streams(events).stream([1], endpoint="e")

    list(streaming)

    assert streaming.complete is complete


@pytest.mark.parametrize("begun", [tgi("a"), b'data: {"predictions": 1}\n\n'])
def test_half_an_event_is_no_text_of_the_answer(begun):
    """A server that went away in the middle of its JSON leaves no brackets behind the text; the part has them."""
    streaming = streams([begun, b'data: {"token": {"id": 2, "te']).stream([1], endpoint="e")

    *_, last = list(streaming)

    assert (last.text, last.data) == ("", '{"token": {"id": 2, "te')
    assert not streaming.complete


def test_the_last_event_may_lack_its_blank_line():
    """It was whole, and counts."""
    parts = list(streams([tgi("a"), tgi("b").rstrip()]).stream([1], endpoint="e"))

    assert [part.text for part in parts] == ["a", "b"]


def test_an_error_inside_the_data_is_raised_behind_the_last_part():
    """HTTP said 200 long ago; the server's words are the error's."""
    events = [tgi("a"), b'data: {"error": "CUDA out of memory", "error_type": "generation"}\n\n']
    streaming = streams(events).stream([1], endpoint="e")
    came = []

    with pytest.raises(ModelStreamError, match="CUDA out of memory") as caught:
        came.extend(streaming)

    assert came[0].text == "a"
    assert (caught.value.status, caught.value.error_code, streaming.complete) == (200, None, False)


class Gone(Exception):
    """What a generator sees that is closed before its end."""


def closable(left):
    """Parts that say when nobody will read on."""
    try:
        yield tgi("a")
        yield tgi("b")
    finally:
        left.append(1)


def test_a_loop_that_is_left_lets_go_at_once():
    """No `with`, no `close`, no garbage collector: the parts are closed as soon as the loop is left."""
    left = []
    gc.disable()
    try:
        for part in streams(closable(left)).stream([1], endpoint="e"):
            assert part.text == "a"
            break
        assert left == [1]
    finally:
        gc.enable()


def test_leaving_the_context_lets_go():
    """Where the object lives on; what is read afterwards is nothing."""
    left = []

    with streams(closable(left)).stream([1], endpoint="e") as streaming:
        next(streaming)

    assert left == [1]
    assert list(streaming) == []
    assert not streaming.complete


def test_nothing_is_kept():
    """Of 20 MB no more is in memory than of one part, and the history has none of it."""
    before, count = len(history), 0
    streaming = streams((b"a word, " * 500 for _ in range(5_000)), "text/plain").stream([1], endpoint="e")

    tracemalloc.start()
    try:
        for part in streaming:
            count += len(part.text)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == 20_000_000
    assert most < 200_000
    assert len(history) == before


def test_a_model_that_is_not_ready_is_waited_for():
    """What never reached it is sent again; the attempts are counted."""
    calls = []

    def streamer(_):
        calls.append(1)
        if len(calls) < 3:
            raise ModelNotReadyException("loading", status=429, never_ran=True)
        return Response(payload=Payload(body=b"", content_type="text/plain")), [b"a"]

    request = Request(endpoint="e", operation="InvokeEndpointWithResponseStream")
    runtime = FunctionRuntime(lambda _: None, streamer=streamer)
    clock = Clock(now=lambda: 0.0, sleep=lambda _: None)

    streaming = Streaming(request, runtime, Settings(), clock=clock)

    assert [part.text for part in streaming] == ["a"]
    assert streaming.response.attempts == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"target_model": "m.tar.gz"}, "does not take --target-model"),
        ({"session_id": "NEW_SESSION"}, "session-id"),
        ({"deserializer": object()}, "--deserializer reads a whole answer"),
        ({"query": "a"}, "no option 'query'"),
    ],
)
def test_what_a_stream_does_not_take_is_refused_before_sending(options, words):
    """The service would ignore it, or begin a session that nobody can go on with."""
    sent = []
    client = Client(settings=Settings(), runtime=FunctionRuntime(sent.append, streamer=sent.append))

    with pytest.raises(UsageError, match=words):
        client.stream([1], endpoint="e", **options)

    assert sent == []


# --- over boto3, from a model that is one --------------------------------------------------------------------


@pytest.fixture
def story(local_endpoint):
    """(options, …) -> the Streaming of the language model."""
    client = Client.local()

    def make(**body):
        given = {"inputs": "Once upon a time", "stream": True, **body}
        given["parameters"] = {"max_new_tokens": 12, **body.get("parameters", {})}
        return client.stream(given, endpoint="story")

    return make


@pytest.mark.server
@pytest.mark.parametrize("shape", ["tgi", "lmi", "outputs", "completion", "text"])
def test_every_shape_says_the_same(story, shape):
    """However it is written, and however it is split, the text is the text."""
    whole = "".join(part.text for part in story(format=shape))

    assert len(whole) > 20
    assert whole == "".join(part.text for part in story(format=shape, split=[1, 40, 7]))


@pytest.mark.server
@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("ModelStreamError", ModelStreamError, "reset"),
        ("ModelInvocationTimeExceeded", ModelStreamError, "did not finish"),
        ("error", ModelStreamError, "CUDA out of memory"),
        ("finish_reason", ModelStreamError, "error"),
        ("cut", TransportError, "cut"),
        ("half frame", TransportError, "in the middle of a part"),
    ],
)
def test_every_way_to_fail_is_told(story, fault, kind, words):
    """What came before was handed out."""
    streaming, came = story(fault=fault, fault_after=4), []

    with pytest.raises(kind, match=words):
        came.extend(streaming)

    assert "".join(part.text for part in came)
    assert not streaming.complete


@pytest.mark.server
def test_what_is_cut_off_in_silence_is_not_complete(story):
    """The stream ends, and nothing says so."""
    streaming = story(fault="truncate", fault_after=4)

    assert "".join(part.text for part in streaming)
    assert not streaming.complete


class Reader:
    """A thread that reads *streaming* to its end."""

    def __init__(self, streaming):
        self.came, self.first, self.error = [], threading.Event(), None
        self._thread = threading.Thread(target=self._read, args=(streaming,), daemon=True)
        self._thread.start()

    def _read(self, streaming):
        try:
            for part in streaming:
                self.came.append(part.text)
                self.first.set()
        except Cancelled as error:
            self.error = error

    def ended(self):
        """Whether it is over, soon."""
        self._thread.join(10)
        return not self._thread.is_alive()


@pytest.mark.server
def test_another_thread_may_close_it_while_the_model_is_silent(story):
    """Whoever waits for a part gets Cancelled; the connection is gone, and the next call has another."""
    streaming = story(delay=15)
    reader = Reader(streaming)
    time.sleep(0.2)  # it waits in the connection, or is about to
    streaming.close()

    assert reader.ended()
    assert isinstance(reader.error, Cancelled) or reader.came == []
    assert not streaming.complete
    assert "".join(part.text for part in story())


def test_another_thread_may_close_it_while_a_function_makes_a_part():
    """It ends with the part that it is making."""
    making, free = threading.Event(), threading.Event()

    def parts():
        yield tgi("a")
        making.set()
        free.wait(10)
        yield tgi("b")
        yield tgi("c")

    streaming = streams(parts()).stream([1], endpoint="e")
    reader = Reader(streaming)
    assert making.wait(10)
    streaming.close()
    free.set()

    assert reader.ended()
    assert isinstance(reader.error, Cancelled)
    assert reader.came[:1] == ["a"]
    assert "c" not in reader.came
