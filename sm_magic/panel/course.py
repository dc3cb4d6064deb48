"""A call from its beginning to its end, in the background: what is said of it and drawn meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, TypeVar

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

_Made = TypeVar("_Made")
Ended = Callable[[Result | None, BaseException | None], None]
"""Told how it ended: an answer, an error, or neither where nobody waits for a job any more."""


class Course:
    """One request of *client*: made by *prepare* and sent.  All it tells, it tells from threads of the background.

    say: a line of state.  draw: a MIME bundle in the place of the answer.  ended: may be told again, when more is
    known of a call that was stopped.
    """

    def __init__(
        self,
        client: Client,
        prepare: Callable[[], Request],
        *,
        say: Callable[[str], None],
        draw: Callable[[Mapping[str, str]], None],
        ended: Ended,
    ) -> None:
        self._client = client
        self._say, self._draw, self._ended = say, draw, ended
        self._growing, self._drawn = Growing(), 0.0
        self._lock = RLock()
        self._over, self._came = False, None
        self._going: Pending | Job | Call[Any] = self._call(prepare, self._send)
        self._going.start()

    def stop(self) -> None:
        """Give it up.  A queued request goes on, unwatched; an endpoint may still be computing."""
        self._going.cancel()

    def _call(self, work: Callable[[], _Made], then: Callable[[_Made], None]) -> Call[_Made]:
        """*work* in the background, *then* with what it made; its error ends the course."""

        def over() -> None:
            if call.future.cancelled():
                self._end(None, call.left or Cancelled("Stopped before it was sent."))
            elif (error := call.future.exception()) is not None:
                self._end(None, error)
            else:
                then(call.future.result())

        call: Call[_Made] = Call(work, on_end=over)
        return call

    def _send(self, request: Request) -> None:
        if request.operation == "InvokeEndpointAsync":
            self._say(f"Submitting to {request.endpoint} …")
            call = self._going = self._call(lambda: self._client.enqueue(request), self._follow)
            call.start()
            return
        streams = request.operation == "InvokeEndpointWithResponseStream"
        pending = self._going = self._client.begin(request, on_part=self._part if streams else None)
        pending.on_change(self._changed, every=_TICK)

    # --- in real time, or streamed ------------------------------------------------------------------------------

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
            elif not self._over:
                self._end(pending.result() if pending.state == "done" else None, pending.error)
            elif (came := getattr(pending.error, "result", None)) is not None and came is not self._came:
                self._end(None, pending.error)  # what a call that was stopped has left

    def _end(self, result: Result | None, error: BaseException | None) -> None:
        self._over, self._came = True, getattr(error, "result", None)
        self._ended(result, error)

    # --- asynchronous -------------------------------------------------------------------------------------------

    def _follow(self, job: Job) -> None:
        self._going = job
        job.on_change(self._looked)

    def _looked(self, job: Job) -> None:
        with self._lock:
            if job.state in ("done", "failed"):
                self._end(job.result(0) if job.state == "done" else None, job.error)
            elif job.state == "cancelled":
                self._draw(job._repr_mimebundle_())
                self._end(None, None)
                self._say(f"It goes on, unwatched: `%sm_jobs --attach {job.output_location}` picks it up.")
            elif (trouble := job.trouble) is not None:
                self._end(None, trouble)
            else:
                self._draw(job._repr_mimebundle_())
                self._say(f"{job.endpoint}: submitted, no answer yet, {job.elapsed:.0f} s")
