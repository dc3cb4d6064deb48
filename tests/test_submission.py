"""A request becomes a Job: by the call alone, or by way of S3."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sm_magic.errors import (
    Cancelled,
    ConnectError,
    ModelNotReadyException,
    ReadTimeout,
    ServiceError,
    StillRunning,
    UsageError,
    ValidationError,
)
from sm_magic.journal import Journal
from sm_magic.messages import Payload, Request, Ticket, Where
from sm_magic.readiness import Clock
from sm_magic.records import history
from sm_magic.settings import Settings
from sm_magic.submission import Upload, attach, submit
from sm_magic.transports import model
from sm_magic.transports.function import FunctionRuntime, FunctionStore

OUT = "s3://sagemaker-eu-west-1-123456789012/out"
TICKET = Ticket(output_location=OUT, inference_id="i-1", submitted=datetime(2026, 11, 21, tzinfo=UTC))
SMALL = Payload(body=b"1,2\n", content_type="text/csv")
LARGE = Payload(body=b"1,2\n" * 50_000, content_type="text/csv")
UPLOAD = Upload(to="s3://users/in")
NOW = Clock(now=lambda: 0.0, sleep=lambda seconds: None)


def asking(payload, **members):
    """A request of InvokeEndpointAsync."""
    return Request(endpoint="iris", operation="InvokeEndpointAsync", payload=payload, **members)


class Service:
    """Takes requests, answers each with its size; or fails as it is told."""

    def __init__(self, *errors):
        self.requests, self.objects, self.errors = [], {}, list(errors)
        self.store = FunctionStore(self.objects)
        self.runtime = FunctionRuntime(None, Where(place="AWS", region="eu-west-1"), submitter=self._take)

    def _take(self, request):
        if self.errors:
            raise self.errors.pop(0)
        self.requests.append(request)
        body = self.objects[request.input_location] if request.input_location else request.body
        self.objects[OUT] = b"%d" % len(body)
        return TICKET

    def submit(self, request, **more):
        return submit(request, self.runtime, self.store, Settings(), clock=NOW, **more)


@pytest.mark.skipif(not model.has("InvokeEndpointAsync", "Body"), reason="this botocore has no inline body")
def test_a_small_body_goes_with_the_call():
    """Nothing is written to S3."""
    service = Service()
    job = service.submit(asking(SMALL))
    assert (service.requests[0].body, list(service.objects)) == (b"1,2\n", [OUT])
    assert (job.endpoint, job.inference_id, job.failure_location) == ("iris", "i-1", None)


def test_a_large_body_goes_by_way_of_s3():
    """Its type on the call and on the object; the place is told, the upload's progress too."""
    service, told = Service(), []
    job = service.submit(asking(LARGE), upload=UPLOAD, on_progress=told.append)
    (sent,) = service.requests
    assert sent.input_location.startswith("s3://users/in/sm-magic/iris/") and sent.body is None
    assert sent.content_type == "text/csv"
    assert told[-1].done == 200_000
    assert job.result().body == b"200000"
    assert sent.input_location in service.objects
    assert job.result().ledger.rows is None


def test_an_input_is_deleted_where_that_was_asked_for():
    """Once the answer is there."""
    service = Service()
    job = service.submit(asking(LARGE), upload=replace(UPLOAD, delete=True))
    assert len(service.objects) == 2
    job.result()
    assert list(service.objects) == [OUT]


def test_what_lies_in_s3_already_stays_there():
    """No body travels, nothing is uploaded and nothing deleted."""
    service = Service()
    service.objects["s3://mine/in.csv"] = b"12345"
    request = asking(Payload(body=b"", content_type="text/csv"), input_location="s3://mine/in.csv")
    job = service.submit(request, upload=Upload(delete=True))
    assert (job.result().body, set(service.objects)) == (b"5", {"s3://mine/in.csv", OUT})
    assert "text/csv from S3" in job.result()._repr_mimebundle_()["text/plain"]


