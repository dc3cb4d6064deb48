"""What holds over every transport: a function, and boto3 with a real server behind it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from sm_magic import errors
from sm_magic.errors import ServiceError, ValidationError
from sm_magic.messages import Payload, Request, Response

JSON = Payload(body=b'{"a": 1}', content_type="application/json")
FULL = Request(
    endpoint="iris",
    payload=JSON,
    accept="text/csv",
    custom_attributes="trace=1; user=x",
    target_model="a/b.tar.gz",
    target_variant="blue",
    target_container_hostname="second",
    inference_id="id-1",
    enable_explanations="`true`",
    inference_component_name="part-1",
    session_id="NEW_SESSION",
)


def test_every_member_arrives(speaking):
    """What the request says is what the other side reads, each member by its own header."""
    got = []

    def handle(request):
        got.append(request)
        return Response(payload=JSON)

    speaking(handle).invoke(FULL)

    assert got == [FULL]


def test_what_is_not_said_is_not_sent(speaking):
    """No header is made up: without Accept there is none."""
    got = []

    def handle(request):
        got.append(request)
        return Response(payload=JSON)

    bare = Request(endpoint="iris", payload=JSON)
    speaking(handle).invoke(bare)

    assert [bare] == got


def test_the_answer_comes_back_whole(speaking):
    """Body, type, variant, attributes and sessions are the answer's own."""
    said = Response(
        payload=Payload(body=b"0.1,0.9\n", content_type="text/csv; charset=utf-8"),
        variant="blue",
        custom_attributes="Trace ID: 1",
        new_session_id="abc; Expires=2026-11-21T10:00:00Z",
        closed_session_id="old",
    )

    response = speaking(lambda _: said).invoke(FULL)

    kept = replace(response, latency=0.0, headers=said.headers, request_id=None)
    assert said == kept
    assert 0 < response.latency < 10
    assert (response.status, response.attempts) == (200, 1)


@profile(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(body=st.binary(max_size=5_000))
def test_bytes_go_and_come_unchanged(speaking, body):
    """Law: an echo answers what it was sent, bit by bit."""
    payload = Payload(body=body, content_type="application/x-npy")

    answer = speaking(lambda request: Response(payload=request.payload)).invoke(
        Request(endpoint="echo", payload=payload)
    )

    assert payload == answer.payload


def test_seven_megabytes_go_and_come(speaking):
    """botocore's older limit of 6 MB is not enforced on the way."""
    payload = Payload(body=bytes(7_000_000), content_type="application/octet-stream")

    answer = speaking(lambda request: Response(payload=request.payload)).invoke(
        Request(endpoint="echo", payload=payload)
    )

    assert payload == answer.payload


SERVICE_ERRORS = [
    cls
    for cls in vars(errors).values()
    if isinstance(cls, type)
    and issubclass(cls, ServiceError)
    and cls not in (ServiceError, errors.ModelError)
]


@pytest.mark.parametrize("kind", SERVICE_ERRORS, ids=lambda kind: kind.__name__)
def test_an_error_of_the_service_is_the_class_of_its_name(speaking, kind):
    """One class per error of the service, with its status and its own words."""

    def refuse(_):
        raise kind("No.", status=400, code=kind.__name__, service_message="No.")

    with pytest.raises(kind) as caught:
        speaking(refuse).invoke(FULL)

    assert (400, kind.__name__, "No.") == (
        caught.value.status,
        caught.value.code,
        caught.value.service_message,
    )


def test_an_error_is_followed_by_an_answer(speaking):
    """A failed call leaves nothing behind that spoils the next."""
    calls = []

    def handle(request):
        calls.append(request)
        if len(calls) == 1:
            raise ValidationError("No.", status=400)
        return Response(payload=JSON)

    runtime = speaking(handle)
    with pytest.raises(ValidationError):
        runtime.invoke(FULL)

    assert runtime.invoke(FULL).payload == JSON


def test_threads_may_share_a_runtime(speaking):
    """Sixteen at a time, each gets its own answer."""
    runtime = speaking(lambda request: Response(payload=request.payload))
    sent = [Payload(body=str(n).encode(), content_type="text/plain") for n in range(64)]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda p: runtime.invoke(Request(endpoint="e", payload=p)).payload, sent))

    assert sent == answers
