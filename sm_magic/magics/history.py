"""``%sm_history``: what was sent and answered; a call in detail; its cell, to make it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ..errors import UsageError
from ..members import inputs
from ..messages import Payload
from ..records import Record, history
from .options import Parsed, help_text, parse
from .retyped import retyped
from .status import Status

if TYPE_CHECKING:
    from ..cells import Cell
    from .extension import SageMakerMagics

__all__ = ["show"]

_Facts = list[tuple[str, object]]
_Table = tuple[Sequence[str], Sequence[Sequence[object]]]
_NAMES: Final = ("call", "when", "endpoint", "sent", "received", "variant", "latency", "error")
_ONE: Final = ("insert", "bodies", "save")
_TOLD: Final = frozenset({"endpoint", "body", "content_type"})  # by facts of their own


def show(door: SageMakerMagics, line: str, names: Mapping[str, Any]) -> None:
    """Run the magic."""
    parsed = parse("sm_history", line, names)
    if parsed.help:
        print(help_text("sm_history"))
        return
    record = _chosen(parsed)
    if parsed.options.get("clear"):
        _cleared(door)
    elif record is None:
        _listed(door)
    elif parsed.options.get("insert"):
        _inserted(door, record, parsed.options.get("save"), names)
    else:
        _detailed(door, record, parsed.options)


def _chosen(parsed: Parsed) -> Record | None:
    """The call that the line names; UsageError if there is none, or for an option that needs one."""
    number, options = parsed.arguments.get("NUMBER"), parsed.options
    if options.get("clear") and (number or len(options) > 1):
        raise UsageError("--clear forgets all calls, and stands alone.", hint="%sm_history --clear")
    known = {str(record.number): record for record in history}
    last = next(reversed(known), None)
    if number is None:
        dest = next((dest for dest in _ONE if dest in options), None)
        if dest is None:
            return None
        raise UsageError(f"--{dest} is for one call.", hint=f"%sm_history {last or 'N'} --{dest}")
    record = known.get(number.lstrip("#"))
    if record is None:
        kept = f"Those from {next(iter(known))} to {last} are kept." if known else "No calls are kept."
        raise UsageError(f"There is no call {number}.", hint=kept)
    return record


def _listed(door: SageMakerMagics) -> None:
    """All that are kept, newest first."""
    rows = [_row(record) for record in reversed(tuple(history))]
    facts: _Facts = [] if rows else [("", "none yet: %sm_invoke ENDPOINT INPUT")]
    filled = [at for at, _ in enumerate(_NAMES) if at < 5 or any(row[at] for row in rows)]
    table = [_NAMES[at] for at in filled], [[row[at] for at in filled] for row in rows]
    _report(door, "calls", facts, table if rows else None)


def _row(record: Record) -> tuple[str, ...]:
    from ..views.quantities import seconds

    return (
        str(record.number),
        _when(record.when),
        _called(record),
        _body(record.content_type, record.sent),
        _answered(record),
        record.variant or "",
        "" if record.latency is None else seconds(record.latency),
        (record.error or "").partition("\n")[0],
    )


def _called(record: Record) -> str:
    target = record.request.target
    return f"{target} ({record.endpoint})" if target and target != record.endpoint else record.endpoint


def _when(when: datetime) -> str:
    """The time of day, here; of earlier days the date too."""
    here = when.astimezone()
    return (
        f"{here:%H:%M:%S}" if here.date() == datetime.now().astimezone().date() else f"{here:%Y-%m-%d %H:%M}"
    )


def _body(content_type: str | None, count: int) -> str:
    from ..views.quantities import size

    return f"{content_type or 'no content type'} {size(count)}"


def _answered(record: Record) -> str:
    if record.received is None:
        return "" if record.cell is None else "not sent"
    return _body(record.received_type, record.received)


def _cleared(door: SageMakerMagics) -> None:
    count = len(history)
    history.clear()
    _report(door, "calls", [("forgotten", str(count))])


def _detailed(door: SageMakerMagics, record: Record, options: Mapping[str, Any]) -> None:
    """All facts of one call; its bodies if that is asked for."""
    facts = [*_said(record)]
    if "save" in options:
        facts.append(("written", f"what was sent, to {_write(record, options['save'])}"))
    bodies = [*_bodies(record)] if options.get("bodies") else []
    _report(door, f"call {record.number} · {_called(record)}", facts, bodies=bodies)


def _said(record: Record) -> _Facts:
    from ..views.quantities import seconds

    request, result = record.request, record.result
    members = (
        (m.parameter, getattr(request, m.name, None))
        for m in inputs(request.operation)
        if m.name not in _TOLD
    )
    latency = None if record.latency is None else seconds(record.latency)
    told = (
        ("when", f"{record.when.astimezone():%Y-%m-%d %H:%M:%S %Z}"),
        ("where", result and str(result.where)),
        ("operation", record.operation),
        ("target", request.target),
        *((name, value) for name, value in members),
        ("sent" if record.cell is None else "not sent", _body(record.content_type, record.sent)),
        ("", record.sent_digest),
        ("received", record.received is not None and _body(record.received_type, record.received)),
        ("", record.received_digest),
        ("variant", record.variant),
        ("latency", latency),
        ("request id", result and result.response.request_id),
        ("error", record.error),
        ("typed", request.typed and request.typed.partition("\n")[0]),
    )
    return [(name, value) for name, value in told if value]


def _bodies(record: Record) -> list[tuple[str, Payload | None]]:
    result = record.result
    return [("sent", record.request.payload), ("received", result.response.payload if result else None)]


def _write(record: Record, path: str) -> str:
    from .. import files

    payload = record.request.payload
    if payload is None:
        raise UsageError(
            f"What call {record.number} sent is not kept any more.",
            hint="%config SageMakerMagics.history_bytes",
        )
    return str(files.write(path, payload.body))


def _inserted(door: SageMakerMagics, record: Record, path: str | None, names: Mapping[str, Any]) -> None:
    """The call's cell is the next one."""
    from ..cells import Cell

    ready = record.cell is not None and path is None
    made = Cell(text=record.cell or "") if ready else _cell(door, record, path, names)
    facts: _Facts = []
    if made.file is not None:
        if path is None:
            raise UsageError(
                f"What call {record.number} sent, {_body(record.content_type, record.sent)}, can't stand in a cell.",
                hint=f"%sm_history {record.number} --insert --save {made.file}",
            )
        facts.append(("written", f"what was sent, to {_write(record, made.file)}"))
    door.shell.set_next_input(made.text)
    facts += [("", lost) for lost in made.lost]
    if record.request.typed is None and not ready:
        facts.append(("", "Made by Python: how its answer was read, shown or kept is not in the cell."))
    _report(
        door, f"call {record.number} is in the next cell", [("line", made.text.partition("\n")[0]), *facts]
    )


