"""The values that travel: Payload, Request, Response.  Frozen; their reprs show no body and no account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from .members import Operation
from .privacy import redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was known of a value when it became bytes.

    rows, columns: a table's shape; None for what is no table.
    names: its columns' names as sent, in order.
    text_columns: names of the columns that hold no numbers, which most tabular containers refuse.
    dropped: names of the columns left out.
    header: whether the columns' names went out as the first line of a CSV; None where we did not write it.
    notes: sentences for the card ("re-encoded as JPEG, quality 95").
    """

    rows: int | None = None
    columns: int | None = None
    names: tuple[str, ...] = ()
    text_columns: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    header: bool | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """Bytes and their content type, never apart."""

    body: bytes = field(repr=False)
    content_type: str
    facts: Facts = field(default=Facts(), repr=False, compare=False)

    @property
    def size(self) -> int:
        """Length of the body in bytes."""
        return len(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where calls go: ``LOCAL`` or ``AWS``, the region, the account's last four digits if known; who calls.

    role: the name of the role that is assumed.
    """

    place: str = "AWS"
    region: str | None = None
    account: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    role: str | None = None

    def __str__(self) -> str:
        parts = [self.place, self.region, self.account and f"account …{self.account}"]
        if self.profile:
            parts.append(f"profile {self.profile}")
        if self.role:
            parts.append(f"role {self.role}")
        if self.endpoint_url:
            parts.append(self.endpoint_url)
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointArn:
    """An endpoint's ARN, taken apart (Service Authorization Reference, "Resource types defined by SageMaker")."""

    name: str
    region: str
    account: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call, before any transport has seen it.  The attributes are `members.INPUTS`' names."""

    endpoint: str
    payload: Payload | None = None
    operation: Operation = "InvokeEndpoint"
    accept: str | None = None
    custom_attributes: str | None = field(default=None, repr=False)
    target_model: str | None = None
    target_variant: str | None = None
    target_container_hostname: str | None = None
    inference_id: str | None = None
    enable_explanations: str | None = None
    inference_component_name: str | None = None
    session_id: str | None = field(default=None, repr=False)
    prefix_aware_id: str | None = None
    input_location: str | None = None
    """Where the body lies in S3.  It does not travel with the call then; the payload is what is known of it."""
    s3_output_path_extension: str | None = None
    filename: str | None = None
    request_ttl_seconds: int | None = None
    invocation_timeout_seconds: int | None = None
    arn: EndpointArn | None = field(default=None, repr=False)
    """The ARN that the user gave for the endpoint, whose region and account are held to."""
    target: str | None = None
    """The target whose options were used, if the user named one."""
    typed: str | None = field(default=None, repr=False, compare=False)
    """The magic's line, and below it a cell that is Python, as they were typed; None where no line was."""

    def __repr__(self) -> str:
        """Only what is set, and nothing that may be secret."""
        said = [
            f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr and getattr(self, f.name)
        ]
        return redact(f"Request({', '.join(said)})")

    @property
    def content_type(self) -> str | None:
        """The payload's content type."""
        return None if self.payload is None else self.payload.content_type

    @property
    def body(self) -> bytes | None:
        """The bytes that travel: the payload's, unless they lie in S3."""
        return None if self.payload is None or self.input_location is not None else self.payload.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer as the transport got it.  The attributes are `members.OUTPUTS`' names.

    latency: seconds from the first byte sent to the last byte read, of the attempt that answered.
    attempts: how often the request was sent.
    """

    payload: Payload
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    variant: str | None = None
    custom_attributes: str | None = field(default=None, repr=False)
    new_session_id: str | None = field(default=None, repr=False)
    closed_session_id: str | None = field(default=None, repr=False)
    request_id: str | None = None
    latency: float = 0.0
    attempts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What InvokeEndpointAsync answers.  The attributes are `members.OUTPUTS`' names; S3's addresses are in full.

    failure_location: None if the endpoint has none, so that its failures leave no trace.
    submitted: when the service took the request, by its own Date header, in whole seconds (UTC); None: not told.
    """

    output_location: str
    failure_location: str | None = None
    inference_id: str | None = None
    submitted: datetime | None = None
    request_id: str | None = None
    attempts: int = 1

    def __repr__(self) -> str:
        """Accounts by their last four digits."""
        said = f"{self.inference_id or 'no id'} → {self.output_location}"
        return redact(f"<Ticket {said} · failures {self.failure_location or 'nowhere'}>")


class Part(NamedTuple):
    """One event of a streamed answer.  The answer's text is the `text` of all of them, joined.

    kind: "json", "text", "bytes", or "done", the ``[DONE]`` that ends a chat.  data: what the JSON holds, a str, bytes.
    name: the event's name in a stream of server-sent events.  reasoning: what it adds to what the model thought first.
    others: (index, text) of the answers beside the first.  elapsed: seconds since the request was sent.
    """

    kind: str
    data: Any
    name: str | None = None
    text: str = ""
    reasoning: str = ""
    others: tuple[tuple[int, str], ...] = ()
    elapsed: float = 0.0

    def __repr__(self) -> str:
        said = f" {self.text!r:.60}" if self.text else ""
        return f"<Part {self.kind}{said} after {self.elapsed:.2f} s>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A production variant as DescribeEndpoint tells it.

    desired: how many instances it is scaled to.  memory: MB of one that is serverless.
    state: what it is at (VariantStatus: Creating, Updating, Baking, …); None: nothing.
    """

    name: str
    weight: float | None = None
    instances: int | None = None
    desired: int | None = None
    images: tuple[str, ...] = ()
    memory: int | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint as DescribeEndpoint tells it.

    status: Creating, Updating, InService, Failed, …  asynchronous: whether it has an AsyncInferenceConfig.
    output_path, failure_path: the folders of S3 that its answers and failures go to.
    shadows: variants that get copies of the requests, and whose answers nobody sees.
    config: the name of its configuration.  changed: when it was last modified (UTC).
    capture_path, capture_percent: where in S3 requests and answers are captured, and how many; None: they are not.
    """

    name: str
    status: str
    arn: str = field(default="", repr=False)
    variants: tuple[Variant, ...] = ()
    failure_reason: str | None = None
    asynchronous: bool = False
    output_path: str | None = field(default=None, repr=False)
    failure_path: str | None = field(default=None, repr=False)
    shadows: tuple[Variant, ...] = ()
    config: str | None = None
    changed: datetime | None = None
    capture_path: str | None = field(default=None, repr=False)
    capture_percent: int | None = None
    explains: bool = False
    """Whether it has a Clarify explainer."""

    def __post_init__(self) -> None:
        if self.failure_reason:
            object.__setattr__(self, "failure_reason", redact(self.failure_reason))
