"""What a Client does with InvokeEndpointAsync: value in, Job out."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from . import submission
from .errors import UsageError
from .joblist import Jobs, submit_all
from .jobs import Job
from .journal import Entry, Journal
from .messages import Request
from .preparation import NOTHING
from .progress import OnProgress, silent
from .settings import Settings
from .several import each
from .submission import Upload

if TYPE_CHECKING:
    from .transports import Catalog, Runtime, Store

__all__ = ["Asynchronous"]


class Asynchronous:
    """The part of Client that submits.  A Job's answer is read by `Job.result`."""

    settings: Settings
    runtime: Runtime
    catalog: Catalog | None
    store: Store | None

    def submit(
        self,
        value: object = NOTHING,
        *,
        endpoint: str,
        upload_to: str | None = None,
        upload_kms_key: str | None = None,
        delete_input: bool = False,
        query: str | None = None,
        deserializer: object | None = None,
        view: str = "auto",
        on_progress: OnProgress = silent,
        **options: Any,
    ) -> Job:
        """Encode *value*, call InvokeEndpointAsync; a Job at once, whose `result()` waits for the answer.

        upload_to: ``s3://bucket/folder`` for the body; None: it goes with the call if it is small, else to the target's
        place, beside the endpoint's answers, or into SageMaker's default bucket.  upload_kms_key: encrypts it there.
        delete_input: what was uploaded goes once there is an answer or a failure.
        options: `prepare`'s; without a value ``input_location="s3://…"``, of a body that lies there already.
        Raises UsageError and CodecError before sending; ServiceError, TransportError, Cancelled after.
        """
        request = self.prepare(
            value, endpoint=endpoint, asynchronous=True, deserializer=deserializer, **options
        )
        upload = Upload(to=upload_to, kms_key=upload_kms_key, delete=delete_input)
        return self.enqueue(
            request, upload=upload, query=query, deserializer=deserializer, view=view, on_progress=on_progress
        )

    def submit_many(
        self, values: Iterable[Any], *, endpoint: str, max_requests: int | None = None, **options: Any
    ) -> Jobs:
        """`submit` each of *values*, the first alone, then four at a time: Jobs, in their order.

        max_requests: how many there may be; None: the settings' 2,000.  An error stops it; the Jobs that the service
        took by then are its `result`.
        """
        rest = each(values, self.settings.max_requests if max_requests is None else max_requests)
        return submit_all(rest, lambda value: self.submit(value, endpoint=endpoint, **options))

    def enqueue(
        self,
        request: Request,
        *,
        upload: Upload | None = None,
        query: str | None = None,
        deserializer: object | None = None,
        view: str = "auto",
        on_progress: OnProgress = silent,
    ) -> Job:
        """Submit a prepared request (`submit` tells the errors)."""
        if request.operation != "InvokeEndpointAsync":
            raise UsageError(f"A request of {request.operation} is sent, not queued.", hint="Client.send")
        home = self._ready(request)
        with home._explained(request):
            return submission.submit(
                request,
                home.runtime,
                home.store,
                self.settings,
                catalog=home.catalog,
                upload=upload,
                query=query,
                deserializer=deserializer,
                view=view,
                on_progress=on_progress,
                journal=home._journal(),
            )

    def attach(self, output_location: str, failure_location: str | None = None, *, view: str = "auto") -> Job:
        """The Job of a request that was submitted before, here or elsewhere.

        output_location: where its answer will be, or its inference id if the journal has it.  What the journal knows
        of the request (its endpoint, when it was submitted) counts: an object from before it is not its answer.
        """
        return submission.attach(
            output_location,
            failure_location,
            self.runtime,
            self.store,
            self.settings,
            catalog=self.catalog,
            journal=self._journal(),
            view=view,
        )

    def submitted(self) -> tuple[Entry, ...]:
        """What the journal knows of requests submitted here, newest first; `attach` takes their output_location."""
        journal = self._journal()
        return () if journal is None else tuple(reversed(journal.entries()))

    def _journal(self) -> Journal | None:
        """None if it is turned off; what a function answers is gone with its process."""
        return Journal() if self.settings.journal and self.runtime.where.place != "FUNCTION" else None

    def prepare(self, *args: Any, **options: Any) -> Request:
        """Client's own."""
        raise NotImplementedError

    def _ready(self, request: Request) -> Asynchronous:
        raise NotImplementedError

    def _explained(self, request: Request) -> AbstractContextManager[None]:
        raise NotImplementedError
