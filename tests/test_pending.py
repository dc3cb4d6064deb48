"""A Pending: what becomes of a call in the background, and how it is waited for."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading

import pytest

from sm_magic.background import MOST
from sm_magic.client import Client
from sm_magic.errors import Cancelled, CodecError, ModelError, StillRunning, ThrottlingException, UsageError
from sm_magic.messages import Payload, Response
from sm_magic.records import history
from sm_magic.result import Result
from sm_magic.settings import Settings
from sm_magic.transports import cancellation
from sm_magic.transports.function import FunctionRuntime

BODY = Payload(body=b'{"a": 1}', content_type="application/json")


class Slow:
    """An endpoint that answers when the test says so; giving up its call ends its wait."""

    def __init__(self, answer=lambda request: Response(payload=request.payload, variant="blue"), parts=()):
        self.free, self.begun = threading.Event(), threading.Event()
        self._answer, self._parts = answer, parts
        runtime = FunctionRuntime(self._handle, streamer=self._stream)
        self.client = Client(settings=Settings(), runtime=runtime)

    def _wait(self):
        self.begun.set()
        while not self.free.is_set():
            cancellation.sleep(0.005)

    def _handle(self, request):
        self._wait()
        return self._answer(request)

    def _stream(self, request):
        def parts():
            yield from self._parts
            self._wait()
            yield b" end"

        return Response(payload=Payload(body=b"", content_type="text/plain")), parts()

    def pending(self, **options):
        """A call of it that has begun."""
        pending = self.client.background({"a": 1}, endpoint="slow", **options)
        assert self.begun.wait(10)
        return pending


@pytest.fixture
def slow():
    """An endpoint that waits for `free`."""
    made = []

    def make(*args, **options):
        made.append(Slow(*args, **options))
        return made[-1]

    yield make
    for each in made:
        each.free.set()


def text(pending):
    """Its card in a terminal."""
    return pending._repr_mimebundle_()["text/plain"]


def test_the_answer_comes_when_it_is_there(slow):
    """Until then it says so; then its card is the Result's."""
    far = slow()
    pending = far.pending()
    assert (pending.state, pending.done, pending.error) == ("waiting", False, None)
    assert repr(pending) == "<Pending slow · waiting>"
    assert re.match(r"slow · in the background, \d+ s", text(pending))
    far.free.set()

    result = pending.result()
    assert isinstance(result, Result)
    assert (result.value, result.variant) == ({"a": 1}, "blue")
    assert (pending.state, pending.done, pending.error) == ("done", True, None)
    assert pending.result() is result
    assert text(pending) == result._repr_mimebundle_()["text/plain"]


