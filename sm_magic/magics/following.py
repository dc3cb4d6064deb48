"""The card of a Job, in one output that follows it: while it is waited for, and from a thread after its cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from IPython.display import display, update_display

from .display import in_notebook
from .status import Status

if TYPE_CHECKING:
    from ..jobs import Job

__all__ = ["Following"]


class Following(Status):
    """The status line of a request that is queued; once it is taken, its Job's card.

    A terminal can't replace what it shows: there the card comes once, where nobody waits or when the waiting is over.
    """

    _job: Job | None = None
    _told: Mapping[str, str] | None = None

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        """A Job's card says itself what became of it."""
        if self._job is None:
            super().__exit__(kind, *error)
        else:
            self._end()

    def waits(self, job: Job) -> None:
        """Show the card of *job*, which this thread now waits for; the ticker counts its seconds."""
        self._job = job
        self._what = f"{job.endpoint}: submitted, no answer yet"
        if not self._quiet and in_notebook(self._shell):
            with self._lock:
                self._put(job)

    def follows(self, job: Job) -> None:
        """Show the card of *job*, and what becomes of it, from the thread that looks; the cell goes on."""
        self._end()
        self._job = job
        if self._quiet:
            job.watch()
            return
        if not in_notebook(self._shell):
            self.answer(job._repr_mimebundle_)
            job.watch()
            return
        self._changed(job)
        job.on_change(self._changed)

    def _changed(self, job: Job) -> None:
        """Told by the thread that looks.  A display is found by its id: nothing is printed into another cell."""
        with self._lock:
            self._put(job)

    def _write(self, text: str) -> None:
        if self._job is None or not in_notebook(self._shell):
            super()._write(text)
        else:
            self._put(self._job)

    def _put(self, job: Job) -> None:
        bundle = job._repr_mimebundle_()
        if bundle == self._told:
            return
        show: Any = update_display if self._shown else display
        show(bundle, display_id=self._display_id, raw=True)
        self._shown, self._told = True, bundle
