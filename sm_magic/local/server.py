"""The application on 127.0.0.1, in a thread of its own: up in milliseconds, down in a fraction of a second.

Nothing here ever listens on another address.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..errors import SmMagicError
from .app import Service, application
from .asynchronous import SECONDS, Asynchronous
from .fleet import Fleet
from .objects import Objects

LOOPBACK = "127.0.0.1"


class _Protocol(H11Protocol):
    """uvicorn's protocol, whose requests know their connection: `faulty` breaks it on demand."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
        self.access_log = False


class _Uvicorn(uvicorn.Server):
    """uvicorn's server, which says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, and break what is still under way: a stop doesn't wait for slow models."""
        for server in self.servers:
            server.close()
        ending = asyncio.ensure_future(super().shutdown(sockets))
        while not ending.done():  # again and again: a connection may just have been accepted
            self._hang_up()
            await asyncio.wait([ending], timeout=0.05)
        await ending

    def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()


class Server:
    """One running server; `url` and `token` are all that a client needs."""

    def __init__(
        self,
        fleet: Fleet,
        *,
        port: int = 0,
        timeout: float = 60.0,
        stream_timeout: float = 480.0,
        async_timeout: float = SECONDS,
    ) -> None:
        # Letters and digits only: it travels as an access key id.
        self.token = "local" + secrets.token_hex(16)
        self._socket = _listen(port)
        self.url = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self._fleet, self._objects = fleet, Objects()
        service = Service(
            fleet=fleet,
            token=self.token,
            timeout=timeout,
            stream_timeout=stream_timeout,
            asynchronous=Asynchronous(fleet, self._objects, seconds=async_timeout),
        )
        self._uvicorn = _Uvicorn(_config(application(service)))
        self._thread = threading.Thread(target=self._run, name="sm_magic local endpoint", daemon=True)

    def start(self) -> None:
        """Start the thread and wait until the server answers."""
        self._thread.start()
        if not self._uvicorn.up.wait(10):
            raise SmMagicError("The local endpoint did not start.", hint="Restart the kernel and try again.")
        for endpoint in self._fleet.endpoints.values():
            if endpoint.prepare is not None:
                name = f"sm_magic prepares {endpoint.name}"
                threading.Thread(target=_prepare, args=(endpoint.prepare,), name=name, daemon=True).start()

    def stop(self) -> None:
        """Stop, breaking off what is still under way.  A second stop does nothing."""
        self._uvicorn.should_exit = True
        if self._thread is not threading.current_thread():
            self._thread.join(5)

    def wait(self) -> None:
        """Block until the server stops."""
        while self._thread.is_alive():
            self._thread.join(0.5)

    def _run(self) -> None:
        # Not asyncio.run: nest_asyncio, which many notebooks apply, replaces it by one that needs a loop here.
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self._uvicorn.serve(sockets=[self._socket]))
        finally:
            loop.run_until_complete(_cancel_tasks())
            loop.close()
            self._socket.close()
            self._objects.close()


def _prepare(prepare: Callable[[], object]) -> None:
    with suppress(Exception):  # whoever calls it first hears of it
        prepare()


async def _cancel_tasks() -> None:
    """The workers of the queues end, whatever they are doing."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,  # longer than boto3 keeps a connection idle between two cells, mostly
    )


def _listen(port: int) -> socket.socket:
    """A bound socket.

    IPPROTO_TCP, not 0: asyncio sets TCP_NODELAY only then, and without it every answer waits 40 ms.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise SmMagicError(
            f"Port {port} of {LOOPBACK} can't be used: {reason}.",
            hint="Take another port, or leave it out: a free one is found.",
        ) from error
    return listener
