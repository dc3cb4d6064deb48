"""Rows for what SageMaker Runtime itself says, before or instead of a model."""

from __future__ import annotations

from ...members import Operation
from .row import Case, Hint

_INVALID = "Validation(Error|Exception)"
_ABSENT = r"endpoint \S{1,200} (of account \S{1,40} )?not found|could not find endpoint"
_QUEUED = r"asynchronous|async (inference|endpoint|invo)|InvokeEndpointAsync|AsyncInference"
_DENIED = "AccessDenied(Exception)?"
# What any AWS service answers to credentials that it does not take (CommonErrors; IAM "Troubleshooting").
REJECTED = (
    "ExpiredToken(Exception)?|RequestExpired|InvalidClientTokenId|UnrecognizedClientException"
    "|InvalidAccessKeyId|AuthFailure|MissingAuthenticationToken(Exception)?|IncompleteSignature(Exception)?"
    "|NotAuthorized|InvalidToken"
)
CLOCK = "InvalidSignature(Exception)?|SignatureDoesNotMatch|RequestTimeTooSkewed"
THROTTLED = (
    "Throttling(Exception)?|TooManyRequests(Exception)?|RequestLimitExceeded|RequestThrottled(Exception)?"
)

CREDENTIALS: tuple[Hint, ...] = (
    Hint(
        name="stranger-to-the-local-endpoint",
        code="UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|MissingAuthenticationToken.*",
        when=lambda case: case.local,
        say="The local endpoint was started anew: %sm_connect local",
    ),
    Hint(
        name="clock",
        code=CLOCK,
        say="The secret key does not belong to the access key, or this machine's clock is wrong.",
    ),
    Hint(
        name="expired-credentials",
        code=REJECTED,
        words="expired",
        say="Renew them ({login}, or paste new keys) and run the cell again; %sm_connect --profile NAME uses others.",
    ),
    Hint(
        name="rejected-credentials",
        code=REJECTED,
        say="Renew them ({login}) and run the cell again; %sm_connect --profile NAME uses others.",
    ),
    Hint(
        name="kms",
        code=f"{_DENIED}|KMS.*",
        words=r"\bkms\b",
        say="The endpoint's role may not use its KMS key: allow kms:Decrypt on that key.",
    ),
    Hint(
        name="access-denied",
        code=_DENIED,
        say="Allow {action} on {resource} (in a policy the endpoint's name is in lower case), "
        "or %sm_connect --profile NAME",
    ),
    Hint(
        name="throttled",
        code=THROTTLED,
        say="Send fewer requests at a time; --retries 3 sends again, more slowly each time.",
    ),
)

ABSENT: tuple[Hint, ...] = (
    Hint(
        name="no-such-endpoint-of-a-target",
        code=_INVALID,
        words=_ABSENT,
        when=lambda case: case.asked("target"),
        say="The target {target} names it: %sm_target show {target}. "
        "%sm_connect --region {elsewhere} looks in another region than {region}.",
    ),
    Hint(
        name="no-such-local-endpoint",
        code=_INVALID,
        words=_ABSENT,
        when=lambda case: case.local,
        say="The local endpoint has no {endpoint}; %sm_connect --profile NAME leads to AWS.",
    ),
    Hint(
        name="no-such-endpoint",
        code=_INVALID,
        words=_ABSENT,
        say="There is none in {region} yet, or it is still being created (%sm_endpoints lists all); "
        "%sm_connect --region {elsewhere} looks in another region, --profile NAME in another account.",
    ),
)

COMPONENTS: tuple[Hint, ...] = (
    Hint(
        name="no-capacity",
        code=f"{_INVALID}|ServiceUnavailable.*",
        words=r"has no capacity|no (available )?capacity to process|scaled (down |in )?to zero",
        not_ready=True,
        say="It is being scaled up, if it is set to: %config SageMakerMagics.ready_timeout = 900 waits longer.",
    ),
    Hint(
        name="component-missing",
        code=_INVALID,
        words=r"inference component name header is required",
        say="{endpoint} holds several models: --inference-component-name NAME picks one.",
    ),
    Hint(
        name="component-not-allowed",
        code=_INVALID,
        words=r"inference component.{0,200}(not (allowed|supported)|does not support)",
        say="{endpoint} has no inference components: leave out --inference-component-name",
    ),
    Hint(
        name="component-unknown",
        code=_INVALID,
        words=r"inference component.{0,200}(not found|does not exist|could not find)",
        say="Check the name after --inference-component-name; the endpoint is there.",
    ),
)

