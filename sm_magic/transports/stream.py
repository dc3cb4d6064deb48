"""A streamed answer as a transport has it: what is known at once, then its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..messages import Response

__all__ = ["Stream"]


class Stream:
    """An answer of InvokeEndpointWithResponseStream, while it comes.

    response: all but the body, which is empty.  started: when the request was sent (`time.perf_counter`).
    Iterating gives the parts' bytes as they come; it raises ServiceError (ModelStreamError, InternalStreamFailure)
    and TransportError.  Whoever stops early closes it, or the connection stays in use.
    """

    def __init__(
        self,
        response: Response,
        parts: Iterable[bytes],
        *,
        started: float,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.response = response
        self.started = started
        self._parts = parts
        self._close = close

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        """Read no further: the connection is given up."""
        self._close()

    def __repr__(self) -> str:
        return f"<Stream of {self.response.payload.content_type}>"
