"""``%sm_invoke``: a line and a cell → a request, sent; its answer shown, kept, returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import SmMagicError, UsageError
from ..files import path_of
from ..messages import Request
from .body import TABLE, body, source
from .line import join_continuations
from .live import Live
from .options import Parsed, help_text, parse
from .status import Status
from .tables import MEMBERS
from .target import Choice, choose

if TYPE_CHECKING:
    from ..client import Client
    from ..result import Result
    from ..settings import Settings
    from .extension import SageMakerMagics

__all__ = ["invoke"]

_PREPARED = frozenset({member.dest for member in MEMBERS} | {*TABLE, "no_limit", "stream", "deserializer"})
_CONNECTION = frozenset({"profile", "region", "endpoint_url"})


def invoke(
    door: SageMakerMagics, line: str, cell: str | None, names: Mapping[str, Any]
) -> Result | Request | None:
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
    if call.options.get("dry_run"):
        return _dry_run(door, call, request)
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
    _check_save(own.get("save"))
    options = {**choice.options, **own}
    connection = {name: own[name] for name in _CONNECTION if name in own}
    if door.place is None:  # a target's connection does not lead away from the local endpoint
        connection = {name: options[name] for name in _CONNECTION if name in options}
    settings = replace(
        settings, **{name: options[name] for name in ("timeout", "retries") if name in options}
    )
    sent = body(origin, options, shell=door.shell, settings=settings, names=names)
    members = {name: value for name, value in options.items() if name in _PREPARED}
    if origin.kind in ("cell", "file", "form"):
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


def _check_save(path: str | None) -> None:
    """Where the answer shall go must be there before the call is paid for."""
    file = path_of(path) if path else None
    if file is not None and file.is_dir():
        raise UsageError(f"--save {path} is a folder.", hint="Give the file a name too.")
    if file is not None and not file.parent.is_dir():
        raise UsageError(f"There is no folder `{file.parent}` for --save.", hint="Make it first.")


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
        _keep_rest(door, call, error, status)
        raise
    status.result(result)
    door.marks.add(result)
    _keep(door, call, result)
    return result


def _status(door: SageMakerMagics, call: _Call, request: Request) -> Status:
    quiet, settings = bool(call.options.get("quiet")), call.client.settings
    if request.operation == "InvokeEndpointWithResponseStream":
        return Live(door.shell, f"Streaming {call.choice.name}", settings, quiet=quiet)
    return Status(door.shell, f"Invoking {call.choice.name}", quiet=quiet, html=settings.html)


def _keep(door: SageMakerMagics, call: _Call, result: Result) -> None:
    """Put the answer where the options say; what can fail comes last."""
    options = call.options
    if "out" in options:
        door.shell.push({options["out"]: result.value})
    if "save" in options:
        result.save(options["save"])
    if "out_frame" in options:
        door.shell.push({options["out_frame"]: result.frame()})


def _keep_rest(door: SageMakerMagics, call: _Call, error: SmMagicError, status: Status) -> None:
    """An answer came, but not whole or not decodable: show it, and keep its bytes where its value was wanted."""
    result: Any = error.result
    if result is None:
        return
    status.result(result)
    door.marks.add(result)
    if "out" in call.options:
        door.shell.push({call.options["out"]: result.value if result.problem is None else result.body})
    if "save" in call.options:
        result.save(call.options["save"])