def _cell(door: SageMakerMagics, record: Record, path: str | None, names: Mapping[str, Any]) -> Cell:
    from ..cells import cell

    typed, request = retyped(record.request.typed), record.request
    if typed.reader:  # its ACCEPT is sent again
        request = replace(request, accept=None)
    if typed.uploaded and (typed.source is not None or record.sent):  # it is uploaded again
        request = replace(request, input_location=None)
    source = None if path is not None and request.payload is not None else typed.source
    return cell(
        request,
        source=source,
        code=None if source is None else typed.code,
        words=typed.words,
        file=path,
        targets=door.settings().targets,
        names=names,
    )


def _report(
    door: SageMakerMagics,
    title: str,
    facts: _Facts,
    table: _Table | None = None,
    bodies: Sequence[tuple[str, Payload | None]] = (),
) -> None:
    def bundle() -> dict[str, str]:
        from .. import views

        made = views.report(title, facts, table, settings=door.settings())
        for name, payload in bodies:
            _add_body(door, made, name, payload)
        return made

    Status(door.shell, title).answer(bundle)


def _add_body(door: SageMakerMagics, bundle: dict[str, str], name: str, payload: Payload | None) -> None:
    """A body below the facts: text as text, the rest as hex, both capped."""
    from ..views import raw
    from ..views.base import Answer, Shown
    from ..views.markup import join, tag

    if payload is None:
        shown = Shown(html=tag("p", "not kept"), text="not kept")
    else:
        shown = raw.show(Answer(value=payload.body, payload=payload), door.settings())
    bundle["text/plain"] += f"\n\n{name}\n{shown.text}"
    if "text/html" in bundle:
        bundle["text/html"] += str(tag("div", join(tag("p", name), shown.html), class_="sm-magic-card"))
