"""``--background``: a Pending, shown and returned at once; its card follows the call in the output of its cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from IPython.display import display, update_display

from ..errors import UsageError
from .live import Live

if TYPE_CHECKING:
    from ..client import Client
    from ..messages import Part, Request
    from ..pending import Pending
    from .extension import SageMakerMagics

__all__ = ["begin", "check"]

_STEP: Final = 0.25  # seconds until what waits of a stream is shown
_NEED_THE_ANSWER = {
    "out_frame": ("--out-frame", "`.result().frame()` of what is returned, once it is wanted."),
    "save": ("--save", "`.result().save('FILE')` of what is returned, once it is wanted."),
}


def check(own: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """Refuse what does not go with ``--background``.  own: the line's options; *options*: the target's too."""
    if "background" not in own:
        return
    if options.get("async"):
        raise UsageError(
            "--async does not wait for the answer: there is nothing to do in the background.",
            hint="Leave out --background; --no-async calls in real time.",
        )
    if "quiet" in own:
        raise UsageError(
            "--background shows what becomes of the call, which --quiet would hide.",
            hint="Leave out one of the two; in Python: `Client().background(…)`",
        )
    early = next((dest for dest in _NEED_THE_ANSWER if dest in own), None)
    if early is not None:
        name, instead = _NEED_THE_ANSWER[early]
        raise UsageError(f"{name} needs the answer, and --background does not wait for it.", hint=instead)


def begin(
    door: SageMakerMagics, client: Client, request: Request, options: Mapping[str, Any], *, name: str
) -> Pending:
    """Begin to send *request*; a Pending.  name: what the user called the endpoint."""
    status = _Pursuit(door.shell, f"{name} · in the background", client.settings)
    streams = request.operation == "InvokeEndpointWithResponseStream"
    pending = client.begin(
        request,
        query=options.get("query"),
        deserializer=options.get("deserializer"),
        view=options.get("view", "auto"),
        on_part=status.part if streams else None,
    )
    status.follow(pending)
    door.marks.add(pending)
    if "out" in options:
        door.shell.push({options["out"]: pending})
    return pending


class _Pursuit(Live):
    """The card of a Pending in the output of its cell, and the text of a stream as it comes.

    It is shown from the cell; the background's threads update it alone, by its id.  A terminal can't replace what it
    shows: there the card comes once, and the answer when it is asked for.
    """

    _pending: Pending | None = None
    _told: Mapping[str, str] | None = None

    def follow(self, pending: Pending) -> None:
        """Show the card of *pending*, and what becomes of it."""
        if not self._notebook:
            self.answer(pending._repr_mimebundle_)
            return
        with self._lock:
            self._pending = pending
            self._write(self._line)
        pending.on_change(self._changed, every=_STEP)

    def part(self, part: Part) -> None:
        """Take the next part, in the thread that reads."""
        if self._notebook:
            super().part(part)

    def _changed(self, pending: Pending) -> None:
        with self._lock:
            self._write(self._line)

    def _write(self, text: str) -> None:
        if self._pending is None:  # its cell shows it first
            return
        bundle = self._bundle(text)
        if bundle != self._told:
            show: Any = update_display if self._shown else display
            show(bundle, display_id=self._display_id, raw=True)
            self._shown, self._told = True, bundle

    def _bundle(self, text: str) -> dict[str, str]:
        """What came of a stream; without it, and at the end, the card."""
        pending = self._pending
        if pending is None or (self._growing and not pending.done):
            return super()._bundle(text)
        return pending._repr_mimebundle_()
