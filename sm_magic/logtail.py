"""The last lines of a container's log: of an endpoint, or where an error points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .deployments import Log, LogLine
from .errors import AccessDeniedException, ServiceError, SmMagicError
from .messages import Request, Where
from .settings import Settings

if TYPE_CHECKING:
    from .transports import Catalog

__all__ = ["Tail", "beneath", "group"]

_LINES: Final = 20  # below an error
_MINUTES: Final = 5.0
_STREAM: Final = re.compile(r":log-group:(?P<group>[^:]+)(?::log-stream:(?P<stream>[^:]+))?")


@dataclass(frozen=True, kw_only=True, repr=False)
class Tail:
    """The last lines of the endpoint *name*, newest last; it shows itself.

    minutes: how far back was looked.  grep: what each line holds.
    """

    name: str
    log: Log
    minutes: float
    grep: str | None = None
    where: Where | None = None
    settings: Settings | None = None

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """When, which log stream, what."""
        return self.log.lines

    @property
    def text(self) -> str:
        """What was written, line by line."""
        return "\n".join(line.text for line in self.lines)

    def __repr__(self) -> str:
        return f"<Tail {self.name}, lines: {len(self)}>"

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[LogLine]:
        return iter(self.lines)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from .logcards import tail

        return tail(self)


def group(name: str, component: str | None = None) -> str:
    """The log group of an endpoint, or of an inference component (Developer Guide, "Log groups and streams")."""
    return f"/aws/sagemaker/{'InferenceComponents' if component else 'Endpoints'}/{component or name}"


def beneath(error: SmMagicError, request: Request, catalog: Catalog | None) -> Tail | str:
    """The last lines of the container's log, for *error*; or one line that says why there are none.

    The log stream that the error names, else the variant's that was asked for.  Takes two seconds at most.
    """
    if catalog is None:
        return "No log: nothing is known of this client's control plane."
    arn = getattr(error, "log_stream_arn", None) or ""
    found = _STREAM.search(arn)
    named = found["group"] if found else group(request.endpoint, request.inference_component_name)
    stream = (found and found["stream"]) or (f"{request.target_variant}/" if request.target_variant else "")
    try:
        log = catalog.logs(named, stream=stream, minutes=_MINUTES, most=_LINES)
    except AccessDeniedException:
        return "No log: not allowed: logs:FilterLogEvents"
    except SmMagicError as problem:
        said = problem.service_message if isinstance(problem, ServiceError) else ""
        return f"No log: {said or problem.message}"
    return Tail(name=request.endpoint, log=log, minutes=_MINUTES)
