"""One line that says that a call is still going on, in the output that its answer will take.

A quick call shows nothing of it.  After a while one thread, kept for all calls, writes the line and counts the
seconds; a display is found by its id, so it does not matter which thread updates it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from contextvars import copy_context
from threading import Condition, Lock, Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from IPython.display import display, update_display

from ..views.markup import tag
from .display import in_notebook

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..progress import Progress
    from ..result import Result

__all__ = ["Status"]

_FIRST, _NEXT = 0.4, 0.5  # seconds to the first line, and from one to the next


class Status:
    """The line of one call; used as a context, in the thread that calls.

    With *quiet*, nothing is ever shown; without *html*, text alone.  If the call fails, a line that is there already
    says so.
    """

    def __init__(self, shell: InteractiveShell, what: str, *, quiet: bool = False, html: bool = True) -> None:
        self._shell = shell
        self._what = what
        self._quiet = quiet
        self._html = html
        self._started = time.monotonic()
        self._shown = False
        self._over = False
        self._lock = Lock()
        # A thread's output goes to the cell whose context it runs in (ipykernel 7) or to the running one (6).
        self._context = copy_context()
        self._display_id = uuid4().hex

    def __enter__(self) -> Status:
        if not self._quiet:
            _ticker.watch(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._end()
        if kind is not None and self._shown:
            word = "interrupted" if issubclass(kind, KeyboardInterrupt) else "failed"
            self._write(f"{self._what} … {word} after {self._elapsed:.1f} s")

    def progress(self, progress: Progress) -> None:
        """What the call is at (an `OnProgress`); the line says it when it is next written."""
        self.says(progress.what)

    def says(self, what: str) -> None:
        """What the line says when it is next written."""
        self._what = what

    def answer(self, bundle: Callable[[], Mapping[str, str]]) -> None:
        """Show the MIME bundle that *bundle* makes where the line is, or would be.

        PERF: asking each of IPython's formatters for the same object would take as long as to make its card.
        """
        self._end()
        if self._quiet:
            return
        replaces = self._shown and in_notebook(self._shell)
        self._clear()
        show: Any = update_display if replaces else display
        show(bundle(), display_id=self._display_id, raw=True)

    def result(self, result: Result) -> None:
        """Show the card of *result*, and its value."""
        self.answer(result._repr_mimebundle_)

    @property
    def _line(self) -> str:
        return f"{self._what} … {self._elapsed:.0f} s"

    @property
    def _elapsed(self) -> float:
        return time.monotonic() - self._started

    def _end(self) -> None:
        with self._lock:
            self._over = True
        _ticker.leave(self)

    def tick(self) -> None:
        """Write the line, unless the call is over.  Called by the ticker's thread."""
        with self._lock:
            if not self._over:
                self._context.run(self._write, self._line)

    @property
    def due(self) -> float:
        """Seconds until the line is due for the first time."""
        return _FIRST - self._elapsed

    def _write(self, text: str) -> None:
        if not in_notebook(self._shell):
            self._write_terminal(text)
            return
        # The same two types as the card's: frontends make a new output where the best type changes.
        show: Any = update_display if self._shown else display
        show(self._bundle(text), display_id=self._display_id, raw=True)
        self._shown = True

    def _bundle(self, text: str) -> dict[str, str]:
        line = {"text/plain": text}
        return {**line, "text/html": tag("div", text, class_="sm-magic-status")} if self._html else line

    def _write_terminal(self, text: str) -> None:
        """A line that the next one replaces; where it could not be replaced (a file, a pipe) there is none."""
        if self._over:
            self._clear()
        elif sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
            self._shown = True

    def _clear(self) -> None:
        if self._shown and not in_notebook(self._shell):
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


class _Ticker:
    """One thread for all calls: to start one for each would cost more than a quick call's whole card."""

    def __init__(self) -> None:
        self._wake = Condition()
        self._status: Status | None = None
        self._thread: Thread | None = None

    def watch(self, status: Status) -> None:
        with self._wake:
            self._status = status
            if self._thread is None or not self._thread.is_alive():  # the first call, or after a fork
                self._thread = Thread(target=self._run, name="sm_magic-status", daemon=True)
                self._thread.start()
            self._wake.notify()

    def leave(self, status: Status) -> None:
        """The thread finds out by itself when it next looks: a quick call wakes nobody."""
        with self._wake:
            if self._status is status:
                self._status = None

    def _run(self) -> None:
        while True:
            with self._wake:
                while self._status is None:
                    self._wake.wait()
                status = self._status
            if status.due > 0:
                time.sleep(status.due)
                continue
            if not self._written(status):
                self.leave(status)
            time.sleep(_NEXT)

    @staticmethod
    def _written(status: Status) -> bool:
        """A line that can't be written (a closed kernel, a broken pipe) must not end the thread or the call."""
        try:
            status.tick()
        except Exception:  # noqa: BLE001
            return False
        return True


_ticker = _Ticker()
