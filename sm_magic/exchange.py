"""Request -> Result: send, wait for what is not ready yet, decode, count.  No AWS names, no display."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import codecs, ledger, mediatypes
from .errors import Cancelled, CodecError, ModelNotReadyException, ServiceError, SmMagicError, UsageError
from .messages import Payload, Request, Response
from .progress import OnProgress, Progress, silent
from .records import history
from .result import Result
from .settings import Settings
from .transports import Runtime

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 15.0  # seconds between two looks at a model that is not ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time, as an argument: tests hand in one that does not wait."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def invoke(
    request: Request,
    runtime: Runtime,
    settings: Settings,
    *,
    query: str | None = None,
    view: str = "auto",
    on_progress: OnProgress = silent,
    clock: Clock | None = None,
) -> Result:
    """Send *request* by InvokeEndpoint and decode the answer; call and answer go into the history.

    query: a JMESPath expression; the part of a JSON answer that it finds is the value.
    Raises ServiceError, TransportError, Cancelled; CodecError, with the Result on it, if the body does not decode.
    """
    search = _compile(query)
    try:
        response = _send(request, runtime, settings, on_progress, clock or Clock())
        result = _receive(request, response, runtime, settings, search=search, query=query, view=view)
    except SmMagicError as error:
        history.add(request, error, settings)
        raise
    history.add(request, result, settings)
    return result


def _send(
    request: Request, runtime: Runtime, settings: Settings, on_progress: OnProgress, clock: Clock
) -> Response:
    """Send, and send again for as long as the model certainly never saw it and `ready_timeout` allows."""
    started, wait = clock.now(), _FIRST_WAIT
    try:
        while True:
            try:
                return runtime.invoke(request)
            except ServiceError as error:
                elapsed = clock.now() - started
                if not _worth_waiting(error) or elapsed + wait > settings.ready_timeout:
                    raise
                on_progress(
                    Progress(what=f"{request.endpoint} is not ready: {error.message}", elapsed=elapsed)
                )
            clock.sleep(wait)
            wait = min(wait * 1.5, _LONGEST_WAIT)
    except KeyboardInterrupt:
        raise Cancelled(
            f"Interrupted after {clock.now() - started:.1f} s; {request.endpoint} may still be computing an answer."
        ) from None


def _worth_waiting(error: ServiceError) -> bool:
    """The model is loading or has no capacity.  A throttled request never ran either, but waiting is no cure."""
    return error.never_ran and (error.not_ready or isinstance(error, ModelNotReadyException))


def _receive(
    request: Request,
    response: Response,
    runtime: Runtime,
    settings: Settings,
    *,
    search: Any,
    query: str | None,
    view: str,
) -> Result:
    sent = request.payload
    payload = _labelled(response.payload)
    common: dict[str, Any] = {
        "request": request,
        "response": response,
        "where": runtime.where,
        "settings": settings,
        "view": view,
    }
    try:
        rows = None if sent is None else sent.facts.rows
        value = codecs.decode(payload, rows=rows, max_bytes=settings.max_decoded_bytes)
        found = ledger.settle(sent, value)
        notes = (
            ()
            if payload is response.payload
            else (f"No ContentType in the answer: read as {payload.content_type}.",)
        )
        if search is not None:
            value, notes = _search(search, query, value), (*notes, f"The value is the part at {query}.")
    except CodecError as error:
        error.result = Result(**common, problem=error)
        raise
    return Result(**common, decoded=value, ledger=found, notes=notes)


def _labelled(payload: Payload) -> Payload:
    """An answer without a Content-Type is read by its first bytes."""
    if payload.content_type:
        return payload
    found = mediatypes.sniff(payload.body) or "application/octet-stream"
    return Payload(body=payload.body, content_type=found)


def _compile(query: str | None) -> Any:
    """The JMESPath expression, checked before anything is sent."""
    if query is None:
        return None
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.compile(query)
    except JMESPathError as exc:
        raise UsageError(
            f"--query {query} is no JMESPath expression: {str(exc).splitlines()[0]}",
            hint="For instance: --query predictions[0].score, --query choices[0].message.content.",
        ) from exc


def _search(search: Any, query: str | None, value: Any) -> Any:
    from jmespath.exceptions import JMESPathError

    if not isinstance(value, (dict, list)):
        raise CodecError(f"--query {query} needs a JSON answer; this one is a {type(value).__name__}.")
    try:
        found = search.search(value)
    except JMESPathError as exc:
        raise CodecError(f"--query {query}: {exc}") from exc
    if found is None:
        keys = f" Its keys: {', '.join(map(str, list(value)[:20]))}." if isinstance(value, dict) else ""
        raise CodecError(f"--query {query} finds nothing in the answer.{keys}")
    return found