def test_a_refused_request_leaves_nothing_behind():
    """What was uploaded for it is deleted; where it may have been taken, it stays."""
    service = Service(ValidationError("No such endpoint.", status=400, never_ran=True))
    with pytest.raises(ValidationError):
        service.submit(asking(LARGE), upload=UPLOAD)
    assert service.objects == {}
    service = Service(ReadTimeout("Silence."))
    with pytest.raises(ReadTimeout):
        service.submit(asking(LARGE), upload=UPLOAD)
    assert len(service.objects) == 1


def test_what_is_not_ready_is_waited_for():
    """As in real time; the attempts are counted."""
    service = Service(ModelNotReadyException("Loading.", status=429, never_ran=True))
    job = service.submit(asking(LARGE), upload=UPLOAD)
    assert job.queued.ticket.attempts == 2


def test_an_error_is_in_the_history():
    """A submission alone is not: its answer will be."""
    history.clear()
    service = Service(ServiceError("No.", status=400))
    with pytest.raises(ServiceError):
        service.submit(asking(LARGE), upload=UPLOAD)
    service.submit(asking(LARGE), upload=UPLOAD)
    assert [record.error for record in history] == ["ServiceError: No."]
    assert history[0].sent == 200_000


def test_a_very_large_body_is_not_kept():
    """A hundred jobs of a gigabyte would fill the memory."""
    service = Service()
    job = submit(asking(LARGE), service.runtime, service.store, Settings(history_bytes=1_000), upload=UPLOAD)
    assert job.queued.request.payload.size == 0
    assert "200,000 bytes were uploaded" in str(job.queued.request.payload.facts.notes)


def test_without_s3_there_is_no_answer():
    """Said before anything is sent."""
    service = Service()
    with pytest.raises(UsageError, match="no S3"):
        submit(asking(SMALL), service.runtime, None, Settings())
    with pytest.raises(UsageError, match="no S3"):
        attach(OUT, None, service.runtime, None, Settings())
    with pytest.raises(UsageError, match="no JMESPath"):
        service.submit(asking(SMALL), query="[")
    assert service.requests == []


def test_the_journal_finds_a_job_again(tmp_path):
    """After a restart: its answer, its age, its limits, the input that is to go; by place or id."""
    service, journal = Service(), Journal(tmp_path / "jobs.jsonl")
    request = asking(LARGE, request_ttl_seconds=60, invocation_timeout_seconds=5)
    service.submit(request, upload=replace(UPLOAD, delete=True), journal=journal)

    for place in (OUT, "i-1"):
        job = attach(place, None, service.runtime, service.store, Settings(), journal=journal)
        assert (job.endpoint, job.output_location, job.queued.ticket.submitted) == (
            "iris",
            OUT,
            TICKET.submitted,
        )
        assert job.queued.request.invocation_timeout_seconds == 5
    assert job.result().body == b"200000"
    assert list(service.objects) == [OUT]
    assert journal.find(OUT).state == "done"


def test_any_answer_can_be_picked_up():
    """Also one that nobody wrote down: its age is not known, and not made up."""
    service = Service()
    service.objects[OUT] = b'"hi"'
    job = attach(OUT, "s3://bucket/failed", service.runtime, service.store, Settings(), clock=NOW)
    assert job.failure_location == "s3://bucket/failed"
    result = job.result()
    assert (result.body, result.latency) == (b'"hi"', 0.0)
    with pytest.raises(UsageError, match="no address in S3"):
        attach("i-2", None, service.runtime, service.store, Settings())


def test_who_can_not_reach_s3_is_told_while_waiting():
    """The request was taken all the same."""
    service = Service()

    def gate(call, uri):
        raise ConnectError("No S3.")

    job = submit(
        asking(None, input_location="s3://bucket/x"),
        FunctionRuntime(None, submitter=lambda _: TICKET),
        FunctionStore({}, gate=gate),
        Settings(),
        clock=NOW,
    )
    with pytest.raises(StillRunning, match="No S3"):
        job.result(0)
    assert service.requests == []


def test_an_interrupted_upload_submits_nothing():
    """And it is a Cancelled, as every interrupt."""
    service = Service()

    def interrupt(progress):
        raise KeyboardInterrupt

    with pytest.raises(Cancelled, match="nothing was submitted"):
        service.submit(asking(LARGE), upload=UPLOAD, on_progress=interrupt)
    assert service.requests == []
