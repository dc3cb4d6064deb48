"""Many jobs: the first alone, the others together; results in order; one table."""

import threading

import pytest

from sm_magic.errors import Cancelled, ModelError, StillRunning, UsageError, ValidationError
from sm_magic.jobcards import since
from sm_magic.joblist import Jobs, submit_all
from sm_magic.jobs import Job
from sm_magic.messages import Payload, Request, Ticket
from sm_magic.outcomes import Queued
from sm_magic.readiness import Clock
from sm_magic.s3 import S3Uri
from sm_magic.transports.function import FunctionStore

NOW = Clock(now=lambda: 0.0, sleep=lambda seconds: None)


def job(store, number):
    """A job of its own places."""
    ticket = Ticket(output_location=f"s3://bucket/{number}", failure_location=f"s3://bucket/{number}-failed")
    payload = Payload(body=b"1", content_type="text/csv")
    request = Request(endpoint="e", operation="InvokeEndpointAsync", payload=payload)
    return Job(Queued(request=request, ticket=ticket), store, clock=NOW)


@pytest.fixture
def store():
    """Two answers and a failure."""
    store = FunctionStore({})
    for number in (0, 2):
        store.put(S3Uri.of(f"s3://bucket/{number}"), b"%d" % number, "application/json")
    store.put(S3Uri.of("s3://bucket/1-failed"), b"bad row", "text/plain")
    return store


def test_results_come_in_order(store):
    """An error stands where its result would, or ends them."""
    jobs = Jobs(job(store, number) for number in range(3))
    found = list(jobs.results(errors=True))
    assert [getattr(one, "value", None) for one in found] == [0, None, 2]
    assert isinstance(found[1], ModelError)
    results = jobs.results()
    assert next(results).value == 0
    with pytest.raises(ModelError, match="bad row"):
        next(results)


def test_they_are_a_sequence_and_one_table(store):
    """Sliced they are Jobs again; the table says what became of each."""
    jobs = Jobs(job(store, number) for number in range(4))
    assert (len(jobs), len(jobs[1:]), jobs[0].endpoint) == (4, 3, "e")
    with pytest.raises(StillRunning):
        next(jobs[3:].results(0))
    list(jobs[:3].results(errors=True))
    assert repr(jobs) == "<Jobs 3 of 4 ended>"
    text = jobs._repr_mimebundle_()["text/plain"]
    assert "3 of 4 jobs ended" in text and "bad row" in text and "application/json" in text
    assert Jobs(())._repr_mimebundle_()["text/plain"].startswith("0 of 0")
    jobs.cancel()
    assert jobs[3].state == "cancelled"


def test_the_first_goes_alone_and_the_others_four_at_a_time(store):
    """What is wrong with all of them costs one request."""
    seen, meeting = [], threading.Barrier(4)

    def submit(value):
        seen.append(value)
        if value:
            meeting.wait(10)
        return job(store, value)

    jobs = submit_all(range(9), submit)
    assert [one.output_location for one in jobs] == [f"s3://bucket/{n}" for n in range(9)]
    assert (seen[0], sorted(seen)) == (0, list(range(9)))

    def refuse(value):
        seen.append(value)
        raise ValidationError("No.", status=400)

    seen.clear()
    with pytest.raises(ValidationError) as caught:
        submit_all(range(9), refuse)
    assert (seen, len(caught.value.result)) == ([0], 0)


def test_what_was_taken_is_kept_when_one_is_refused_or_interrupted(store):
    """On the error: they go on."""

    def submit(value):
        if value == 3:
            raise ValidationError("No.", status=400)
        return job(store, value)

    with pytest.raises(ValidationError) as caught:
        submit_all(range(9), submit)
    assert [one.output_location[-1] for one in caught.value.result] == ["0", "1", "2", "4"]

    def values():
        yield 0
        raise KeyboardInterrupt

    with pytest.raises(Cancelled) as caught:
        submit_all(values(), submit)
    assert len(caught.value.result) == 1


def test_seconds_are_told_as_people_count_them():
    """Not more exactly than anyone wants to know."""
    assert [since(s) for s in (0.4, 59, 250, 3_600, 7_500)] == ["0 s", "59 s", "4 min", "1 h", "2 h 5 min"]


def test_what_came_before_an_error_of_the_values_is_submitted(store):
    """So many were meant: an error says how many there were, and its Jobs are as many."""

    def values():
        yield from range(7)
        raise UsageError("There are more than 7; so many were sent.")

    with pytest.raises(UsageError, match="so many were sent") as caught:
        submit_all(values(), lambda value: job(store, value))
    assert [one.output_location[-1] for one in caught.value.result] == list("0123456")
