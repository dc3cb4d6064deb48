"""A model's parts -> the frames of a streamed answer, as they come.

The model's iterator runs in a thread of its own, never far ahead of the caller; when the caller leaves, it is closed.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from . import eventstream
from .fleet import ContainerError
from .wire import Cut, Reply, StreamFault

_AHEAD = 64
"""Parts that wait for a slow caller before the model has to."""
_HALF = next(eventstream.payload_parts(b"This frame is not whole."))[:24]


class StreamedResponse(Response):
    """The answer of InvokeEndpointWithResponseStream: *parts* in frames; `seconds` later it ends in an exception."""

    def __init__(self, parts: Iterable[bytes], headers: Mapping[str, str], *, seconds: float) -> None:
        super().__init__(headers={**headers, "Content-Type": eventstream.CONTENT_TYPE})
        del self.headers["content-length"]
        self._parts = parts
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer until the end, or until the caller leaves."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        answering = asyncio.ensure_future(self._answer(send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done() and answering.result():
                transport: Any = scope["state"]["transport"]
                transport.close()
                await leaving
        finally:
            leaving.cancel()
            answering.cancel()
            await asyncio.gather(leaving, answering, return_exceptions=True)

    async def _answer(self, send: Send) -> bool:
        """Send everything; whether the connection shall break now."""
        pump = _Pump(self._parts)
        try:
            async for data in _frames(pump, self._seconds):
                await send({"type": "http.response.body", "body": data, "more_body": True})
        except Cut as cut:
            if not cut.quiet:
                return True
            await send({"type": "http.response.body", "body": _HALF, "more_body": True})
        finally:
            pump.stop()
        await send({"type": "http.response.body", "body": b""})
        return False


def parts(reply: Reply) -> Iterable[bytes]:
    """The parts of any *reply*: a model that does not stream answers in one."""
    if reply.parts is not None:
        return reply.parts
    return iter([reply.body]) if reply.cut is None else _half(reply.body)


def _half(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise Cut


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _frames(pump: _Pump, seconds: float) -> AsyncIterator[bytes]:
    """Frames, as many at once as there are; the last one tells of what the model raised, but for a Cut."""
    try:
        async for batch in pump.batches(seconds):
            yield b"".join(frame for part in batch for frame in eventstream.payload_parts(part))
    except Cut:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a model raises, the stream says it
        fault = error if isinstance(error, StreamFault) else _fault(error, seconds)
        yield eventstream.exception(fault.name, fault.members)


def _fault(error: Exception, seconds: float) -> StreamFault:
    """The texts are ours; the codes are the service's."""
    if isinstance(error, TimeoutError):
        text = f"The model did not finish its streamed response within {seconds:g} seconds."
        return StreamFault(text, "ModelInvocationTimeExceeded")
    said = str(error) if isinstance(error, ContainerError) else f"{type(error).__name__}: {error}"
    return StreamFault(f"The stream from the model broke: {said}")


class _Pump:
    """Runs an iterator in a daemon thread; the loop takes what it gives."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes] = deque()
        self._ready = asyncio.Event()
        self._room = threading.Semaphore(_AHEAD)
        self._stopped = False
        self._ended = False
        self._error: BaseException | None = None
        threading.Thread(target=self._run, name="sm_magic stream", daemon=True).start()

    async def batches(self, seconds: float) -> AsyncIterator[list[bytes]]:
        """All that waits, again and again, until the iterator ends; what it raised, or TimeoutError."""
        end = time.monotonic() + seconds
        while True:
            await asyncio.wait_for(self._ready.wait(), max(end - time.monotonic(), 0.0))
            self._ready.clear()
            ended = self._ended  # before the parts are taken: none comes after it
            batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if batch:
                yield batch
                self._room.release(len(batch))  # They are sent.
            if ended and self._error is not None:
                raise self._error
            if ended:
                return

    def stop(self) -> None:
        """Ask for no more."""
        self._stopped = True
        self._room.release()

    def _run(self) -> None:
        try:
            for part in self._parts:
                self._room.acquire()
                if self._stopped:
                    break
                self._waiting.append(part)
                self._tell()
        except BaseException as raised:  # noqa: BLE001 - it is raised again in the loop
            self._error = raised
        finally:
            close = getattr(self._parts, "close", None)
            with suppress(Exception):  # nobody is left to hear what closing says
                if close is not None:
                    close()
            self._ended = True
            self._tell()

    def _tell(self) -> None:
        if not self._ready.is_set():
            with suppress(RuntimeError):  # the loop is gone: nobody waits any more
                self._loop.call_soon_threadsafe(self._ready.set)
