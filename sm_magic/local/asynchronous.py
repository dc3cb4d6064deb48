"""InvokeEndpointAsync: a queue and one worker for each endpoint; answers and failures become objects of the local S3.

For trials, CustomAttributes may say ``sm-magic-delay=2.5``, seconds that the worker takes before it asks the model
(they count for the invocation's timeout), and ``sm-magic-waited=90``, seconds that the request counts as having waited
in the queue already (so that a RequestTTLSeconds of 60 has passed at once).
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from . import front
from .fleet import Deployed, Fleet
from .objects import BUCKET, Objects, Writer
from .wire import Call, Refusal, Reply

SECONDS = 900.0
"""Seconds that an invocation may take, unless InvocationTimeoutSeconds says otherwise."""
LONGEST = 3600.0
"""Seconds that InvocationTimeoutSeconds may say."""
MAX_INLINE = 128_000
"""Bytes of an inline Body."""

_TTL = 21_600.0  # seconds
_WAITING = 1000  # requests of an endpoint; a body of each
_CHUNK = 1 << 20
_ASKED = re.compile(r"(?<![\w-])sm-magic-(delay|waited)=(\d{1,6}(?:\.\d{1,6})?)", re.ASCII)
_FAILURE = "text/plain"

# All texts are ours: the service's own have not been seen.
_ONE_BODY = "Exactly one of Body and InputLocation must be given."
_TOO_LONG = (
    "1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less "
)
_FULL = "Rate exceeded: the local endpoint keeps {most:,} asynchronous requests of an endpoint waiting."
_EXPIRED = (
    "The request expired before it was processed: it was in the queue for {age:.0f} seconds, and its "
    "RequestTTLSeconds is {ttl:g}."
)
_NO_INPUT = "The input at InputLocation {location} can't be read: {reason}"
_BROKE_OFF = "The container closed the connection before it had answered."


def configuration(endpoint: str) -> dict[str, Any]:
    """The AsyncInferenceConfig by which the control plane tells where answers and failures go."""
    return {
        "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 1},
        "OutputConfig": {
            "S3OutputPath": f"s3://{BUCKET}/{_folder(endpoint)}/output",
            "S3FailurePath": f"s3://{BUCKET}/{_folder(endpoint)}/failure",
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """A request in the queue.  output, failure: the keys of what may come of it; age: seconds that it did not wait."""

    call: Call
    endpoint: Deployed
    region: str
    output: str
    failure: str
    submitted: float
    age: float = 0.0
    delay: float = 0.0
    ttl: float = field(default=_TTL)
    seconds: float = field(default=SECONDS)


class Asynchronous:
    """The queues of one server.  Everything happens on its loop.

    seconds: what an invocation may take that does not say.  clock: seconds, of any beginning.
    """

    def __init__(
        self,
        fleet: Fleet,
        objects: Objects,
        *,
        seconds: float = SECONDS,
        waiting: int = _WAITING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.objects = objects
        self._fleet = fleet
        self._seconds = seconds
        self._waiting = waiting
        self._clock = clock
        self._queues: dict[str, asyncio.Queue[_Job]] = {}
        self._busy: set[str] = set()
        self._workers: list[asyncio.Task[None]] = []

    def submit(self, call: Call, *, region: str) -> dict[str, str]:
        """Queue *call*: the members of the answer.  Refusal for what the service refuses at once."""
        endpoint = front.found(self._fleet, call)
        if bool(call.body) == ("input_location" in call.members):
            raise Refusal("ValidationError", _ONE_BODY)
        if len(call.body) > MAX_INLINE:
            raise Refusal("ValidationError", f"{_TOO_LONG}than or equal to {MAX_INLINE}")
        job = self._job(call, endpoint, region)
        queue = self._queues.get(endpoint.name)
        if queue is None:
            queue = self._queues[endpoint.name] = asyncio.Queue(self._waiting)
            self._workers.append(asyncio.get_running_loop().create_task(self._work(queue)))
        try:
            queue.put_nowait(job)
        except asyncio.QueueFull:
            raise Refusal("ThrottlingException", _FULL.format(most=self._waiting)) from None
        return {
            "inference_id": call.members["inference_id"] if "inference_id" in call.members else _stem(job),
            "output_location": f"s3://{BUCKET}/{job.output}",
            "failure_location": f"s3://{BUCKET}/{job.failure}",
        }

    def backlog(self, endpoint: str) -> int:
        """How many requests of *endpoint* wait or are in work."""
        queue = self._queues.get(endpoint)
        return 0 if queue is None else queue.qsize() + (endpoint in self._busy)

    def _job(self, call: Call, endpoint: Deployed, region: str) -> _Job:
        given = call.members
        asked = {name: float(value) for name, value in _ASKED.findall(given.get("custom_attributes", ""))}
        stem = str(uuid.uuid4())
        folder = _folder(endpoint.name)
        extension = given.get("s3_output_path_extension", "").strip("/")
        output = [f"{folder}/output", extension, given.get("filename", f"{stem}.out")]
        return _Job(
            call=call,
            endpoint=endpoint,
            region=region,
            output="/".join(part for part in output if part),
            failure=f"{folder}/failure/{stem}-error.out",
            submitted=self._clock(),
            age=asked.get("waited", 0.0),
            delay=min(asked.get("delay", 0.0), LONGEST),
            ttl=float(given.get("request_ttl_seconds", _TTL)),
            seconds=float(given.get("invocation_timeout_seconds", self._seconds)),
        )

    async def _work(self, queue: asyncio.Queue[_Job]) -> None:
        while True:
            job = await queue.get()
            self._busy.add(job.endpoint.name)
            await self._process(job)
            self._busy.discard(job.endpoint.name)

    async def _process(self, job: _Job) -> None:
        """Put an answer or a failure where the caller looks for it; the worker goes on."""
        try:
            reply = await self._reply(job)
            await self._put(job.output, reply.body, reply.members.get("content_type", ""))
            return
        except Refusal as refusal:
            text = refusal.message
        except Exception as error:  # noqa: BLE001 - the failure says it
            text = f"The local endpoint failed: {type(error).__name__}: {error}"
        with suppress(Refusal, OSError):  # there is no room for it either
            await self._put(job.failure, text.encode("utf-8", "replace"), _FAILURE)

    async def _reply(self, job: _Job) -> Reply:
        age = self._clock() - job.submitted + job.age
        if age > job.ttl:
            raise Refusal("Expired", _EXPIRED.format(age=age, ttl=job.ttl))
        call = await self._whole(job.call)
        delay = min(job.delay, job.seconds)
        await asyncio.sleep(delay)
        variant = self._fleet.pick(job.endpoint, None)
        reply = await front.ask(variant, call, job.region, job.seconds - delay, self._fleet.activity)
        if reply.cut is not None:
            raise front.model_error(call.endpoint, job.region, 500, _BROKE_OFF)
        return reply

    async def _whole(self, call: Call) -> Call:
        """The call with its input as its body, and the input's own content type if it says none."""
        location = call.members.get("input_location")
        if location is None:
            return call
        bucket, _, key = location.removeprefix("s3://").partition("/")
        stored = self.objects.stored.get(key)
        if not location.startswith("s3://") or bucket != BUCKET:
            raise Refusal("", _NO_INPUT.format(location=location, reason=f"it is not in bucket {BUCKET}."))
        if stored is None:
            raise Refusal(
                "", _NO_INPUT.format(location=location, reason="the key does not exist (NoSuchKey).")
            )
        body = await front.in_thread(b"".join, stored.read())
        members = {"content_type": stored.headers["content-type"], **call.members}
        return replace(call, body=body, members=MappingProxyType(members))

    async def _put(self, key: str, body: bytes, content_type: str) -> None:
        writer = Writer(self.objects)
        try:
            for start in range(0, len(body), _CHUNK):
                writer.write(body[start : start + _CHUNK])
                await asyncio.sleep(0)
        except BaseException:
            writer.discard()
            raise
        headers: Mapping[str, str] = {"content-type": content_type or "binary/octet-stream"}
        self.objects.put(key, (writer.blob(),), headers)


def _folder(endpoint: str) -> str:
    return f"async/{endpoint}"


def _stem(job: _Job) -> str:
    return job.failure.rpartition("/")[2].removesuffix("-error.out")
