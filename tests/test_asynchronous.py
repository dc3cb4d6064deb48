"""Client.submit: value in, Job out; by functions, and by boto3 against the local endpoint's queue and S3."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from sm_magic.client import Client
from sm_magic.errors import CodecError, ModelError, StillRunning, UsageError, ValidationError
from sm_magic.journal import Entry, Journal
from sm_magic.messages import Endpoint, Ticket, Where
from sm_magic.s3 import S3Uri
from sm_magic.settings import Settings
from sm_magic.transports import model
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime, FunctionStore

FRAME = pd.DataFrame({"a": [1.5, 2.5], "b": [3, 4]})
INLINE = model.has("InvokeEndpointAsync", "Body")


@pytest.fixture
def client():
    """A client whose endpoint echoes at once, into its store."""
    store = FunctionStore({}, buckets=["mine"])
    count = iter(range(1_000))

    def take(request):
        uri = S3Uri.of(f"s3://mine/out/{next(count)}")
        body = (
            request.body
            if request.input_location is None
            else store.get(S3Uri.of(request.input_location), lambda size: None)
        )
        store.put(uri, body, request.content_type)
        return Ticket(output_location=str(uri), submitted=datetime(2026, 1, 1, tzinfo=UTC))

    return Client(
        settings=Settings(),
        runtime=FunctionRuntime(None, submitter=take),
        catalog=FunctionCatalog(account="123456789012"),
        store=store,
    )


def test_a_frame_goes_in_and_predictions_come_out(client):
    """Its type on the call, its rows counted, the answer read by the object's type."""
    job = client.submit(FRAME, endpoint="iris", upload_to="s3://mine", filename="out.csv")
    result = job.result(5)
    assert result.request.content_type == "text/csv"
    assert result.frame().to_numpy().tolist() == [[1.5, 3.0], [2.5, 4.0]]
    assert result.ledger.sentence == "2 rows → 2 predictions"


def test_a_body_in_s3_is_named_and_not_sent(client):
    """Its type by its name, unless it was said."""
    client.store.put(S3Uri.of("s3://mine/in.json"), b"[1]", "application/json")
    job = client.submit(endpoint="iris", input_location="s3://mine/in.json")
    assert job.result(5).value == [1]
    with pytest.raises(UsageError, match="two bodies"):
        client.submit(FRAME, endpoint="iris", input_location="s3://mine/in.json")
    request = client.prepare(
        endpoint="iris", asynchronous=True, input_location="s3://mine/in", content_type="csv"
    )
    assert (request.body, request.content_type) == (None, "text/csv")


def test_members_of_its_own_are_taken_and_others_refused(client):
    """By their bounds; in real time they mean nothing."""
    prepared = client.prepare({"a": 1}, endpoint="e", asynchronous=True, request_ttl_seconds=60)
    assert (prepared.operation, prepared.request_ttl_seconds) == ("InvokeEndpointAsync", 60)
    for wrong in ({"request_ttl_seconds": "60"}, {"request_ttl_seconds": 1}, {"target_variant": "v"}):
        with pytest.raises(UsageError):
            client.submit({"a": 1}, endpoint="e", **wrong)
    with pytest.raises(UsageError, match="no option 'filename'"):
        client.prepare({"a": 1}, endpoint="e", filename="x")
    with pytest.raises(UsageError, match="can't be streamed"):
        client.prepare({"a": 1}, endpoint="e", asynchronous=True, stream=True)
    with pytest.raises(UsageError, match="queued, not sent"):
        client.send(prepared)
    with pytest.raises(UsageError, match="sent, not queued"):
        client.enqueue(client.prepare({"a": 1}, endpoint="e"))


def test_a_large_body_may_be_queued():
    """The limit of real time is not the queue's."""
    client = Client(settings=Settings(max_bytes=10), runtime=FunctionRuntime(None), store=FunctionStore({}))
    assert client.prepare("x" * 100, endpoint="e", asynchronous=True).payload.size == 100
    with pytest.raises(CodecError):
        client.prepare("x" * 100, endpoint="e")


def test_many_are_submitted_and_read_in_order(client):
    """A Job each."""
    jobs = client.submit_many([{"n": n} for n in range(6)], endpoint="e", upload_to="s3://mine/in")
    assert [result.value["n"] for result in jobs.results(5)] == list(range(6))


