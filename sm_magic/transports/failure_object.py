"""What the service writes to an asynchronous request's FailureLocation -> a ModelError."""

from __future__ import annotations

import re
from typing import Final

from ..errors import ModelError
from ..messages import Request
from ..privacy import redact
from . import container_faults, hints
from .container_text import LOOKED_AT, clean, short, unwrap

__all__ = ["failed"]

_TTL: Final = 21_600  # seconds, where the request says none (API reference, InvokeEndpointAsync)
_TIMEOUT: Final = 900
# The API reference says of both limits that the request "is marked as expired"; how the object puts it is written
# nowhere, so their words are looked for, in the service's own sentence alone.
_EXPIRED: Final = re.compile(r"time.?to.?live|\bttl\b|requestttl|\bexpired?\b", re.IGNORECASE)
_TIMED_OUT: Final = re.compile(
    r"invocation ?timeout|timed? ?out|allotted time|server error \(0\)|not (respond|answer|complete)\w* in time",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r'with message ".*"', re.DOTALL)


def failed(
    body: bytes, request: Request, *, request_id: str | None = None, local: bool = False
) -> ModelError:
    """The error that the failure object *body* tells: the model's own, or that the time was over."""
    said = body[: 4 * LOOKED_AT].decode("utf-8", "replace")[:LOOKED_AT].strip()
    service = _QUOTED.sub("", said)
    status = container_faults.status_in(said)
    if not status and _TIMED_OUT.search(service):
        seconds = request.invocation_timeout_seconds or _TIMEOUT
        return _error(
            f"The model took longer than InvocationTimeoutSeconds, {seconds:,} s.",
            "invocation_timeout_seconds=3600 is the longest; a smaller request takes less.",
            said,
            request,
            request_id,
        )
    if not status and _EXPIRED.search(service):
        seconds = request.request_ttl_seconds or _TTL
        return _error(
            f"The request expired in the queue: no model took it within RequestTTLSeconds, {seconds:,} s.",
            "Give the endpoint more instances, or the request more time: request_ttl_seconds=21600.",
            said,
            request,
            request_id,
        )
    return _model(said, status, request, request_id, local)


def _model(
    said: str, status: int | None, request: Request, request_id: str | None, local: bool
) -> ModelError:
    whole = unwrap(said)
    meaning = redact(clean(whole))
    case = hints.Case(code="ModelError", status=status, text=f"{whole}\n{said}", request=request, local=local)
    row = hints.find(case)
    answered = f"The container answered {status}" if status else "The request failed"
    error = _error(
        f"{answered}: {short(meaning)}" if meaning else f"{answered}, without a word.",
        None if row is None else row.sentence(case),
        said,
        request,
        request_id,
    )
    error.original_status, error.original_message, error.original_text = status, meaning, redact(whole)
    return error


def _error(message: str, hint: str | None, said: str, request: Request, request_id: str | None) -> ModelError:
    error = ModelError(
        message, hint=hint, code="ModelError", service_message=said, request=request, request_id=request_id
    )
    error.original_text = redact(said)
    return error
