"""Request → the parts of a streamed answer as they come, and the Result of them.  No AWS names, no display."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from types import TracebackType

from . import mediatypes, streams, views
from .errors import Cancelled, CodecError, ModelStreamError, SmMagicError, UsageError
from .messages import Part, Payload, Request, Response
from .progress import OnProgress, silent
from .readiness import Clock, until_ready
from .reading import read
from .records import history
from .result import Result
from .said import Reply, Said, ToolCall
from .settings import Settings
from .streamed import Keep
from .streams.speech import Speech
from .transports import Runtime

__all__ = ["OnPart", "Streaming", "collect"]

OnPart = Callable[[Part], None]
"""What is told of each part while it comes."""


class Streaming:
    """A streamed answer while it comes: iterate for its parts, once.

    Nothing is kept of what was handed out.  `usage`, `finish_reason`, `tool_calls` and `complete` are whole at the end.
    Close it, or use it as a context, where the iteration may stop early: the endpoint goes on computing, unread.

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
        on_data: Callable[[bytes], None] | None = None,
    ) -> None:
        self.request = request
        self._stream, refused = until_ready(
            lambda: runtime.stream(request),
            request.endpoint,
            settings.ready_timeout,
            on_progress,
            clock or Clock(),
        )
        self._refused = refused
        self._on_data = on_data
        self._decoder = streams.decoder(mediatypes.parse(self._stream.response.payload.content_type))
        self._speech = Speech()
        self._over = False
        self._parts = self._read()

    @property
    def response(self) -> Response:
        """What is known of the answer without its body, which is empty here."""
        response = self._stream.response
        return replace(response, attempts=response.attempts + self._refused)

    @property
    def usage(self) -> dict[str, float]:
        """Counts by name (``completion_tokens``), as the server told them last."""
        return dict(self._speech.usage)

    @property
    def finish_reason(self) -> str | None:
        """Why the model stopped (``stop``, ``length``, ``tool_calls``), if it said so."""
        return self._speech.finish_reason

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The calls that the model asks for, joined from their pieces."""
        return self._speech.tool_calls

    @property
    def complete(self) -> bool:
        """Whether all has come, as far as can be told: False before the end, and where the end is missing."""
        return self._over and self._speech.ended is not False

    @property
    def speech(self) -> Speech:
        """What the events say, so far."""
        return self._speech

    def elapsed(self) -> float:
        """Seconds since the request was sent."""
        return time.perf_counter() - self._stream.started

    def close(self) -> None:
        """Stop reading."""
        self._parts.close()
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
        state = "over" if self._over else "open"
        return f"<Streaming {self.request.endpoint} · {self._stream.response.payload.content_type} · {state}>"

    def _read(self) -> Generator[Part]:
        decode, tell = self._decoder.decode, self._on_data
        for data in self._stream:
            if tell is not None:
                tell(data)
            if events := decode(data):
                yield from self._told(events)
        yield from self._told(self._decoder.flush())
        self._over = True
        if self._speech.error is not None:
            raise _said_error(self._speech.error, self.request)

    def _told(self, events: list[streams.Event]) -> Iterator[Part]:
        elapsed, add = self.elapsed(), self._speech.add
        for event in events:
            piece = add(event)
            yield Part(event.kind, event.data, event.name, piece.text, piece.reasoning, piece.others, elapsed)


def _said_error(said: str, request: Request) -> ModelStreamError:
    return ModelStreamError(
        f"The model broke off with an error in its answer: {said}",
        hint="What came before it is kept: `sm_magic.last`.",
        status=200,
        service_message=said,
        request=request,
    )


def check(query: str | None, deserializer: object | None) -> None:
    """UsageError for what needs the answer in one piece."""
    name = "--query" if query is not None else "--deserializer" if deserializer is not None else None
    if name is not None:
        raise UsageError(f"{name} reads a whole answer; a stream comes in parts.", hint="Leave out --stream.")


def collect(
    request: Request,
    runtime: Runtime,
    settings: Settings,
    *,
    view: str = "auto",
    on_part: OnPart | None = None,
    on_progress: OnProgress = silent,
    clock: Clock | None = None,
) -> Result:
    """Send *request* by InvokeEndpointWithResponseStream and gather its parts; call and answer go into the history.

    on_part: told of each part when it is there.
    Raises what iterating a `Streaming` raises, and Cancelled on an interrupt; the error has the Result of what came.
    """
    views.check_name(view)
    keep = Keep(settings)
    try:
        streaming = Streaming(
            request, runtime, settings, on_progress=on_progress, clock=clock, on_data=keep.add_data
        )
        result = _gathered(streaming, keep, on_part, _blank(streaming, runtime, settings, view))
    except SmMagicError as error:
        history.add(request, error, settings)
        raise
    history.add(request, result, settings)
    return result


def _blank(streaming: Streaming, runtime: Runtime, settings: Settings, view: str) -> Result:
    return Result(
        request=streaming.request,
        response=streaming.response,
        where=runtime.where,
        settings=settings,
        view=view,
    )


def _gathered(streaming: Streaming, keep: Keep, on_part: OnPart | None, blank: Result) -> Result:
    try:
        with streaming:
            for part in streaming:
                keep.add(part)
                if on_part is not None:
                    on_part(part)
    except KeyboardInterrupt:
        error = Cancelled(
            f"Interrupted after {streaming.elapsed():.1f} s; what came is kept, and {streaming.request.endpoint} may "
            "still be computing."
        )
        error.result = _result(streaming, keep, blank, "Interrupted: the answer is not complete.")
        raise error from None
    except SmMagicError as error:
        error.result = _result(streaming, keep, blank, f"The answer is not complete: {error.message}")
        raise
    return _result(streaming, keep, blank, None)


def _result(streaming: Streaming, keep: Keep, blank: Result, broken: str | None) -> Result:
    """What came as a Result: text where the stream said any, else what its bytes hold."""
    speech = streaming.speech
    payload = Payload(body=keep.body(), content_type=streaming.response.payload.content_type)
    notes = [broken] if broken else []
    if broken is None and speech.ended is False:
        notes.append("The stream ended without [DONE] or a finish_reason: the answer may be cut off.")
    notes += keep.notes()
    latency = streaming.elapsed()
    result = replace(
        blank,
        response=replace(streaming.response, payload=payload, latency=latency),
        complete=broken is None and speech.ended is not False,
        streamed=keep.streamed(speech.usage, latency),
        notes=tuple(notes),
    )
    if speech.one_piece and broken is None:
        return _in_one_piece(result)
    if keep.said or speech.tool_calls:
        first = Said(
            text=keep.text,
            reasoning=keep.reasoning,
            tool_calls=speech.tool_calls,
            finish_reason=speech.finish_reason,
        )
        reply = Reply(name="text", said=(first, *keep.others()), usage=dict(speech.usage))
        return replace(result, decoded=keep.text, reply=reply)
    return _decoded(result)


def _in_one_piece(result: Result) -> Result:
    """An answer that did not stream, and why that may be."""
    result = _decoded(result)
    sent = result.request.payload
    if (
        sent is None
        or not mediatypes.parse(sent.content_type).type.endswith("json")
        or b'"stream"' in sent.body
    ):
        return result
    note = 'The answer came in one piece: TGI, vLLM and LMI stream when the body has `"stream": true`.'
    return replace(result, notes=(*result.notes, note))


def _decoded(result: Result) -> Result:
    """*result* with the value that its bytes hold; what does not decode is left to `value`."""
    try:
        found = read(result.response.payload, result.request.payload, result.settings)
    except CodecError as error:
        if result.complete:
            error.result = replace(result, problem=error)
            raise
        return replace(result, problem=error)
    return replace(result, decoded=found.value, ledger=found.ledger, notes=(*result.notes, *found.notes))
