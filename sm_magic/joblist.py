"""Many Jobs: submitted a few at a time, shown as one table, their results in order as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Final, overload

from . import jobcards
from .errors import Cancelled, SmMagicError
from .jobs import Job
from .result import Result

__all__ = ["Jobs", "submit_all"]

_AT_ONCE: Final = 4


class Jobs(Sequence[Job]):
    """Jobs in the order of their values."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._jobs = tuple(jobs)

    def results(
        self, timeout: float | None = None, *, errors: bool = False
    ) -> Iterator[Result | SmMagicError]:
        """The Results in order, each as soon as it and those before it are there; *timeout* seconds for each.

        errors: give the error of a job that has one in the place of its Result; else it is raised.
        """
        for job in self._jobs:
            try:
                yield job.result(timeout)
            except KeyboardInterrupt:
                raise
            except SmMagicError as error:
                if not errors:
                    raise
                yield error

    def watch(self) -> None:
        """Look for all answers in the background."""
        for job in self._jobs:
            job.watch()

    def cancel(self) -> None:
        """Stop waiting for all."""
        for job in self._jobs:
            job.cancel()

    def __len__(self) -> int:
        return len(self._jobs)

    @overload
    def __getitem__(self, index: int) -> Job: ...
    @overload
    def __getitem__(self, index: slice) -> Jobs: ...
    def __getitem__(self, index: int | slice) -> Job | Jobs:
        return Jobs(self._jobs[index]) if isinstance(index, slice) else self._jobs[index]

    def __repr__(self) -> str:
        ended = sum(job.state in ("done", "failed") for job in self._jobs)
        return f"<Jobs {ended:,} of {len(self):,} ended>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """All in one table."""
        return jobcards.table(self._jobs)


def submit_all(values: Iterable[Any], submit: Callable[[Any], Job]) -> Jobs:
    """A Job for each of *values*, the first alone, the others four at a time once it was taken.

    An error or interrupt stops the submitting; the Jobs that were taken by then are its `result`.
    """
    rest, taken = iter(values), []
    try:
        taken += [submit(value) for value in islice(rest, 1)]
        for several in _some(rest):
            taken += _together(several, submit)
    except SmMagicError as error:
        error.result = Jobs([*taken, *(error.result if isinstance(error.result, Jobs) else ())])
        raise
    except KeyboardInterrupt:
        cancelled = Cancelled(f"Interrupted: {len(taken):,} requests were taken; they go on.")
        cancelled.result = Jobs(taken)
        raise cancelled from None
    return Jobs(taken)


def _some(values: Iterator[Any]) -> Iterator[list[Any]]:
    """A few of *values* at a time; those before an error of theirs come before it."""
    problem = None
    while problem is None:
        several: list[Any] = []
        try:
            for value in islice(values, _AT_ONCE):
                several.append(value)  # one by one: what came before an error stays
        except SmMagicError as error:
            problem = error
        if several:
            yield several
        elif problem is None:
            return
    raise problem


def _together(values: Sequence[Any], submit: Callable[[Any], Job]) -> list[Job]:
    with ThreadPoolExecutor(len(values), thread_name_prefix="sm_magic submit") as pool:
        futures = [pool.submit(submit, value) for value in values]
    jobs, errors = [], []
    for future in futures:
        error = future.exception()
        if error is None:
            jobs.append(future.result())
        else:
            errors.append(error)
    if not errors:
        return jobs
    if isinstance(errors[0], SmMagicError):
        errors[0].result = Jobs(jobs)
    raise errors[0]
