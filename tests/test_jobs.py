"""A Job: waited for, given up, picked up again; in this thread, in the background, by asyncio."""

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sm_magic.errors import (
    AccessDeniedException,
    Cancelled,
    CodecError,
    ConnectError,
    ModelError,
    StillRunning,
)
from sm_magic.jobs import Job
from sm_magic.journal import Entry, Journal
from sm_magic.messages import Payload, Request, Ticket
from sm_magic.outcomes import NO_FAILURES, Queued
from sm_magic.readiness import Clock
from sm_magic.reading import Query
from sm_magic.records import history
from sm_magic.s3 import S3Uri
from sm_magic.transports.function import FunctionStore

BUCKET = "s3://sagemaker-eu-west-1-123456789012"
OUT, FAILED, IN = (S3Uri.of(f"{BUCKET}/{name}") for name in ("out", "failed", "in.csv"))
REQUEST = Request(
    endpoint="big-model",
    operation="InvokeEndpointAsync",
    payload=Payload(body=b"1,2\n", content_type="text/csv"),
)
TICKET = Ticket(
    output_location=str(OUT),
    failure_location=str(FAILED),
    inference_id="i-1",
    submitted=datetime(2026, 11, 21, 10, 0, 7, tzinfo=UTC),
    request_id="r-1",
)
QUEUED = Queued(request=REQUEST, ticket=TICKET)


class World:
    """A store and a clock: what happens at which second is said by the test."""

    def __init__(self):
        self.now, self.plan, self.refusal = 0.0, [], None
        self.store = FunctionStore({}, gate=self._gate)
        self.clock = Clock(now=lambda: self.now, sleep=self._sleep)

    def _gate(self, call, uri):
        if self.refusal is not None and call == "GetObject":
            raise self.refusal

    def _sleep(self, seconds):
        self.now += seconds
        while self.plan and self.plan[0][0] <= self.now:
            self.plan.pop(0)[1]()

    def at(self, second, act):
        self.plan.append((second, act))

    def answers(self, second, body=b"[0.5]", content_type="application/json", uri=OUT):
        self.at(second, lambda: self.store.put(uri, body, content_type))

    def job(self, queued=QUEUED, **more):
        return Job(queued, self.store, clock=self.clock, **more)


@pytest.fixture
def world():
    """A fresh one."""
    history.clear()
    return World()


def test_the_answer_is_a_result(world):
    """Decoded by the object's type; what the service does not tell is said to be untold."""
    world.answers(10)
    job = world.job()
    assert (job.state, job.done) == ("waiting", False)
    result = job.result()
    assert (result.value, result.request_id, result.variant) == ([0.5], "r-1", None)
    assert 10 <= result.latency < 11.5
    assert (job.state, job.done, job.error) == ("done", True, None)
    assert result is job.result(0)
    text = result._repr_mimebundle_()["text/plain"]
    assert "not reported for asynchronous requests" in text
    assert "123456789012" not in text + repr(result) + repr(job)
    assert job._repr_mimebundle_()["text/plain"] == text


def test_the_history_has_it_once(world):
    """When the answer is there, not before."""
    world.answers(1)
    job = world.job()
    assert len(history) == 0
    job.result()
    job.result()
    assert [(r.operation, r.received_type) for r in history] == [("InvokeEndpointAsync", "application/json")]


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [("text/plain", b"hi", "hi"), ("binary/octet-stream", b"\x89PNG\r\n\x1a\n", None), ("", b"x", b"x")],
)
def test_an_object_without_a_type_is_looked_at(world, content_type, body, value):
    """S3 says binary/octet-stream of an object that was written without one."""
    world.answers(0.1, body, content_type)
    if value is None:
        with pytest.raises(CodecError):  # it says PNG, and is none
            world.job().result()
    else:
        assert world.job().result().value == value


def test_a_failure_is_the_models_error(world):
    """With its words; raised again each time, and in the history."""
    world.answers(2, b'Received client error (400) from model with message "3 columns"', "text/plain", FAILED)
    job = world.job()
    for _ in range(2):
        with pytest.raises(ModelError, match="3 columns"):
            job.result()
    assert (job.state, job.done, job.error.original_status) == ("failed", True, 400)
    took, world.now = job.elapsed, 1_000.0
    assert job.elapsed == took < 3
    assert "ModelError" in history[-1].error and len(history) == 1
    assert "3 columns" in job._repr_mimebundle_()["text/plain"]


