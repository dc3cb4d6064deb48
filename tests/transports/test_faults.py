"""Foreign exceptions become ours: what is on them, and what they say."""

import string

import botocore.exceptions
import pytest

from sm_magic.errors import (
    AccessDeniedException,
    CredentialsError,
    ModelError,
    ModelNotReadyException,
    ServiceError,
    SmMagicError,
    ThrottlingException,
    TransportError,
    UsageError,
    ValidationError,
)
from sm_magic.messages import Facts, Payload, Request, Where
from sm_magic.settings import Connection
from sm_magic.transports.container_faults import log_url
from sm_magic.transports.faults import translate

FACTS = Facts(rows=2, columns=2, names=("age", "churned"), text_columns=("churned",))
REQUEST = Request(endpoint="iris", payload=Payload(body=b"1,no\n", content_type="text/csv", facts=FACTS))
ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/Endpoints/iris"


def caught(far, runtime, answer, **options):
    """The error that *answer* becomes on its way through boto3."""
    far.says(answer)
    with pytest.raises(SmMagicError) as info:
        runtime(region="eu-west-1", **options).invoke(REQUEST)
    return info.value


def test_a_model_error_is_the_containers_own(far, runtime):
    """Its status and words, and its whole text; no CloudWatch boilerplate, no account."""
    text = '{"message": "could not convert string to float: \'no\'"}'
    error = caught(far, runtime, far.model_error(415, text, ARN))

    assert isinstance(error, ModelError)
    assert (
        error.status,
        error.original_status,
        error.code,
        error.request_id,
    ) == (424, 415, "ModelError", "r-fault")
    assert error.original_message == "could not convert string to float: 'no'"
    assert text == error.original_text
    assert error.log_stream_arn == ARN
    assert error.message == "The container answered 415: could not convert string to float: 'no'"
    assert "column churned" in error.hint
    assert not error.never_ran
    assert REQUEST is error.request
    assert "123456789012" not in str(error) and "in account" not in str(error)
    assert len(error._render_traceback_()) <= 6


def test_a_log_in_aws_has_a_link_and_one_on_this_machine_has_none(far, runtime):
    """The console knows nothing of a local container."""
    here = caught(far, runtime, far.model_error(415, "", ARN))
    there = translate(
        here.__cause__, connection=Connection(), where=Where(region="eu-west-1"), request=REQUEST
    )

    assert here.log_url is None
    assert there.log_url == log_url(ARN)
    assert there.hint.endswith(f"Its log: {there.log_url}")
    assert len(there._render_traceback_()) <= 6


def test_a_container_without_words_is_said_so(far, runtime):
    """An empty 500 is not dressed up: what is left to look at is the container's log."""
    error = caught(far, runtime, far.model_error(500, ""))

    assert error.message == "The container answered 500, without a word."
    assert error.hint == "%sm_logs iris shows its log"
    assert error.log_url is None


def test_a_container_that_took_too_long_has_no_status(far, runtime):
    """The service reports status 0."""
    said = "Your invocation timed out while waiting for a response from container primary."
    error = caught(far, runtime, far.model_error(0, said, ARN))

    assert error.message.startswith("The container did not answer in time: Your invocation timed out")
    assert "60 s" in error.hint


def test_a_model_error_without_members_is_read_from_its_message(far, runtime):
    """OriginalStatusCode and OriginalMessage may be missing; the sentence has both."""
    said = (
        'Received client error (415) from primary with message "{"error": "Unsupported Media Type: text/csv"}". See '
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home in account 123456789012 for more information."
    )
    error = caught(far, runtime, far.fault("ModelError", said, 424))

    assert (error.original_status, error.original_message) == (415, "Unsupported Media Type: text/csv")


def test_a_traceback_is_folded_and_kept(far, runtime):
    """Its last line is shown, the whole is on the error."""
    text = (
        "Traceback (most recent call last):\n"
        + '  File "a.py", line 1, in f\n    g()\n' * 50
        + "KeyError: 'x'"
    )
    error = caught(far, runtime, far.model_error(500, text))

    assert error.message == "The container answered 500: KeyError: 'x'"
    assert text == error.original_text


def test_a_log_has_its_page_in_the_console():
    """The address names the region and the group; in China and GovCloud another site."""
    page = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/"
    group = "$252Faws$252Fsagemaker$252FEndpoints$252Firis"

    assert page + group == log_url(ARN)
    assert f"{page}{group}/log-events/AllTraffic$252Fi-1" == log_url(f"{ARN}:log-stream:AllTraffic/i-1")
    assert "console.amazonaws.cn/" in log_url(ARN.replace("arn:aws:", "arn:aws-cn:"))
    for nonsense in (None, "", "arn", "arn:aws:s3:::bucket", "a:b:c:d:e:f:g"):
        assert log_url(nonsense) is None


