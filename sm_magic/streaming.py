"""Request → the parts of a streamed answer as they come.  No AWS names, no display."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from types import TracebackType

from . import mediatypes, streams
from .errors import ModelStreamError, SmMagicError
from .messages import Part, Request, Response
from .progress import OnProgress, silent
from .readiness import Clock, until_ready
from .said import ToolCall
from .settings import Settings
from .streams.speech import BYTES, TEXT, Speech
from .transports import Runtime
from .transports.cancellation import Cancellation
from .transports.stream import Stream

__all__ = ["Heard", "OnData", "OnPart", "Streaming"]

OnPart = Callable[[Part], None]
"""What is told of each part while it comes."""
OnData = Callable[[bytes], None]
"""What is told of the bytes, before their parts."""


@dataclass(slots=True)
class Heard:
    """What is known of an answer while it comes.

    over: its end was reached.  cut: in the middle of an event.
    """

    speech: Speech = field(default_factory=Speech)
    over: bool = False
    cut: bool = False

    @property
    def ended(self) -> bool | None:
        """Whether all has come; None if this kind of stream can't tell, and nothing speaks against it."""
        return False if self.cut or not self.over else self.speech.ended


class Streaming:
    """A streamed answer while it comes: iterate for its parts, once.

    Nothing is kept of what was handed out.  `usage`, `finish_reason`, `tool_calls` and `complete` are whole at the end.
    A loop that is left gives up the connection; where the iterator lives on, close it, or use it as a context.  The
    endpoint goes on computing, unread.

    Iterating raises ServiceError (ModelStreamError, InternalStreamFailure, ModelError) and TransportError where the
    stream breaks off, CodecError where one event never ends.
    """

    def __init__(
        self,
        request: Request,
        runtime: Runtime,
        settings: Settings,
        *,
        on_progress: OnProgress = silent,
        clock: Clock | None = None,
        on_data: OnData | None = None,
    ) -> None:
        self.request = request
        self._cancellation = Cancellation.current() or Cancellation()
        with self._cancellation.call():
            self._stream, self._refused = until_ready(
                lambda: runtime.stream(request),
                request.endpoint,
                settings.ready_timeout,
                on_progress,
                clock or Clock(),
            )
        self._heard = Heard()
        # Not a method: the iterator would hold this object, and a loop that is left would not let go of it.
        self._parts = _parts(self._stream, request, self._heard, self._cancellation, on_data)

    @property
    def response(self) -> Response:
        """What is known of the answer without its body, which is empty here."""
        response = self._stream.response
        return replace(response, attempts=response.attempts + self._refused)

    @property
    def usage(self) -> dict[str, float]:
        """Counts by name (``completion_tokens``), as the server told them last."""
        return dict(self._heard.speech.usage)

    @property
    def finish_reason(self) -> str | None:
        """Why the model stopped (``stop``, ``length``, ``tool_calls``), if it said so."""
        return self._heard.speech.finish_reason

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The calls that the model asks for, joined from their pieces."""
        return self._heard.speech.tool_calls

    @property
    def complete(self) -> bool:
        """Whether all has come, as far as can be told: False before the end, and where the end is missing."""
        return self._heard.ended is not False

    @property
    def heard(self) -> Heard:
        """What is known so far."""
        return self._heard

    def elapsed(self) -> float:
        """Seconds since the request was sent."""
        return time.perf_counter() - self._stream.started

    def close(self) -> None:
        """Stop reading; another thread that waits for a part gets Cancelled."""
        try:
            self._parts.close()
        except ValueError:  # it is in the iterator
            self._cancellation.cancel()
        else:
            self._stream.close()

    def __iter__(self) -> Iterator[Part]:
        return self._parts

    def __next__(self) -> Part:
        return next(self._parts)

    def __enter__(self) -> Streaming:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "over" if self._heard.over else "open"
        return f"<Streaming {self.request.endpoint} · {self._stream.response.payload.content_type} · {state}>"


def _parts(
    stream: Stream, request: Request, heard: Heard, cancellation: Cancellation, tell: OnData | None
) -> Generator[Part]:
    decoder = streams.decoder(mediatypes.parse(stream.response.payload.content_type))
    decode, add, now, started = decoder.decode, heard.speech.add, time.perf_counter, stream.started
    for data in _unless_cancelled(stream, cancellation):
        if tell is not None:
            tell(data)
        if events := decode(data):
            elapsed = now() - started
            for event in events:
                piece = add(event)
                yield Part(
                    event.kind, event.data, event.name, piece.text, piece.reasoning, piece.others, elapsed
                )
    for event in decoder.flush():
        yield _last(event, heard, now() - started)
    heard.over = True
    if heard.speech.error is not None:
        raise _said_error(heard.speech.error, request)


def _unless_cancelled(stream: Stream, cancellation: Cancellation) -> Iterator[bytes]:
    """The parts' bytes.  What a connection says that was shut down is no error of the service's."""
    try:
        for data in stream:
            yield data
            cancellation.check()
    except SmMagicError:
        cancellation.check()
        raise


def _last(event: streams.Event, heard: Heard, elapsed: float) -> Part:
    """What was left at the end: the last event, or half of one, which is no text of the answer."""
    if _is_half(event, heard.speech):
        heard.cut = True
        return Part(event.kind, event.data, event.name, elapsed=elapsed)
    piece = heard.speech.add(event)
    return Part(event.kind, event.data, event.name, piece.text, piece.reasoning, piece.others, elapsed)


def _is_half(event: streams.Event, speech: Speech) -> bool:
    """Whether it begins as the JSON before it did, and is none."""
    among_json = speech.values > 0 or speech.shape not in (None, TEXT, BYTES)
    return among_json and event.kind == "text" and event.name != "error" and event.data.lstrip()[:1] in "{["


def _said_error(said: str, request: Request) -> ModelStreamError:
    return ModelStreamError(
        f"The model broke off with an error in its answer: {said}",
        hint="What came before it is kept: `sm_magic.last`.",
        status=200,
        service_message=said,
        request=request,
    )