def test_what_does_not_decode_is_kept(world):
    """The bytes are on the error's Result."""
    world.answers(1, b"{", "application/json")
    job = world.job()
    with pytest.raises(CodecError) as caught:
        job.result()
    assert (caught.value.result.body, job.state) == (b"{", "failed")


def test_a_query_picks_its_part(world):
    """As of a call in real time."""
    world.answers(1, b'{"a": {"b": 3}}')
    assert world.job(replace(QUEUED, query=Query.of("a.b"))).result().value == 3


def test_a_time_that_is_over_leaves_the_job_as_it_was(world):
    """StillRunning says how to go on; the next waiting finds the answer."""
    world.answers(100)
    job = world.job()
    with pytest.raises(StillRunning, match=r"No answer of big-model after 5 s\.\n.*waits again"):
        job.result(5)
    assert job.state == "waiting"
    assert job.result(200).value == [0.5]


def test_the_usual_patience_is_the_models_time_and_ten_minutes(world):
    """InvocationTimeoutSeconds if it was said, else its default of 15 minutes."""
    for seconds, request in ((1_500, REQUEST), (660, replace(REQUEST, invocation_timeout_seconds=60))):
        world.now = 0.0
        with pytest.raises(StillRunning):
            world.job(replace(QUEUED, request=request)).result()
        assert world.now == pytest.approx(seconds)


def test_what_can_only_have_expired_is_told_so(world):
    """Without a FailureLocation nothing else tells."""
    queued = replace(
        QUEUED,
        request=replace(REQUEST, request_ttl_seconds=60),
        ticket=replace(TICKET, failure_location=None),
    )
    job = world.job(queued, elapsed=10_000.0)
    with pytest.raises(StillRunning, match="may have expired"):
        job.result(0)
    assert NO_FAILURES in job.notes
    assert "S3FailurePath" in job._repr_mimebundle_()["text/plain"]


def test_an_interrupt_leaves_the_job_as_it_was(world):
    """Ctrl-C ends the waiting, not the request."""

    def interrupt():
        raise KeyboardInterrupt

    world.at(3, interrupt)
    world.answers(6)
    job = world.job()
    with pytest.raises(Cancelled, match="big-model goes on"):
        job.result()
    assert (job.state, job.result().value) == ("waiting", [0.5])


def test_a_cancelled_job_is_not_waited_for(world):
    """From within the waiting; a later `result` waits again."""
    job = world.job()
    world.at(3, job.cancel)
    world.answers(50)
    with pytest.raises(Cancelled, match="given up"):
        job.result()
    assert job.state == "cancelled"
    assert job.result().value == [0.5]
    job.cancel()
    assert job.state == "done"


def test_a_network_that_is_gone_for_a_while_is_waited_out(world):
    """The last look's trouble is in the error, and on the card."""
    world.refusal = ConnectError("No connection to s3: refused.")
    job = world.job()
    with pytest.raises(StillRunning, match="refused"):
        job.result(5)
    assert "refused" in job._repr_mimebundle_()["text/plain"]
    world.refusal = None
    world.answers(6)
    assert job.result(5).value == [0.5]


def test_an_answer_that_may_not_be_read_is_an_error_at_once(world):
    """And none once it may."""
    world.refusal = AccessDeniedException("Denied.", status=403, service_message="perform: s3:GetObject")
    job = world.job()
    with pytest.raises(AccessDeniedException):
        job.result()
    assert (world.now, job.state) == (0.0, "waiting")
    world.refusal = None
    world.answers(1)
    assert job.result().value == [0.5]


def test_an_uploaded_input_goes_once_the_answer_is_there(world):
    """Not before; and what may not be deleted harms nothing."""
    world.store.put(IN, b"1,2\n", "text/csv")
    job = world.job(replace(QUEUED, uploaded=IN))
    with pytest.raises(StillRunning):
        job.result(1)
    assert world.store.head(IN) is not None
    world.answers(2)
    job.result()
    assert world.store.head(IN) is None


