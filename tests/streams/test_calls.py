"""Tool calls out of their pieces, as servers differ."""

from __future__ import annotations

from typing import Any

import pytest

from sm_magic.errors import CodecError
from sm_magic.streams.calls import Calls


def call(index: int | None = 0, id: str | None = None, **function: str) -> dict[str, Any]:  # noqa: A002
    """A piece of a tool call."""
    return {**({} if index is None else {"index": index}), **({"id": id} if id else {}), "function": function}


def joined(*pieces: object) -> list[tuple[str, str]]:
    """Names and arguments of the calls."""
    calls = Calls()
    for piece in pieces:
        calls.add(piece)
    return [(one.name, one.arguments) for one in calls.joined()]


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        ([call(0, "a", name="f", arguments="{"), call(1, "b", name="g"), call(0, arguments="}")],
         [("f", "{}"), ("g", "")]),
        ([call(0, "a", name="f", arguments="{}"), call(0, "b", name="g", arguments="[]")], [("f", "{}"), ("g", "[]")]),
        ([call(None, name="f", arguments="{}"), call(None, name="f", arguments="[]")], [("f", "{}"), ("f", "[]")]),
        ([call(None, name="f", arguments="{"), call(None, arguments="}")], [("f", "{}")]),
        ([call(0, "a", name="f", arguments="{"), call(0, "a", name="f", arguments="}")], [("f", "{}")]),
        ([call(0, "a", name="get_"), call(0, name="time", arguments="{}")], [("get_time", "{}")]),
        ([{"index": 0, "function": {"name": "f", "arguments": {"é": 1}}}], [("f", '{"é": 1}')]),
        ([{"index": 0, "function": {"name": "f", "arguments": None}}], [("f", "")]),
        ([None, 3, {}, {"index": 0}, {"function": []}, {"id": "a", "function": {}}], []),
    ],
)  # fmt: skip
def test_pieces_find_their_call(pieces, calls):
    """By index; by id where all have index 0; by name where there is neither; a name may be in pieces, or repeated."""
    assert joined(*pieces) == calls


def test_calls_do_not_fill_the_memory():
    """A sentence, and not a dead kernel."""
    calls = Calls()
    with pytest.raises(CodecError, match="64 MiB"):
        for _ in range(100):
            calls.add(call(0, arguments="x" * 1_000_000))
