"""The card of an answer: where, what, who answered, what it said; then the value.  And the cards of other things.

A MIME bundle holds text/plain, and text/html unless that is turned off; nothing else may stand beside html
(frontends would show it instead).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..members import inputs
from ..messages import Payload, Request, Where
from ..privacy import redact
from ..settings import Settings
from .attributes import pairs
from .base import Card, Shown
from .facts import Fact, Pair, Said, facts_html, facts_text
from .grid import Grid, grid_shown
from .markup import Markup, join, tag
from .preview import form_view, hex_view, is_text, text_of
from .printable import one_line as line
from .printable import printable
from .quantities import plural, seconds, size
from .style import STYLE

_NAMES: Final = 10  # So many columns are named in a note.
_NAME: Final = 100  # characters of a name that the other side chose
_PREVIEW: Final = 4_000  # bytes of a body in a dry run
_ROWS: Final = 200  # rows of a report's table
_LATER: Final = "InvokeEndpointAsync"
_BODY_MEMBERS: Final = frozenset({"endpoint", "body", "content_type"})


def card(card: Card, shown: Shown | None, settings: Settings) -> dict[str, str]:
    """The card and below it the value, as a MIME bundle."""
    facts = [Fact(label, said) for label, said in _facts(card) if said]
    text = facts_text(_title(card), facts)
    html = facts_html(_title_html(card), facts) if settings.html else None
    if shown is not None:
        text = f"{text}\n\n{shown.text}"
    return _bundle(text, html, shown.html if shown else None)


def one_line(card: Card) -> str:
    """A card in one line, for a repr: ``<Result iris → variant blue · application/json 96 bytes · 12.3 ms>``."""
    return f"<Result {_title(card, received=True)}>"


def request_card(
    request: Request,
    where: Where | None,
    path: str,
    headers: Sequence[tuple[str, str]],
    settings: Settings,
    notes: Sequence[str] = (),
) -> dict[str, str]:
    """The exact request, for a dry run: method, path, every header, the body's size and beginning."""
    said = [Fact(name, redact(value)) for name, value in headers]
    if where is not None:
        said.insert(0, Fact("to", redact(str(where))))
    body = request.payload
    said.append(Fact("body", "none" if body is None else _sent(body)))
    if told := _notes(body, notes):
        said.append(Fact("notes" if len(told) > 1 else "note", _lines(told)))
    title = f"POST {line(redact(path))} · dry run: nothing was sent"
    preview = _preview(body) if body is not None and body.size else ""
    text = facts_text(title, said) + (f"\n\n{preview}" if preview else "")
    html = facts_html(join(tag("strong", "POST ", line(redact(path))), " · dry run: nothing was sent"), said)
    shown = tag("pre", preview, class_="sm-magic-text") if preview else None
    return _bundle(text, html if settings.html else None, shown)


def report(
    title: str,
    facts: Sequence[tuple[str, object]],
    table: tuple[Sequence[str], Sequence[Sequence[object]]] | None = None,
    *,
    lines: Sequence[str] = (),
    settings: Settings | None = None,
) -> dict[str, str]:
    """A title, labelled facts and perhaps a table, or lines: what is not an answer but is shown like one."""
    said = [Fact(label, _redacted(value)) for label, value in facts]
    title = redact(line(title))
    text, html, below = facts_text(title, said), facts_html(join(title), said), None
    if table is not None:
        names, rows = table
        cells = [[redact(v) if isinstance(v, str) else v for v in row] for row in rows[:_ROWS]]
        grid = Grid(names=names, rows=cells, height=len(rows), width=len(names))
        shown = grid_shown(grid, 1 << 17)
        text, below = f"{text}\n\n{shown.text}", shown.html
    if lines:
        said_lines = "\n".join(redact(line(one)) for one in lines)
        text, below = (
            f"{text}\n\n{said_lines}",
            join(below or "", tag("pre", said_lines, class_="sm-magic-text")),
        )
    return _bundle(text, html if settings is None or settings.html else None, below)


# --- what a card says ---------------------------------------------------------------------------------------


def _title(card: Card, *, received: bool = False) -> str:
    variant = f"variant {line(card.variant, _NAME)}" if card.variant else _no_variant(card)
    parts = [f"{line(card.request.endpoint, _NAME)} → {variant}"]
    if received:
        parts.append(f"{line(_kind(card.received), _NAME)} {size(_received(card))}")
    return " · ".join([*parts, *_measures(card)])


def _title_html(card: Card) -> Markup:
    endpoint = tag("strong", line(card.request.endpoint, _NAME))
    variant: Markup | str = _no_variant(card)
    if card.variant:
        variant = join("variant ", tag("b", line(card.variant, _NAME), class_="sm-magic-variant"))
    return join(endpoint, " → ", variant, *(f" · {measure}" for measure in _measures(card)))


