"""A call that is given up from another thread: it ends at once, and nobody else's does."""

import threading
import time

import pytest

from sm_magic.errors import Cancelled, TransportError
from sm_magic.messages import Payload, Request
from sm_magic.transports import cancellation
from sm_magic.transports.cancellation import Cancellation

REQUEST = Request(endpoint="e", payload=Payload(body=b"{}", content_type="application/json"))
SOON = 10  # seconds; the far end would be silent for twenty, the call for seventy


class Caller:
    """A thread in which a call is made that can be given up."""

    def __init__(self, work):
        self.cancellation, self.ended, self.came = Cancellation(), None, None
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            with self.cancellation.call():
                self.came = self._work()
        except BaseException as error:  # noqa: BLE001
            self.ended = error

    def join(self):
        """What it ended with; None if it was answered."""
        self._thread.join(SOON)
        assert not self._thread.is_alive()
        return self.ended


def until(true):
    """Wait for what another thread does."""
    end = time.monotonic() + SOON
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    assert true()


@pytest.mark.parametrize("cut", ["silent", "stalled", "trickling"])
def test_a_call_ends_at_once(far, runtime, cut):
    """Whether it waits for the answer or in the middle of it."""
    far.says(far.Answer(cut=cut, body=b"x" * 100))
    caller = Caller(lambda: runtime().invoke(REQUEST))
    until(lambda: far.seen)

    caller.cancellation.cancel()

    assert isinstance(caller.join(), Cancelled)


def test_it_is_not_sent_again(far, runtime):
    """Though --retries allows it, and botocore takes a closed connection for a reason."""
    far.says(far.Answer(cut="silent"))
    caller = Caller(lambda: runtime(retries=3).invoke(REQUEST))
    until(lambda: far.seen)

    caller.cancellation.cancel()

    assert isinstance(caller.join(), Cancelled)
    assert len(far.seen) == 1


def test_before_it_is_sent_nothing_is_sent(far, runtime):
    """What was given up before it began."""
    given_up = Cancellation()
    given_up.cancel()

    with given_up.call(), pytest.raises(Cancelled):
        runtime().invoke(REQUEST)
    assert far.seen == []


def test_the_next_call_on_the_connection_is_left_alone(far, runtime):
    """A connection that went back to the pool and out again is another's."""
    shared = runtime()
    first = Caller(lambda: shared.invoke(REQUEST))
    assert first.join() is None
    far.says(far.Answer(body=b"xxxx", cut="trickling"))
    second = Caller(lambda: shared.invoke(REQUEST))
    until(lambda: len(far.seen) == 2)

    first.cancellation.cancel()

    assert second.join() is None
    assert second.came.payload.body == b"xxxx"


def test_calls_beside_it_go_on(far, runtime):
    """They share the client, not the connection."""
    shared = runtime()
    far.says(lambda seen: far.Answer(cut="silent") if seen.body == b"1" else far.Answer(body=b"answer"))
    slow = Caller(
        lambda: shared.invoke(Request(endpoint="e", payload=Payload(body=b"1", content_type="a/b")))
    )
    until(lambda: far.seen)
    slow.cancellation.cancel()

    assert shared.invoke(REQUEST).payload.body == b"answer"
    assert isinstance(slow.join(), Cancelled)


def test_without_a_cancellation_errors_are_what_they_were(far, runtime):
    """A cut connection is no one's wish."""
    far.says(far.Answer(cut="before"))
    with pytest.raises(TransportError):
        runtime().invoke(REQUEST)


def test_a_wait_ends_too():
    """For a model that is not ready."""
    caller = Caller(lambda: cancellation.sleep(60))
    caller.cancellation.cancel()

    assert isinstance(caller.join(), Cancelled)


def test_a_client_of_another_make_is_taken_as_it_is():
    """A botocore that keeps its connections elsewhere loses only the shutting down."""
    cancellation.watch_connections(object())
