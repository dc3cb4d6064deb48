"""Request -> Response by a Python function: a transport without a network.

For a model in the same process, and for tests that say every byte of an answer themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import replace

from ..errors import ModelError, ServiceError, SmMagicError
from ..messages import Endpoint, Request, Response, Where
from ..s3 import S3Object, S3Uri
from ..spelling import told
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
    ) -> None:
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


class FunctionCatalog:
    """A control plane that knows *endpoints* and *account*."""

    def __init__(self, endpoints: Iterable[Endpoint] = (), account: str | None = None) -> None:
        self._endpoints = {endpoint.name: endpoint for endpoint in endpoints}
        self._account = account

    def account(self) -> str | None:
        """The account, if there is one."""
        return self._account

    def learn_account(self) -> None:
        """It is known, or it never will be."""

    def endpoint(self, name: str) -> Endpoint | None:
        """The endpoint *name*; None if there is none."""
        return self._endpoints.get(name)

    def endpoints(self) -> tuple[str, ...]:
        """The names of the endpoints, in the order given."""
        return tuple(self._endpoints)


class FunctionStore:
    """S3 that holds *objects*: bytes by their addresses, ``s3://bucket/key``."""

    def __init__(self, objects: Mapping[str, bytes], place: str = "FUNCTION") -> None:
        self._objects = objects
        self._place = place

    @property
    def place(self) -> str:
        """Where objects are."""
        return self._place

    def head(self, uri: S3Uri) -> S3Object | None:
        """The object's size; None if there is none."""
        body = self._objects.get(str(uri))
        return None if body is None else S3Object(size=len(body))

    def get(self, uri: S3Uri, check: Callable[[int], None]) -> bytes:
        """The object's bytes; ServiceError if there is none."""
        body = self._objects.get(str(uri))
        if body is None:
            raise ServiceError(f"There is no {uri}.", status=404, code="NoSuchKey")
        check(len(body))
        return body
