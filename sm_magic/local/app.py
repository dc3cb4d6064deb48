"""HTTP -> the front, the control plane and the store: routes, the caller's token, the length of a body.

Callers are known by their access key id, which boto3 puts into every signature: it is this server's token.
Other processes of the machine can't guess it, and a web page can't sign.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..members import OPERATIONS, PATHS, Operation
from . import controlplane, discovery, front, limits, s3, s3_xml, streaming, wire
from .asynchronous import Asynchronous
from .fleet import Fleet
from .wire import Refusal

Handler = Callable[[Request], Awaitable[Response]]
_STORE_METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE"]
_DRAINED = 40 * limits.MAX_BODY  # a longer body is not read to its end: the connection closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What a signature tells: the access key id and the region it was made for."""

    key: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Everything one server answers with."""

    fleet: Fleet
    token: str
    timeout: float
    stream_timeout: float
    asynchronous: Asynchronous


def application(service: Service) -> ASGIApp:
    """The ASGI application; a client that leaves, or a stop, ends a request without a word."""
    routes = [
        Route(
            PATHS[operation].replace("{EndpointName}", "{name:path}"),
            _answering(_submission(service) if _queued(operation) else _invocation(service, operation)),
            methods=["POST"],
        )
        for operation in OPERATIONS
    ]
    routes += [
        Route("/", _answering(_control(service), controlplane.error), methods=["POST"]),
        Route(discovery.PROOF_PATH, _proof(service), methods=["GET"]),
        # Every other path is one of a bucket.
        Route(
            "/{path:path}",
            _answering(_store(service), s3_xml.error, "x-amz-request-id"),
            methods=_STORE_METHODS,
        ),
    ]
    inner = Starlette(routes=routes)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await inner(scope, receive, send)
        except (ClientDisconnect, asyncio.CancelledError):
            return

    return guarded


def _invocation(service: Service, operation: Operation) -> Handler:
    async def invoke(request: Request) -> Response:
        caller = _caller(request, service.token)
        body = await _body(request)
        call = wire.read_call(operation, request.path_params["name"], request.headers, body)
        reply, variant = await front.invoke(
            service.fleet, call, region=caller.region, timeout=service.timeout
        )
        headers = wire.reply_headers(operation, {**reply.members, "variant": variant})
        if operation == "InvokeEndpointWithResponseStream" and reply.cut != "before":
            return streaming.StreamedResponse(streaming.parts(reply), headers, seconds=service.stream_timeout)
        response = Response(reply.body, 200, headers)
        return response if reply.cut is None else _CutResponse(response, before=reply.cut == "before")

    return invoke


def _queued(operation: Operation) -> bool:
    return operation == "InvokeEndpointAsync"


def _submission(service: Service) -> Handler:
    async def submit(request: Request) -> Response:
        caller = _caller(request, service.token)
        body = await _body(request)
        call = wire.read_call("InvokeEndpointAsync", request.path_params["name"], request.headers, body)
        members = service.asynchronous.submit(call, region=caller.region)
        headers = {"Content-Type": "application/json", **wire.reply_headers(call.operation, members)}
        return Response(json.dumps({"InferenceId": members["inference_id"]}), 202, headers)

    return submit


def _store(service: Service) -> Handler:
    async def store(request: Request) -> Response:
        caller = _caller(request, service.token)
        return await s3.answer(service.asynchronous.objects, request, caller.region)

    return store


def _control(service: Service) -> Handler:
    async def control(request: Request) -> Response:
        caller = _caller(request, service.token)
        body = await _body(request)
        asked = controlplane.Asked(
            target=request.headers.get("x-amz-target", ""),
            body=body,
            region=caller.region,
            backlog=service.asynchronous.backlog,
        )
        content_type, answer = await front.in_thread(controlplane.answer, service.fleet, asked)
        return Response(answer, 200, {"Content-Type": content_type})

    return control


def _proof(service: Service) -> Handler:
    async def proof(request: Request) -> Response:
        challenge = request.query_params.get("challenge", "")[:128]
        return Response(discovery.proof(service.token, challenge), 200, {"Content-Type": "text/plain"})

    return proof


def _answering(
    handler: Handler,
    error_answer: Callable[[Mapping[str, str], Refusal], wire.Answer] = wire.error_answer,
    request_id: str = "x-amzn-RequestId",
) -> Handler:
    """Turn a Refusal into the service's error, and give every answer its request id."""

    async def answer(request: Request) -> Response:
        try:
            response = await handler(request)
        except (ClientDisconnect, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours is the service's InternalFailure
            text = f"The local endpoint failed: {type(error).__name__}: {error}"
            refusal = error if isinstance(error, Refusal) else Refusal("InternalFailure", text)
            status, headers, body = error_answer(request.headers, refusal)
            response = Response(body, status, headers)
        response.headers[request_id] = str(uuid.uuid4())
        return response

    return answer


def _caller(request: Request, token: str) -> Caller:
    """Who calls, by ``Authorization: AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …``."""
    _, found, rest = request.headers.get("authorization", "").partition("Credential=")
    if not found:
        raise Refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
    key, *scope = rest.split(",", 1)[0].strip().split("/")
    if not hmac.compare_digest(key.encode(), token.encode()):
        raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
    return Caller(key=key, region=scope[1] if len(scope) > 1 else "us-east-1")


async def _body(request: Request) -> bytes:
    """The body.  One that is too long is read to its end but not kept: who is still sending hears nothing."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limits.MAX_BODY:
            chunks.append(chunk)
        elif size > _DRAINED:
            break
    if size > limits.MAX_BODY:
        raise limits.too_long()
    return b"".join(chunks)


class _CutResponse(Response):
    """Breaks the connection: before the answer, or after half of a body whose whole length was announced."""

    def __init__(self, whole: Response, *, before: bool) -> None:
        super().__init__()
        self._whole = whole
        self._before = before

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: Any = scope["state"]["transport"]
        if not self._before:
            body = bytes(self._whole.body)
            start = {"type": "http.response.start", "status": 200, "headers": self._whole.raw_headers}
            await send(start)
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            transport.close()
        else:
            transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass
