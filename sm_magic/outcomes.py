"""An object of S3 → the Result or the error of the asynchronous request that it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from .errors import Cancelled, CodecError, ModelError, SmMagicError, StillRunning
from .exchange import decoded
from .messages import Payload, Request, Response, Ticket, Where
from .polling import Places, Seen
from .privacy import redact
from .reading import Query
from .result import Result
from .s3 import Look, S3Uri
from .settings import Settings
from .spelling import told
from .transports import failure_object

__all__ = ["NO_FAILURES", "Named", "Queued", "judged", "notes", "unanswered"]

NO_FAILURES: Final = (
    "The endpoint has no FailureLocation: a failure would not be seen. S3FailurePath in the OutputConfig of its "
    "AsyncInferenceConfig sets one."
)
_HIDDEN: Final = "S3 does not say whether there is an answer yet: s3:ListBucket is not allowed on its bucket."
_TTL, _TIMEOUT, _GRACE = 21_600, 900, 600  # seconds: the API's defaults, and what waiting adds to them
_NO_TYPE: Final = "binary/octet-stream"  # what S3 says of an object that was written without a ContentType


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A request that the service took, and how its answer shall be read."""

    request: Request
    ticket: Ticket
    where: Where = field(default_factory=Where)
    settings: Settings = field(default_factory=Settings)
    query: Query | None = None
    deserializer: object | None = field(default=None, repr=False)
    view: str = "auto"
    uploaded: S3Uri | None = None
    """The input, if it shall be deleted once the answer is there."""

    @property
    def patience(self) -> float:
        """Seconds to wait for the answer where nobody says how long."""
        return (self.request.invocation_timeout_seconds or _TIMEOUT) + _GRACE

    @property
    def lifetime(self) -> float:
        """Seconds after which a request that left no trace has expired."""
        return (self.request.request_ttl_seconds or _TTL) + self.patience

    @property
    def places(self) -> Places:
        """Where to look; UsageError for what is no address in S3."""
        ticket = self.ticket
        return Places(
            output=S3Uri.of(ticket.output_location),
            failure=None if ticket.failure_location is None else S3Uri.of(ticket.failure_location),
            since=ticket.submitted,
        )


class Named:
    """What a request that was taken goes by."""

    queued: Queued

    @property
    def endpoint(self) -> str:
        """The endpoint's name."""
        return self.queued.request.endpoint

    @property
    def inference_id(self) -> str | None:
        """The request's id."""
        return self.queued.ticket.inference_id

    @property
    def output_location(self) -> str:
        """Where in S3 the answer will be, in full."""
        return self.queued.ticket.output_location

    @property
    def failure_location(self) -> str | None:
        """Where in S3 a failure will be, in full; None: nowhere."""
        return self.queued.ticket.failure_location


def judged(queued: Queued, seen: Seen, elapsed: float | None) -> Result | SmMagicError:
    """What the object that was found *elapsed* seconds after the submission means; None: that is not known.

    Raises Cancelled on an interrupt.
    """
    if seen.answer is None:
        return _failure(queued, seen.failure or Look(state="there"))
    try:
        return _answer(queued, seen.answer, elapsed)
    except CodecError as error:
        return error
    except Exception as exc:  # noqa: BLE001 - in the background nobody would hear of it
        return CodecError(f"The answer could not be read: {told(exc)}")


def _answer(queued: Queued, look: Look, seconds: float | None) -> Result:
    """The Result of the object that was found *seconds* after the submission; None: it is not known.

    Raises CodecError, with the Result on it, if the object does not decode.
    """
    known, ticket = look.known, queued.ticket
    kind = known.content_type if known is not None else None
    if seconds is None:
        seconds = _between(ticket.submitted, known.modified if known is not None else None)
    response = Response(
        payload=Payload(body=look.body, content_type="" if kind in (None, _NO_TYPE) else str(kind)),
        request_id=ticket.request_id,
        attempts=ticket.attempts,
        latency=seconds,
    )
    return decoded(
        Result(
            request=queued.request,
            response=response,
            where=queued.where,
            settings=queued.settings,
            view=queued.view,
            query=queued.query,
            deserializer=queued.deserializer,
            notes=notes(queued),
        )
    )


def notes(queued: Queued, seen: Seen | None = None) -> tuple[str, ...]:
    """What a card says of the places, and of what was *seen* there."""
    said = [f"The answer lies at {redact(queued.ticket.output_location)}"]
    if queued.ticket.failure_location is None:
        said.append(NO_FAILURES)
    if seen is not None and seen.hidden:
        said.append(_HIDDEN)
    if seen is not None and seen.trouble is not None:
        said.append(f"The last look: {seen.trouble.message}")
    return tuple(said)


def unanswered(queued: Queued, seen: Seen, elapsed: float, *, given_up: bool = False) -> SmMagicError:
    """The error of who waited for nothing; what was *seen* last if no waiting helps against that."""
    if given_up:
        return Cancelled(f"Waiting for {queued.request.endpoint} was given up; `result()` waits again.")
    if seen.trouble is not None and seen.hopeless:
        return seen.trouble
    why = "" if seen.trouble is None else f" The last look failed: {seen.trouble.message}"
    hint = "The job goes on: `job.result()` waits again."
    if elapsed > queued.lifetime:
        hint = "It may have expired: RequestTTLSeconds is over."
    return StillRunning(f"No answer of {queued.request.endpoint} after {elapsed:,.0f} s.{why}", hint=hint)


def _failure(queued: Queued, look: Look) -> ModelError:
    """The error that the failure object tells."""
    local = queued.where.place == "LOCAL"
    return failure_object.failed(look.body, queued.request, request_id=queued.ticket.request_id, local=local)


def _between(submitted: datetime | None, modified: datetime | None) -> float:
    """By the servers' clocks, in whole seconds; 0: not known."""
    if submitted is None or modified is None:
        return 0.0
    return max((modified - submitted).total_seconds(), 0.0)