@pytest.mark.parametrize(
    ("code", "kind", "never_ran", "not_ready"),
    [
        ("ValidationError", ValidationError, True, False),
        ("ValidationException", ValidationError, True, False),
        ("ThrottlingException", ThrottlingException, True, False),
        ("Throttling", ThrottlingException, True, False),
        ("AccessDeniedException", AccessDeniedException, True, False),
        ("ModelNotReadyException", ModelNotReadyException, True, True),
        ("InternalFailure", ServiceError, False, False),
        ("InternalDependencyException", ServiceError, False, False),
        ("SomethingNew", ServiceError, False, False),
    ],
)
def test_what_certainly_never_ran_is_known(far, runtime, code, kind, never_ran, not_ready):
    """What was refused before the model costs nothing to send again; waiting helps only where it is not ready."""
    error = caught(far, runtime, far.fault(code, "No.", 400))

    assert isinstance(error, kind)
    assert (never_ran, not_ready) == (error.never_ran, error.not_ready)


def test_no_capacity_is_worth_waiting_for(far, runtime):
    """An inference component that was scaled to zero answers a ValidationError."""
    error = caught(
        far,
        runtime,
        far.fault("ValidationError", "Inference Component has no capacity to process this request."),
    )

    assert isinstance(error, ValidationError)
    assert error.never_ran and error.not_ready


def test_an_unknown_code_is_told(far, runtime):
    """An error without a class of its own says its code and status."""
    assert (
        caught(far, runtime, far.fault("SomethingNew", "No.", 418)).message == "SomethingNew (HTTP 418): No."
    )


def test_a_throttled_call_has_words(far, runtime):
    """The service says "null" (ml-commons #2429)."""
    answer = far.Answer(
        status=400, body=b'{"message": null}', headers={"x-amzn-ErrorType": "ThrottlingException"}
    )
    error = caught(far, runtime, answer)

    assert error.message == "Too many requests at a time."


def test_an_endpoint_that_is_not_there_names_no_account(far, runtime):
    """The service's sentence holds the whole account id."""
    error = caught(
        far, runtime, far.fault("ValidationError", "Endpoint iris of account 123456789012 not found.")
    )

    assert error.message == "Endpoint iris of account …9012 not found."
    assert "iris" in error.hint


@pytest.mark.parametrize(
    "code", ["ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"]
)
def test_credentials_that_aws_does_not_take_are_a_credentials_error(far, runtime, code):
    """Whatever service says it."""
    assert isinstance(caught(far, runtime, far.fault(code, "No.", 403)), CredentialsError)


def test_an_error_page_of_something_between_is_read(far, runtime):
    """A proxy's or gateway's HTML is no reason to show HTML."""
    page = b"<html><head><title>413 Request Entity Too Large</title></head><body>nginx</body></html>"
    error = caught(far, runtime, far.Answer(status=413, body=page, headers={"Content-Type": "text/html"}))

    assert "413" in error.message and "<" not in error.message
    assert "fewer rows" in error.hint


def _instances():
    """One of each exception that botocore can raise."""
    for cls in vars(botocore.exceptions).values():
        if isinstance(cls, type) and issubclass(cls, botocore.exceptions.BotoCoreError):
            fields = string.Formatter().parse(cls.fmt)
            kwargs = {name: "x" for _, name, _, _ in fields if name}
            yield cls(**kwargs, **({"last_response": {}} if cls.__name__ == "WaiterError" else {}))


def test_every_exception_of_botocore_becomes_ours():
    """Law: none gets through, whatever its class; and none is without words."""
    errors = [translate(exc, connection=Connection(), request=REQUEST) for exc in _instances()]

    assert len(errors) > 50
    assert all(isinstance(error, SmMagicError) and error.message.strip(" .:") for error in errors)


@pytest.mark.parametrize(
    ("exc", "kind"),
    [
        (OSError("x"), TransportError),
        (RuntimeError("x"), TransportError),
        (ValueError("Invalid endpoint: x"), UsageError),
    ],
)
def test_other_exceptions_become_ours_too(exc, kind):
    """urllib3's, the operating system's, and what nobody thought of."""
    assert isinstance(translate(exc, connection=Connection()), kind)


def test_ours_stay_as_they_are():
    """An error that is ours already is not wrapped."""
    error = UsageError("x")

    assert error is translate(error, connection=Connection())


def test_a_flood_of_a_container_is_cut_before_it_is_read(far, runtime):
    """64,000 characters say what is wrong; the rest is not searched for secrets, nor kept."""
    far.says(far.model_error(500, "sagemaker-aa-" * 100_000))

    with pytest.raises(ModelError) as caught:
        runtime().invoke(REQUEST)

    assert len(caught.value.original_text) <= 64_000
    assert len(caught.value.service_message) <= 64_000
    assert len(str(caught.value)) < 2_000
