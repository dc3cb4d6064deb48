"""Request -> Result: send, wait for what is not ready yet, decode, count.  No AWS names, no display."""

from __future__ import annotations

from dataclasses import replace

from . import views
from .codecs import bound
from .errors import Cancelled, CodecError, SmMagicError
from .messages import Request
from .progress import OnProgress, silent
from .readiness import Clock, until_ready
from .reading import Query, read
from .records import history
from .result import Result
from .settings import Settings
from .transports import Runtime


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
    views.check_name(view)
    try:
        response, refused = until_ready(
            lambda: runtime.invoke(request),
            request.endpoint,
            settings.ready_timeout,
            on_progress,
            clock or Clock(),
        )
        result = Result(
            request=request,
            response=replace(response, attempts=response.attempts + refused) if refused else response,
            where=runtime.where,
            settings=settings,
            view=view,
            query=search,
            deserializer=deserializer,
        )
        result = decoded(result)
    except SmMagicError as error:
        history.add(request, error, settings)
        raise
    history.add(request, result, settings)
    return result


def decoded(result: Result) -> Result:
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
    notes = (*result.notes, *found.notes)
    whole = replace(result, decoded=found.value, ledger=found.ledger, notes=notes)
    return whole if result.query is None else _search(whole, result.query)


def _search(whole: Result, query: Query) -> Result:
    """The part that *query* means; where there is none the error has the whole answer, decoded."""
    try:
        part = query.search(whole.decoded)
    except CodecError as error:
        error.result = replace(whole, query=None)
        raise
    return replace(whole, decoded=part, notes=(*whole.notes, f"The value is the part at {query.text}."))
