"""``--wait``: a Job's answer, shown in the place of its card and kept; or the Job, where there is no answer yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import Cancelled, SmMagicError, StillRunning
from .keeping import keep, keep_rest

if TYPE_CHECKING:
    from ..jobs import Job
    from ..result import Result
    from .extension import SageMakerMagics
    from .following import Following

__all__ = ["waited"]


def waited(door: SageMakerMagics, status: Following, job: Job, options: Mapping[str, Any]) -> Result:
    """The answer, shown and kept; ``options["wait"]`` is True, or how many seconds to wait.

    Raises StillRunning if the time is over, Cancelled on an interrupt: the Job is their `result` and goes on being
    followed, and where a variable was named, it holds the Job.
    """
    wait = options["wait"]
    try:
        status.waits(job)
        result = job.result(None if wait is True else wait)
    except (StillRunning, KeyboardInterrupt) as error:
        status.follows(job)
        if "out" in options:
            door.shell.push({options["out"]: job})
        raise _unanswered(job, error, options) from None
    except SmMagicError as error:
        if error.result is None:
            status.follows(job)
        keep_rest(door, options, error, status)
        raise
    status.result(result)
    door.marks.add(result)
    keep(door, options, result)
    return result


def _unanswered(job: Job, error: BaseException, options: Mapping[str, Any]) -> SmMagicError:
    """What ended the waiting, with the Job and how to wait again; an interrupt may come before the first look."""
    if not isinstance(error, SmMagicError):
        error = Cancelled(f"Interrupted after {job.elapsed:,.0f} s; {job.endpoint} goes on.")
    again = f"{options['out']}.result()" if "out" in options else "%sm_jobs --wait"
    error.result, error.hint = job, f"The job goes on: `{again}` waits again."
    return error
