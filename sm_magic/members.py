"""The members of SageMaker Runtime's operations: our name ⇄ option ⇄ boto3 parameter ⇄ HTTP header and pattern.

The one table that knows AWS's spellings.  A member is one row, an operation one column; a member may be newer
than the installed botocore.  Source: the service model ``sagemaker-runtime/2017-05-13`` of botocore, against
which a test checks every row.  Patterns are Python's and matched in full: the model's are Java's, and neither
botocore nor boto3 looks at them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, TypedDict

Operation = Literal["InvokeEndpoint", "InvokeEndpointWithResponseStream", "InvokeEndpointAsync"]
OPERATIONS: tuple[Operation, ...] = (
    "InvokeEndpoint",
    "InvokeEndpointWithResponseStream",
    "InvokeEndpointAsync",
)
PATHS: dict[Operation, str] = {
    "InvokeEndpoint": "/endpoints/{EndpointName}/invocations",
    "InvokeEndpointWithResponseStream": "/endpoints/{EndpointName}/invocations-response-stream",
    "InvokeEndpointAsync": "/endpoints/{EndpointName}/async-invocations",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an operation carries a member: its HTTP header (None: in the path or body) and its pattern."""

    header: str | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One row.  An operation whose Place is None does not take the member."""

    name: str
    """Our name: the attribute of Request or Response, the keyword of ``Client.invoke``."""
    parameter: str
    """boto3's name, which is the API's."""
    option: str | None = None
    """The magic's option, the AWS CLI's spelling; None where it is no option."""
    invoke: Place | None = None
    stream: Place | None = None
    submit: Place | None = None
    help: str = ""

    def place(self, operation: Operation) -> Place | None:
        """Where *operation* carries this member; None if it does not take it."""
        place: Place | None = getattr(self, _PLACES[operation])
        return place


_PLACES: Mapping[Operation, str] = MappingProxyType(
    {
        "InvokeEndpoint": "invoke",
        "InvokeEndpointWithResponseStream": "stream",
        "InvokeEndpointAsync": "submit",
    }
)
"""The field of a Member that has its Place."""


_NAME = r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"
_COMPONENT = r"[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?"
_ASCII = r"[\x20-\x7e]*"
_PRINTABLE = r"[\x21-\x7e][\x20-\x7e]*"
_SESSION = rf"{_NAME}"


class _Everywhere(TypedDict):
    invoke: Place
    stream: Place
    submit: Place


class _Live(TypedDict):
    invoke: Place
    stream: Place


def _everywhere(header: str | None, pattern: str | None = None) -> _Everywhere:
    place = Place(header=header, pattern=pattern)
    return {"invoke": place, "stream": place, "submit": place}


def _live(header: str | None, pattern: str | None = None) -> _Live:
    place = Place(header=header, pattern=pattern)
    return {"invoke": place, "stream": place}


INPUTS: tuple[Member, ...] = (
    Member(
        name="endpoint",
        parameter="EndpointName",
        **_everywhere(None, _NAME),
        help="the endpoint's name, a target, or an endpoint ARN",
    ),
    Member(name="body", parameter="Body", **_everywhere(None)),
    Member(
        name="content_type",
        parameter="ContentType",
        option="--content-type",
        invoke=Place(header="Content-Type", pattern=_ASCII),
        stream=Place(header="Content-Type", pattern=_ASCII),
        submit=Place(header="X-Amzn-SageMaker-Content-Type", pattern=_ASCII),
        help="the body's media type, or a short name for it",
    ),
    Member(
        name="accept",
        parameter="Accept",
        option="--accept",
        invoke=Place(header="Accept", pattern=_ASCII),
        stream=Place(header="X-Amzn-SageMaker-Accept", pattern=_ASCII),
        submit=Place(header="X-Amzn-SageMaker-Accept", pattern=_ASCII),
        help="the media type wanted back: one value",
    ),
    Member(
        name="custom_attributes",
        parameter="CustomAttributes",
        option="--custom-attributes",
        **_everywhere("X-Amzn-SageMaker-Custom-Attributes", _ASCII),
        help="a text for the model, up to 1,024 ASCII characters",
    ),
    Member(
        name="target_model",
        parameter="TargetModel",
        option="--target-model",
        invoke=Place(header="X-Amzn-SageMaker-Target-Model", pattern=_PRINTABLE),
        help="the model of a multi-model endpoint",
    ),
    Member(
        name="target_variant",
        parameter="TargetVariant",
        option="--target-variant",
        **_live("X-Amzn-SageMaker-Target-Variant", _NAME),
        help="the production variant that shall answer",
    ),
    Member(
        name="target_container_hostname",
        parameter="TargetContainerHostname",
        option="--target-container-hostname",
        **_live("X-Amzn-SageMaker-Target-Container-Hostname", _NAME),
        help="the container of a multi-container endpoint",
    ),
    Member(
        name="inference_id",
        parameter="InferenceId",
        option="--inference-id",
        **_everywhere("X-Amzn-SageMaker-Inference-Id", _PRINTABLE),
        help="an id that captured data carries",
    ),
    Member(
        name="enable_explanations",
        parameter="EnableExplanations",
        option="--enable-explanations",
        invoke=Place(header="X-Amzn-SageMaker-Enable-Explanations", pattern=r"[^\r\n]+"),
        help="a JMESPath condition: which records Clarify explains",
    ),
    Member(
        name="inference_component_name",
        parameter="InferenceComponentName",
        option="--inference-component-name",
        **_live("X-Amzn-SageMaker-Inference-Component", _COMPONENT),
        help="the inference component that shall answer",
    ),
    Member(
        name="session_id",
        parameter="SessionId",
        option="--session-id",
        invoke=Place(header="X-Amzn-SageMaker-Session-Id", pattern=rf"NEW_SESSION|{_SESSION}"),
        stream=Place(header="X-Amzn-SageMaker-Session-Id", pattern=_SESSION),
        help="the session of a stateful model; NEW_SESSION opens one",
    ),
    Member(
        name="prefix_aware_id",
        parameter="PrefixAwareId",
        option="--prefix-aware-id",
        **_live("X-Amzn-SageMaker-Prefix-Aware-Id", _PRINTABLE),
        help="requests of one id go to the same instance (prefix-aware routing)",
    ),
    Member(
        name="input_location",
        parameter="InputLocation",
        option="--input-location",
        submit=Place(header="X-Amzn-SageMaker-InputLocation", pattern=r"(https|s3)://([^/]+)/?(.*)"),
        help="an object of S3 that is the body (asynchronous only)",
    ),
    Member(
        name="s3_output_path_extension",
        parameter="S3OutputPathExtension",
        option="--s3-output-path-extension",
        submit=Place(
            header="X-Amzn-SageMaker-S3OutputPathExtension",
            pattern=r"(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]+",
        ),
        help="a folder below the endpoint's S3OutputPath, for the answer",
    ),
    Member(
        name="filename",
        parameter="Filename",
        option="--filename",
        submit=Place(
            header="X-Amzn-SageMaker-Filename",
            pattern=r"(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9\-_.]*",
        ),
        help="the name of the answer in S3",
    ),
    Member(
        name="request_ttl_seconds",
        parameter="RequestTTLSeconds",
        option="--request-ttl-seconds",
        submit=Place(header="X-Amzn-SageMaker-RequestTTLSeconds"),
        help="how long the request may wait in the queue",
    ),
    Member(
        name="invocation_timeout_seconds",
        parameter="InvocationTimeoutSeconds",
        option="--invocation-timeout-seconds",
        submit=Place(header="X-Amzn-SageMaker-InvocationTimeoutSeconds"),
        help="how long the model may take",
    ),
)

OUTPUTS: tuple[Member, ...] = (
    Member(name="body", parameter="Body", **_live(None)),
    Member(
        name="content_type",
        parameter="ContentType",
        invoke=Place(header="Content-Type"),
        stream=Place(header="X-Amzn-SageMaker-Content-Type"),
    ),
    Member(
        name="variant",
        parameter="InvokedProductionVariant",
        **_live("x-Amzn-Invoked-Production-Variant"),
    ),
    Member(
        name="custom_attributes",
        parameter="CustomAttributes",
        **_live("X-Amzn-SageMaker-Custom-Attributes"),
    ),
    Member(
        name="new_session_id",
        parameter="NewSessionId",
        invoke=Place(header="X-Amzn-SageMaker-New-Session-Id"),
    ),
    Member(
        name="closed_session_id",
        parameter="ClosedSessionId",
        invoke=Place(header="X-Amzn-SageMaker-Closed-Session-Id"),
    ),
    Member(name="inference_id", parameter="InferenceId", submit=Place()),
    Member(
        name="output_location",
        parameter="OutputLocation",
        submit=Place(header="X-Amzn-SageMaker-OutputLocation"),
    ),
    Member(
        name="failure_location",
        parameter="FailureLocation",
        submit=Place(header="X-Amzn-SageMaker-FailureLocation"),
    ),
)


@cache
def inputs(operation: Operation) -> tuple[Member, ...]:
    """The members that *operation* takes."""
    return tuple(member for member in INPUTS if member.place(operation) is not None)


@cache
def outputs(operation: Operation) -> tuple[Member, ...]:
    """The members that *operation* answers with."""
    return tuple(member for member in OUTPUTS if member.place(operation) is not None)


@cache
def foreign(operation: Operation) -> tuple[Member, ...]:
    """The members that others take and *operation* does not."""
    return tuple(member for member in INPUTS if member.place(operation) is None)
