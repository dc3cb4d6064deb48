"""--stream in a notebook and in a terminal: text as it comes, then the card, once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from functools import partial
from io import StringIO

import pytest

import sm_magic
from sm_magic.client import Client
from sm_magic.errors import ModelStreamError, TransportError, UsageError
from sm_magic.magics.options import TARGET
from sm_magic.messages import Payload, Response
from sm_magic.transports.function import FunctionRuntime

BODY = '{"inputs": "Hi", "stream": true}'
DONE = b"data: [DONE]\n\n"


def tgi(text):
    """An event of TGI."""
    token = {"id": 1, "text": text, "special": False}
    return b"data:" + json.dumps({"token": token, "generated_text": None}).encode() + b"\n\n"


@pytest.fixture
def streams(notebook):
    """(parts, content type) -> the notebook's endpoint streams them; an exception among them is raised."""

    def make(parts, content_type="text/event-stream"):
        def streamer(request):
            notebook.sent.append(request)
            return Response(payload=Payload(body=b"", content_type=content_type), variant="blue"), made()

        def made():
            for part in parts:
                if isinstance(part, BaseException):
                    raise part
                yield part

        runtime = FunctionRuntime(notebook.handle, streamer=streamer)
        notebook.door.place = partial(Client, runtime=runtime)
        return notebook

    return make


# --- in a terminal --------------------------------------------------------------------------------------------


def test_text_is_printed_as_it_comes(streams):
    """Each word is there before the next is made; then the card, without the text again."""

    def parts():
        yield tgi("Once ")
        assert isinstance(sys.stdout, StringIO)
        assert sys.stdout.getvalue() == "Once "
        yield tgi("upon")
        assert sys.stdout.getvalue() == "Once upon"
        yield DONE

    shown = streams(parts()).run(f"%%sm_invoke echo --stream\n{BODY}")

    assert shown.startswith("Once upon\n\n")
    assert shown.count("Once upon") == 1
    assert "variant blue" in shown
    assert "first part after" in shown


def test_thoughts_stand_above_the_text(streams):
    """Each has its heading, or a blank line between."""
    deltas = [{"reasoning": "Hm."}, {"content": "Yes."}]
    events = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]

    shown = streams([*(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events), DONE]).run(
        f"%%sm_invoke echo --stream\n{BODY}"
    )

    assert shown.startswith("Reasoning:\nHm.\n\nYes.\n\n")


def test_controls_do_not_reach_the_terminal(streams):
    """A model's escape sequence is no command."""
    shown = streams([tgi("a\x1b"), tgi("[2Jb"), DONE]).run(f"%%sm_invoke echo --stream\n{BODY}")

    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("option", "words"), [("--view json", '"Hi"'), ("--view raw", "data: [DONE]"), ("--view table", "Hi")]
)
def test_a_view_that_is_asked_for_is_shown(streams, option, words):
    """It is another form than the text that stands there."""
    shown = streams([tgi("Hi"), DONE]).run(f"%%sm_invoke echo --stream {option}\n{BODY}")

    assert words in shown.partition("variant blue")[2]


def test_json_in_one_piece_is_shown_as_without_stream(streams):
    """A table, and the note where the server was not asked to stream."""
    body = b'{"predictions": [[0.1, 0.9], [0.8, 0.2]]}'
    notebook = streams([body[:9], body[9:]], "application/json")
    notebook.answer = lambda _: Response(payload=Payload(body=body, content_type="application/json"))

    _, _, streamed = notebook.run("%sm_invoke echo [1] --stream").partition("note")
    _, _, whole = notebook.run("%sm_invoke echo [1]").partition("request")

    assert "The answer came in one piece" in streamed
    assert streamed.splitlines()[-4:-1] == whole.splitlines()[-4:-1] == ["───  ───", "0.1  0.9", "0.8  0.2"]


def test_text_in_one_piece_is_shown_once(streams):
    """It was printed when it came; what stands beside it is shown with it."""
    body = [{"generated_text": "Once upon"}]
    more = [{"generated_text": "Once upon", "score": 0.5}]

    alone = streams([json.dumps(body).encode()], "application/json").run("%sm_invoke echo [1] --stream")
    beside = streams([json.dumps(more).encode()], "application/json").run("%sm_invoke echo [1] --stream")

    assert alone.count("Once upon") == 1
    assert "score" in beside


def test_quiet_shows_nothing(streams):
    """And returns the Result all the same."""
    notebook = streams([tgi("Hi"), DONE])

    assert notebook.run("result = %sm_invoke echo {'stream': True} --stream -q") == ""
    assert notebook.names["result"].value == "Hi"


