"""The frames of ``application/vnd.amazon.eventstream`` → the bytes of PayloadPart.

botocore's own iterator loses the ErrorCode of a ModelStreamError, and says nothing of a stream that ends in the middle
of a frame; its `EventStreamBuffer`, which checks the checksums, is used without the parser around it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..errors import InternalStreamFailure, ModelStreamError, ServiceError, TransportError
from .container_text import clean, short

__all__ = ["payload_parts"]

_CODES = {
    "ModelInvocationTimeExceeded": "The model did not finish within SageMaker's time for a stream.",
    "StreamBroken": "The connection between SageMaker and the model was cut.",
}
"""ErrorCode (API reference, ModelStreamError) → what it means."""


def payload_parts(body: Any) -> Iterator[bytes]:
    """The bytes of each PayloadPart in *body*, boto3's EventStream.

    Raises ModelStreamError, InternalStreamFailure, or ServiceError for another exception that the stream carries;
    TransportError where it ends in the middle of a frame.
    """
    raw = getattr(body, "_raw_stream", None)
    if raw is None:  # another botocore than those that are known: its own iterator
        for event in body:
            if part := event.get("PayloadPart"):
                yield part["Bytes"]
        return
    from botocore.eventstream import EventStreamBuffer

    buffer, pending = EventStreamBuffer(), 0
    for chunk in raw.stream():
        pending += len(chunk)
        buffer.add_data(chunk)
        for message in buffer:
            pending -= message.prelude.total_length
            headers = message.headers
            if headers.get(":message-type", "event") != "event":
                raise _failure(headers, message.payload)
            if headers.get(":event-type") == "PayloadPart":
                yield message.payload
    if pending:
        raise TransportError(f"The stream ended in the middle of a part, {pending:,} bytes into its frame.")


def _failure(headers: dict[str, Any], payload: bytes) -> ServiceError:
    """``:message-type: exception`` has its name in a header and JSON below; ``error`` has all in headers."""
    name = str(headers.get(":exception-type") or headers.get(":error-code") or "")
    try:
        told = json.loads(payload) if payload else {}
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    said = str(told.get("Message") or told.get("message") or headers.get(":error-message") or "")
    code = str(told.get("ErrorCode") or "")
    kind = {"ModelStreamError": ModelStreamError, "InternalStreamFailure": InternalStreamFailure}.get(
        name, ServiceError
    )
    meant = " ".join(part for part in (_CODES.get(code, ""), short(clean(said))) if part)
    error = kind(
        meant or "The service gave no reason.",
        hint=_hint(name, code),
        status=200,
        code=name,
        service_message=said,
    )
    if isinstance(error, ModelStreamError):
        error.error_code = code or None
    return error


def _hint(name: str, code: str) -> str | None:
    if code == "ModelInvocationTimeExceeded":
        return "Ask for fewer tokens, or use --async: an asynchronous endpoint may take an hour."
    if name == "ModelStreamError":
        return "The container's log says why: its process may have ended."
    return "Send it again." if name == "InternalStreamFailure" else None
