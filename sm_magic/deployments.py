"""What is deployed, as the control plane, CloudWatch and its logs tell it.  Frozen; account ids are redacted in texts.

`messages.Endpoint` and `messages.Variant` are beside them: every call may need those.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .privacy import redact

__all__ = [
    "Component",
    "Configuration",
    "Configured",
    "Container",
    "Listed",
    "Log",
    "LogLine",
    "Model",
    "Traffic",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An endpoint as ListEndpoints tells it.  changed: when it was last modified (UTC)."""

    name: str
    status: str
    changed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """A variant as DescribeEndpointConfig tells it.

    model: None where inference components bring the models.  memory: MB of a serverless variant.
    """

    name: str
    model: str | None = None
    instance_type: str | None = None
    instances: int | None = None
    weight: float | None = None
    memory: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """An endpoint's configuration (DescribeEndpointConfig)."""

    name: str
    variants: tuple[Configured, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container of a model.  several: it loads the models below *data*, an address in S3 (Mode MultiModel)."""

    image: str | None = None
    several: bool = False
    data: str | None = field(default=None, repr=False)
    hostname: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model (DescribeModel).  direct: each container is called by its hostname; else they are a pipeline."""

    name: str
    containers: tuple[Container, ...] = ()
    direct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """An inference component: by ListInferenceComponents its first four members, by DescribeInferenceComponent all.

    copies, wanted: how many of it run, and how many shall.
    """

    name: str
    endpoint: str = ""
    variant: str | None = None
    status: str | None = None
    model: str | None = None
    image: str | None = None
    copies: int | None = None
    wanted: int | None = None
    failure_reason: str | None = None

    def __post_init__(self) -> None:
        if self.failure_reason:
            object.__setattr__(self, "failure_reason", redact(self.failure_reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A line of a container's log.  stream: ``VARIANT/INSTANCE``.  text is a stranger's; account ids are redacted."""

    time: datetime
    stream: str
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", redact(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The last lines of a log, newest last.

    group: its name; whether there is one (None of what never started).  more: older ones were left out.
    """

    group: str
    lines: tuple[LogLine, ...] = ()
    there: bool = True
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What CloudWatch counted of a variant in the last hour.

    errors: answers of 4xx and 5xx.  latency, slowest: seconds that the model took, the mean and the longest.
    overhead: seconds that the service took beside, the mean.  last: when it was last invoked, to a minute.
    """

    variant: str
    invocations: int = 0
    errors: int = 0
    latency: float | None = None
    slowest: float | None = None
    overhead: float | None = None
    last: datetime | None = None
