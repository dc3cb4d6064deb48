"""A streamed answer as it comes: in a notebook one output that is updated, in a terminal the text as it is said."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from .. import said
from ..plain import printable
from ..views.growing import Growing
from ..views.quantities import plural
from .display import in_notebook
from .status import Status

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..messages import Part
    from ..result import Result
    from ..settings import Settings

__all__ = ["Live"]

_STEP: Final = 1 / 15  # seconds between two updates, at least


class Live(Status):
    """The status line of a streamed call, with what has come of its answer above it.

    The first words are shown at once, the rest at most 15 times a second; the ticker shows what waits meanwhile.
    """

    def __init__(
        self, shell: InteractiveShell, what: str, settings: Settings, *, quiet: bool = False
    ) -> None:
        super().__init__(shell, what, quiet=quiet, html=settings.html)
        self._settings = settings
        self._growing = Growing()
        self._written = 0.0
        self._spoke = False  # A terminal has text of the answer.
        self._notebook = in_notebook(shell)

    def part(self, part: Part) -> None:
        """Take the next part (an `OnPart`)."""
        if self._quiet:
            return
        if not self._notebook:
            self._say(part)
            return
        with self._lock:
            if self._growing.add(part) and time.monotonic() - self._written >= _STEP:
                self._write(self._line)

    def result(self, result: Result) -> None:
        """Show the card; in a terminal that has the text already, without it."""
        if self._spoke:
            print("\n")
        self.answer(result.card if self._spoke and _is_text(result) else result._repr_mimebundle_)

    def tick(self) -> None:
        """Write what waits, unless it was written a moment ago."""
        with self._lock:
            if not self._over and time.monotonic() - self._written >= _STEP:
                self._context.run(self._write, self._line)

    @property
    def _line(self) -> str:
        parts = self._growing.parts
        count = f", {plural(parts, 'part')}" if parts else ""
        return f"{self._what} … {self._elapsed:.0f} s{count}"

    def _bundle(self, text: str) -> dict[str, str]:
        self._written = time.monotonic()
        return self._growing.bundle(text, self._settings) if self._growing else super()._bundle(text)

    def _say(self, part: Part) -> None:
        text, said = part.text or part.reasoning, self._growing
        before = ""
        if part.reasoning and not said.reasoning:
            before = "Reasoning:\n"
        elif part.text and said.reasoning and not said.text:
            before = "\n\n"
        said.add(part)
        if not text:
            return
        if not self._spoke:
            self._end()  # The line of state would stand in the middle of the text.
            self._clear()
            self._shown, self._spoke = False, True
        print(before + printable(text), end="", flush=True)


def _is_text(result: Result) -> bool:
    """Whether the text that came is all that the card would show of the answer, which may have come in one piece."""
    if result.problem is not None or result.view not in ("auto", "text", "markdown"):
        return False
    reply = result.reply or said.read(result.value)
    return (
        reply is not None
        and len(reply.said) == 1
        and not (reply.said[0].tool_calls or reply.rest or reply.timed)
    )