def test_the_journal_is_told(world, tmp_path):
    """So that nobody waits for it after a restart."""
    journal = Journal(tmp_path / "jobs.jsonl")
    journal.add(Entry(output_location=str(OUT), endpoint="big-model"))
    world.answers(1)
    world.job(journal=journal).result()
    assert journal.find(str(OUT)).state == "done"


def test_done_looks_when_a_look_is_due(world):
    """A loop over `done` makes no more calls than `result`."""
    calls = []
    world.store = FunctionStore({}, gate=lambda call, uri: calls.append(call))
    job = world.job()
    assert [job.done for _ in range(1_000)] == [False] * 1_000
    assert len(calls) == 2
    world.now = 0.2
    world.store.put(OUT, b"1", "text/csv")
    assert job.done


def test_the_card_says_what_is_known(world):
    """Which is little: there is no API for the state."""
    job = world.job()
    world.now = 250.0
    bundle = job._repr_mimebundle_()
    assert "big-model · submitted, no answer yet, 4 min" in bundle["text/plain"]
    assert "123456789012" not in str(bundle) and "…9012/out" in bundle["text/plain"]
    assert job.output_location == str(OUT) and job.failure_location == str(FAILED)


def real(store, queued=QUEUED):
    """A job by the real clock."""
    return Job(queued, store)


def test_the_background_looks_and_tells(world):
    """Each look and the end, by another thread; an exception in who is told harms nobody."""
    told, ended = [], threading.Event()

    def tell(job):
        told.append(threading.current_thread().name)
        if job.done:
            ended.set()
        else:
            world.store.put(OUT, b"[1]", "application/json")
        raise ValueError("a display that is gone")

    job = real(world.store)
    job.on_change(tell)
    assert ended.wait(10)
    assert (set(told), job.result().value) == ({"sm_magic watch"}, [1])


def test_who_waits_for_a_watched_job_does_not_look_too(world):
    """One pace of looks, whoever asks."""
    calls = []

    def gate(call, uri):
        calls.append(threading.current_thread().name)

    store = FunctionStore({}, gate=gate)
    job = real(store)
    remove = job.on_change(lambda job: None)
    with pytest.raises(StillRunning):
        job.result(0.25)
    assert set(calls) == {"sm_magic watch"}
    remove()
    job.cancel()


def test_asyncio_awaits_it(world):
    """Other coroutines go on meanwhile."""
    job = real(world.store)

    async def main():
        async def later():
            world.store.put(OUT, b"[2]", "application/json")

        return (await asyncio.gather(job, later()))[0]

    assert asyncio.run(main()).value == [2]


def test_asyncio_gets_its_failure_and_its_cancel(world):
    """A cancel is asyncio's own: a KeyboardInterrupt would end the loop."""
    world.store.put(FAILED, b"bad", "text/plain")

    async def main(job, act=lambda: None):
        asyncio.get_running_loop().call_soon(act)
        return await job

    with pytest.raises(ModelError, match="bad"):
        asyncio.run(main(real(world.store)))
    job = real(FunctionStore({}))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main(job, job.cancel))
    assert job.state == "cancelled"


def test_a_request_that_nobody_can_answer_any_more_is_not_watched(world):
    """After its whole life the background leaves it alone."""
    job = world.job(elapsed=100_000.0)
    job.watch()
    with pytest.raises(StillRunning, match="may have expired"):
        job.result(10)


def test_a_cancel_and_another_watch_do_not_double_the_looks(world):
    """What was watched before is over."""
    looks = []
    store = FunctionStore({}, gate=lambda call, uri: looks.append(uri))
    job = Job(replace(QUEUED, ticket=replace(TICKET, failure_location=None)), store)
    for _ in range(5):
        job.watch()
        job.cancel()
    job.watch()
    with pytest.raises(StillRunning):
        job.result(0.35)
    job.cancel()
    assert len(looks) <= 5 + 5


def test_a_deserializer_that_breaks_is_the_jobs_error(world):
    """In the background nobody would hear of it."""

    class Broken:
        ACCEPT = ("application/json",)

        def deserialize(self, stream, content_type):
            raise ZeroDivisionError("oops")

    world.answers(1)
    job = world.job(replace(QUEUED, deserializer=Broken()))
    with pytest.raises(CodecError, match="oops"):
        job.result()
