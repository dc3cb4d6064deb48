"""When a Result shows itself: each call's card exactly once, wherever the magic stands.

The door shows the card and marks the Result until the cell is over; as the cell's last value a marked Result
stays quiet.  Every other Result shows its card, and ``display(result)`` always does.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from weakref import ref

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["Marks", "in_notebook"]

# By name: registering must not import what it is about.
_TYPES = (
    ("sm_magic.result", "Result"),
    ("sm_magic.messages", "Request"),
    ("sm_magic.jobs", "Job"),
    ("sm_magic.joblist", "Jobs"),
    ("sm_magic.pending", "Pending"),
    ("sm_magic.descriptions", "Description"),
    ("sm_magic.descriptions", "Overview"),
    ("sm_magic.logtail", "Tail"),
    ("sm_magic.snippets.base", "Snippet"),
)


def in_notebook(shell: InteractiveShell) -> bool:
    """Whether outputs go to a frontend, which can replace them; else to a terminal."""
    return getattr(shell, "kernel", None) is not None


class Marks:
    """The rule for one shell: what its running cell has shown or silenced already."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._marked: dict[int, Any] = {}

    @property
    def _formatter(self) -> Any:
        formatter: Any = self._shell.display_formatter
        return formatter.ipython_display_formatter

    def register(self) -> None:
        """Let the rule hold in this shell."""
        for module, name in _TYPES:
            self._formatter.for_type_by_name(module, name, self._show)
        self._shell.events.register("post_run_cell", self._forget)

    def unregister(self) -> None:
        """Leave the shell as it was."""
        for module, name in _TYPES:
            self._formatter.pop(f"{module}.{name}", None)
        self._shell.events.unregister("post_run_cell", self._forget)
        self._marked.clear()

    def add(self, value: object) -> None:
        """*value* was shown or silenced by the running cell.  A Result is held weakly: a loop may make many."""
        key = id(value)
        try:
            self._marked[key] = ref(value, lambda _: self._marked.pop(key, None))
        except TypeError:  # a Request can't be held weakly
            self._marked[key] = lambda: value

    def __contains__(self, value: object) -> bool:
        held = self._marked.get(id(value))
        return held is not None and held() is value

    def _forget(self, _: object = None) -> None:
        self._marked.clear()

    def _show(self, value: object) -> None:
        """IPython asks before it formats *value*: return if there is nothing to show.

        Raising NotImplementedError is how a printer declines, and IPython goes on to ``_repr_mimebundle_``:
        only so do ``display(…, display_id=…)``, its updates and the ``Out[n]`` of a frontend stay IPython's own.
        """
        if value not in self or not _is_last_value():
            raise NotImplementedError
        if not in_notebook(self._shell):
            print(repr(value))  # `Out[n]:` stands there already


def _is_last_value() -> bool:
    """Whether the display hook asks, on behalf of the cell, and not ``display()`` or an object's own display.

    Both format in the same way, one may run inside the other, and the two kinds of shell share no flag that
    tells them apart: who called ``DisplayFormatter.format`` does.  ``%%capture`` has a display hook of its own.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_name != "format":
        frame = frame.f_back
    caller = frame.f_back
    return caller is not None and caller.f_locals.get("self") is sys.displayhook
