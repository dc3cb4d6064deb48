"""What a language or speech model said: the text itself, what it thought folded above it, its tool calls as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from textwrap import indent
from typing import Final, TypeAlias

from ..said import Reply, Said, ToolCall, read
from ..settings import Settings
from .base import Answer, Shown, View, room
from .grid import grid_shown
from .markup import Markup, join, tag
from .printable import columns, one_line, pad
from .quantities import number, part_of, plural
from .tables import Table, find
from .text import text_shown
from .tree import beside

Form: TypeAlias = Callable[[str, int], Shown]
"""(text, bytes it may take) -> the text as it came, or as the document that it is the source of."""
_CALLS: Final = 100  # So many tool calls are shown.
_NAME: Final = 64


def claims(answer: Answer) -> bool:
    """Whether the value is text that a model made."""
    return isinstance(answer.value, dict | list | Reply) and answer.once(read) is not None


def show(answer: Answer, settings: Settings) -> Shown:
    """Each text as it came: what looks like Markdown in it is shown as its source."""
    reply = answer.once(read)
    if reply is None:
        raise ValueError("there is no generated text in this answer")
    return reply_shown(reply, settings, text_shown)


def table(answer: Answer) -> Table | None:
    """A row for each text, or for each timed part of what was spoken."""
    reply = answer.once(read)
    return None if reply is None else find(list(reply.timed) or [_row(reply.name, one) for one in reply.said])


def reply_shown(reply: Reply, settings: Settings, form: Form) -> Shown:
    """Texts one below the other, numbered if there are several; then times, counts, and what else was there."""
    few, count = reply.said[: settings.max_rows], len(reply.said)
    space = room(settings)
    parts: list[Shown] = []
    if len(few) < count:
        parts.append(_line(part_of(len(few), count, "text")))
    for i, one in enumerate(few, 1):
        if count > 1:
            parts.append(_line(_about(f"{i} of {count:,}", _reason(one))))
        parts += _parts(one, form, space * 2 // 3 // len(few))
    if reply.timed and (timed := find(list(reply.timed))) is not None:
        grid = timed.grid(settings.max_rows, settings.max_columns)
        parts.append(grid_shown(replace(grid, under="timestamps"), space // 6))
    if line := about(reply):
        parts.append(_line(line))
    if reply.rest:
        parts.append(beside(reply.rest, space // 6))
    html = join(*(part.html for part in parts))
    return Shown(html=html, text="\n\n".join(part.text for part in parts))


def about(reply: Reply) -> str:
    """``finish_reason: stop · tokens: 12 prompt, 64 completion``, as far as told; of several texts the tokens alone."""
    return _about(_reason(reply.said[0]) if len(reply.said) == 1 else "", _tokens(reply))


def _parts(one: Said, form: Form, space: int) -> Iterator[Shown]:
    if one.reasoning.strip():
        yield _reasoning(one.reasoning, space // 3)
    if one.text.strip() or not one.tool_calls:
        yield form(one.text, space // 3)
    if one.tool_calls:
        yield _calls(one.tool_calls, space // 3)


def _reasoning(reasoning: str, space: int) -> Shown:
    inner = text_shown(reasoning, space * 2 // 3)
    count = tag("small", plural(len(reasoning), "character"))
    html = tag("details", tag("summary", "Reasoning, ", count), inner.html)
    return Shown(html=html, text=f"Reasoning:\n{indent(inner.text, '  ')}")


def _calls(calls: tuple[ToolCall, ...], space: int) -> Shown:
    """A row a call; its arguments whole, as long as there is room."""
    few = calls[:_CALLS]
    names = [one_line(call.name, _NAME) for call in few]
    arguments = [text_shown(call.arguments or "{}", space // len(few)) for call in few]
    caption = part_of(len(few), len(calls), "tool call")
    head = tag("tr", tag("th", "name", scope="col"), tag("th", "arguments", scope="col"))
    rows = [
        tag("tr", tag("th", name, scope="row", class_="sm-magic-line"), tag("td", text.html))
        for name, text in zip(names, arguments, strict=True)
    ]
    html = tag(
        "table",
        tag("caption", caption),
        tag("thead", head),
        tag("tbody", *rows),
        class_="sm-magic-table sm-magic-facts",
    )
    width = max(map(columns, names))
    lines = [
        f"{pad(name, width)}  {indent(text.text, ' ' * (width + 2)).lstrip()}"
        for name, text in zip(names, arguments, strict=True)
    ]
    return Shown(html=html, text="\n".join([f"{caption}: name, arguments", *lines]))


# --- in one line --------------------------------------------------------------------------------------------


def _reason(one: Said) -> str:
    return f"finish_reason: {one_line(one.finish_reason, _NAME)}" if one.finish_reason else ""


def _tokens(reply: Reply) -> str:
    """``tokens: 12 prompt, 64 completion``; a count of anything else by its name."""
    tokens, others = [], []
    for name, count in reply.usage.items():
        kind = name.removesuffix("tokens").rstrip("_")
        if kind == name:
            others.append(f"{one_line(name, _NAME)}: {number(count)}")
        else:
            amount = f"{count:,}" if isinstance(count, int) and count < 10**15 else number(count)
            tokens.append(f"{amount} {one_line(kind, _NAME)}".rstrip())
    return _about(f"tokens: {', '.join(tokens)}" if tokens else "", *others)


def _about(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _line(text: str) -> Shown:
    return Shown(html=Markup(tag("p", text)), text=text)


def _row(name: str, one: Said) -> dict[str, str | None]:
    """A text as a row: columns that no text fills are left out by who sees them all."""
    row: dict[str, str | None] = {name: one.text}
    if one.reasoning:
        row["reasoning"] = one.reasoning
    if one.tool_calls:
        row["tool_calls"] = "\n".join(f"{call.name} {call.arguments}" for call in one.tool_calls)
    if one.finish_reason:
        row["finish_reason"] = one.finish_reason
    return row


VIEW = View(name="generation", rank=28, claims=claims, show=show, table=table)
