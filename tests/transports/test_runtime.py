"""boto3's own matters: attempts, time-outs, cut connections, interrupts, what an answer leaves out."""

import json
import os
import signal
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import botocore.session
import pytest

from sm_magic.errors import (
    ConnectError,
    InternalFailure,
    ReadTimeout,
    ServiceError,
    ServiceUnavailable,
    TransportError,
    UsageError,
    ValidationError,
)
from sm_magic.messages import Payload, Request, Ticket
from sm_magic.settings import Connection
from sm_magic.transports import model
from sm_magic.transports.boto import connect

REQUEST = Request(endpoint="e", payload=Payload(body=b"1", content_type="text/csv"))
LARGE = Request(endpoint="e", payload=Payload(body=bytes(8_000_000), content_type="text/csv"))


def test_headers_and_request_id_are_the_answers(far, runtime):
    """Header names in lower case; the request id of the service."""
    far.says(far.Answer(headers={"X-Amzn-RequestId": "r-1", "X-Mine": "Yes", "Content-Type": "text/csv"}))

    response = runtime().invoke(REQUEST)

    assert response.request_id == "r-1"
    assert response.headers["x-mine"] == "Yes"
    assert response.payload.content_type == "text/csv"


def test_an_answer_without_a_type_has_none(far, runtime):
    """No type is made up: who decodes it looks at the bytes."""
    far.says(far.Answer(body=b"[1]"))

    assert runtime().invoke(REQUEST).payload.content_type == ""


def test_latency_is_of_the_attempt_that_answered(far, runtime):
    """Back-off and failed attempts are not the model's time; attempts are counted."""
    far.says(far.fault("ServiceUnavailable", "Busy.", 503), far.Answer(body=b"ok"))

    started = time.perf_counter()
    response = runtime(retries=2).invoke(REQUEST)

    assert (response.attempts, response.payload.body) == (2, b"ok")
    assert 0 < response.latency < time.perf_counter() - started


@pytest.mark.parametrize(("code", "status", "kind"), [
    ("InternalFailure", 500, InternalFailure),
    ("ServiceUnavailable", 503, ServiceUnavailable),
])  # fmt: skip
def test_what_may_have_run_is_sent_once(far, runtime, code, status, kind):
    """botocore would send these again by itself."""
    far.says(far.fault(code, "Sorry.", status))

    with pytest.raises(kind, match="--retries 2") as caught:
        runtime().invoke(REQUEST)

    assert 1 == len(far.seen) == caught.value.attempts
    assert not caught.value.never_ran


def test_retries_are_as_many_as_asked_for(far, runtime):
    """--retries 1 is two attempts, and the error tells them."""
    far.says(far.fault("InternalFailure", "Sorry.", 500))

    with pytest.raises(InternalFailure) as caught:
        runtime(retries=1).invoke(REQUEST)

    assert 2 == len(far.seen) == caught.value.attempts


@pytest.mark.parametrize("cut", ["silent", "stalled"])
def test_silence_is_a_read_timeout_after_one_attempt(far, runtime, cut):
    """It was sent; whether it ran is not known.  Silence in the middle of the answer counts too."""
    far.says(far.Answer(body=b"0123456789", cut=cut))

    with pytest.raises(ReadTimeout, match=r"No answer within 0.2 s[\s\S]*--timeout 70"):
        runtime(timeout=0.2).invoke(REQUEST)

    assert len(far.seen) == 1


def test_a_refused_connection_is_said_at_once(closed_port):
    """Nothing was sent; the local endpoint is started anew by the magic."""
    runtime = connect(Connection(endpoint_url=f"http://127.0.0.1:{closed_port}", local_token="t")).runtime

    with pytest.raises(ConnectError, match=rf"127.0.0.1:{closed_port}: refused[\s\S]*%sm_connect local"):
        runtime.invoke(REQUEST)


def test_a_region_that_is_none_is_no_such_host(elsewhere):
    """The name does not resolve; the hint asks for the region."""
    name, said = elsewhere(
        """
import json
from sm_magic.messages import Payload, Request, Ticket
from sm_magic.settings import Connection
from sm_magic.transports import model
from sm_magic.transports.boto import connect
request = Request(endpoint="e", payload=Payload(body=b"1", content_type="text/csv"))
try:
    connect(Connection(endpoint_url="https://sm-magic.invalid", region="eu-wset-1")).runtime.invoke(request)
except Exception as exc:
    print(json.dumps([type(exc).__name__, str(exc)]))
""",
        AWS_ACCESS_KEY_ID="A1",
        AWS_SECRET_ACCESS_KEY="s",
    )

    assert name == "ConnectError"
    assert "No connection to sm-magic.invalid: no such host." in said
    assert "Is eu-wset-1 a region" in said


@pytest.mark.parametrize("cut", ["before", "inside"])
def test_a_connection_cut_early_or_late_is_an_error(far, runtime, cut):
    """Half an answer is none; the call after it works."""
    far.says(far.Answer(body=b"0123456789", cut=cut), far.Answer(body=b"whole"))
    sender = runtime()

    with pytest.raises(TransportError, match=r"closed before|cut off"):
        sender.invoke(REQUEST)

    assert sender.invoke(REQUEST).payload.body == b"whole"


def test_a_reset_while_a_large_body_is_sent_means_too_large(far, runtime):
    """The far side says it by hanging up (sdk #831, #3690)."""
    far.says(far.Answer(cut="unread"))

    with pytest.raises(TransportError, match=r"hung up while 8 MB were being sent"):
        runtime().invoke(LARGE)


