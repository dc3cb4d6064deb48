"""Request -> Result: send, wait for what is not ready yet, decode, count.  No AWS names, no display."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from . import views
from .codecs import bound
from .errors import Cancelled, CodecError, ModelNotReadyException, ServiceError, SmMagicError, UsageError
from .messages import Request, Response
from .progress import OnProgress, Progress, silent
from .reading import Query, read
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
    deserializer: object | None = None,
    view: str = "auto",
    on_progress: OnProgress = silent,
    clock: Clock | None = None,
) -> Result:
    """Send *request* by InvokeEndpoint and decode the answer; call and answer go into the history.

    query: a JMESPath expression; the part of a JSON answer that it finds is the value.
    deserializer: reads the answer in our place; its ACCEPT is *request*'s already.
    view: one of `views.VIEW_NAMES`, how the answer is shown.
    Raises UsageError before sending; ServiceError and TransportError; CodecError, with the Result on it, if the
    body does not decode; Cancelled, with what was kept.
    """
    search = None if query is None else Query.of(query)
    if deserializer is not None:
        bound.accept(deserializer)
    _check_view(view)
    try:
        response = _send(request, runtime, settings, on_progress, clock or Clock())
        result = Result(
            request=request,
            response=response,
            where=runtime.where,
            settings=settings,
            view=view,
            query=search,
            deserializer=deserializer,
        )
        result = _read(result)
    except SmMagicError as error:
        history.add(request, error, settings)
        raise
    history.add(request, result, settings)
    return result


def _check_view(view: str) -> None:
    if view not in views.VIEW_NAMES:
        raise UsageError(f"There is no view {view!r}.", hint=f"One of {', '.join(views.VIEW_NAMES)}.")


def _send(
    request: Request, runtime: Runtime, settings: Settings, on_progress: OnProgress, clock: Clock
) -> Response:
    """Send, and send again for as long as the model certainly never saw it and `ready_timeout` allows."""
    started, wait, refused = clock.now(), _FIRST_WAIT, 0
    try:
        while True:
            try:
                response = runtime.invoke(request)
                return replace(response, attempts=response.attempts + refused)
            except ServiceError as error:
                elapsed = clock.now() - started
                refused += error.attempts
                if not _worth_waiting(error) or elapsed + wait > settings.ready_timeout:
                    error.attempts = refused
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


def _read(result: Result) -> Result:
    """*result* with its value; what can't be read stays on the error, bytes and all."""
    try:
        sent, received = result.request.payload, result.response.payload
        found = read(received, sent, result.settings, result.deserializer)
    except CodecError as error:
        error.result = replace(result, problem=error)
        raise
    except KeyboardInterrupt:
        cancelled = Cancelled("Interrupted while the answer was decoded; `sm_magic.last.body` has its bytes.")
        cancelled.result = replace(result, problem=cancelled)
        raise cancelled from None
    whole = replace(result, decoded=found.value, ledger=found.ledger, notes=found.notes)
    return whole if result.query is None else _search(whole, result.query)


def _search(whole: Result, query: Query) -> Result:
    """The part that *query* means; where there is none the error has the whole answer, decoded."""
    try:
        part = query.search(whole.decoded)
    except CodecError as error:
        error.result = replace(whole, query=None)
        raise
    return replace(whole, decoded=part, notes=(*whole.notes, f"The value is the part at {query.text}."))