def test_a_job_that_is_picked_up_knows_of_its_endpoint(client, tmp_path, monkeypatch):
    """As the one that was submitted: whom to ask is the client's."""
    monkeypatch.setenv("SM_MAGIC_CONFIG_DIR", str(tmp_path))
    here = datetime.now(UTC) - timedelta(minutes=5)
    entry = Entry(output_location="s3://mine/later", endpoint="iris", when=here.isoformat())
    Journal().add(entry)
    found = Client(
        settings=Settings(),
        runtime=FunctionRuntime(None, Where(place="AWS")),
        catalog=FunctionCatalog([Endpoint(name="iris", status="Updating")]),
        store=client.store,
    ).attach(entry.output_location)
    told = threading.Event()
    found.on_change(lambda job: told.set() if job.capacity == "Updating" else None)
    assert told.wait(20)
    found.cancel()


def test_functions_keep_no_journal(client, tmp_path, monkeypatch):
    """What they answer is gone with their process."""
    monkeypatch.setenv("SM_MAGIC_CONFIG_DIR", str(tmp_path))
    client.submit({"a": 1}, endpoint="e", upload_to="s3://mine")
    assert not Journal().path.exists()


@pytest.fixture
def here(local_endpoint, tmp_path, monkeypatch):
    """boto3 against the local endpoint, a journal of this test's own."""
    monkeypatch.setenv("SM_MAGIC_CONFIG_DIR", str(tmp_path))
    return Client(settings=Settings(), endpoint_url=local_endpoint.url, local_token=local_endpoint.token)


ROW = pd.DataFrame([[5.1, 3.5, 1.4, 0.2]])


@pytest.mark.server
def test_the_local_queue_answers_through_boto3(here):
    """Inline where botocore can, else beside the endpoint's own answers; journal and clocks are real."""
    job = here.submit(ROW, endpoint="iris")
    assert (job.queued.request.input_location is None) is INLINE
    result = job.result(30)
    assert len(result.frame()) == 1
    assert result.where.place == "LOCAL"
    assert Journal().find(job.output_location).state == "done"
    assert here.attach(job.inference_id).result(30).body == result.body


@pytest.mark.server
def test_a_large_body_is_uploaded_through_boto3(here):
    """In parts, beside the endpoint's answers, and deleted after the answer."""
    told = []
    job = here.submit(bytes(9_000_000), endpoint="echo", delete_input=True, on_progress=told.append)
    place = S3Uri.of(job.queued.request.input_location)
    assert "/sm-magic/echo/" in f"/{place.key}" and told[-1].done == told[-1].total == 9_000_000
    assert here.store.head(place) is not None
    assert job.result(30).body == bytes(9_000_000)
    assert here.store.head(place) is None


@pytest.mark.server
def test_failures_and_limits_are_told_through_boto3(here):
    """The model's words; the queue's time; the model's time."""
    with pytest.raises(ModelError) as caught:
        here.submit("no numbers", endpoint="iris", content_type="csv").result(30)
    assert caught.value.original_status in (400, 415)
    waited = {"request_ttl_seconds": 60, "custom_attributes": "sm-magic-waited=90"}
    with pytest.raises(ModelError, match="within RequestTTLSeconds, 60 s"):
        here.submit(ROW, endpoint="iris", **waited).result(30)
    slow = {"invocation_timeout_seconds": 1, "custom_attributes": "sm-magic-delay=5"}
    with pytest.raises(ModelError, match="longer than InvocationTimeoutSeconds, 1 s"):
        here.submit(ROW, endpoint="iris", **slow).result(30)


@pytest.mark.server
def test_it_is_waited_for_as_one_likes(here):
    """Not long enough, in the background, by asyncio."""
    delayed = {"custom_attributes": "sm-magic-delay=0.5"}
    job = here.submit(ROW, endpoint="iris", **delayed)
    with pytest.raises(StillRunning):
        job.result(0)

    async def main():
        return await asyncio.gather(job, here.submit(ROW, endpoint="iris"))

    first, second = asyncio.run(main())
    assert first.body == second.body


@pytest.mark.server
def test_what_is_not_deployed_is_told_with_near_names(here):
    """As in real time; and what was uploaded for it is taken back."""
    with pytest.raises(ValidationError, match="Did you mean `iris`"):
        here.submit(ROW, endpoint="irsi", upload_to="s3://sagemaker-local/refused")
