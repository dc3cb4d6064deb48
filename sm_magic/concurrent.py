"""What a Client does at the same time: calls in the background, and calls that are awaited."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import suppress
from itertools import islice
from threading import Semaphore
from typing import TYPE_CHECKING, Any, Final

from .background import Call
from .errors import SmMagicError, UsageError
from .messages import Part, Request
from .pending import Pending
from .preparation import NOTHING
from .result import Result
from .settings import Settings
from .several import each
from .streaming import OnPart, Streaming

if TYPE_CHECKING:
    from .messages import Where

__all__ = ["Concurrent"]

_AHEAD: Final = 64  # parts of a stream that wait to be taken


class Concurrent:
    """The part of Client that goes on: a few threads for all calls of the process, one client."""

    settings: Settings

    @property
    def where(self) -> Where:
        """Client's own."""
        raise NotImplementedError

    def background(self, value: object = NOTHING, *, endpoint: str, **options: Any) -> Pending:
        """Encode *value* and begin to `invoke`: a Pending at once, whose `result()` waits for the answer.

        options: `prepare`'s, `query`, `deserializer`, `view`; with ``stream=True`` `on_part`, told in the background.
        Raises UsageError and CodecError before sending; what the call raises, `result()` raises.
        """
        reading = {
            name: options[name] for name in ("query", "view", "on_part", "deserializer") if name in options
        }
        options = {name: given for name, given in options.items() if name not in ("query", "view", "on_part")}
        return self.begin(self.prepare(value, endpoint=endpoint, **options), **reading)

    def begin(self, request: Request, *, on_part: OnPart | None = None, **reading: Any) -> Pending:
        """Begin to send a prepared request (`background` tells the rest).  reading: `send`'s keywords."""
        if request.operation == "InvokeEndpointAsync":
            raise UsageError("An asynchronous request is queued, not sent.", hint="Client.enqueue")
        return Pending(
            lambda told: self.send(request, on_progress=told, on_part=on_part, **reading),
            endpoint=request.endpoint,
            where=self.where,
            settings=self.settings,
        )

    async def ainvoke(self, value: object = NOTHING, *, endpoint: str, **options: Any) -> Result:
        """`invoke`, awaited; the loop is free meanwhile.  Cancelling the task closes the call's connection."""
        call = Call(lambda: self.invoke(value, endpoint=endpoint, **options)).start()
        try:
            return await asyncio.wrap_future(call.future)
        finally:
            call.cancel()

    async def ainvoke_many(
        self,
        values: Iterable[Any],
        *,
        endpoint: str,
        concurrency: int = 4,
        return_exceptions: bool = False,
        max_requests: int | None = None,
        **options: Any,
    ) -> list[Result | SmMagicError]:
        """`invoke` with each of *values*, the first alone, then *concurrency* at a time: Results, in their order.

        return_exceptions: a call's error stands in its Result's place, as asyncio.gather has it; else the first error
        ends the others, and its `result` are the Results that came by then.  max_requests: how many values there may
        be; None: the settings' 2,000.
        """
        rest = enumerate(each(values, self.settings.max_requests if max_requests is None else max_requests))
        outcomes: dict[int, Result | SmMagicError] = {}

        async def work(several: Iterable[tuple[int, Any]]) -> None:
            for number, value in several:
                try:
                    outcomes[number] = await self.ainvoke(value, endpoint=endpoint, **options)
                except SmMagicError as error:
                    if not return_exceptions:
                        raise
                    outcomes[number] = error

        try:
            await work(islice(rest, 1))
            await _together(work(rest) for _ in range(concurrency))
        except SmMagicError as error:
            error.result = [outcomes[number] for number in sorted(outcomes)]
            raise
        return [outcomes[number] for number in sorted(outcomes)]

    async def astream(self, value: object = NOTHING, *, endpoint: str, **options: Any) -> AsyncIterator[Part]:
        """`stream`, awaited: ``async for part in client.astream(body, endpoint="my-llm")``.

        Leaving the loop closes the connection, at the latest when the iterator is collected; `contextlib.aclosing`
        does it at once.
        """
        parts = _Parts(asyncio.get_running_loop())
        call = Call(
            lambda: parts.fill(self.stream(value, endpoint=endpoint, **options)), on_end=parts.end
        ).start()
        try:
            while (part := await parts.take()) is not None:
                yield part
            call.future.result(0)
        finally:
            call.cancel()
            parts.leave()

    def prepare(self, *args: Any, **options: Any) -> Request:
        """Client's own."""
        raise NotImplementedError

    def send(self, *args: Any, **options: Any) -> Result:
        """Client's own."""
        raise NotImplementedError

    def invoke(self, *args: Any, **options: Any) -> Result:
        """Client's own."""
        raise NotImplementedError

    def stream(self, *args: Any, **options: Any) -> Streaming:
        """Client's own."""
        raise NotImplementedError


async def _together(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All of them at once; the first error ends the others, which are over when it is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Parts:
    """What a thread reads and a loop takes; the thread is held up when the loop is slow."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Part] = deque()
        self._room = Semaphore(_AHEAD)
        self._news = asyncio.Event()
        self._over = self._left = False

    def fill(self, streaming: Streaming) -> None:
        """Read all of it, in the thread."""
        with streaming:
            for part in streaming:
                self._room.acquire()
                if self._left:
                    return
                self._waiting.append(part)
                self._tell()

    def end(self) -> None:
        """Nothing more comes."""
        self._over = True
        self._tell()

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._news.set)

    async def take(self) -> Part | None:
        """The next part; None after the last."""
        while not self._waiting:
            if self._over and not self._waiting:
                return None
            self._news.clear()
            if not (self._waiting or self._over):
                await self._news.wait()
        self._room.release()
        return self._waiting.popleft()

    def leave(self) -> None:
        """Nobody takes any more."""
        self._left = True
        self._room.release()