@pytest.mark.parametrize("cut", ["silent", "stalled"])
def test_an_interrupt_leaves_the_runtime_usable(far, runtime, cut):
    """KeyboardInterrupt passes through; no half-read answer is the next call's."""
    far.says(far.Answer(body=b"0123456789", cut=cut), far.Answer(body=b"next"))
    sender = runtime()

    def interrupt(*_):
        raise KeyboardInterrupt

    def once_it_was_sent():
        while not far.seen:
            time.sleep(0.01)
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGALRM)

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            threading.Thread(target=once_it_was_sent, daemon=True).start()
            sender.invoke(REQUEST)
    finally:
        signal.signal(signal.SIGALRM, before)

    assert sender.invoke(REQUEST).payload.body == b"next"


def test_a_line_break_in_a_header_is_told_as_such(runtime):
    """botocore sends nothing, and says it in http.client's words."""
    request = Request(endpoint="e", payload=REQUEST.payload, custom_attributes="a\nb")

    with pytest.raises(TransportError, match="line break"):
        runtime().invoke(request)


def test_a_member_that_botocore_lacks_names_the_version_that_has_it(far, elsewhere, tmp_path):
    """The model is the client's own: here one without PrefixAwareId, as botocore 1.37 has it."""
    loader = botocore.session.get_session().get_component("data_loader")
    model = loader.load_service_model("sagemaker-runtime", "service-2")
    for shape in model["shapes"].values():
        shape.get("members", {}).pop("PrefixAwareId", None)
    folder = tmp_path / "models" / "sagemaker-runtime" / "2017-05-13"
    folder.mkdir(parents=True)

    (folder / "service-2.json").write_text(json.dumps(model))

    said = elsewhere(
        """
import json, os
from sm_magic.messages import Payload, Request, Ticket
from sm_magic.settings import Connection
from sm_magic.transports import model
from sm_magic.transports.boto import connect
runtime = connect(Connection(endpoint_url=os.environ["FAR"], region="eu-west-1")).runtime
payload = Payload(body=b"1", content_type="text/csv")
runtime.invoke(Request(endpoint="e", payload=payload))
try:
    runtime.invoke(Request(endpoint="e", payload=payload, prefix_aware_id="a"))
except Exception as exc:
    print(json.dumps(f"{type(exc).__name__}: {exc}"))
""",
        FAR=far.url,
        AWS_ACCESS_KEY_ID="A1",
        AWS_SECRET_ACCESS_KEY="s",
        AWS_DATA_PATH=str(tmp_path / "models"),
    )

    assert said.startswith("UsageError: --prefix-aware-id needs boto3 1.43.68 or newer; botocore ")
    assert "%pip install -U boto3" in said
    assert len(far.seen) == 1


def test_a_request_without_a_body_is_refused_unsent(far, runtime):
    """What validation would have said first."""
    with pytest.raises(UsageError, match="Body"):
        runtime().invoke(Request(endpoint="e"))

    assert far.seen == []


QUEUED = Request(
    endpoint="e",
    payload=REQUEST.payload,
    operation="InvokeEndpointAsync",
    input_location="s3://bucket/in.csv",
    request_ttl_seconds=60,
    invocation_timeout_seconds=5,
)


def test_a_request_is_queued_and_its_answers_places_are_told(far, runtime):
    """Where, by the service's clock, and by which id."""
    told = {
        "X-Amzn-SageMaker-OutputLocation": "s3://bucket/out",
        "X-Amzn-SageMaker-FailureLocation": "s3://bucket/failed",
        "x-amzn-RequestId": "r-1",
    }
    far.says(far.Answer(status=202, body=b'{"InferenceId": "i-1"}', headers=told))

    ticket = runtime().submit(QUEUED)

    assert abs(datetime.now(UTC) - ticket.submitted) < timedelta(seconds=10)
    assert ticket.submitted.microsecond == 0
    assert ticket == Ticket(
        output_location="s3://bucket/out",
        failure_location="s3://bucket/failed",
        inference_id="i-1",
        submitted=ticket.submitted,
        request_id="r-1",
    )
    (seen,) = far.seen
    assert (seen.path, seen.body) == ("/endpoints/e/async-invocations", b"")
    sent = {name.removeprefix("x-amzn-sagemaker-"): value for name, value in seen.headers.items()}
    assert (sent["inputlocation"], sent["content-type"]) == ("s3://bucket/in.csv", "text/csv")
    assert (sent["requestttlseconds"], sent["invocationtimeoutseconds"]) == ("60", "5")


def test_a_body_goes_with_the_call_where_boto3_can(far, runtime):
    """Else the error names the version that has it, and the other way."""
    far.says(far.Answer(status=202, body=b"{}", headers={"X-Amzn-SageMaker-OutputLocation": "s3://b/o"}))
    request = replace(QUEUED, input_location=None)
    if model.has("InvokeEndpointAsync", "Body"):
        ticket = runtime().submit(request)
        assert far.seen[0].body == b"1"
        assert (ticket.inference_id, ticket.failure_location) == (None, None)
    else:
        with pytest.raises(UsageError, match=r"A body in the call needs boto3 1.43.29(.|\n)*upload it"):
            runtime().submit(request)


def test_an_error_of_the_queue_is_ours(far, runtime):
    """As of the other operations; so is an answer that names no place."""
    far.says(
        far.fault("ValidationError", "Endpoint e of account 123456789012 not found."), far.Answer(status=202)
    )
    with pytest.raises(ValidationError, match="…9012"):
        runtime().submit(QUEUED)
    with pytest.raises(ServiceError, match="where its answer will be"):
        runtime().submit(QUEUED)
