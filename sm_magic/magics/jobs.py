"""``%sm_jobs``: the asynchronous requests of this kernel and of the journal; their answers, waited for or not."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ..errors import Cancelled, SmMagicError, StillRunning, UsageError
from ..spelling import did_you_mean
from ..views.quantities import plural
from .following import Following, Listing
from .options import help_text, parse
from .status import Status
from .waiting import waited

if TYPE_CHECKING:
    from ..client import Client
    from ..joblist import Jobs
    from ..jobs import Job
    from ..journal import Entry
    from ..result import Result
    from .extension import SageMakerMagics

__all__ = ["jobs"]

_LISTED: Final = 50  # requests of the journal
_LOOKED_AT: Final = 20  # of them, where the journal knows no answer
_AGAIN: Final = "`%sm_jobs --wait` waits again."

_Options = Mapping[str, Any]


def jobs(door: SageMakerMagics, line: str, names: Mapping[str, Any]) -> Jobs | Job | Result | None:
    """Run the magic; what it returns is shown already, or silenced."""
    parsed = parse("sm_jobs", line, names)
    if parsed.help:
        print(help_text("sm_jobs"))
        return None
    _check(parsed.options)
    client = door.client(door.settings())
    act = next((act for dest, act in _ACTIONS.items() if dest in parsed.options), _listed)
    return act(door, client, parsed.options)


def _check(options: _Options) -> None:
    if "failure" in options and "attach" not in options:
        raise UsageError("--failure is for --attach.", hint="%sm_jobs --attach S3URI --failure S3URI")
    other = next((dest for dest in ("attach", "wait") if dest in options and "cancel" in options), None)
    if other is not None:
        raise UsageError(f"--cancel and --{other} exclude each other.", hint="Leave out one of the two.")


def _attached(door: SageMakerMagics, client: Client, options: _Options) -> Job | Result:
    """The Job of any request, shown as those that were submitted here; with ``--wait`` its answer."""
    asked = {dest: options[dest] for dest in ("failure", "view") if dest in options}
    known = {name: job for job in door.jobs.values() for name in (job.output_location, job.inference_id)}
    job = None if asked else known.get(options["attach"])
    if job is None:
        job = client.attach(options["attach"], options.get("failure"), view=options.get("view", "auto"))
    door.jobs[job.output_location] = job
    quiet = bool(options.get("quiet"))
    status = Following(door.shell, "Looking for the answer", quiet=quiet, html=client.settings.html)
    with status:
        if "wait" in options:
            return waited(door, status, job, options)
        _ = job.done  # a look
    status.follows(job)
    door.marks.add(job)
    if job.error is not None:
        raise job.error
    if "out" in options:
        door.shell.push({options["out"]: job})
    return job


def _cancelled(door: SageMakerMagics, client: Client, options: _Options) -> Job:
    """Stop waiting for one of this kernel's."""
    wanted = options["cancel"]
    waiting = [job for job in door.jobs.values() if job.state == "waiting"]
    known = {name: job for job in waiting for name in (job.output_location, job.inference_id) if name}
    if wanted not in known:
        raise UsageError(
            f"This kernel waits for no job `{wanted}`.",
            hint=did_you_mean(wanted, known) or "%sm_jobs lists all.",
        )
    job = known[wanted]
    job.cancel()
    quiet = bool(options.get("quiet"))
    Status(door.shell, "", quiet=quiet, html=client.settings.html).answer(job._repr_mimebundle_)
    door.marks.add(job)
    return job


def _listed(door: SageMakerMagics, client: Client, options: _Options) -> Jobs:
    """All in one table; with ``--wait`` once there is nothing more to wait for.  The Jobs that can be asked."""
    from ..joblist import Jobs

    quiet, html = bool(options.get("quiet")), client.settings.html
    status, problem = Listing(door.shell, "Looking for answers", quiet=quiet, html=html), None
    entries = client.submitted()[:_LISTED]
    with status:
        found = _found(door, client, entries)
        waiting = [job for job in found.values() if job.state == "waiting"]
        if waiting and "wait" in options:
            problem = _wait(
                status, waiting, options["wait"], lambda title: _table(client, found, entries, title)
            )
    listed = Jobs(found.values())
    status.answer(lambda: _table(client, found, entries))
    door.marks.add(listed)
    if "out" in options:
        door.shell.push({options["out"]: listed})
    if problem is not None:
        problem.result = listed
        raise problem
    return listed


