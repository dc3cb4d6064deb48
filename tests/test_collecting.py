"""A stream gathered into a Result: whole, or what came of it; on the error, in the history, on the card."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading

import pytest
from PIL import Image

import sm_magic
from sm_magic.client import Client
from sm_magic.errors import (
    Cancelled,
    CodecError,
    InternalStreamFailure,
    ModelStreamError,
    TransportError,
    UsageError,
)
from sm_magic.messages import Payload, Response
from sm_magic.records import history
from sm_magic.settings import Settings
from sm_magic.transports.function import FunctionRuntime

SSE = "text/event-stream"
DONE = b"data: [DONE]\n\n"
ASKED = {"inputs": "Hi", "stream": True}


def tgi(text, **more):
    """An event of TGI."""
    token = {"id": 1, "text": text, "special": False}
    return b"data:" + json.dumps({"token": token, "generated_text": None, **more}).encode() + b"\n\n"


def streams(parts, content_type=SSE, **settings):
    """A client whose endpoint streams *parts*; an exception among them is raised."""
    payload = Payload(body=b"", content_type=content_type)

    def made():
        for part in parts:
            if isinstance(part, BaseException):
                raise part
            yield part

    runtime = FunctionRuntime(
        lambda _: None, streamer=lambda _: (Response(payload=payload, variant="blue"), made())
    )
    return Client(settings=Settings(**settings), runtime=runtime)


def gather(parts, content_type=SSE, *, body=ASKED, on_part=None, view="auto", **settings):
    """The Result of all parts."""
    client = streams(parts, content_type, **settings)
    request = client.prepare(body, endpoint="e", stream=True)
    return client.send(request, on_part=on_part, view=view)


def card(result):
    """What the terminal shows, its lines put together."""
    return " ".join(result._repr_mimebundle_()["text/plain"].split())


# --- whole ----------------------------------------------------------------------------------------------------


def test_a_text_is_the_value_and_the_card_tells_its_pace():
    """Time to the first token, tokens a second; the text below."""
    end = tgi("!", generated_text="Hi you!", details={"finish_reason": "length", "generated_tokens": 3})

    result = gather([tgi("Hi"), tgi(" you"), end])

    assert (result.value, result.complete, result.variant) == ("Hi you!", True, "blue")
    assert result.streamed.tokens == 3
    assert "first token after 0.0" in card(result)
    assert "3 tokens" in card(result)
    assert card(result).count("Hi you!") == 1
    assert result.body.startswith(b"data:")
    assert result.frame().iloc[0, 0] == "Hi you!"
    assert history.last is result
    assert history[-1].operation == "InvokeEndpointWithResponseStream"
    assert (history[-1].received, result.response.payload.size) == (len(result.body), len(result.body))


def test_parts_are_told_when_they_are_there():
    """`on_part` sees the first before the second is made."""
    told = []

    def parts():
        yield tgi("a")
        assert [part.text for part in told] == ["a"]
        yield tgi("b")
        yield DONE

    gather(parts(), on_part=told.append)

    assert [part.text for part in told] == ["a", "b", ""]


def test_a_chat_is_shown_with_its_reasoning_and_its_calls():
    """What the model thought is folded above the text; calls are a table, usage a line."""
    deltas = [
        {"reasoning": "Hm, Paris."},
        {"content": "Let me "},
        {"content": "look."},
        {"tool_calls": [{"index": 0, "id": "1", "function": {"name": "weather", "arguments": '{"a":'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": "1}"}}]},
    ]
    events = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    events.append({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4}, "object": "chunk"})

    result = gather([b"data: " + json.dumps(event).encode() + b"\n\n" for event in events] + [DONE])

    (said,) = result.reply.said
    assert (said.text, said.reasoning) == ("Let me look.", "Hm, Paris.")
    assert [(call.name, call.arguments) for call in said.tool_calls] == [("weather", '{"a":1}')]
    assert result.reply.usage == {"prompt_tokens": 9, "completion_tokens": 4}
    html = result._repr_mimebundle_()["text/html"]
    assert "<details><summary>Reasoning" in html
    assert "weather" in html
    assert "tokens: 9 prompt, 4 completion" in card(result)
    assert "4 tokens" in card(result)


def test_answers_beside_the_first_are_kept_apart():
    """n = 2: the value is the first; both are shown."""
    events = [
        {"choices": [{"index": index, "delta": {"content": text}, "finish_reason": None}]}
        for index, text in [(0, "one"), (1, "uno"), (0, "!"), (1, "¡")]
    ]

    result = gather([b"data: " + json.dumps(event).encode() + b"\n\n" for event in events] + [DONE])

    assert result.value == "one!"
    assert [said.text for said in result.reply.said] == ["one!", "uno¡"]
    assert "uno¡" in card(result)


@pytest.mark.parametrize(
    ("view", "words"),
    [("auto", "**bold**"), ("text", "**bold**"), ("raw", "data: [DONE]"), ("json", "**bold**")],
)
def test_views_of_a_stream(view, words):
    """Markdown is source until it is asked for; raw is the bytes that came."""
    assert words in card(gather([tgi("It is **bold**."), DONE], view=view))


def test_markdown_when_it_is_asked_for():
    """Sanitised as ever."""
    result = gather([tgi("It is **bold**. <script>alert(1)</script>"), DONE], view="markdown")

    html = result._repr_mimebundle_()["text/html"]
    assert "<strong>bold</strong>" in html
    assert "<script" not in html


def test_without_html_there_is_none():
    """The trait holds for streams too."""
    assert set(gather([tgi("a"), DONE], html=False)._repr_mimebundle_()) == {"text/plain"}


def test_an_unknown_view_is_refused_before_sending():
    """A slip must not cost a call."""
    with pytest.raises(UsageError, match="no view 'tabel'"):
        gather([AssertionError("sent")], view="tabel")


# --- no stream of text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("split", [1, 7, 1_000])
def test_json_in_one_piece_is_what_it_is_without_stream(split):
    """The predictions of a model that does not stream are a table, however the service cut them."""
    body = b'{"predictions": [[0.1, 0.9], [0.8, 0.2]]}'

    result = gather([body[at : at + split] for at in range(0, len(body), split)], "application/json")

    assert result.value == json.loads(body)
    assert result.frame().shape == (2, 2)
    assert (result.complete, result.reply) == (True, None)


@pytest.mark.parametrize(
    ("body", "noted"), [({"inputs": "a"}, True), ({"inputs": "a", "stream": False}, False), ("a text", False)]
)
def test_where_the_server_was_not_asked_to_stream_the_card_says_so(body, noted):
    """The note helps where JSON was sent that says nothing of it."""
    result = gather([b'[{"generated_text": "Hello."}]'], "application/json", body=body)

    assert ('`"stream": true`' in card(result)) is noted
    assert "Hello." in card(result)


def test_a_table_in_parts_is_a_table():
    """CSV whose rows were cut anywhere; while it came it was text."""
    told = []

    result = gather([b"1.5,2\n3", b".5,4", b"\n"], "text/csv", on_part=told.append)

    assert result.frame().to_numpy().tolist() == [[1.5, 2.0], [3.5, 4.0]]
    assert "".join(part.text for part in told) == "1.5,2\n3.5,4\n"


def test_a_large_table_is_whole():
    """Its bytes are its value: they are kept, whatever their size."""
    row = b"0.123456789,0.987654321\n" * 10_000

    result = gather([row] * 80, "text/csv")

    assert len(result.frame()) == 800_000


def test_a_picture_in_parts_is_a_picture():
    """Bytes of any type go to the codec of their type."""
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, "PNG")
    body = file.getvalue()

    result = gather([body[:10], body[10:40], body[40:]], "image/png")

    assert result.image.size == (3, 2)
    assert result.body == body


def test_rows_of_json_are_a_table():
    """JSON Lines that hold no text of a model."""
    result = gather([b'{"a": 1, "b": 2}\n{"a"', b': 3, "b": 4}'], "application/jsonlines")

    assert result.value == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    assert result.frame().shape == (2, 2)


def test_an_empty_stream_is_an_empty_answer():
    """Nothing came, and the card says that."""
    result = gather([], "text/plain")

    assert result.value == ""
    assert "nothing came" in card(result)


def test_what_came_whole_and_does_not_decode_is_an_error_with_its_bytes():
    """As without --stream."""
    with pytest.raises(CodecError) as caught:
        gather([b"{not", b" json"], "image/png")

    assert caught.value.result.body == b"{not json"
    assert history.last is caught.value.result


# --- broken off -------------------------------------------------------------------------------------------------

FAILURES = {
    "the model": (ModelStreamError("The model fell over.", status=200), ModelStreamError, "fell over"),
    "the service": (InternalStreamFailure("Sorry.", status=200), InternalStreamFailure, "Sorry"),
    "the line": (TransportError("The connection was cut."), TransportError, "was cut"),
    "an error inside the data": (b'data: {"error": "out of memory"}\n\n', ModelStreamError, "out of memory"),
}


@pytest.mark.parametrize(("failure", "kind", "words"), FAILURES.values(), ids=FAILURES.keys())
def test_what_came_before_a_failure_is_kept(failure, kind, words):
    """On the error, as `sm_magic.last`, in the history; one line of the card says what happened."""
    with pytest.raises(kind, match=words) as caught:
        gather([tgi("Once "), tgi("upon"), failure])

    result = caught.value.result
    assert (result.value, result.complete) == ("Once upon", False)
    assert result is sm_magic.last is history.last
    assert words in history[-1].error
    assert history[-1].result.value == "Once upon"
    (line,) = result.notes
    assert line.startswith("The answer is not complete: ")
    assert words in line
    assert line in card(result)
    assert card(result).endswith("Once upon")
    assert len(result.events) >= 2


def test_a_stream_that_ends_in_silence_says_that_it_may_be_cut_off():
    """No [DONE] and no finish_reason, of servers that send them: it is no error, and no whole answer."""
    result = gather([tgi("Once "), tgi("upon")])

    assert (result.value, result.complete) == ("Once upon", False)
    assert "may be cut off" in card(result)


def test_a_stream_that_ends_inside_of_an_event_is_cut_off():
    """The half is in the body and the events, not in the text."""
    result = gather([tgi("Once "), tgi("upon")[:30]])

    assert (result.value, result.complete) == ("Once ", False)
    assert "in the middle of an event" in card(result)
    assert result.body.endswith(tgi("upon")[:30])


def test_plain_text_cannot_tell_and_is_taken_as_complete():
    """Cut inside of a character, it has a mark of that where it ends."""
    result = gather([b"Gr", "ü".encode()[:1]], "text/plain")

    assert (result.value, result.complete) == ("Gr\N{REPLACEMENT CHARACTER}", True)


@pytest.mark.parametrize(
    ("parts", "content_type", "value"),
    [
        ([b"1,2\n3,4\n"], "text/csv", None),
        ([b'{"a": 1}\n'], "application/jsonlines", None),
        ([b'{"predictions": [1, '], "application/json", b'{"predictions": [1, '),
        ([b"\x89PNG\r\n"], "image/png", b"\x89PNG\r\n"),
    ],
)
def test_what_came_of_an_answer_that_is_no_text(parts, content_type, value):
    """What can be read is read; of the rest the bytes are there, and `value` says why not."""
    with pytest.raises(TransportError) as caught:
        gather([*parts, TransportError("The connection was cut.")], content_type)

    result = caught.value.result
    assert not result.complete
    assert "was cut" in card(result)
    if value is None:
        assert len(result.frame()) > 0
    else:
        assert result.body == value
        with pytest.raises(CodecError):
            _ = result.value


def test_a_failure_before_the_first_part_has_no_result():
    """Nothing came, so there is nothing to keep."""

    def refuse(_):
        raise TransportError("No.")

    client = Client(settings=Settings(), runtime=FunctionRuntime(lambda _: None, streamer=refuse))

    with pytest.raises(TransportError) as caught:
        client.invoke([1], endpoint="e", stream=True)

    assert caught.value.result is None


@pytest.mark.parametrize("content_type", [SSE, "text/csv", "image/png"])
def test_an_interrupt_keeps_what_came(content_type):
    """It is still a KeyboardInterrupt, and one line says what may go on."""
    with pytest.raises(KeyboardInterrupt) as caught:
        gather([tgi("Once "), KeyboardInterrupt()], content_type)

    error = caught.value
    assert isinstance(error, Cancelled)
    assert len(error._render_traceback_()) == 1
    assert "may still be computing" in error.message
    assert error.result is sm_magic.last
    assert (error.result.body, error.result.complete) == (tgi("Once "), False)
    assert "Interrupted: the answer is not complete." in card(error.result)


def test_a_signal_in_the_middle_of_a_stream_keeps_what_came():
    """A real Ctrl-C while the next part is awaited."""

    def parts():
        yield tgi("Once ")
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(10_000_000):
            pass
        yield tgi("never")

    with pytest.raises(Cancelled) as caught:
        gather(parts())

    assert caught.value.result.value == "Once "


def test_more_than_may_be_decoded_is_an_error_with_what_came():
    """`max_decoded_bytes` holds for streams, of text and of bytes."""
    for content_type, part in (("text/plain", b"abcd"), ("image/png", b"abcd")):
        with pytest.raises(CodecError, match="more than 1,000 bytes") as caught:
            gather([part] * 1_000, content_type, max_decoded_bytes=1_000)

        assert caught.value.result.body == b"abcd" * 250
        assert not caught.value.result.complete


# --- much -------------------------------------------------------------------------------------------------------


def test_of_many_events_the_first_and_the_last_are_kept():
    """Their numbers are settings; the rest is counted."""
    result = gather([*map(tgi, "abcdefghij"), DONE], first_events=3, last_events=2)

    assert [event.text for event in result.events] == ["a", "b", "c", "j", ""]
    assert (len(result.events), result.events.dropped) == (5, 6)
    assert result.events[-1].kind == "done"
    assert (result.value, result.streamed.parts) == ("abcdefghij", 10)


def test_a_long_text_is_kept_without_the_events_that_brought_it():
    """Beyond 16 MB the body is the text itself; the card tells how much came, the history keeps neither."""
    event = tgi("x" * 10_000)

    result = gather([event] * 1_700 + [DONE])

    assert len(result.value) == 17_000_000
    assert result.body == result.value.encode()
    assert result.streamed.size == 1_700 * len(event) + len(DONE)
    assert f"{result.streamed.size:,} bytes came" in card(result)
    assert (history[-1].received, history[-1].result) == (result.streamed.size, None)
    assert "x" * 1_000 in result._repr_mimebundle_(view="raw")["text/plain"]


def test_the_history_keeps_no_events():
    """A hundred chats of ten thousand events each would fill the memory; the last one has them."""
    result = gather([tgi("a"), tgi("b"), DONE])

    kept = history[-1].result
    assert (kept.value, len(kept.events), kept.events.dropped) == ("ab", 0, 3)
    assert len(sm_magic.last.events) == 3
    assert result is sm_magic.last


MEMORY = """
import gc, re
from pathlib import Path
from sm_magic.client import Client
from sm_magic.messages import Payload, Response
from sm_magic.settings import Settings
from sm_magic.transports.function import FunctionRuntime

