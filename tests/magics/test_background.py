"""--background: a Pending at once, whose card becomes the answer while other cells run."""

from __future__ import annotations

import threading

import pytest

from sm_magic.errors import Cancelled, ModelError
from sm_magic.messages import Response
from sm_magic.pending import Pending
from sm_magic.transports import cancellation


@pytest.fixture
def free(notebook):
    """The notebook's endpoint waits for this."""
    free = threading.Event()

    def waits(request):
        while not free.is_set():
            cancellation.sleep(0.005)
        return Response(payload=request.payload, variant="AllTraffic")

    notebook.answer = waits
    yield free
    free.set()


def test_a_pending_is_shown_and_returned_at_once(notebook, free):
    """In a terminal its card stands once; the answer shows itself when it is asked for."""
    shown = notebook.run("%sm_invoke echo {'a': 1} --background")

    pending = notebook.result
    assert isinstance(pending, Pending)
    assert shown.count("echo · in the background") == 1
    assert "<Pending echo · waiting>" in shown
    free.set()
    assert notebook.run("pending = _\npending.result()").count("echo → variant AllTraffic") == 1


def test_the_variable_holds_the_pending(notebook, free):
    """There is no value yet to keep."""
    notebook.run("%sm_invoke echo {'a': 1} --background -o call")
    assert isinstance(notebook.names["call"], Pending)
    free.set()
    assert notebook.names["call"].result(10).value == {"a": 1}


def test_how_the_answer_is_read_is_said_at_once(notebook):
    """--query and --view hold for the answer, whenever it comes."""
    notebook.run("%sm_invoke echo {'b': [7]} --background --query b[0] --view json -o call")
    result = notebook.names["call"].result(10)
    assert (result.value, result.view) == (7, "json")


def test_a_failure_waits_to_be_asked_for(notebook, capfd):
    """Nothing is printed; the card and .result() say it."""

    def fails(request):
        raise ModelError("CUDA out of memory")

    notebook.answer = fails
    notebook.run("%sm_invoke echo {'a': 1} --background -o call")
    assert "ModelError: CUDA out of memory" in notebook.fails("call.result()")
    assert "echo · failed after" in notebook.run("call")
    assert capfd.readouterr().err == ""


def test_it_is_given_up(notebook, free):
    """A short error where the answer is asked for, the kernel's cells behind it do not run."""
    notebook.run("%sm_invoke echo {'a': 1} --background -o call\ncall.cancel()")
    with pytest.raises(Cancelled):
        notebook.run("call.result()")
    assert "echo · cancelled after" in notebook.run("call")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("-q", "--background shows what becomes of the call, which --quiet would hide."),
        ("--save x", "--save needs the answer, and --background does not wait for it."),
        ("--out-frame x", "--out-frame needs the answer, and --background does not wait for it."),
        ("--async", "--async does not wait for the answer: there is nothing to do in the background."),
    ],
)
def test_what_does_not_go_with_it_is_refused(notebook, options, said):
    """Before anything is sent."""
    assert said in notebook.fails(f"%sm_invoke echo {{'a': 1}} --background {options}")
    assert notebook.sent == []


def test_a_dry_run_is_dry(notebook):
    """Nothing goes on behind it."""
    assert "/endpoints/echo/invocations" in notebook.run("%sm_invoke echo 1 --background --dry-run")
    assert notebook.sent == []


# --- in a kernel -----------------------------------------------------------------------------------------------

WAITS = """\
import threading, time
from sm_magic.transports import cancellation
go = threading.Event()
def waits(request):
    while not go.is_set():
        cancellation.sleep(0.005)
    if b"fail" in request.body:
        raise ValueError("the model died")
    return Response(payload=request.payload)
def streamer(request):
    def parts():
        yield b"Once "
        waits(request)
        yield b"upon"
    return Response(payload=Payload(body=b"", content_type="text/plain")), parts()
from sm_magic.messages import Payload
place = partial(Client, runtime=FunctionRuntime(waits, streamer=streamer))
get_ipython().magics_manager.registry["SageMakerMagics"].place = place
def left():
    go.set()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        names = {thread.name for thread in threading.enumerate()}
        if not names & {"sm_magic background", "sm_magic watch"}:
            return False
        time.sleep(0.01)
    return True
"""


@pytest.fixture
def waiting(kernel):
    """A kernel whose endpoint waits until `go` is set."""
    kernel.run(WAITS)
    yield kernel
    assert kernel.value("left()") is False


@pytest.mark.server
def test_the_kernel_is_free_and_the_card_becomes_the_answer(waiting):
    """What is updated is the first cell's output; nothing is printed into the next."""
    (card,) = waiting.shown("%sm_invoke echo {'a': 1} --background -o call")
    state = waiting.value("call.state")
    updates = waiting.run("go.set()\nended = call.result(10).value\ncall._call.over.wait(10) and None")

    assert card.text.startswith("echo · in the background, ")
    assert state == "waiting"
    assert {(each.kind, each.display_id) for each in updates} == {("update_display_data", card.display_id)}
    assert updates[-1].text.startswith("echo → ")
    assert all(each.html for each in updates)
    assert waiting.value("ended") == {"a": 1}


@pytest.mark.server
def test_a_failure_appears_in_the_card_alone(waiting):
    """No traceback stands in another cell."""
    (card,) = waiting.shown("%sm_invoke echo {'fail': 1} --background -o call")
    updates = waiting.run("go.set()\nended = call._call.over.wait(10)")

    assert {(each.kind, each.display_id) for each in updates} == {("update_display_data", card.display_id)}
    assert "failed after" in updates[-1].text
    assert "the model died" in updates[-1].text
    *_, error = waiting.run("call.result()")
    assert error.kind == "error"
    assert error.text.startswith("ModelError: ")


@pytest.mark.server
def test_a_stream_grows_in_its_card(waiting):
    """Its first words are there while the model goes on; the end is the Result's card."""
    shown = waiting.shown("%sm_invoke echo {'a': 1} --stream --background -o call\ntime.sleep(1)")
    updates = waiting.run("go.set()\ntext = call.result(10).value\ncall._call.over.wait(10) and None")

    (card,) = shown
    assert card.text.startswith("Once \n\necho · in the background … ")
    assert {each.display_id for each in updates} == {card.display_id}
    assert "Once upon" in updates[-1].text
    assert "first part after" in updates[-1].text
    assert waiting.value("text") == "Once upon"


@pytest.mark.server
def test_a_hundred_share_one_client_and_few_threads(waiting):
    """Those that wait for their turn say so; all are answered."""
    waiting.run(
        "calls = []\nfor number in range(100):\n    call = %sm_invoke echo number --background\n    calls.append(call)"
    )
    assert waiting.value("sum(t.name == 'sm_magic background' for t in threading.enumerate())") == 16
    assert waiting.value("[call.state for call in calls].count('waiting')") == 100
    waiting.run("go.set()\nvalues = [call.result(20).value for call in calls]")
    assert waiting.value("values") == list(range(100))
