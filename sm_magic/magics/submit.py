"""``%sm_invoke --async``: a request → a Job, shown and returned at once; with ``--wait`` its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..members import INPUTS
from .following import Following
from .tables import ASYNCHRONOUS, INVOKE
from .waiting import waited

if TYPE_CHECKING:
    from ..client import Client
    from ..jobs import Job
    from ..messages import Request
    from ..result import Result
    from ..submission import Upload
    from .extension import SageMakerMagics

__all__ = ["check", "notes", "submit", "upload_of"]

_API = frozenset(member.name for member in INPUTS)
_NAMES = {option.dest: option.name for option in INVOKE}
_OF_UPLOADS = ("upload_to", "upload_kms_key", "delete_input")


def check(own: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """Refuse what the operation can't honour.  own: the line's options; *options*: the target's too."""
    if options.get("async"):
        _check_asynchronous(own, options)
        return
    stray = next((dest for dest in own if dest in ASYNCHRONOUS), None)
    if stray is None:
        return
    if stray in _API:
        operation = "InvokeEndpointWithResponseStream" if options.get("stream") else "InvokeEndpoint"
        raise UsageError(
            f"{operation} does not take {_NAMES[stray]}.", hint="InvokeEndpointAsync does: --async"
        )
    raise UsageError(f"{_NAMES[stray]} is for --async.", hint=f"`--async {_NAMES[stray]}`, or leave it out.")


def _check_asynchronous(own: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    if options.get("stream"):
        raise UsageError(
            "An asynchronous answer comes in one piece: it can't be streamed.",
            hint="Leave out --stream or --async; where a target has it: --no-stream, --no-async",
        )
    early = next((dest for dest in ("out_frame", "save") if dest in own and "wait" not in own), None)
    if early is not None:
        raise UsageError(
            f"{_NAMES[early]} needs the answer, and --async does not wait for it.",
            hint="--async --wait does.",
        )
    needless = next((dest for dest in _OF_UPLOADS if dest in own and "input_location" in own), None)
    if needless is not None:
        raise UsageError(
            f"{_NAMES[needless]} is for a body that is uploaded; --input-location names one that lies in S3.",
            hint="Leave out one of the two.",
        )


def notes(request: Request, client: Client, options: Mapping[str, Any]) -> tuple[str, ...]:
    """What a dry run says of the way that the body would take."""
    from .. import uploads

    if request.operation != "InvokeEndpointAsync" or request.input_location is not None:
        return ()
    if uploads.goes_inline(request, client.settings, options.get("upload_to")):
        return ()
    place = options.get("upload_to")
    return (f"The body would be uploaded{f' to {place}' if place else ''}, and named by its InputLocation.",)


def upload_of(own: Mapping[str, Any], options: Mapping[str, Any]) -> Upload:
    """What is said of the body's way.  A target's upload_to is found by who uploads: a small body still goes along."""
    from ..submission import Upload

    return Upload(
        to=own.get("upload_to"),
        kms_key=options.get("upload_kms_key"),
        delete=bool(options.get("delete_input")),
    )


def submit(
    door: SageMakerMagics,
    client: Client,
    request: Request,
    *,
    name: str,
    own: Mapping[str, Any],
    options: Mapping[str, Any],
) -> Job | Result:
    """Queue *request*; a Job, or with ``--wait`` the Result.  name: what the user called the endpoint."""
    upload = upload_of(own, options)
    quiet = bool(options.get("quiet"))
    status = Following(door.shell, f"Submitting to {name}", quiet=quiet, html=client.settings.html)
    with status:
        job = client.enqueue(
            request,
            upload=upload,
            query=options.get("query"),
            deserializer=options.get("deserializer"),
            view=options.get("view", "auto"),
            on_progress=status.progress,
        )
        door.jobs[job.output_location] = job
        if "wait" in own:
            return waited(door, status, job, options)
    status.follows(job)
    door.marks.add(job)
    if "out" in options:
        door.shell.push({options["out"]: job})
    return job