def test_time_that_is_over_leaves_the_call_alone(slow):
    """StillRunning says how to go on, and has the Pending."""
    far = slow()
    pending = far.pending()
    with pytest.raises(StillRunning, match=r"has not answered within 0\.01 s") as caught:
        pending.result(0.01)
    assert caught.value.result is pending
    far.free.set()
    assert pending.result().value == {"a": 1}


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals to a thread are POSIX")
def test_an_interrupt_of_the_wait_leaves_the_call_alone(slow):
    """Cancelled, a KeyboardInterrupt too, says how to go on."""
    far = slow()
    pending = far.pending()
    main = threading.main_thread().ident
    timer = threading.Timer(0.2, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    with pytest.raises(Cancelled, match=r"Interrupted after .* the call goes on") as caught:
        pending.result()
    timer.join()
    assert caught.value.result is pending
    assert pending.state == "waiting"
    far.free.set()
    assert pending.result().value == {"a": 1}


def test_a_failure_is_raised_where_the_answer_is_asked_for(slow, capfd):
    """Each time; its card says it with the hint, and nothing is printed."""

    def fails(request):
        raise ThrottlingException("Rate exceeded", hint="Wait a moment.")

    far = slow(fails)
    far.free.set()
    pending = far.pending()
    for _ in range(2):
        with pytest.raises(ThrottlingException, match="Rate exceeded"):
            pending.result(10)
    assert pending.state == "failed"
    assert isinstance(pending.error, ThrottlingException)
    assert re.search(r"slow · failed after \d+ s", text(pending))
    assert "ThrottlingException: Rate exceeded" in text(pending)
    assert "→ Wait a moment." in text(pending)
    assert capfd.readouterr() == ("", "")


def test_an_answer_that_does_not_decode_is_shown_with_its_error(slow):
    """Its bytes are there, and what was wrong with them."""
    broken = Payload(body=b"{nonsense", content_type="application/json")
    far = slow(lambda request: Response(payload=broken))
    far.free.set()
    pending = far.pending()
    with pytest.raises(CodecError):
        pending.result(10)
    assert "nonsense" in text(pending)
    assert "double quotes" in text(pending)
    assert "→ The bytes are kept in `.body`." in text(pending)


def test_what_can_not_be_sent_is_an_error_at_once(slow):
    """Not one that waits to be asked for."""
    with pytest.raises(UsageError):
        slow().client.background(BODY, endpoint="not a name")


def test_cancel_gives_it_up(slow):
    """`result` raises Cancelled; history and card say it too."""
    far = slow()
    pending = far.pending()
    history.clear()
    pending.cancel()

    assert (pending.state, pending.done) == ("cancelled", True)
    with pytest.raises(Cancelled, match=r"Cancelled after .* slow may still be computing an answer"):
        pending.result()
    assert re.search(r"slow · cancelled after \d+ s", text(pending))
    assert pending._call.over.wait(10)
    assert [record.error.split()[0] for record in history] == ["Cancelled:"]


def test_what_was_given_up_before_its_turn_was_not_sent(slow):
    """And it says so, at once."""
    far = slow()
    busy = [far.pending() for _ in range(MOST)]
    late = far.client.background({"a": 1}, endpoint="slow")
    late.cancel()
    with pytest.raises(Cancelled, match="before it was sent"):
        late.result()
    far.free.set()
    assert all(each.result(10) for each in busy)


def test_cancel_after_the_answer_changes_nothing(slow):
    """It is there."""
    far = slow()
    far.free.set()
    pending = far.pending()
    result = pending.result(10)
    pending.cancel()
    assert pending.result() is result


def test_what_came_of_a_stream_is_kept(slow):
    """By what is told of its parts, and by the error."""
    seen = []
    far = slow(parts=[b"Once ", b"upon"])
    pending = far.pending(stream=True, on_part=seen.append)
    pending.cancel()

    with pytest.raises(Cancelled) as caught:
        pending.result()
    assert caught.value.result.value == "Once upon"
    assert not caught.value.result.complete
    assert "".join(part.text for part in seen) == "Once upon"
    assert "Once upon" in text(pending)
    assert "Cancelled: the answer is not complete." in text(pending)


def test_a_stream_that_ends_is_a_result(slow):
    """Of all its parts."""
    far = slow(parts=[b"Once "])
    pending = far.pending(stream=True)
    far.free.set()
    assert pending.result(10).value == "Once  end"


def test_listeners_hear_of_the_end(slow):
    """Whenever they came; one that is taken off hears nothing, one that fails harms nobody."""
    far = slow()
    pending = far.pending()
    ended, states, off = threading.Event(), [], []

    def fails(pending):
        raise ValueError

    pending.on_change(fails)
    pending.on_change(off.append)()
    off.clear()
    pending.on_change(lambda each: states.append(each.state) or (each.done and ended.set()))
    far.free.set()
    assert ended.wait(10)
    assert states[-1] == "done"

    late = threading.Event()
    pending.on_change(lambda each: late.set())
    assert late.wait(10)
    assert off == []


def test_it_is_awaited(slow):
    """The loop is free meanwhile; an error is raised, and whoever stops waiting leaves the call alone."""

    async def both():
        far = slow()
        pending = far.pending()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pending, 0.01)
        assert pending.state == "waiting"
        asyncio.get_running_loop().call_soon(far.free.set)
        assert (await pending).value == {"a": 1}

        given_up = slow().pending()
        asyncio.get_running_loop().call_soon(given_up.cancel)
        with pytest.raises(asyncio.CancelledError):
            await given_up

        def fails(request):
            raise ModelError("No.")

        far = slow(fails)
        far.free.set()
        with pytest.raises(ModelError):
            await far.pending()

    asyncio.run(both())


LEAVES = """
import socket
from sm_magic import Client
server = socket.create_server(("127.0.0.1", 0))
client = Client(endpoint_url=f"http://127.0.0.1:{server.getsockname()[1]}", local_token="x")
pending = client.background({"a": 1}, endpoint="silent")
connection, _ = server.accept()
print(len(connection.recv(10)), pending.state)
"""


def test_a_process_does_not_wait_for_it():
    """A script or kernel that ends, ends, without a word."""
    done = subprocess.run(
        [sys.executable, "-c", LEAVES],
        env={**os.environ, "PYTHONPATH": ":".join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=60,  # the call's own time is 70
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("10 waiting\n", "", 0)
