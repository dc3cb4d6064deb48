"""What a Job's card says of its endpoint once it has waited: instances, queue, state; at no cost to the looks."""

import threading
import time
from dataclasses import replace

import pytest

from sm_magic import capacity
from sm_magic.errors import AccessDeniedException
from sm_magic.jobs import Job
from sm_magic.journal import Journal
from sm_magic.messages import Endpoint, Payload, Request, Ticket, Variant
from sm_magic.outcomes import Queued
from sm_magic.readiness import Clock
from sm_magic.s3 import S3Uri
from sm_magic.settings import Settings
from sm_magic.submission import attach, submit
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime, FunctionStore

OUT = S3Uri.of("s3://bucket/out")
QUEUED = Queued(
    request=Request(
        endpoint="big-model",
        operation="InvokeEndpointAsync",
        payload=Payload(body=b"1", content_type="text/csv"),
    ),
    ticket=Ticket(output_location=str(OUT), failure_location="s3://bucket/failed"),
)
ZERO = "scaled to zero: the first request wakes it, which takes minutes"


def deployed(*counts, status="InService", **more):
    """The endpoint with a variant for each (current, desired) number of instances."""
    variants = tuple(
        Variant(name=f"v{number}", instances=current, desired=desired)
        for number, (current, desired) in enumerate(counts)
    )
    return Endpoint(name="big-model", status=status, variants=variants, **more)


class Plane(FunctionCatalog):
    """A control plane that counts what it is asked, and denies or waits as it is told."""

    def __init__(self, *endpoints, denies=(), gate=None, **more):
        super().__init__(endpoints, **more)
        self.denies, self.gate, self.asked = denies, gate, []

    def endpoint(self, name):
        self._takes("endpoint")
        return super().endpoint(name)

    def backlog(self, name):
        self._takes("backlog")
        return super().backlog(name)

    def _takes(self, call):
        self.asked.append((call, threading.current_thread().name))
        if self.gate is not None:
            self.gate.wait(30)
        if call in self.denies:
            raise AccessDeniedException("No.", status=403)


class Waiting:
    """A job whose clock is the test's."""

    def __init__(self, plane):
        self.now, self.calls = 0.0, []
        store = FunctionStore({}, gate=lambda call, uri: self.calls.append(call))
        self.store = store
        self.job = Job(QUEUED, store, clock=Clock(now=lambda: self.now), catalog=plane)

    def looks(self, at):
        """A look at that second."""
        self.now = at
        return self.job.done

    @property
    def text(self):
        return self.job._repr_mimebundle_()["text/plain"]


def until(true):
    """Wait for what another thread does."""
    end = time.monotonic() + 20
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    assert true()


@pytest.mark.parametrize(
    ("plane", "words"),
    [
        (Plane(deployed((2, 2))), "2 instances"),
        (Plane(deployed((1, 1), (1, 1)), backlogs={"big-model": 14}), "2 instances; about 14 requests in its queue"),
        (Plane(deployed((1, 3))), "1 instance, 3 wanted"),
        (Plane(deployed((0, 0)), backlogs={"big-model": 1}), f"{ZERO}; about 1 request in its queue"),
        (Plane(deployed((0, 1))), "no instance yet, 1 wanted: to start takes minutes"),
        (Plane(deployed((1, None)), backlogs={"big-model": 0}), "1 instance"),
        (Plane(deployed((None, None))), "InService"),
        (Plane(deployed()), "InService"),
        (Plane(deployed((1, 1), status="Updating")), "Updating, 1 instance"),
        (Plane(deployed(status="Failed", failure_reason="No image.")), "Failed: No image."),
        (Plane(), "there is none of this name any more"),
        (Plane(denies=["endpoint"], backlogs={"big-model": 3}), "about 3 requests in its queue"),
        (Plane(deployed((2, 2)), denies=["backlog"]), "2 instances"),
    ],
)  # fmt: skip
def test_the_card_says_what_the_control_plane_tells(plane, words):
    """Once half a minute has passed, not before; by the threads that look."""
    waiting = Waiting(plane)
    waiting.looks(29.9)
    assert (waiting.job.capacity, plane.asked) == (None, [])
    waiting.looks(33)
    until(lambda: waiting.job.capacity is not None)
    assert waiting.job.capacity == words
    assert f"  endpoint      {words}" in waiting.text
    assert {thread for _, thread in plane.asked} == {"sm_magic watch"}
    waiting.store.put(OUT, b"1", "application/json")
    waiting.looks(40)
    assert waiting.job.capacity is None