def resident(field):
    return 1024 * int(re.search(rf"{field}:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

def gathered(size):
    parts = (b"a word, " * 1_000 for _ in range(size // 8_000))
    blank = Response(payload=Payload(body=b"", content_type="text/plain"))
    runtime = FunctionRuntime(lambda _: None, streamer=lambda _: (blank, parts))
    return len(Client(settings=Settings(), runtime=runtime).invoke([1], endpoint="e", stream=True).value)

gathered(1_000_000)
gc.collect()
Path("/proc/self/clear_refs").write_text("5")
before = resident("VmRSS")
assert gathered(100_000_000) == 100_000_000
print(resident("VmHWM") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_text_is_in_memory_once():
    """100 MB take 100 MB, and 64 at most besides."""
    # Where coverage traces, Python does not grow a text in its place.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True, env=env)

    assert int(done.stdout) <= 164_000_000


@pytest.mark.parametrize("option", ["query", "deserializer"])
def test_what_needs_the_whole_answer_is_refused(option):
    """Before anything is sent."""
    with pytest.raises(UsageError, match=f"--{option} reads a whole answer"):
        streams([AssertionError("sent")]).invoke([1], endpoint="e", stream=True, **{option: "a"})


# --- over boto3 -------------------------------------------------------------------------------------------------


@pytest.fixture
def story(local_endpoint):
    """(options) -> the Result of the language model."""
    client = Client.local()

    def make(**body):
        given = {"inputs": "Once upon a time", "stream": True, "max_new_tokens": 12, **body}
        return client.invoke(given, endpoint="story", stream=True)

    return make


@pytest.mark.server
@pytest.mark.parametrize("fault", ["ModelStreamError", "InternalStreamFailure", "error", "cut", "half frame"])
def test_what_came_over_a_real_connection_is_kept(story, fault):
    """As much of the text as was said before, whatever broke it off."""
    whole = story().value

    with pytest.raises(sm_magic.SmMagicError) as caught:
        story(fault=fault, fault_after=6)

    result = caught.value.result
    assert 0 < len(result.value) < len(whole)
    assert whole.startswith(result.value)
    assert (result.complete, result.where.place) == (False, "LOCAL")
    assert story().value == whole


@pytest.mark.server
def test_a_signal_while_the_next_part_is_awaited(story):
    """Ctrl-C in the middle of a read; the connection is not used again."""
    whole = story().value
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()

    with pytest.raises(Cancelled) as caught:
        story(delay=0.05)

    assert 0 < len(caught.value.result.value) < len(whole)
    assert not caught.value.result.complete
    assert story().value == whole


@pytest.mark.server
def test_a_chat_over_a_real_connection():
    """Usage counts the tokens; a tool's arguments are whole."""
    client = Client.local()
    tool = {
        "type": "function",
        "function": {"name": "look", "parameters": {"type": "object", "properties": {}}},
    }
    body = {"messages": [{"role": "user", "content": "Tell me"}], "stream": True, "max_tokens": 20}

    spoken = client.invoke({**body, "stream_options": {"include_usage": True}}, endpoint="story", stream=True)
    called = client.invoke(
        {**body, "tools": [tool], "tool_choice": "required"}, endpoint="story", stream=True
    )

    assert spoken.complete
    assert spoken.streamed.tokens == spoken.reply.usage["completion_tokens"]
    assert re.search(r"20 tokens.* · finish_reason: \w+ · tokens: ", spoken.card()["text/plain"])
    (call,) = called.reply.said[0].tool_calls
    assert call.name == "look"
    assert isinstance(json.loads(call.arguments), dict)


def test_a_listener_that_fails_loses_no_call():
    """Its error is raised; what came stands in the history."""
    parts = [b"Once ", b"upon"]
    runtime = FunctionRuntime(
        lambda _: None,
        streamer=lambda _: (Response(payload=Payload(body=b"", content_type="text/plain")), parts),
    )

    def fails(part):
        raise ZeroDivisionError("mine")

    history.clear()
    client = Client(settings=Settings(), runtime=runtime)
    with pytest.raises(ZeroDivisionError):
        client.send(client.prepare([1], endpoint="e", stream=True), on_part=fails)
    (record,) = history
    assert record.result.value == "Once "
    assert not record.result.complete
