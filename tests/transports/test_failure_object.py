"""What stands at a FailureLocation is told as the error that it is."""

import pytest

from sm_magic.errors import ModelError
from sm_magic.messages import Payload, Request
from sm_magic.transports.failure_object import failed

REQUEST = Request(
    endpoint="e",
    operation="InvokeEndpointAsync",
    payload=Payload(body=b"1", content_type="text/csv"),
    request_ttl_seconds=60,
)
SERVICE = (
    'Received server error (500) from model with message "{"message": "prediction failure", "error": "no GPU"}". '
    "See https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logEventViewer:group=/aws/x "
    "in account 123456789012 for more information."
)


def test_the_models_own_words_are_shown():
    """Its status and message, as of a call in real time; no account."""
    error = failed(SERVICE.encode(), REQUEST, request_id="r-1")
    assert isinstance(error, ModelError)
    assert (error.original_status, error.request_id, error.code) == (500, "r-1", "ModelError")
    assert error.message == "The container answered 500: prediction failure: no GPU"
    assert "123456789012" not in f"{error}{error.original_text}"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"failureReason": "ClientError: no such key"}', "The request failed: ClientError: no such key"),
        (
            b"Traceback (most recent call last)\n  File x\nValueError: bad",
            "The request failed: ValueError: bad",
        ),
        (b"", "The request failed, without a word."),
        (b"\xff\xfe\x00\x1b[31m", None),
    ],
)
def test_whatever_stands_there_is_an_error(body, message):
    """JSON, a traceback, nothing, bytes that are no text."""
    error = failed(body, REQUEST)
    assert message in (None, error.message)
    assert "\x1b" not in str(error)


@pytest.mark.parametrize(
    "said",
    [
        b"The request expired: RequestTTLSeconds exceeded.",
        b'{"failureReason": "Inference request is expired."}',
        b"Request time to live exceeded",
    ],
)
def test_a_request_that_expired_in_the_queue_says_so(said):
    """No model saw it: the remedy is another one."""
    error = failed(said, REQUEST)
    assert "no model took it within RequestTTLSeconds, 60 s" in error.message
    assert "request_ttl_seconds=21600" in error.hint


@pytest.mark.parametrize(
    "said",
    [
        b"Invocation timed out after 900 seconds.",
        b'Received server error (0) from model with message "".',
        b"Model did not respond in time.",
    ],
)
def test_a_model_that_took_too_long_says_so(said):
    """By the limit that was in force."""
    error = failed(said, REQUEST)
    assert "longer than InvocationTimeoutSeconds, 900 s" in error.message


def test_a_models_own_word_of_time_is_not_the_services():
    """A container that answers that its token expired has not expired itself."""
    error = failed(b'Received client error (401) from model with message "token expired"', REQUEST)
    assert error.original_status == 401