def test_who_may_not_ask_hears_nothing(capfd):
    """No words, no error, nothing printed."""
    plane = Plane(denies=["endpoint", "backlog"])
    waiting = Waiting(plane)
    waiting.looks(31)
    until(lambda: len(plane.asked) == 2)
    assert waiting.job.capacity is None
    assert "endpoint" not in waiting.text
    assert capfd.readouterr() == ("", "")


def test_it_is_asked_once_a_minute_for_all_who_wait():
    """Not once a look, not once a Job; and what is old is told no more."""
    plane = Plane(deployed((2, 2)))
    first, second = Waiting(plane), Waiting(plane)
    for at in (31, 35, 60, 90):
        first.looks(at)
        second.looks(at)
        until(lambda: first.job.capacity == second.job.capacity == "2 instances")
    assert [call for call, _ in plane.asked] == ["endpoint", "backlog"]
    first.looks(100)
    until(lambda: len(plane.asked) == 4)
    until(lambda: first.job.capacity is not None)
    first.now = 100 + 181
    assert first.job.capacity is None


def test_a_control_plane_that_hangs_holds_up_no_look():
    """The looks go on, by this thread and by the background; it is not asked again meanwhile."""
    gate = threading.Event()
    plane = Plane(deployed((2, 2)), gate=gate)
    waiting = Waiting(plane)
    told = threading.Event()
    for at in (31, 40, 100, 200):
        assert not waiting.looks(at)
    until(lambda: len(plane.asked) == 1)
    waiting.store.put(OUT, b"[1]", "application/json")
    waiting.job.on_change(lambda job: told.set() if job.state == "done" else None)
    assert told.wait(20)
    gate.set()
    assert (waiting.job.result(0).value, waiting.job.capacity) == ([1], None)


def test_a_look_is_two_calls_of_s3_all_the_same():
    """What is asked of the control plane is not asked of S3."""
    plane = Plane(deployed((2, 2)))
    waiting = Waiting(plane)
    for at in (31, 40, 100):
        before = len(waiting.calls)
        waiting.looks(at)
        assert waiting.calls[before:] == ["GetObject", "GetObject"]
    until(lambda: len(plane.asked) >= 2)


def test_who_follows_a_job_is_told(capfd):
    """When there are words, not at the next look: that may be half a minute away."""
    gate, told = threading.Event(), threading.Event()
    waiting = Waiting(Plane(deployed((0, 0)), gate=gate))
    waiting.now = 300.0
    waiting.job.on_change(lambda job: told.set() if job.capacity == ZERO else None)
    gate.set()
    assert told.wait(20)
    waiting.job.cancel()
    assert waiting.job.capacity is None


def test_without_a_control_plane_there_is_nothing_to_say():
    """As for a request of before, whose endpoint nobody knows."""
    waiting = Waiting(None)
    waiting.looks(31)
    assert waiting.job.capacity is None
    assert capacity.of(None, "a") is not capacity.of(None, "b")


def test_a_job_of_the_journal_knows_whom_to_ask(tmp_path):
    """As the one that was submitted here; of an endpoint that nobody knows nothing is asked."""
    plane, now, journal = Plane(deployed((2, 2))), [0.0], Journal(tmp_path / "jobs.jsonl")
    store, runtime = FunctionStore({}), FunctionRuntime(None, submitter=lambda _: QUEUED.ticket)
    given = {"journal": journal, "catalog": plane, "clock": Clock(now=lambda: now[0])}
    request = replace(QUEUED.request, payload=None, input_location="s3://bucket/in")
    jobs = [
        submit(request, runtime, store, Settings(), **given),
        attach(str(OUT), None, runtime, store, Settings(), **given),
        attach("s3://bucket/another", None, runtime, store, Settings(), **given),
    ]
    now[0] = 100.0
    for job in reversed(jobs):
        assert not job.done
    until(lambda: jobs[0].capacity == "2 instances")
    assert [job.capacity for job in jobs] == ["2 instances", "2 instances", None]
    assert [call for call, _ in plane.asked] == ["endpoint", "backlog"]
