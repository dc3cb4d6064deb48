"""SageMaker Runtime's wire, seen from the far end: headers -> Call, Reply -> headers, errors -> JSON.

Header names are `members`' and nobody else's.  An error is the header ``x-amzn-ErrorType`` and a JSON body
(rest-json); botocore reads ``Message`` and the error shape's own members from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from ..members import Operation, inputs, outputs

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers, body."""

_NOTHING: Mapping[str, str] = MappingProxyType({})

STATUS: Mapping[str, int] = MappingProxyType(
    {
        "ValidationError": 400,
        "ThrottlingException": 400,
        "AccessDeniedException": 403,
        "ExpiredTokenException": 403,
        "UnrecognizedClientException": 403,
        "MissingAuthenticationTokenException": 403,
        "ModelError": 424,
        "ModelNotReadyException": 429,
        "InternalFailure": 500,
        "ServiceUnavailable": 503,
        "InternalDependencyException": 530,
    }
)
"""Error code -> HTTP status, as the service model has them (the 403s and throttling: as the service does)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it came: `members` holds what was given, by our names of `members.INPUTS`."""

    endpoint: str
    operation: Operation = "InvokeEndpoint"
    body: bytes = field(default=b"", repr=False)
    members: Mapping[str, str] = field(default_factory=lambda: _NOTHING, repr=False)

    @property
    def content_type(self) -> str:
        """The body's content type as it was sent; "" if none was."""
        return self.members.get("content_type", "")

    @property
    def accept(self) -> str:
        """The media type wanted back, as it was sent; "" if none was."""
        return self.members.get("accept", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a container answers: `members` by our names of `members.OUTPUTS`.

    cut: break the connection, before anything is sent or in the middle of the body.
    parts: a streamed body instead of `body`, asked for part by part.  It may raise StreamFault or Cut.
    """

    body: bytes = field(default=b"", repr=False)
    status: int = 200
    members: Mapping[str, str] = field(default_factory=lambda: _NOTHING, repr=False)
    cut: Literal["before", "middle"] | None = None
    parts: Iterable[bytes] | None = field(default=None, repr=False)


class Refusal(Exception):
    """The service's own error: `code`, HTTP `status`, `message`, and further members of the error shape."""

    def __init__(self, code: str, message: str, *, status: int | None = None, **extra: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or STATUS.get(code, 400)
        self.extra = extra


class StreamFault(Exception):
    """What ends a streamed answer: a ModelStreamError with an ErrorCode, or an InternalStreamFailure without one."""

    def __init__(self, message: str, error_code: str | None = "StreamBroken") -> None:
        super().__init__(message)
        self.name = "InternalStreamFailure" if error_code is None else "ModelStreamError"
        self.members = {"Message": message} | ({} if error_code is None else {"ErrorCode": error_code})


class Cut(Exception):
    """Break the connection to the caller here.

    quiet: the answer ends as if it were whole, in the middle of a frame.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        super().__init__("The connection is cut.")
        self.quiet = quiet


def read_call(operation: Operation, endpoint: str, headers: Mapping[str, str], body: bytes) -> Call:
    """The Call in a request's headers, which are looked up without regard to case."""
    found = {}
    for member in inputs(operation):
        place = member.place(operation)
        if place is not None and place.header is not None:
            value = headers.get(place.header.lower())
            if value is not None:
                found[member.name] = value
    return Call(endpoint=endpoint, operation=operation, body=body, members=MappingProxyType(found))


def to_container(call: Call) -> dict[str, str]:
    """The headers a container gets: InvokeEndpoint's own, whatever the operation (there's no other there)."""
    headers = {}
    for member in inputs("InvokeEndpoint"):
        if member.invoke and member.invoke.header and member.name in call.members:
            headers[member.invoke.header] = call.members[member.name]
    return headers


def from_container(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """A container's HTTP answer as a Reply; *headers* have names in lower case."""
    found = {
        member.name: headers[member.invoke.header.lower()]
        for member in outputs("InvokeEndpoint")
        if member.invoke and member.invoke.header and member.invoke.header.lower() in headers
    }
    return Reply(status=status, body=body, members=MappingProxyType(found))


def reply_headers(operation: Operation, members: Mapping[str, str]) -> dict[str, str]:
    """The headers by which *operation* answers *members*."""
    headers = {}
    for member in outputs(operation):
        place = member.place(operation)
        if place is not None and place.header is not None and member.name in members:
            headers[place.header] = members[member.name]
    return headers


def error_answer(_: Mapping[str, str], refusal: Refusal) -> Answer:
    """A service error as rest-json has it; the request's headers don't matter.

    An error without a code (too long a body) comes from what stands before the service: botocore then takes
    the status for the code, "An error occurred (413) when calling …".
    """
    headers = {"Content-Type": "application/json"}
    if refusal.code:
        headers["x-amzn-ErrorType"] = refusal.code
        body = {"Message": refusal.message, **refusal.extra}
    else:
        body = {"message": refusal.message}
    return refusal.status, headers, json.dumps(body).encode()