def _no_variant(card: Card) -> str:
    return "asynchronous" if card.request.operation == _LATER else "no variant named"


def _measures(card: Card) -> Iterator[str]:
    if card.rows:
        yield line(card.rows, 2 * _NAME)
    if card.latency is not None:
        yield seconds(card.latency)
    if card.status != 200:
        yield f"HTTP {card.status}"


def _facts(card: Card) -> Iterator[tuple[str, Said]]:
    request = card.request
    yield "where", redact(str(card.where))
    if request.target is not None:
        yield (
            "target",
            f"{request.target} stands for {request.endpoint} (it wins over an endpoint of its name)",
        )
    if request.operation == _LATER:
        yield "variant, custom attributes", "not reported for asynchronous requests"
    else:
        yield "custom attributes", _custom_attributes(card.custom_attributes)
    sent = "no body" if request.payload is None else _sent(request.payload, request)
    yield "sent → received", f"{sent} → {_kind(card.received)}, {size(_received(card))}"
    yield "streamed", card.stream or ""
    yield "sent with", _members(request)
    yield "request", f"{card.request_id or 'no id'} · {plural(card.attempts, 'attempt')}"
    yield "session", list(_sessions(card))
    notes = _notes(request.payload, card.notes)
    yield "notes" if len(notes) > 1 else "note", _lines(notes)


def _custom_attributes(text: str | None) -> Said:
    if not text:
        return "none set by the model"
    return pairs(text) or text


def _kind(payload: Payload) -> str:
    return payload.content_type.strip() or "no content type"


def _received(card: Card) -> int:
    return card.received.size if card.received_bytes is None else card.received_bytes


def _sent(payload: Payload, request: Request | None = None) -> str:
    if request is not None and request.input_location is not None and not payload.size:
        return f"{_kind(payload)} from S3"
    rows, columns = payload.facts.rows, payload.facts.columns
    parts = [_kind(payload)]
    if rows is not None:
        shape = plural(rows, "row")
        parts.append(shape if columns is None else f"{shape} × {plural(columns, 'column')}")
    return ", ".join([*parts, size(payload.size)])


def _members(request: Request) -> tuple[Pair, ...]:
    """What else was asked for, by the API's own names."""
    members = (m for m in inputs(request.operation) if m.name not in _BODY_MEMBERS)
    values = ((m.parameter, getattr(request, m.name, None)) for m in members)
    return tuple(Pair(name, redact(str(value))) for name, value in values if value is not None)


def _sessions(card: Card) -> Iterator[str]:
    if card.new_session_id:
        until = f", expires {card.session_expires}" if card.session_expires else ""
        yield f"opened {card.new_session_id}{until}"
    if card.closed_session_id:
        yield f"closed {card.closed_session_id}"


def _notes(sent: Payload | None, more: Sequence[str]) -> list[str]:
    notes: list[str] = []
    if sent is not None:
        facts = sent.facts
        if facts.dropped:
            notes.append(f"Columns left out: {_some(facts.dropped)}.")
        if facts.text_columns:
            named = _some(facts.text_columns)
            notes.append(f"Columns that hold no numbers: {named}. Most tabular containers fail on them.")
        notes.extend(facts.notes)
    return list(dict.fromkeys([*notes, *more]))


def _lines(notes: Sequence[str]) -> list[str]:
    """Notes below one another; a hint, which follows its sentence after a newline, in a line of its own."""
    return [text for note in notes for text in note.split("\n") if text.strip()]


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMES
    listed = ", ".join(line(str(name), _NAME) for name in names[:_NAMES])
    return f"{listed} and {more} more" if more > 0 else listed


def _redacted(value: object) -> Said:
    if isinstance(value, list | tuple):
        return [redact(str(item)) for item in value]
    return redact(str(value))


def _preview(payload: Payload) -> str:
    if (form := form_view(payload)) is not None:
        return printable(form)
    if not is_text(payload):
        return hex_view(payload.body)
    text = printable(text_of(payload, _PREVIEW)).rstrip("\n")
    more = payload.size - _PREVIEW
    return f"{text}\n… {size(more)} more" if more > 0 else text


def _bundle(text: str, head: Markup | None, value: Markup | None) -> dict[str, str]:
    bundle = {"text/plain": text}
    if head is not None:
        below = tag("div", value, class_="sm-magic-value") if value else Markup()
        bundle["text/html"] = str(tag("div", STYLE, head, below, class_="sm-magic-card"))
    return bundle
