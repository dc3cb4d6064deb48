"""Whether a body is what its content type says, before it is sent.  Only JSON can be told."""

from __future__ import annotations

from ..errors import CodecError
from ..mediatypes import MediaType, parse
from ..messages import Payload
from .base import to_text
from .json_check import check as check_json

WHOLE_UP_TO = 1_000_000
"""Bytes of a body that are checked whole."""


def check(payload: Payload, *, whole_up_to: int = WHOLE_UP_TO) -> str | None:
    """Check a body that is ready to be sent, by its content type.

    Args:
        payload: what is labelled JSON is checked, by RFC 8259 and in its charset; anything else is not.
        whole_up_to: a longer body is checked at its ends only, and for its UTF-8.

    Returns:
        None, or a sentence for the card where not all was checked.

    Raises:
        CodecError: it is labelled JSON and is none; says line, column and what is wrong.
    """
    media = parse(payload.content_type)
    if not _is_json(media):
        return None
    body = payload.body
    try:
        if media.charset.lower() not in ("", "utf-8", "utf8", "us-ascii"):
            body = to_text(body, media).encode("utf-8", "surrogatepass")
        return check_json(body, whole_up_to=whole_up_to)
    except CodecError as exc:
        raise CodecError(
            f"The body is labelled {media.type} and is not JSON: {exc.message}",
            hint=exc.hint or "`-t bytes` sends any bytes, under application/octet-stream.",
        ) from exc


def _is_json(media: MediaType) -> bool:
    """Triton's ``…binary+json`` is JSON and then bytes."""
    return media.type == "application/json" or (
        media.type.endswith("+json") and not media.type.endswith("binary+json")
    )
