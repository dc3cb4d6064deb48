"""Side calls: what is asked beside the user's own calls, and may be slow, denied or out of reach.

Each takes at most two seconds, name resolution and credentials included (a thread counts them), once boto3 has its
client.  One that was refused is not tried again for a minute; after one that did not get through, its whole service is
left alone for that long.  So a network without the control plane costs two seconds a minute, and two more without STS.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..errors import ConnectError, ReadTimeout, SmMagicError
from . import faults
from .clients import Clients, Stamp

__all__ = ["Asking"]

DEADLINE = 2.0
_FAILURE_AGE = 60.0

_MADE_BY: Mapping[str, Callable[[Clients], Any]] = {
    "sts": Clients.identity,
    "sagemaker": Clients.control,
    "cloudwatch": Clients.metrics,
    "logs": Clients.logs,
    "s3": Clients.storage,
}
_T = TypeVar("_T")
_Key = tuple[str, str]
"""The service that is asked, and for what; "" is what became of the last try to reach it."""


class Asking:
    """The side calls of *clients*, and what they were told.  Thread-safe.

    What was told holds for the caller who asked: it goes when the clients are made anew.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._kept: dict[_Key, tuple[float, Any]] = {}
        self._stamp: Stamp | None = None

    def ask(self, key: _Key, ask: Callable[[], _T], age: float, *, seconds: float = DEADLINE) -> _T:
        """What *ask* answers, or answered at most *age* seconds ago; SmMagicError for what it could not.

        seconds: how long it may take.
        """
        kept, resting = self._answers(), (key[0], "")
        now = time.monotonic()
        until, found = kept.get(key, (0.0, None))
        if now >= until:
            until, found = kept.get(resting, (0.0, None))
        if now >= until:
            found, good = self._try(key[0], ask, seconds)
            if not good or age:
                kept[key] = (time.monotonic() + (age if good else _FAILURE_AGE), found)
            if isinstance(found, ConnectError | ReadTimeout):
                kept[resting] = kept[key]
        if isinstance(found, SmMagicError):
            raise found
        answer: _T = found
        return answer

    def retry(self, old: Callable[[str], bool] = lambda _: False) -> None:
        """Forget what failed: somebody asks again, who may have mended it.  old: of what the answers are to go too."""
        kept = self._answers()
        for key, (_, found) in list(kept.items()):
            if isinstance(found, SmMagicError) or old(key[1]):
                kept.pop(key, None)

    def _answers(self) -> dict[_Key, tuple[float, Any]]:
        """What this caller was told.  A side call that outlives its caller writes into what is dropped."""
        stamp = self._clients.stamp
        with self._lock:
            if stamp != self._stamp:
                self._kept, self._stamp = {}, stamp
            return self._kept

    def _try(self, service: str, ask: Callable[[], _T], seconds: float) -> tuple[_T | SmMagicError, bool]:
        try:
            if service in _MADE_BY:  # boto3 reads megabytes for a client: that is no silence of the service
                _MADE_BY[service](self._clients)
            return _within(seconds, ask), True
        except SmMagicError as exc:
            return exc, False
        except Exception as exc:  # noqa: BLE001 - boto3's and urllib3's become ours
            return faults.translate(
                exc, connection=self._clients.connection, where=self._clients.where
            ), False


def _within(seconds: float, ask: Callable[[], _T]) -> _T:
    """*ask*'s answer, or ConnectError after *seconds*.  A resolver that hangs can't be interrupted otherwise."""
    answers: queue.SimpleQueue[tuple[Any, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((ask(), None))
        except Exception as exc:  # noqa: BLE001 - raised again by the thread that waits
            answers.put((None, exc))

    threading.Thread(target=run, name="sm_magic side call", daemon=True).start()
    try:
        answer, failure = answers.get(timeout=seconds)
    except queue.Empty:
        raise ConnectError(f"The control plane did not answer within {seconds:g} s.") from None
    if failure is not None:
        raise failure
    found: _T = answer
    return found
