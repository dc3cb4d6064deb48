"""A call from its beginning to its end, in the background: what is said of it and drawn meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import RLock
from typing import TYPE_CHECKING, Final

from ..background import Call
from ..errors import Cancelled
from ..result import Result
from ..views.growing import Growing
from ..views.quantities import plural

if TYPE_CHECKING:
    from ..client import Client
    from ..jobs import Job
    from ..messages import Part, Request
    from ..pending import Pending

__all__ = ["Course", "Ended"]

_STEP: Final = 1 / 15  # seconds between two looks of a growing answer, at least
_TICK: Final = 0.25

Ended = Callable[[Result | None, BaseException | None], None]
"""Told how it ended: an answer, an error, or neither where nobody waits for a job any more."""


class Course:
    """One request of *client*, sent at once.  What it tells, it tells from threads of the background.

    say: a line of state.  draw: a MIME bundle in the place of the answer.  ended: may be told again, when more is
    known of a call that was stopped.
    """

    def __init__(
        self,
        client: Client,
        request: Request,
        *,
        say: Callable[[str], None],
        draw: Callable[[Mapping[str, str]], None],
        ended: Ended,
    ) -> None:
        self._client, self._request = client, request
        self._say, self._draw, self._ended = say, draw, ended
        self._growing, self._drawn = Growing(), 0.0
        self._lock = RLock()
        self._over = False
        self._going: Pending | Job | Call[Job]
        if request.operation == "InvokeEndpointAsync":
            self._submit()
        else:
            self._begin()

    def stop(self) -> None:
        """Give it up.  A queued request goes on, unwatched; an endpoint may still be computing."""
        self._going.cancel()

    # --- in real time, or streamed ------------------------------------------------------------------------------

    def _begin(self) -> None:
        streams = self._request.operation == "InvokeEndpointWithResponseStream"
        pending = self._client.begin(self._request, on_part=self._part if streams else None)
        self._going = pending
        pending.on_change(self._changed, every=_TICK)

    def _part(self, part: Part) -> None:
        with self._lock:
            if self._growing.add(part) and time.monotonic() - self._drawn >= _STEP:
                self._draw_growing()

    def _draw_growing(self) -> None:
        if self._growing and not self._over:
            self._drawn = time.monotonic()
            self._draw(self._growing.bundle(plural(self._growing.parts, "part"), self._client.settings))

    def _changed(self, pending: Pending) -> None:
        with self._lock:
            if not pending.done:
                self._say(f"Calling {pending.endpoint} … {pending.elapsed:.0f} s")
                self._draw_growing()
            elif pending.state == "done":
                self._end(pending.result(), None)
            else:
                self._end(None, pending.error)

    def _end(self, result: Result | None, error: BaseException | None) -> None:
        self._over = True
        self._ended(result, error)

    # --- asynchronous -------------------------------------------------------------------------------------------

    def _submit(self) -> None:
        self._say(f"Submitting to {self._request.endpoint} …")
        call: Call[Job] = Call(lambda: self._client.enqueue(self._request), on_end=lambda: self._taken(call))
        self._going = call
        call.start()

    def _taken(self, call: Call[Job]) -> None:
        if call.future.cancelled():
            self._end(None, call.left or Cancelled("Stopped before it was taken."))
        elif (error := call.future.exception()) is not None:
            self._end(None, error)
        else:
            job = self._going = call.future.result()
            job.on_change(self._looked)

    def _looked(self, job: Job) -> None:
        with self._lock:
            if job.state in ("done", "failed"):
                self._end(job.result(0) if job.state == "done" else None, job.error)
                return
            self._draw(job._repr_mimebundle_())
            if job.state == "cancelled":
                self._end(None, None)
                self._say(f"It goes on, unwatched: `%sm_jobs --attach {job.output_location}` picks it up.")
            else:
                self._say(f"{job.endpoint}: submitted, no answer yet, {job.elapsed:.0f} s")
