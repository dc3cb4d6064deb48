"""A Job, or many, as a card: what is known of them, which is little until they end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from . import views
from .privacy import redact
from .result import Result
from .views.printable import one_line

if TYPE_CHECKING:
    from .jobs import Job

__all__ = ["STATES", "card", "outcome", "since", "table"]

_WORDS: Final = 80  # characters of a failure in a table

STATES: Final = {
    "waiting": "submitted, no answer yet",
    "cancelled": "submitted, not waited for",
    "failed": "failed",
    "done": "answered",
}
"""What is said of a Job's state."""


def since(seconds: float) -> str:
    """Seconds as people count while they wait: 12 s, 4 min, 2 h 5 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h {rest} min" if rest else f"{hours} h"


def card(job: Job) -> dict[str, str]:
    """The card of a request that has no answer: text/html and text/plain."""
    ticket, request = job.queued.ticket, job.queued.request
    facts: list[tuple[str, object]] = [
        ("where", str(job.queued.where)),
        ("inference id", ticket.inference_id or "none told"),
        ("answer", ticket.output_location),
        ("failure", ticket.failure_location or "nowhere"),
    ]
    if request.input_location is not None:
        facts.append(("input", request.input_location))
    if job.capacity is not None:
        facts.append(("endpoint", job.capacity))
    if job.error is not None:
        facts.append(("error", str(job.error).splitlines()))
    facts += [("note", note) for note in job.notes[1:]]
    after = " after" if job.state == "failed" else ","
    title = f"{job.endpoint} · {STATES[job.state]}{after} {since(job.elapsed)}"
    return views.report(title, facts, settings=job.queued.settings)


def table(jobs: Sequence[Job]) -> dict[str, str]:
    """Many of them in one table, and how many have ended."""
    rows = [
        [i, job.endpoint, STATES[job.state], outcome(job) or redact(job.inference_id or "")]
        for i, job in enumerate(jobs)
    ]
    ended = sum(job.state in ("done", "failed") for job in jobs)
    settings = jobs[0].queued.settings if jobs else None
    names = ("", "endpoint", "state", "answer")
    return views.report(f"{ended:,} of {len(jobs):,} jobs ended", (), (names, rows), settings=settings)


def outcome(job: Job) -> str:
    """A few words on what came of it; none while nothing did."""
    if job.error is not None:
        return one_line(job.error.message.partition("\n")[0], _WORDS)
    if job.state == "done":
        return _size(job.result(0))
    return ""


def _size(result: Result) -> str:
    return f"{result.content_type or 'no content type'}, {len(result.body):,} bytes"
