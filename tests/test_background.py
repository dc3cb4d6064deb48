"""Calls in threads: few of them, given up at once, none left."""

import threading
import time

import pytest

from sm_magic.background import MOST, Call
from sm_magic.errors import Cancelled, ModelError
from sm_magic.transports import cancellation


def begin(work, **more):
    """A Call of it, started."""
    return Call(work, **more).start()


def threads():
    """Those of the background."""
    return [thread for thread in threading.enumerate() if thread.name == "sm_magic background"]


def none_left():
    """They end by themselves, soon."""
    end = time.monotonic() + 10
    while threads() and time.monotonic() < end:
        time.sleep(0.005)
    return not threads()


def test_what_it_returns_or_raises_is_in_the_future(capfd):
    """And nothing of it is printed."""
    error = ModelError("No.")

    def fail():
        raise error

    assert begin(lambda: 7).future.result(10) == 7
    assert begin(fail).future.exception(10) is error
    assert isinstance(begin(lambda: 1 / 0).future.exception(10), ZeroDivisionError)
    assert none_left()
    assert capfd.readouterr() == ("", "")


def test_a_hundred_share_a_few_threads():
    """No more at a time than boto3's client keeps connections; all are answered, and no thread is left."""
    free, most, lock, running = threading.Event(), [], threading.Lock(), []

    def work(number):
        with lock:
            running.append(number)
            most.append(len(running))
        free.wait(10)
        with lock:
            running.remove(number)
        return number

    calls = [begin(lambda number=number: work(number)) for number in range(100)]
    end = time.monotonic() + 10
    while len(running) < MOST and time.monotonic() < end:
        time.sleep(0.005)
    assert len(threads()) == MOST
    assert not calls[-1].begun
    free.set()

    assert [call.future.result(10) for call in calls] == list(range(100))
    assert max(most) == MOST
    assert none_left()


def test_what_is_given_up_is_over_for_everyone_at_once():
    """The work hears of it where it waits, and leaves what it has."""

    def work():
        try:
            cancellation.sleep(60)
        except Cancelled as error:
            error.result = "what came"
            raise

    ended = threading.Event()
    call = begin(work, on_end=ended.set)
    assert call.cancel()

    assert call.future.cancelled()
    assert ended.wait(10)
    assert call.left is None or call.left.result == "what came"
    assert none_left()


def test_what_has_not_begun_never_does():
    """The threads are busy; it is taken out of their way."""
    free, begun = threading.Event(), []
    busy = [begin(lambda: free.wait(10)) for _ in range(MOST)]
    late = begin(lambda: begun.append(1))
    late.cancel()
    free.set()

    assert all(call.future.result(10) for call in busy)
    assert late.over.wait(10)
    assert begun == []


def test_an_answer_can_not_be_given_up():
    """It is there."""
    call = begin(lambda: 7)
    assert call.future.result(10) == 7
    assert not call.cancel()
    assert call.future.result() == 7


def test_a_listener_that_fails_harms_nothing(capfd):
    """Its error is nobody's."""

    def fail():
        raise ValueError("a display that is gone")

    call = begin(lambda: 7, on_end=fail)
    assert call.future.result(10) == 7
    assert none_left()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_what_would_end_a_thread_is_kept_too(kind, capfd):
    """A model's function may raise anything."""

    def work():
        raise kind

    assert isinstance(begin(work).future.exception(10), kind)
    assert none_left()
    assert capfd.readouterr() == ("", "")
