"""The parts of a streamed answer → a Result, of all of them or of what came.  No AWS names, no display."""

from __future__ import annotations

from dataclasses import replace

from . import mediatypes, views
from .errors import Cancelled, CodecError, SmMagicError, UsageError
from .messages import Payload, Request
from .progress import OnProgress, silent
from .readiness import Clock, stopped
from .reading import read
from .records import history
from .result import Result
from .said import Reply, Said
from .settings import Settings
from .spelling import told
from .streamed import Keep
from .streaming import OnPart, Streaming
from .transports import Runtime

__all__ = ["check", "collect"]


def check(query: str | None, deserializer: object | None) -> None:
    """UsageError for what needs the answer in one piece."""
    name = "--query" if query is not None else "--deserializer" if deserializer is not None else None
    if name is not None:
        raise UsageError(
            f"{name} reads a whole answer; a stream comes in parts.",
            hint="Leave out --stream; where a target has it: --no-stream",
        )


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
    Raises what iterating a `Streaming` raises; CodecError for more than `max_decoded_bytes`; Cancelled on an interrupt.
    The error has the Result of what came.
    """
    views.check_name(view)
    keep = Keep(settings)
    try:
        streaming = Streaming(
            request, runtime, settings, on_progress=on_progress, clock=clock, on_data=keep.add_data
        )
        keep.is_text = not _has_codec(streaming.response.payload.content_type)
        blank = Result(
            request=request, response=streaming.response, where=runtime.where, settings=settings, view=view
        )
        result = _gathered(streaming, keep, on_part, blank)
    except SmMagicError as error:
        history.add(request, error, settings)
        raise
    history.add(request, result, settings)
    return result


def _has_codec(content_type: str) -> bool:
    """Whether text of this type is the source of a value: a table in CSV."""
    media = mediatypes.parse(content_type).type
    return media.startswith("text/") and media not in ("text/plain", "text/event-stream")


def _gathered(streaming: Streaming, keep: Keep, on_part: OnPart | None, blank: Result) -> Result:
    try:
        with streaming:
            for part in streaming:
                keep.add(part)
                if on_part is not None:
                    on_part(part)
        return _result(streaming, keep, blank, None)
    except KeyboardInterrupt as stop:
        error = Cancelled(
            f"{stopped(stop)} after {streaming.elapsed():.1f} s; what came is kept, and "
            f"{streaming.request.endpoint} may still be computing."
        )
        error.result = _result(streaming, keep, blank, f"{stopped(stop)}: the answer is not complete.")
        raise error from None
    except SmMagicError as error:
        if error.result is None:
            error.result = _result(streaming, keep, blank, f"The answer is not complete: {error.message}")
        raise
    except Exception as error:  # on_part's own: the call goes into the history all the same
        came = _result(streaming, keep, blank, f"The answer is not complete: on_part failed: {told(error)}")
        history.add(blank.request, came, blank.settings)
        raise


def _result(streaming: Streaming, keep: Keep, blank: Result, broken: str | None) -> Result:
    """What came as a Result: text where the stream said any, else what its bytes hold."""
    heard, speech = streaming.heard, streaming.heard.speech
    payload = Payload(body=keep.body(), content_type=blank.response.payload.content_type)
    latency = streaming.elapsed()
    notes = [broken] if broken else _doubts(streaming)
    result = replace(
        blank,
        response=replace(blank.response, payload=payload, latency=latency),
        complete=broken is None and heard.ended is not False,
        streamed=keep.streamed(speech.usage, latency),
        notes=(*notes, *keep.notes()),
    )
    if speech.one_piece and broken is None and not keep.body_gone:
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


def _doubts(streaming: Streaming) -> list[str]:
    """Why an answer whose end came may lack some all the same."""
    if streaming.heard.cut:
        return ["The stream ended in the middle of an event: the answer is cut off."]
    if streaming.heard.ended is False:
        return ["The stream ended without [DONE] or a finish_reason: the answer may be cut off."]
    return []


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
        kept = replace(result, problem=error)
        if result.complete:
            error.result = kept
            raise
        return kept
    return replace(result, decoded=found.value, ledger=found.ledger, notes=(*result.notes, *found.notes))
