"""What every decoder of a stream is made of: bytes go in as they come, events come out."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple, Protocol

from ..errors import CodecError

Kind = Literal["json", "text", "bytes", "done"]


class Event(NamedTuple):
    """One thing that a stream said.

    kind: "json", then data is what the JSON holds; "text", a str; "bytes"; "done", the ``[DONE]`` that ends a chat.
    name: the event's name in a stream of server-sent events.
    """

    kind: Kind
    data: Any
    name: str | None = None


class Decoder(Protocol):
    """Incremental: the events of a stream do not depend on how its bytes were split.

    Nothing is lost: what can't be read as the stream's type comes out as text.
    """

    def decode(self, data: bytes) -> list[Event]:
        """The events that are complete with *data*."""

    def flush(self) -> list[Event]:
        """What is left when the stream has ended: an event may lack its end."""


PENDING: Final = 64 * 1024 * 1024
"""Bytes of one event, at most: a stream that never ends a line must not fill the memory."""


def too_long() -> CodecError:
    """The error for an event that does not end."""
    return CodecError(
        f"One event of the stream has more than {PENDING // (1024 * 1024)} MiB.",
        hint="What came before it is kept; `.body` has its bytes.",
    )