MODELS: tuple[Hint, ...] = (
    Hint(
        name="not-multi-model",
        code=_INVALID,
        words=r"not a multi-model endpoint|does not support target model",
        say="{endpoint} has one model: leave out --target-model",
    ),
    Hint(
        name="target-model-missing",
        code=_INVALID,
        words=r"missing (a )?target model|target model header (is )?(required|missing)",
        say="{endpoint} holds many models: --target-model NAME.tar.gz picks one.",
    ),
    Hint(
        name="target-model-unknown",
        code=f"{_INVALID}|ModelError|.*NotFound.*",
        words=r"failed to download model|could not (find|be found)|NoSuchKey|does not exist|not found",
        when=lambda case: case.asked("target_model"),
        say="There is no {model} under the endpoint's S3 prefix: --target-model takes the key below it.",
    ),
    Hint(
        name="container-not-allowed",
        code=_INVALID,
        words=r"container.?hostname",
        when=lambda case: case.asked("target_container_hostname"),
        say="Leave out --target-container-hostname, or give a ContainerHostname of the endpoint's model.",
    ),
    Hint(
        name="container-missing",
        code=_INVALID,
        words=r"(target)?.?container.?hostname|direct invocation",
        say="{endpoint} has several containers: --target-container-hostname NAME picks one.",
    ),
    Hint(
        name="unknown-variant",
        code=_INVALID,
        words=r"variant",
        when=lambda case: case.asked("target_variant"),
        say="{endpoint} has no variant {variant}; without --target-variant the weights choose one.",
    ),
    Hint(
        name="session",
        code=f"{_INVALID}|ModelError",
        words=r"session.{0,200}(not found|expired|closed|does not exist|invalid)|(invalid|unknown) session",
        when=lambda case: case.asked("session_id"),
        say="Open another session: --session-id NEW_SESSION",
    ),
    Hint(
        name="clarify",
        code=f"{_INVALID}|ModelError",
        words=r"explain|explanation|clarify",
        when=lambda case: case.code != "ModelError" or case.asked("enable_explanations"),
        say="Clarify wants both types said: -t csv --accept text/csv; "
        "--enable-explanations is for endpoints with an ExplainerConfig.",
    ),
)


def _by(case: Case, operation: Operation) -> bool:
    return case.request is not None and case.request.operation == operation


ENDPOINTS: tuple[Hint, ...] = (
    Hint(
        name="not-asynchronous",
        code=_INVALID,
        words=_QUEUED,
        when=lambda case: _by(case, "InvokeEndpointAsync"),
        say="{endpoint} answers in real time: leave out --async; where a target has it, --no-async",
    ),
    Hint(
        name="asynchronous-not-streamed",
        code=_INVALID,
        words=_QUEUED,
        when=lambda case: _by(case, "InvokeEndpointWithResponseStream"),
        say="{endpoint} takes asynchronous requests only, and streams nothing: --async --wait in the place of --stream",
    ),
    Hint(
        name="asynchronous",
        code=_INVALID,
        words=_QUEUED,
        say="{endpoint} takes asynchronous requests only: add --async; to see the answer, --async --wait",
    ),
    Hint(
        name="oversize-serverless",
        code=_INVALID,
        words=r"oversize body",
        say="A serverless endpoint takes 4 MB, the body has {size}: send fewer rows (.head()), or -t npy",
    ),
    Hint(
        name="not-in-service",
        code=_INVALID,
        words=r"not (in service|inservice)|status (is )?(creating|updating|failed|deleting|rollingback|outofservice)",
        say="It answers once it is InService; %sm_endpoints {endpoint} --wait follows it.",
    ),
    Hint(
        name="not-ready",
        code="ModelNotReadyException",
        not_ready=True,
        say="It is being loaded: run the cell again, or %config SageMakerMagics.ready_timeout = 900 waits longer.",
    ),
    Hint(
        name="dependency",
        code="InternalDependencyException",
        say="What the endpoint needs failed (its KMS key, its network): --retries 2 sends it again.",
    ),
    Hint(
        name="service-fault",
        code="Internal(Failure|ServerError|ServerException|Error)|ServiceUnavailable(Exception)?",
        say="A fault of the service: --retries 2 sends it again.",
    ),
)

ROWS = (*CREDENTIALS, *ABSENT, *COMPONENTS, *MODELS, *ENDPOINTS)