def test_where_an_answer_is_kept(streams, folder):
    """-o, --save and --out-frame, as of any answer."""
    notebook = streams([tgi("Hi"), tgi(" you"), DONE])

    notebook.run(f"%%sm_invoke echo --stream -o text --out-frame frame --save answer.txt\n{BODY}")

    assert notebook.names["text"] == "Hi you"
    assert notebook.names["frame"].iloc[0, 0] == "Hi you"
    assert (folder / "answer.txt").read_bytes() == tgi("Hi") + tgi(" you") + DONE


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (ModelStreamError("The model fell over.", status=200), "fell over"),
        (TransportError("The connection was cut."), "was cut"),
        (b'data: {"error": "out of memory"}\n\n', "out of memory"),
        (KeyboardInterrupt(), "Interrupted"),
    ],
)
def test_what_came_before_a_failure_is_kept(streams, folder, failure, words):
    """In -o, in the file, as `sm_magic.last`; the error is short."""
    notebook = streams([tgi("Once "), tgi("upon"), failure])

    shown = notebook.fails(f"%%sm_invoke echo --stream -o text --save answer.txt\n{BODY}")

    assert words in shown
    assert len(shown.splitlines()) <= 3
    assert notebook.names["text"] == "Once upon"
    assert (sm_magic.last.value, sm_magic.last.complete) == ("Once upon", False)
    assert (folder / "answer.txt").read_bytes().startswith(tgi("Once "))


# --- the request ----------------------------------------------------------------------------------------------


def test_dry_run_shows_the_operation(streams):
    """Its path, and its own header for Accept."""
    notebook = streams([AssertionError("sent")])

    shown = notebook.run(f"%%sm_invoke echo --stream --dry-run -a text/event-stream\n{BODY}")

    assert "/endpoints/echo/invocations-response-stream" in shown
    assert "X-Amzn-SageMaker-Accept" in shown
    assert notebook.sent == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--query a", "--query reads a whole answer"),
        ("--deserializer reader", "--deserializer reads a whole answer"),
        ("--target-model m.tar.gz", "does not take --target-model"),
        ("--enable-explanations '`true`'", "does not take --enable-explanations"),
        ("--session-id NEW_SESSION", "--session-id"),
        ("--view tabel", "tabel"),
    ],
)
def test_what_a_stream_does_not_take_is_refused_before_sending(streams, options, words):
    """The hint says how to do without."""
    notebook = streams([AssertionError("sent")])
    reader = type("Reader", (), {"ACCEPT": ("text/csv",), "deserialize": lambda self, stream, kind: None})
    notebook.names["reader"] = reader()

    with pytest.raises(UsageError, match=words):
        notebook.run(f"%%sm_invoke echo --stream {options}\n{BODY}")

    assert notebook.sent == []


def test_a_target_may_stream(streams):
    """It is a usual option of a language model; --no-stream undoes it for one call."""
    notebook = streams([tgi("Hi"), DONE])
    assert "stream" in {option.dest for option in TARGET}
    notebook.run("%sm_target add llm echo --stream")

    notebook.run(f"%%sm_invoke llm\n{BODY}")
    notebook.run(f"%%sm_invoke llm --no-stream\n{BODY}")
    with pytest.raises(UsageError, match="--no-stream"):
        notebook.run(f"%%sm_invoke llm --query a\n{BODY}")

    assert [request.operation for request in notebook.sent] == [
        "InvokeEndpointWithResponseStream",
        "InvokeEndpoint",
    ]
    assert "--stream" in notebook.run("%sm_target show llm")


# --- in a kernel ----------------------------------------------------------------------------------------------

STREAMS = """\
import json, time
from pathlib import Path
from sm_magic.messages import Payload
def tgi(text):
    token = {"id": 1, "text": text, "special": False}
    return b"data:" + json.dumps({"token": token, "generated_text": None}).encode() + b"\\n\\n"
def waiting(body):
    yield tgi("Once ")
    for _ in range(500):
        if Path(body["file"]).exists():
            break
        time.sleep(0.01)
    yield tgi("upon")
    yield b"data: [DONE]\\n\\n"
def quick(body):
    global took
    start = time.perf_counter()
    for number in range(250):
        yield tgi(f" {number}")
        time.sleep(0.001)
    yield b"data: [DONE]\\n\\n"
    took = time.perf_counter() - start
def endless(body):
    yield tgi("Once ")
    time.sleep(0.08)
    yield tgi("upon")
    time.sleep(20)
def streamer(request):
    body = json.loads(request.body)
    return Response(payload=Payload(body=b"", content_type="text/event-stream")), globals()[request.endpoint](body)
place = partial(Client, runtime=FunctionRuntime(lambda request: None, streamer=streamer))
get_ipython().magics_manager.registry["SageMakerMagics"].place = place
"""


