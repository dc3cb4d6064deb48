"""A log as people read it: in a notebook a box that ends at the newest line, in a terminal lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import views
from .endpointcards import log_line
from .views.quantities import plural

if TYPE_CHECKING:
    from .logtail import Tail

__all__ = ["lines", "tail"]

_ROOM: Final = 64_000  # characters of all lines


def tail(found: Tail) -> dict[str, str]:
    """The lines, and which they are."""
    title = f"{found.name} · {plural(len(found), 'line')}"
    facts: list[tuple[str, object]] = [("log", found.log.group)]
    if found.where is not None:
        facts.insert(0, ("where", str(found.where)))
    if found.grep:
        facts.append(("with", found.grep))
    facts += [("", said) for said in _notes(found)]
    return views.report(title, facts, lines=lines(found), settings=found.settings)


def lines(found: Tail) -> list[str]:
    """The last lines that there is room for; the log stream is named where there are several."""
    several = len({line.stream for line in found.lines}) > 1
    told, room = [], _ROOM
    for line in reversed(found.lines):
        said = log_line(line, stream=several)
        room -= len(said)
        if room < 0:
            break
        told.append(said)
    return told[::-1]


def _notes(found: Tail) -> list[str]:
    if not found.log.there:
        return [
            "There is no such log: no container has written yet, or there is no such endpoint.",
            "Inference components have logs of their own: --inference-component-name NAME",
        ]
    if not found.lines:
        return [f"Nothing in the last {found.minutes:g} minutes: --minutes N looks further back."]
    return ["There are older lines: --minutes, --variant or --grep choose others."] if found.log.more else []
