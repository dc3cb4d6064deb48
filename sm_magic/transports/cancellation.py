"""Giving up a call from another thread: the connection that it waits on is shut down under it.

Neither boto3 nor urllib3 has a way to do so before there is an answer (urllib3's ``HTTPResponse.shutdown`` comes
after), and a thread that waits in ``recv`` hears of nothing else: it would wait until the read timeout, a minute.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Event, Lock
from typing import Any, Final

from ..errors import Cancelled

__all__ = ["Cancellation", "check", "sleep", "watch_connections"]

_current: ContextVar[Cancellation | None] = ContextVar("sm_magic cancellation", default=None)
_using: Final = Lock()
"""Held while a connection changes hands: one that went on to another call must not be shut down."""


class Cancellation:
    """One call, which any thread may give up while another is in it.

    with cancellation.call():        in the thread that calls
        …
    cancellation.cancel()            in any other

    What waits then, for a connection's bytes or in `sleep`, raises Cancelled; so does what begins to.
    """

    def __init__(self) -> None:
        self._event = Event()
        self._connection: Any = None

    @staticmethod
    def current() -> Cancellation | None:
        """That of the call which this thread is in."""
        return _current.get()

    @property
    def cancelled(self) -> bool:
        """Whether the call was given up."""
        return self._event.is_set()

    @contextmanager
    def call(self) -> Iterator[None]:
        """What this thread does is the call."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def cancel(self) -> None:
        """Give the call up: its connection, if it has one, is shut down."""
        self._event.set()
        with _using:
            connection = self._connection
            if connection is not None and connection.cancellation is self:
                _shut_down(connection)

    def check(self) -> None:
        """Raise Cancelled if the call was given up."""
        if self._event.is_set():
            raise Cancelled("Cancelled.")

    def wait(self, seconds: float) -> None:
        """Wait; raises Cancelled as soon as the call is given up."""
        self._event.wait(seconds)
        self.check()

    def uses(self, connection: Any) -> None:
        """*connection* is this call's from now on."""
        self._connection = connection


def check() -> None:
    """Raise Cancelled if the call that this thread is in was given up."""
    if (current := _current.get()) is not None:
        current.check()


def sleep(seconds: float) -> None:
    """`time.sleep`, which giving up the call ends."""
    if (current := _current.get()) is None:
        time.sleep(seconds)
    else:
        current.wait(seconds)


def watch_connections(client: Any) -> None:
    """Let calls of *client*, boto3's, be given up while they wait.

    A botocore that keeps its connections elsewhere loses only this: what was given up ends with its timeout.
    """
    with suppress(AttributeError, TypeError):
        pools = client._endpoint.http_session._manager.pool_classes_by_scheme
        for scheme, pool in tuple(pools.items()):
            if not issubclass(pool.ConnectionCls, _Watched):
                connection = type(pool.ConnectionCls.__name__, (_Watched, pool.ConnectionCls), {})
                pools[scheme] = type(pool.__name__, (pool,), {"ConnectionCls": connection})


class _Watched:
    """A connection of urllib3's that knows whose call it serves."""

    cancellation: Cancellation | None = None

    def connect(self) -> Any:
        self._change_hands()
        connected = super().connect()  # type: ignore[misc]
        check()  # given up in between, there was nothing to shut down
        return connected

    def request(self, *args: Any, **options: Any) -> Any:
        self._change_hands()
        check()
        return super().request(*args, **options)  # type: ignore[misc]

    def _change_hands(self) -> None:
        with _using:
            self.cancellation = _current.get()
            if self.cancellation is not None:
                self.cancellation.uses(self)


def _shut_down(connection: Any) -> None:
    """TLS has a shutdown of its own, which would wait for the lock of whoever reads."""
    if (sock := getattr(connection, "sock", None)) is not None:
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
