"""What is known of the endpoint that a request waits for: its state, its instances, its queue.

Asked beside the looks, by the threads that look: what is slow, denied or not there costs nothing but words.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final
from weakref import WeakValueDictionary

from .errors import SmMagicError
from .messages import Endpoint
from .transports import Catalog
from .views.quantities import plural
from .watching import watch

__all__ = ["Capacity", "of"]

_LATE: Final = 30.0  # seconds without an answer before anybody asks
_AGAIN, _OLD = 60.0, 180.0  # seconds until it is asked again, and until what was told is told no more


class Capacity:
    """One endpoint, for all Jobs that wait for it: asked at most once a minute, whoever asks.  Thread-safe.

    Without a *catalog* there is nobody to ask.
    """

    def __init__(self, catalog: Catalog | None, endpoint: str) -> None:
        self._catalog, self._endpoint = catalog, endpoint
        self._lock = threading.Lock()
        self._asking = False
        self._asked: float | None = None
        self._words: str | None = None

    def words(self, now: float) -> str | None:
        """What was told a moment ago, by the clock of who asks; None: nothing."""
        return self._words if self._asked is not None and now - self._asked < _OLD else None

    def ask(self, elapsed: float, now: float, then: Callable[[], None]) -> None:
        """Ask in the background, if it is time to; *then* is called once there are words.  Returns at once.

        elapsed: seconds that a request has waited; now: what its clock says.
        """
        catalog = self._catalog
        if catalog is None or elapsed < _LATE:
            return
        with self._lock:
            if self._asking or (self._asked is not None and now - self._asked < _AGAIN):
                return
            self._asking, self._asked = True, now
        watch(lambda: self._learn(catalog, then))

    def _learn(self, catalog: Catalog, then: Callable[[], None]) -> None:
        try:
            self._words = "; ".join(_told(catalog, self._endpoint)) or None
        finally:
            self._asking = False
        if self._words is not None:
            then()


_shared: WeakValueDictionary[tuple[int, str], Capacity] = WeakValueDictionary()
_sharing = threading.Lock()


def of(catalog: Catalog | None, endpoint: str) -> Capacity:
    """The Capacity that all who wait for *endpoint* share; its *catalog* lives as long, so that ids are names."""
    with _sharing:
        return _shared.setdefault((id(catalog), endpoint), Capacity(catalog, endpoint))


def _told(catalog: Catalog, endpoint: str) -> Iterator[str]:
    with suppress(SmMagicError):  # denied, slow, not there
        found = catalog.endpoint(endpoint)
        if found is None:
            yield "there is none of this name any more"
            return
        yield _state(found)
    with suppress(SmMagicError):
        waiting = catalog.backlog(endpoint)
        if waiting:  # what CloudWatch counts is minutes old: none says nothing, for this request is there
            yield f"about {plural(waiting, 'request')} in its queue"


def _state(found: Endpoint) -> str:
    if found.status != "InService":
        reason = f": {found.failure_reason}" if found.failure_reason else ""
        return ", ".join([f"{found.status}{reason}", *_instances(found)])
    return next(_instances(found), found.status)


def _instances(found: Endpoint) -> Iterator[str]:
    """How many there are, where that is told: a serverless endpoint has none to count."""
    counts = [variant.instances for variant in found.variants if variant.instances is not None]
    if not counts:
        return
    there = sum(counts)
    wanted = sum(there if variant.desired is None else variant.desired for variant in found.variants)
    if there == wanted:
        yield plural(there, "instance") if there else _ZERO
    elif there:
        yield f"{plural(there, 'instance')}, {wanted:,} wanted"
    else:
        yield f"no instance yet, {wanted:,} wanted: to start takes minutes"


_ZERO: Final = "scaled to zero: the first request wakes it, which takes minutes"
