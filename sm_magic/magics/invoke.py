"""``%sm_invoke``: a line and a cell → a request, sent; its answer shown, kept, returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import SmMagicError
from ..messages import Request
from . import background, logs
from .body import TABLE, body, source
from .code import code
from .keeping import check_save, keep, keep_rest
from .line import join_continuations
from .live import Live
from .options import Parsed, help_text, parse
from .status import Status
from .submit import check, notes, submit
from .tables import ASYNCHRONOUS, MEMBERS
from .target import Choice, choose

if TYPE_CHECKING:
    from ..client import Client
    from ..jobs import Job
    from ..pending import Pending
    from ..result import Result
    from ..settings import Settings
    from ..snippets import Snippet
    from .extension import SageMakerMagics

__all__ = ["invoke"]

_PREPARED = frozenset({member.dest for member in MEMBERS} | {*TABLE, "no_limit", "stream", "deserializer"})
_CONNECTION = frozenset({"profile", "region", "role_arn", "endpoint_url"})


def invoke(
    door: SageMakerMagics, line: str, cell: str | None, names: Mapping[str, Any]
) -> Result | Job | Pending | Request | Snippet | None:
    """Run the magic; what it returns is shown already, or silenced."""
    line, cell = join_continuations(line, cell)
    settings = door.settings()
    parsed = parse("sm_invoke", line, names, known=settings.targets)
    if parsed.help:
        print(help_text("sm_invoke"))
        return None
    call = _call(door, parsed, cell, settings, names)
    request = call.client.prepare(
        **call.body, endpoint=call.choice.endpoint, target=call.choice.target, **call.members
    )
    if "code" in call.options:
        return code(
            door, call.client, request, name=call.choice.name, own=parsed.options, options=call.options
        )
    if call.options.get("dry_run"):
        return _dry_run(door, call, request)
    request = replace(request, typed=f"{line}\n{cell}" if call.options.get("python") else line)
    with logs.below(call.client, request, wanted=bool(call.options.get("logs"))):
        if request.operation == "InvokeEndpointAsync":
            return submit(
                door, call.client, request, name=call.choice.name, own=parsed.options, options=call.options
            )
        if call.options.get("background"):
            return background.begin(door, call.client, request, call.options, name=call.choice.name)
        return _send(door, call, request)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One call, understood: body is `Client.prepare`'s value or payload, members the rest of its keywords."""

    choice: Choice
    client: Client
    options: Mapping[str, Any]
    body: Mapping[str, Any]
    members: Mapping[str, Any]


def _call(
    door: SageMakerMagics, parsed: Parsed, cell: str | None, settings: Settings, names: Mapping[str, Any]
) -> _Call:
    choice = choose(door, parsed.arguments["ENDPOINT"], settings)
    origin = source(parsed, cell)
    own = parsed.options
    check_save(own.get("save"))
    options = {**choice.options, **own}
    check(own, options)
    background.check(own, options)
    logs.check(own, options)
    connection = {name: own[name] for name in _CONNECTION if name in own}
    if door.place is None:  # a target's connection does not lead away from the local endpoint
        connection = {name: options[name] for name in _CONNECTION if name in options}
    if patience := {name: options[name] for name in ("timeout", "retries") if name in options}:
        settings = replace(settings, **patience)
    sent = body(origin, options, shell=door.shell, settings=settings, names=names)
    members = {name: value for name, value in options.items() if name in _PREPARED}
    if options.get("async"):
        members["asynchronous"] = True
    else:  # a target's wait for an asynchronous call
        members = {name: value for name, value in members.items() if name not in ASYNCHRONOUS}
    if origin.kind in ("cell", "file", "form", "location"):
        members = {name: value for name, value in members.items() if name not in TABLE}
    elif "value" in sent:
        members = {
            name: value for name, value in members.items() if name in own or _fits(name, sent["value"], own)
        }
    if "payload" in sent or "content_type" in sent:
        members.pop("content_type", None)
    if "deserializer" in own and "accept" not in own:  # the target's would be for another reader
        members.pop("accept", None)
    return _Call(
        choice=choice,
        client=door.client(settings, **connection),
        options=options,
        body=sent,
        members=members,
    )


def _fits(name: str, value: object, own: Mapping[str, Any]) -> bool:
    """Whether a target's option is of use for *value*: its table options wait for a table, and for its own type."""
    if name in ("orient", "header") and "content_type" in own:
        return False
    if name == "orient":
        return isinstance(value, list) or hasattr(value, "shape")
    return name not in TABLE or hasattr(value, "columns")


def _dry_run(door: SageMakerMagics, call: _Call, request: Request) -> Request:
    from .. import views
    from ..members import PATHS, inputs

    headers = [
        (place.header, str(value))
        for member in inputs(request.operation)
        if (place := member.place(request.operation)) is not None and place.header is not None
        if (value := getattr(request, member.name, None)) is not None
    ]
    path = PATHS[request.operation].format(EndpointName=request.endpoint)
    facts = request.payload.facts.notes if request.payload else ()
    facts = (*facts, *notes(request, call.client, call.options))
    where, settings = call.client.home(request).where, call.client.settings
    Status(door.shell, "", quiet=bool(call.options.get("quiet"))).answer(
        lambda: views.request_card(request, where, path, headers, settings, facts)
    )
    door.marks.add(request)
    return request


def _send(door: SageMakerMagics, call: _Call, request: Request) -> Result:
    options = call.options
    status = _status(door, call, request)
    try:
        with status:
            result = call.client.send(
                request,
                query=options.get("query"),
                deserializer=options.get("deserializer"),
                view=options.get("view", "auto"),
                on_progress=status.progress,
                on_part=status.part if isinstance(status, Live) else None,
            )
    except SmMagicError as error:
        keep_rest(door, options, error, status)
        raise
    status.result(result)
    door.marks.add(result)
    keep(door, options, result)
    return result


def _status(door: SageMakerMagics, call: _Call, request: Request) -> Status:
    quiet, settings = bool(call.options.get("quiet")), call.client.settings
    if request.operation == "InvokeEndpointWithResponseStream":
        return Live(door.shell, f"Streaming {call.choice.name}", settings, quiet=quiet)
    return Status(door.shell, f"Invoking {call.choice.name}", quiet=quiet, html=settings.html)
