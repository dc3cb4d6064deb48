"""Sending, waiting, interrupting: with a clock that does not wait."""

from dataclasses import dataclass, field

import pytest

from sm_magic.errors import (
    Cancelled,
    CodecError,
    ModelError,
    ModelNotReadyException,
    ServiceError,
    UsageError,
)
from sm_magic.exchange import invoke
from sm_magic.messages import Payload, Request, Response
from sm_magic.readiness import Clock
from sm_magic.records import history
from sm_magic.settings import Settings
from sm_magic.transports.function import FunctionRuntime

JSON = Payload(body=b"[1]", content_type="application/json")
REQUEST = Request(endpoint="e", payload=JSON)


@dataclass
class Time:
    """A clock that its own sleep moves."""

    now: float = 0.0
    slept: list = field(default_factory=list)

    def clock(self):
        def sleep(seconds):
            self.slept.append(seconds)
            self.now += seconds

        return Clock(now=lambda: self.now, sleep=sleep)


def flaky(error, times):
    """A runtime that fails *times* times, then answers; and the list of what it was sent."""
    sent = []

    def handle(request):
        sent.append(request)
        if len(sent) <= times:
            raise error
        return Response(payload=JSON)

    return FunctionRuntime(handle), sent


NOT_READY = ModelNotReadyException("Model is loading", status=429, never_ran=True)
NO_CAPACITY = ServiceError("no capacity", status=400, never_ran=True, not_ready=True)


@pytest.mark.parametrize("error", [NOT_READY, NO_CAPACITY])
def test_a_model_that_is_not_ready_is_waited_for_visibly(error):
    """What never reached the model is sent again, and each wait is told."""
    runtime, sent = flaky(error, 3)
    told = []

    result = invoke(REQUEST, runtime, Settings(), on_progress=told.append, clock=Time().clock())

    assert result.value == [1]
    assert len(sent) == 4
    assert len(told) == 3
    assert "not ready" in told[0].what


def test_waiting_ends_after_ready_timeout():
    """Then the error is raised as it came."""
    runtime, sent = flaky(NOT_READY, 10_000)
    time = Time()

    with pytest.raises(ModelNotReadyException):
        invoke(REQUEST, runtime, Settings(ready_timeout=60), clock=time.clock())

    assert 30 < sum(time.slept) <= 60
    assert len(sent) < 15


def test_ready_timeout_zero_does_not_wait():
    """0 turns the waiting off."""
    runtime, sent = flaky(NOT_READY, 1)

    with pytest.raises(ModelNotReadyException):
        invoke(REQUEST, runtime, Settings(ready_timeout=0), clock=Time().clock())

    assert len(sent) == 1


@pytest.mark.parametrize(
    "error",
    [ModelError("failed", status=424), ServiceError("throttled", status=400, never_ran=True)],
)
def test_what_may_have_run_and_what_waiting_does_not_cure_is_sent_once(error):
    """A failed model has been paid for; a throttled call is the user's to repeat."""
    runtime, sent = flaky(error, 1)

    with pytest.raises(type(error)):
        invoke(REQUEST, runtime, Settings(), clock=Time().clock())

    assert len(sent) == 1


def test_an_interrupt_is_one_line_and_still_a_keyboard_interrupt():
    """The cells after it do not run, and the user learns what may still go on."""

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        invoke(REQUEST, FunctionRuntime(interrupt), Settings())

    assert isinstance(caught.value, Cancelled)
    assert len(caught.value._render_traceback_()) == 1
    assert "may still be computing" in str(caught.value)


def test_calls_and_failures_are_recorded():
    """The history holds both, newest last."""
    good, _ = flaky(NOT_READY, 0)
    bad, _ = flaky(ModelError("failed: 123", status=424), 1)

    result = invoke(REQUEST, good, Settings())
    with pytest.raises(ModelError):
        invoke(REQUEST, bad, Settings())

    assert history[-1].number == history[-2].number + 1
    assert history.last is result
    assert history[-1].error == "ModelError: failed: 123"
    assert history[-2].result.value == result.value
    assert "ModelError" in repr(history)


def test_sends_of_a_model_that_was_not_ready_are_counted():
    """`attempts` is how often the request was sent, all in all."""
    runtime, _ = flaky(ModelNotReadyException("loading", status=429, never_ran=True), 3)

    assert invoke(REQUEST, runtime, Settings(), clock=Time().clock()).attempts == 4

    runtime, sent = flaky(ModelNotReadyException("loading", status=429, never_ran=True), 10_000)
    with pytest.raises(ModelNotReadyException) as caught:
        invoke(REQUEST, runtime, Settings(ready_timeout=60), clock=Time().clock())
    assert caught.value.attempts == len(sent)


def test_an_unknown_view_is_refused_before_sending():
    """A slip in the view's name must not cost a call."""
    runtime, sent = flaky(NOT_READY, 0)

    with pytest.raises(UsageError, match="no view 'tabel'"):
        invoke(REQUEST, runtime, Settings(), view="tabel")

    assert sent == []


@pytest.mark.parametrize("query", ["[::0]", "max_by(@, &a)", "length(`1`)"])
def test_a_query_that_fails_on_the_answer_keeps_the_answer(query):
    """jmespath lets Python's own errors through; the answer was paid for and is kept."""
    runtime, _ = flaky(NOT_READY, 0)

    with pytest.raises(CodecError) as caught:
        invoke(REQUEST, runtime, Settings(), query=query)

    assert caught.value.result.body == b"[1]"
    assert history.last is caught.value.result


def test_an_interrupt_while_decoding_keeps_the_answer():
    """Ctrl-C between the answer and its value: the bytes are there."""

    class Interrupting(bytes):
        def decode(self, *_, **__):
            raise KeyboardInterrupt

    answer = Response(payload=Payload(body=Interrupting(b"a,b"), content_type="text/plain"))

    with pytest.raises(Cancelled) as caught:
        invoke(REQUEST, FunctionRuntime(lambda _: answer), Settings())

    assert caught.value.result.body == b"a,b"
