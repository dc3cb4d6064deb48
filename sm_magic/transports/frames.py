"""The frames of ``application/vnd.amazon.eventstream`` → the bytes of PayloadPart.

botocore's own iterator loses the ErrorCode of a ModelStreamError, and says nothing of a stream that ends in the middle
of a frame; its `EventStreamBuffer`, which checks the checksums, is used without the parser around it.

A frame: its length and its headers' length (4 bytes each, big-endian), their CRC-32, the headers, the payload, the
CRC-32 of all before.  Source: the Smithy specification of the Amazon event stream.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Any, Final
from zlib import crc32

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
    yield from _payloads(raw.stream())


_PRELUDE: Final = Struct(">III")
_SHORTEST: Final = 16  # bytes: a frame without headers and payload
_LONGEST: Final = 16 << 20  # bytes of a frame that is surely no mistake


def _payloads(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """PERF: botocore parses each frame's headers anew, which takes twice as long as all that is done with the payload.

    Those of a PayloadPart are always the same: botocore reads them once, and where they come again only the checksum
    is looked at.
    """
    data, known = bytearray(), None
    for chunk in chunks:
        data += chunk
        start = 0
        while len(data) - start >= _PRELUDE.size:
            total, headers, checksum = _PRELUDE.unpack_from(data, start)
            if total > _LONGEST or crc32(data[start : start + 8]) != checksum:
                _message(bytes(data[start : start + _PRELUDE.size]))  # which raises where it is a mistake
            if total < _SHORTEST:
                raise TransportError(f"The stream is damaged: a frame of {total} bytes.")
            if len(data) - start < total:
                break
            frame = bytes(memoryview(data)[start : start + total])
            start += total
            head = frame[_PRELUDE.size : _PRELUDE.size + headers]
            if head == known and crc32(memoryview(frame)[:-4]) == int.from_bytes(frame[-4:], "big"):
                yield frame[_PRELUDE.size + headers : -4]
                continue
            message = _message(frame)
            if message.headers.get(":message-type", "event") != "event":
                raise _failure(message.headers, message.payload)
            if message.headers.get(":event-type") == "PayloadPart":
                known = head
                yield message.payload
        del data[:start]
    if data:
        raise TransportError(f"The stream ended in the middle of a part, {len(data):,} bytes into its frame.")


def _message(frame: bytes) -> Any:
    """The frame as botocore reads it, which raises for a checksum that is wrong; None where it is not whole."""
    from botocore.eventstream import EventStreamBuffer

    buffer = EventStreamBuffer()
    buffer.add_data(frame)
    return next(buffer, None)


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
