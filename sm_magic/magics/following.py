"""The card of a Job, or a table of many, in one output that follows them: while they are waited for, and after."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from IPython.display import display, update_display

from .display import in_notebook
from .status import Status

if TYPE_CHECKING:
    from ..jobs import Job

__all__ = ["Following", "Listing"]


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


class Listing(Status):
    """The status line of a wait for many: in a notebook the title of their table, in a terminal the line alone."""

    _title: Callable[[], str] | None = None
    _table: Callable[[str], dict[str, str]] | None = None

    def waits(self, title: Callable[[], str], table: Callable[[str], dict[str, str]]) -> None:
        """From now on show what *table* makes of the line: what *title* says, and the seconds."""
        with self._lock:
            self._title, self._table, self._started = title, table, time.monotonic()
            if not self._quiet and in_notebook(self._shell):
                self._write(self._line)

    @property
    def _line(self) -> str:
        if self._title is not None:
            self._what = self._title()
        return super()._line

    def _bundle(self, text: str) -> dict[str, str]:
        return super()._bundle(text) if self._table is None else self._table(text)
