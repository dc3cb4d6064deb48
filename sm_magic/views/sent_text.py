"""The texts in what was sent, which an answer's offsets and scores are about."""

from __future__ import annotations

import json
from typing import Any, Final

from ..mediatypes import parse
from ..messages import Payload
from .preview import text_of

MOST: Final = 2_000_000
"""A longer body is not read again to show an answer."""
_TEXTS: Final = frozenset({"text/plain", "application/x-text"})
_JSON: Final = frozenset({"application/json", "application/list-text"})


def inputs(sent: Payload | None) -> Any:
    """What stood under `inputs` of the JSON sent, the JSON itself if it has no such key, the text sent, or None."""
    if sent is None or not 0 < sent.size <= MOST:
        return None
    kind = parse(sent.content_type).type
    if kind in _TEXTS:
        return text_of(sent)
    if kind not in _JSON:
        return None
    try:
        value = json.loads(sent.body)
    except (ValueError, RecursionError):
        return None
    return value.get("inputs", value) if isinstance(value, dict) else value
