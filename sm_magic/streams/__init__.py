"""A streamed answer's bytes → events, whatever the split of its parts → what they say.

A decoder is one file: `decode(data)` gives the events that are complete, `flush()` what is left at the end.
`Speech` reads the events: each is a `Piece` of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ..mediatypes import MediaType
from .base import Decoder, Event
from .lines import JsonLines
from .octets import Octets
from .speech import Piece, Speech
from .sse import ServerSent
from .text import Text
from .unsaid import Unsaid
from .whole import Whole

__all__ = ["Decoder", "Event", "Piece", "Speech", "decoder"]

_BY_TYPE: Mapping[str, Callable[[MediaType], Decoder]] = MappingProxyType(
    {
        "text/event-stream": lambda _: ServerSent(),
        "application/jsonlines": lambda _: JsonLines(),
        "application/x-ndjson": lambda _: JsonLines(),
        "application/x-jsonlines": lambda _: JsonLines(),
        "application/json": lambda media: Unsaid(media.charset),
        "text/plain": lambda media: Unsaid(media.charset),
        "application/octet-stream": lambda media: Unsaid(media.charset),
    }
)
"""Types that servers are careless about (TGI and LMI label anything JSON) are looked at: `Unsaid`."""


def decoder(media: MediaType) -> Decoder:
    """A new decoder for a stream of this media type."""
    if media.type in _BY_TYPE:
        return _BY_TYPE[media.type](media)
    if media.type.startswith("text/"):
        return Text(media.charset)
    return Whole() if media.type.endswith("+json") else Octets()
