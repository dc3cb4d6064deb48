"""SageMaker Runtime by boto3: one Request, one Response."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any

from ..errors import CredentialsError, ServiceError, SmMagicError, UsageError
from ..members import Member, inputs, outputs
from ..messages import Payload, Request, Response, Ticket, Where
from . import cancellation, faults, model
from .clients import Clients
from .frames import payload_parts
from .stream import Stream

__all__ = ["BotoRuntime"]


class _Sendings(threading.local):
    """How often this thread's call was sent, and when last: retries happen inside botocore."""

    count = 0
    started = 0.0


_sendings = _Sendings()


def _count_sending(**_: Any) -> None:
    """Look at botocore's event ``before-send``, and answer nothing."""
    _sendings.count += 1
    _sendings.started = time.perf_counter()


class BotoRuntime:
    """SageMaker Runtime spoken by boto3.  Thread-safe: calls share one pool of connections."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._heard: Any = None

    @property
    def where(self) -> Where:
        """Where calls go."""
        return self._clients.where

    def invoke(self, request: Request) -> Response:
        """Send *request* by InvokeEndpoint and read the whole answer.

        A KeyboardInterrupt passes through; the connection that was in use is closed, the next call opens another.
        Raises ServiceError, TransportError; UsageError for a member that the installed botocore lacks.
        """
        client = self._clients.runtime()
        arguments = _arguments(request, client.meta.service_model)
        answer = self._call(client, "invoke_endpoint", arguments, request)
        try:
            body = _read(answer["Body"])
        except Exception as exc:
            raise self._ours(exc, request) from exc
        return _response(answer, body, request, latency=time.perf_counter() - _sendings.started)

    def stream(self, request: Request) -> Stream:
        """Send *request* by InvokeEndpointWithResponseStream; reading the Stream gives the parts as they come.

        Raises as `invoke`; so does reading.  A Stream that is not read to its end gives its connection up on `close`.
        """
        client = self._clients.runtime()
        arguments = _arguments(request, client.meta.service_model)
        answer = self._call(client, "invoke_endpoint_with_response_stream", arguments, request)
        started, body = _sendings.started, answer["Body"]
        response = _response(answer, b"", request, latency=time.perf_counter() - started)
        return Stream(response, self._parts(body, request), started=started, close=body.close)

    def submit(self, request: Request) -> Ticket:
        """Queue *request* by InvokeEndpointAsync.

        Raises as `invoke`; UsageError for a body beside the call where the installed botocore knows none.
        """
        client = self._clients.runtime()
        arguments = _arguments(request, client.meta.service_model)
        return _ticket(self._call(client, "invoke_endpoint_async", arguments, request), request)

    def _call(self, client: Any, method: str, arguments: dict[str, Any], request: Request) -> Any:
        """boto3's answer, before its body is read; the sendings are counted from here."""
        self._listen(client)
        _sendings.count, _sendings.started = 0, time.perf_counter()
        try:
            return getattr(client, method)(**arguments)
        except Exception as exc:
            raise self._ours(exc, request) from exc

    def _parts(self, body: Any, request: Request) -> Iterator[bytes]:
        try:
            yield from payload_parts(body)
        except ServiceError as error:
            error.request = request
            raise
        except Exception as exc:
            raise self._ours(exc, request) from exc
        finally:
            body.close()

    def _listen(self, client: Any) -> None:
        if client is not self._heard:
            client.meta.events.register("before-send.sagemaker-runtime", _count_sending, unique_id="sm_magic")
            cancellation.watch_connections(client)
            self._heard = client

    def _ours(self, exc: Exception, request: Request) -> SmMagicError:
        cancellation.check()
        error = faults.translate(
            exc,
            connection=self._clients.connection,
            where=self._clients.where,
            request=request,
            attempts=max(1, _sendings.count),
        )
        if isinstance(error, CredentialsError):
            self._clients.forget()
        return error


def _arguments(request: Request, known: Any) -> dict[str, Any]:
    """boto3's arguments; what the installed botocore has no name for is an error that says which one has."""
    members = known.operation_model(request.operation).input_shape.members
    found: dict[str, Any] = {}
    for member in inputs(request.operation):
        value = getattr(request, member.name)
        if value is None:
            continue
        if member.parameter not in members:
            raise _lacking(member, request)
        found[member.parameter] = value
    return found


def _lacking(member: Member, request: Request) -> UsageError:
    import botocore

    wanted = model.needs(request.operation, member.parameter)
    inline = member.name == "body"
    what = "A body in the call" if inline else member.option or member.parameter
    instead = "upload it" if inline else "leave it out"
    return UsageError(
        f"{what} needs {wanted} or newer; botocore {botocore.__version__} is installed.",
        hint=f"%pip install -U boto3, then restart the kernel; or {instead}.",
    )


def _read(stream: Any) -> bytes:
    """The whole body.  Closed whatever happens, or half an answer would be the next call's first bytes."""
    try:
        body: bytes = stream.read()
    finally:
        stream.close()
    return body


def _response(answer: dict[str, Any], body: bytes, request: Request, *, latency: float) -> Response:
    meta = answer["ResponseMetadata"]
    told = {
        member.name: answer.get(member.parameter)
        for member in outputs(request.operation)
        if member.name not in ("body", "content_type")
    }
    return Response(
        payload=Payload(body=body, content_type=answer.get("ContentType") or ""),
        status=meta["HTTPStatusCode"],
        headers=MappingProxyType({name.lower(): value for name, value in meta["HTTPHeaders"].items()}),
        request_id=meta.get("RequestId"),
        attempts=1 + meta.get("RetryAttempts", 0),
        latency=latency,
        **told,
    )


def _ticket(answer: dict[str, Any], request: Request) -> Ticket:
    meta = answer["ResponseMetadata"]
    told: dict[str, Any] = {
        member.name: answer.get(member.parameter) for member in outputs(request.operation)
    }
    if not told["output_location"]:
        raise ServiceError(
            "The service took the request, and did not say where its answer will be.",
            status=meta["HTTPStatusCode"],
            request=request,
            request_id=meta.get("RequestId"),
        )
    return Ticket(
        submitted=_date(meta["HTTPHeaders"].get("date")),
        request_id=meta.get("RequestId"),
        attempts=1 + meta.get("RetryAttempts", 0),
        **told,
    )


def _date(header: str | None) -> datetime | None:
    """A Date header (RFC 9110 §5.6.7) in UTC; None where there is none, or none that can be read."""
    try:
        return parsedate_to_datetime(header or "").astimezone(UTC)
    except ValueError:
        return None
