"""Request → Job: the body goes with the call or by way of S3, the service gives a ticket."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import uploads, views
from .codecs import bound
from .errors import Cancelled, ServiceError, SmMagicError, UsageError
from .jobs import Job
from .journal import Entry, Journal
from .messages import Payload, Request, Ticket
from .outcomes import Queued
from .progress import OnProgress, silent
from .readiness import Clock, until_ready
from .reading import Query
from .records import history
from .s3 import S3Uri
from .settings import Settings

if TYPE_CHECKING:
    from .transports import Catalog, Runtime, Store

__all__ = ["Upload", "attach", "submit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What the user says of a body in S3.

    to: ``s3://bucket/folder``.  kms_key: the KMS key that encrypts it.  delete: once the request is over.
    """

    to: str | None = None
    kms_key: str | None = None
    delete: bool = False


def submit(
    request: Request,
    runtime: Runtime,
    store: Store | None,
    settings: Settings,
    *,
    catalog: Catalog | None = None,
    upload: Upload | None = None,
    query: str | None = None,
    deserializer: object | None = None,
    view: str = "auto",
    on_progress: OnProgress = silent,
    clock: Clock | None = None,
    journal: Journal | None = None,
) -> Job:
    """Queue *request* by InvokeEndpointAsync, its body uploaded first if it must be.

    Raises UsageError before anything is sent; ServiceError and TransportError, of S3 too; Cancelled on an interrupt.
    """
    search = _checked(query, deserializer, view)
    store, upload = _there(store), upload or Upload()
    try:
        request, uploaded = _uploaded(request, runtime, store, settings, catalog, upload, on_progress)
        ticket = _taken(request, runtime, store, settings, uploaded, on_progress, clock)
    except SmMagicError as error:
        history.add(request, error, settings)
        raise
    queued = Queued(
        request=_without_large_body(request, settings) if uploaded else request,
        ticket=ticket,
        where=runtime.where,
        settings=settings,
        query=search,
        deserializer=deserializer,
        view=view,
        uploaded=uploaded if upload.delete else None,
    )
    job = Job(queued, store, journal=journal, clock=clock, catalog=catalog)
    if journal is not None:
        journal.add(_entry(queued))
    return job


def _checked(query: str | None, deserializer: object | None, view: str) -> Query | None:
    """How the answer shall be read; UsageError for what can't be."""
    if deserializer is not None:
        bound.accept(deserializer)
    views.check_name(view)
    return None if query is None else Query.of(query)


def _there(store: Store | None) -> Store:
    if store is None:
        raise UsageError("This client has no S3, where the answer will be.", hint="Client(…, store=…)")
    return store


def _uploaded(
    request: Request,
    runtime: Runtime,
    store: Store,
    settings: Settings,
    catalog: Catalog | None,
    upload: Upload,
    on_progress: OnProgress,
) -> tuple[Request, S3Uri | None]:
    """The request with its body where the service will find it, and the object that was written for it."""
    payload = request.payload
    if (
        payload is None
        or request.input_location is not None
        or uploads.goes_inline(request, settings, upload.to)
    ):
        return request, None
    place = uploads.destination(request, upload.to, settings, runtime.where, catalog=catalog, store=store)
    uri = uploads.address(place, request)
    try:
        store.put(
            uri,
            payload.body,
            payload.content_type,
            kms_key=upload.kms_key,
            owner=place.owner,
            on_progress=on_progress,
        )
    except KeyboardInterrupt:
        raise Cancelled("Interrupted while the body was uploaded; nothing was submitted.") from None
    return replace(request, input_location=str(uri)), uri


def _taken(
    request: Request,
    runtime: Runtime,
    store: Store,
    settings: Settings,
    uploaded: S3Uri | None,
    on_progress: OnProgress,
    clock: Clock | None,
) -> Ticket:
    """The service's ticket; what was uploaded for a request that it refused is taken back."""
    try:
        ticket, refused = until_ready(
            lambda: runtime.submit(request),
            request.endpoint,
            settings.ready_timeout,
            on_progress,
            clock or Clock(),
        )
    except SmMagicError as error:
        if uploaded is not None and isinstance(error, ServiceError | UsageError) and _certainly_not(error):
            with suppress(SmMagicError):
                store.delete(uploaded)
        raise
    return replace(ticket, attempts=ticket.attempts + refused)


def _certainly_not(error: SmMagicError) -> bool:
    return not isinstance(error, ServiceError) or error.never_ran


def _without_large_body(request: Request, settings: Settings) -> Request:
    """*request* without a body that would fill the memory of many jobs: it lies in S3."""
    payload = request.payload
    if payload is None or payload.size <= settings.history_bytes:
        return request
    note = f"Its {payload.size:,} bytes were uploaded, and are not kept here."
    facts = replace(payload.facts, notes=(*payload.facts.notes, note))
    return replace(request, payload=Payload(body=b"", content_type=payload.content_type, facts=facts))


def _entry(queued: Queued) -> Entry:
    request, ticket, where = queued.request, queued.ticket, queued.where
    return Entry(
        output_location=ticket.output_location,
        endpoint=request.endpoint,
        inference_id=ticket.inference_id,
        failure_location=ticket.failure_location,
        input_location=request.input_location,
        uploaded=queued.uploaded is not None,
        submitted=None if ticket.submitted is None else ticket.submitted.isoformat(),
        region=where.region,
        profile=where.profile,
        endpoint_url=where.endpoint_url,
        request_ttl_seconds=request.request_ttl_seconds,
        invocation_timeout_seconds=request.invocation_timeout_seconds,
    )


def _known(entry: Entry) -> Request:
    """What the journal knows of a request."""
    return Request(
        endpoint=entry.endpoint,
        operation="InvokeEndpointAsync",
        input_location=entry.input_location,
        request_ttl_seconds=entry.request_ttl_seconds,
        invocation_timeout_seconds=entry.invocation_timeout_seconds,
    )


def attach(
    output_location: str,
    failure_location: str | None,
    runtime: Runtime,
    store: Store | None,
    settings: Settings,
    *,
    catalog: Catalog | None = None,
    journal: Journal | None = None,
    clock: Clock | None = None,
    view: str = "auto",
) -> Job:
    """The Job of a request that was submitted before, here or elsewhere; what the journal knows of it counts.

    output_location: where its answer will be, or its inference id if the journal has it.
    """
    known = None if journal is None else journal.find(output_location)
    if known is None:
        catalog = None  # nobody knows which endpoint it was
        S3Uri.of(output_location)
        known = Entry(output_location=output_location, endpoint="a request of before")
    store = _there(store)
    ticket = Ticket(
        output_location=known.output_location,
        failure_location=failure_location or known.failure_location,
        inference_id=known.inference_id,
        submitted=known.submitted_at,
    )
    delete = known.uploaded and known.state == "waiting" and known.input_location is not None
    queued = Queued(
        request=_known(known),
        ticket=ticket,
        where=runtime.where,
        settings=settings,
        view=view,
        uploaded=S3Uri.of(known.input_location or "") if delete else None,
    )
    journal = journal if known.when else None
    return Job(queued, store, journal=journal, clock=clock, elapsed=known.age, catalog=catalog)