@pytest.mark.server
def test_the_first_words_are_on_the_screen_at_once(kernel, tmp_path):
    """The model goes on when they were seen; the same output becomes the card, which has the text once."""
    kernel.run(STREAMS)
    seen = tmp_path / "seen"

    outputs = kernel.outputs(kernel.start(f"%sm_invoke waiting {{'file': {str(seen)!r}}} --stream"))
    first = next(outputs)
    seen.touch()
    *updates, card = list(outputs)

    assert first.kind == "display_data"
    assert first.text.startswith("Once \n\nStreaming waiting … 0 s, 1 part")
    assert "Once " in first.html
    assert {"update_display_data"} == {each.kind for each in (*updates, card)}
    for form in (card.text, card.html):
        assert form.count("Once upon") == 1
        assert "Streaming waiting" not in form
    assert "first part after" in card.text


@pytest.mark.server
def test_an_output_is_updated_at_most_fifteen_times_a_second(kernel):
    """However fast the words come; all of them are in the card."""
    kernel.run(STREAMS)

    outputs = kernel.run("%sm_invoke quick {'stream': True} --stream -o text")

    seconds = kernel.value("took")
    assert len(outputs) <= 2 + 15 * seconds
    assert kernel.value("text") == "".join(f" {number}" for number in range(250))
    assert " 248 249" in outputs[-1].text


@pytest.mark.server
def test_an_interrupt_keeps_what_came(kernel):
    """The card says that it is not all; one line is the error."""
    kernel.run(STREAMS)
    outputs = kernel.outputs(kernel.start("%sm_invoke endless {'stream': True} --stream -o text"))
    next(outputs), next(outputs)  # the first was shown for certain

    interrupted = time.monotonic()
    kernel.manager.interrupt_kernel()
    *_, card, error = list(outputs)
    took = time.monotonic() - interrupted
    kernel.reply()

    assert took < 2
    assert card.kind == "update_display_data"
    assert "Once upon" in card.text
    assert "Interrupted: the answer is not complete." in card.text
    assert error.text.startswith("Cancelled: Interrupted after")
    assert len(error.text.splitlines()) == 1
    assert kernel.value("text") == "Once upon"
    assert kernel.value("__import__('sm_magic').last.complete") is False


@pytest.mark.server
@pytest.mark.parametrize(("setup", "options"), [("%config SageMakerMagics.html = False", ""), ("", "-q")])
def test_without_html_and_in_silence(kernel, tmp_path, setup, options):
    """The trait holds while the text grows; -q shows nothing of it."""
    kernel.run(STREAMS)
    kernel.run(setup)
    (tmp_path / "seen").touch()

    outputs = kernel.run(f"%sm_invoke waiting {{'file': {str(tmp_path / 'seen')!r}}} --stream {options}")

    kernel.run("%config SageMakerMagics.html = True")
    assert {output.html for output in outputs} == ({""} if setup else set())


TERMINAL = (
    "%load_ext sm_magic\n"
    "from functools import partial; from sm_magic import Client; from sm_magic.messages import Response, Payload\n"
    "from sm_magic.transports.function import FunctionRuntime\n"
    "blank = Response(payload=Payload(body=b'', content_type='text/plain'))\n"
    "runtime = FunctionRuntime(lambda r: None, streamer=lambda r: (blank, [b'Once ', b'upon']))\n"
    "get_ipython().magics_manager.registry['SageMakerMagics'].place = partial(Client, runtime=runtime)\n"
    "print('case')\n"
    "%sm_invoke echo 'mark' --stream\n"
    "print('end')\n"
)


def test_terminal_ipython(folder, python):
    """The text, the card without it, and the one line that a repr is behind `Out[n]:`."""
    command = [python, "-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit"]

    done = subprocess.run(
        [*command, "--HistoryManager.enabled=False"],
        input=TERMINAL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "IPYTHONDIR": str(folder), "NO_COLOR": "1"},
    )

    shown = done.stdout.rpartition("case")[2]
    assert shown.count("Once upon") == 1, done.stdout
    assert shown.index("Once upon") < shown.index("sent → received")
    assert len(re.findall(r"Out\[\d+\]: ?\n?<Result echo", shown)) == 1
