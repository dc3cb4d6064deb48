"""Request -> Response by a Python function: a transport without a network.

For a model in the same process, and for tests that say every byte of an answer themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Mapping, MutableMapping
from dataclasses import replace
from datetime import UTC, datetime

from ..errors import AccessDeniedException, ModelError, ServiceError, SmMagicError, ValidationError
from ..messages import Request, Response, Ticket, Where
from ..progress import OnProgress, Progress, silent
from ..s3 import Look, S3Object, S3Uri
from ..spelling import told
from .function_catalog import FunctionCatalog
from .stream import Stream

__all__ = ["FunctionCatalog", "FunctionRuntime", "FunctionStore"]

FUNCTION = Where(place="FUNCTION")


class FunctionRuntime:
    """SageMaker Runtime spoken by *handler*, which gets each Request and returns its Response.

    An SmMagicError that it raises is the answer; any other exception is what it would be in a container, a
    ModelError.  `latency` is measured unless the Response has one.  *streamer* gets the Requests for a stream and
    returns a Response and the parts of its body, which may be made as they are read; without it the handler's body
    is the only part.
    """

    def __init__(
        self,
        handler: Callable[[Request], Response],
        where: Where = FUNCTION,
        *,
        streamer: Callable[[Request], tuple[Response, Iterable[bytes]]] | None = None,
        submitter: Callable[[Request], Ticket] | None = None,
    ) -> None:
        self._submitter = submitter or _refused
        self._handler = handler
        self._where = where
        self._streamer = streamer or self._in_one_part

    @property
    def where(self) -> Where:
        """Where calls go."""
        return self._where

    def invoke(self, request: Request) -> Response:
        """Hand *request* to the function."""
        started = time.perf_counter()
        try:
            response = self._handler(request)
        except SmMagicError:
            raise
        except Exception as exc:
            raise _model_error(exc, request) from exc
        return response if response.latency else replace(response, latency=time.perf_counter() - started)

    def stream(self, request: Request) -> Stream:
        """Hand *request* to the function that streams."""
        started = time.perf_counter()
        try:
            response, parts = self._streamer(request)
        except SmMagicError:
            raise
        except Exception as exc:
            raise _model_error(exc, request) from exc
        told = _told(parts, request)
        return Stream(response, told, started=started, close=told.close)

    def submit(self, request: Request) -> Ticket:
        """Hand *request* to the function that queues."""
        try:
            return self._submitter(request)
        except SmMagicError:
            raise
        except Exception as exc:
            raise _model_error(exc, request) from exc

    def _in_one_part(self, request: Request) -> tuple[Response, Iterable[bytes]]:
        response = self._handler(request)
        payload = response.payload
        return replace(response, payload=replace(payload, body=b"")), [payload.body]


def _told(parts: Iterable[bytes], request: Request) -> Generator[bytes]:
    try:
        yield from parts
    except SmMagicError:
        raise
    except Exception as exc:
        raise _model_error(exc, request) from exc


def _refused(request: Request) -> Ticket:
    raise ValidationError(
        f"{request.endpoint} takes no asynchronous requests: it is a function without a submitter.",
        status=400,
        code="ValidationError",
        request=request,
        never_ran=True,
    )


def _model_error(exc: Exception, request: Request) -> ModelError:
    said = f"{type(exc).__name__}: {exc}"
    error = ModelError(
        f"The function failed: {told(exc)}",
        hint="--traceback shows where.",
        status=424,
        code="ModelError",
        service_message=said,
        request=request,
    )
    error.original_status, error.original_message = 500, said
    return error


class FunctionStore:
    """S3 that holds *objects*: bytes by their addresses, ``s3://bucket/key``.

    buckets: those that exist beside the objects' own.  now: what tells when an object was written.
    gate: told of each call, by the API's name for it, before it is answered; what it raises is the answer.
    """

    def __init__(
        self,
        objects: Mapping[str, bytes],
        place: str = "FUNCTION",
        *,
        buckets: Iterable[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        gate: Callable[[str, S3Uri], None] = lambda call, uri: None,
    ) -> None:
        self._objects = objects if isinstance(objects, MutableMapping) else dict(objects)
        self._known: dict[str, S3Object] = {}
        self._place = place
        self._buckets = set(buckets)
        self._now = now
        self._gate = gate

    @property
    def place(self) -> str:
        """Where objects are."""
        return self._place

    def head(self, uri: S3Uri) -> S3Object | None:
        """What is known of the object; None if there is none."""
        self._gate("HeadObject", uri)
        return self._told(uri)

    def get(self, uri: S3Uri, check: Callable[[int], None]) -> bytes:
        """The object's bytes; ServiceError if there is none."""
        self._gate("GetObject", uri)
        body = self._objects.get(str(uri))
        if body is None:
            raise ServiceError(f"There is no {uri}.", status=404, code="NoSuchKey")
        check(len(body))
        return body

    def look(self, uri: S3Uri, since: datetime | None = None) -> Look:
        """The object, if there is one that is new enough; an AccessDeniedException of the gate denies it."""
        try:
            self._gate("GetObject", uri)
        except AccessDeniedException as error:
            hidden = "s3:ListBucket" in error.service_message
            return Look(state="hidden" if hidden else "denied", error=error)
        known = self._told(uri)
        if known is None:
            return Look(state="absent")
        if since is not None and known.modified is not None and known.modified < since:
            return Look(state="older", known=known)
        return Look(state="there", known=known, body=self._objects[str(uri)])

    def put(
        self,
        uri: S3Uri,
        body: bytes,
        content_type: str,
        *,
        kms_key: str | None = None,
        owner: str | None = None,
        on_progress: OnProgress = silent,
    ) -> None:
        """Hold *body*."""
        del kms_key, owner
        self._gate("PutObject", uri)
        self._objects[str(uri)] = body
        modified = self._now().replace(microsecond=0)
        self._known[str(uri)] = S3Object(size=len(body), content_type=content_type, modified=modified)
        on_progress(Progress(what="Uploading", done=len(body), total=len(body)))

    def delete(self, uri: S3Uri) -> None:
        """Forget the object."""
        self._gate("DeleteObject", uri)
        self._objects.pop(str(uri), None)

    def has_bucket(self, bucket: str, owner: str | None = None) -> bool:
        """Whether something is in it, or it was named."""
        del owner
        return bucket in self._buckets or any(S3Uri.of(text).bucket == bucket for text in self._objects)

    def _told(self, uri: S3Uri) -> S3Object | None:
        body = self._objects.get(str(uri))
        return None if body is None else self._known.get(str(uri), S3Object(size=len(body)))