_ACTIONS: Final = {"attach": _attached, "cancel": _cancelled}


def _found(door: SageMakerMagics, client: Client, entries: Sequence[Entry]) -> dict[str, Job]:
    """By the place of the answer: this kernel's, and those of the journal that have none yet, each looked at once."""
    where = client.where
    open_ones = (
        entry
        for entry in entries
        if entry.state == "waiting"
        and entry.output_location not in door.jobs
        and (entry.region, entry.profile, entry.endpoint_url)
        == (where.region, where.profile, where.endpoint_url)
    )
    found = dict(door.jobs)
    for entry in islice(open_ones, _LOOKED_AT):
        with suppress(UsageError):  # a journal that somebody wrote in
            found[entry.output_location] = client.attach(entry.output_location)
    for job in found.values():
        _ = job.done  # a look, where one is due
    door.jobs.update(found)
    order = {entry.output_location: at for at, entry in enumerate(entries)}
    newest_first = reversed(found.items())
    return dict(sorted(newest_first, key=lambda item: order.get(item[0], -1)))


def _left(waiting: Sequence[Job]) -> str:
    left = sum(job.state == "waiting" for job in waiting)
    return f"Waiting for {left:,} of {plural(len(waiting), 'job')}"


def _wait(
    status: Listing, waiting: Sequence[Job], wait: float | bool, table: Callable[[str], dict[str, str]]
) -> SmMagicError | None:
    """Wait for all; the error if some have no answer by then, or of an interrupt.  One that failed has ended."""
    started = time.monotonic()
    try:
        status.waits(lambda: _left(waiting), table)
        for job in waiting:
            job.watch()
        for job in waiting:
            with suppress(
                SmMagicError
            ):  # StillRunning; what it failed of; a Cancelled is none where it is one less
                _wait_for(job, None if wait is True else max(started + wait - time.monotonic(), 0.0))
    except KeyboardInterrupt:
        seconds = time.monotonic() - started
        return Cancelled(f"Interrupted after {seconds:,.0f} s; the requests go on.", hint=_AGAIN)
    late = sum(job.state == "waiting" for job in waiting)
    if not late:
        return None
    seconds = time.monotonic() - started
    return StillRunning(f"{late} of {len(waiting)} jobs have no answer after {seconds:,.0f} s.", hint=_AGAIN)


def _wait_for(job: Job, seconds: float | None) -> None:
    """Raises an interrupt as what it is; a Job that was cancelled elsewhere is one less to wait for."""
    try:
        job.result(seconds)
    except Cancelled:
        if job.state != "cancelled":
            raise KeyboardInterrupt from None


def _table(
    client: Client, found: Mapping[str, Job], entries: Sequence[Entry], title: str = "asynchronous requests"
) -> dict[str, str]:
    """Newest first: id, endpoint, state, age, and the answer if any has one."""
    from .. import jobcards, views

    ages = {entry.output_location: entry.age for entry in entries}
    rows = {
        entry.output_location: (entry.inference_id, entry.endpoint, _STATES.get(entry.state, entry.state))
        for entry in entries
    }
    answers = {place: jobcards.outcome(job) for place, job in found.items()}
    new = [place for place in found if place not in rows]
    for place, job in found.items():
        rows[place] = (job.inference_id, job.endpoint, jobcards.STATES[job.state])
        ages[place] = ages.get(place) or job.age
    shown = []
    for place in (*new, *(place for place in rows if place not in new)):
        name, endpoint, state = rows[place]
        age = ages[place]
        age_told = "not known" if age is None else jobcards.since(age)
        shown.append([name or place, endpoint, state, age_told, answers.get(place, "")])
    facts = [("where", str(client.where))]
    if not shown:
        facts.append(("", "none yet: %sm_invoke ENDPOINT INPUT --async"))
    names = ["id", "endpoint", "state", "age", "answer"]
    if not any(answers.values()):
        names, shown = names[:-1], [row[:-1] for row in shown]
    return views.report(title, facts, (names, shown) if shown else None, settings=client.settings)


_STATES: Final = {"waiting": "submitted, not looked at", "done": "answered"}
