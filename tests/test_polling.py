"""Two objects are looked at, rarely enough, and what they say is told apart: with a clock that does not wait."""

from datetime import UTC, datetime, timedelta

import pytest

from sm_magic.errors import (
    AccessDeniedException,
    ConnectError,
    CredentialsError,
    InternalFailure,
    ServiceError,
    ThrottlingException,
)
from sm_magic.polling import Places, look, pause, until_seen
from sm_magic.readiness import Clock
from sm_magic.s3 import S3Uri
from sm_magic.transports.function import FunctionStore

OUT, FAILED = S3Uri.of("s3://bucket/out"), S3Uri.of("s3://bucket/failed")
T = datetime(2026, 11, 21, 10, 0, 7, tzinfo=UTC)
PLACES = Places(output=OUT, failure=FAILED, since=T)


class Time:
    """A clock that its own sleep moves; each look takes 20 ms."""

    def __init__(self):
        self.now, self.looks, self.calls = 0.0, 0, []
        self.clock = Clock(now=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds):
        self.now += seconds

    def gate(self, call, uri):
        self.calls.append(str(uri))
        self.now += 0.01

    def seen(self, seen):
        self.looks += 1
        return False


@pytest.mark.parametrize(("seconds", "most"), [(60, 55), (900, 95), (3600, 185)])
def test_looks_are_few(seconds, most):
    """And none makes more than two calls of S3: the bill of an hour is a tenth of a cent."""
    time = Time()
    store = FunctionStore({}, gate=time.gate)
    assert until_seen(store, PLACES, time.clock, started=0.0, patience=seconds, on_look=time.seen) is None
    assert 30 < time.looks <= most
    assert len(time.calls) == 2 * time.looks
    assert time.now == pytest.approx(seconds, abs=0.1)


def test_an_answer_is_seen_soon():
    """A tenth of its run time after it is there, 30 seconds at most."""
    for run in (0.05, 1.0, 7.3, 60.0, 900.0, 5_000.0):
        time = Time()
        store = FunctionStore({}, gate=time.gate)

        def answers(run=run, time=time, store=store):
            if time.now >= run:
                store.put(OUT, b"1", "text/csv")

        clock = Clock(now=time.clock.now, sleep=lambda s, a=answers, time=time: (time.sleep(s), a()))
        seen = until_seen(store, PLACES, clock, started=0.0, patience=10_000, on_look=time.seen)
        assert seen.answer.body == b"1"
        assert time.now - run <= min(30.0, 0.1 * run) + 0.15


def test_the_next_look_is_a_tenth_of_the_time_away():
    """Not nearer than 0.1 s, not farther than 30."""
    assert [pause(0), pause(1), pause(20), pause(300), pause(9_999)] == [0.1, 0.1, 2.0, 30.0, 30.0]


def test_the_last_look_is_at_the_end_of_the_time():
    """What came in the last seconds is not missed."""
    time = Time()
    store = FunctionStore({})
    asleep = Clock(now=time.clock.now, sleep=lambda s: (time.sleep(s), store.put(OUT, b"1", "text/csv")))
    assert until_seen(store, PLACES, asleep, started=-1_000.0, patience=5, on_look=time.seen).over
    assert (time.now, time.looks) == (5.0, 2)


def test_no_patience_is_one_look():
    """`result(0)` asks once."""
    time = Time()
    until_seen(FunctionStore({}), PLACES, time.clock, started=0.0, patience=0, on_look=time.seen)
    assert time.looks == 1


def stored(objects, *, at=T, gate=lambda call, uri: None):
    """A store whose objects were written at *at*."""
    store = FunctionStore({}, now=lambda: at, gate=lambda call, uri: call == "GetObject" and gate(call, uri))
    for uri in objects:
        store.put(uri, b"{}", "application/json")
    return store


def test_an_answer_and_a_failure_are_told_apart():
    """The answer wins: a request that was tried again has both."""
    assert look(stored([OUT]), PLACES).answer is not None
    assert look(stored([FAILED]), PLACES).failure is not None
    both = look(stored([OUT, FAILED]), PLACES)
    assert (both.answer is not None, both.failure) == (True, None)
    assert not look(stored([]), PLACES).over


@pytest.mark.parametrize("uri", [OUT, FAILED])
def test_an_object_of_before_is_neither(uri):
    """Somebody used that name before; one of the very second counts."""
    assert not look(stored([uri], at=T - timedelta(seconds=1)), PLACES).over
    assert look(stored([uri], at=T), PLACES).over
    assert look(stored([uri], at=T - timedelta(days=1)), Places(output=OUT, failure=FAILED)).over


def test_without_a_failure_location_there_is_one_call():
    """There is nothing else to look at."""
    calls = []
    look(stored([], gate=lambda call, uri: calls.append(call)), Places(output=OUT))
    assert len(calls) == 1


def denying(words, *uris):
    """A gate that refuses these objects."""

    def gate(call, uri):
        if uri in uris:
            raise AccessDeniedException("Denied.", status=403, service_message=words)

    return gate


def test_a_refusal_for_what_is_absent_is_no_refusal():
    """Without s3:ListBucket S3 says 403 of what is not there: the waiting goes on, and says so."""
    seen = look(stored([], gate=denying("perform: s3:ListBucket", OUT, FAILED)), PLACES)
    assert (seen.over, seen.trouble, seen.hidden) == (False, None, True)


def test_a_refused_answer_ends_the_waiting_and_a_refused_failure_does_not():
    """The one can never be read, the other need not be."""
    seen = look(stored([], gate=denying("perform: s3:GetObject", OUT)), PLACES)
    assert (type(seen.trouble), seen.hopeless) == (AccessDeniedException, True)
    seen = look(stored([], gate=denying("perform: s3:GetObject", FAILED)), PLACES)
    assert (type(seen.trouble), seen.hopeless) == (AccessDeniedException, False)
    seen = look(stored([FAILED], gate=denying("perform: s3:GetObject", OUT)), PLACES)
    assert seen.failure is not None


@pytest.mark.parametrize(
    ("error", "hopeless"),
    [
        (ConnectError("refused"), False),
        (ServiceError("Slow down.", status=503, code="SlowDown"), False),
        (ThrottlingException("Slow down.", status=400), False),
        (InternalFailure("Sorry.", status=500), False),
        (CredentialsError("expired"), True),
        (ServiceError("There is no bucket.", status=404, code="NoSuchBucket"), True),
    ],
)
def test_what_a_network_does_is_waited_out(error, hopeless):
    """A look raises nothing; only what no waiting helps against ends it."""

    def gate(call, uri):
        raise error

    seen = look(stored([], gate=gate), PLACES)
    assert (seen.over, seen.trouble, seen.hopeless) == (False, error, hopeless)
