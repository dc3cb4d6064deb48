"""Tool calls out of their pieces: a chat's deltas bring a name, then its arguments bit by bit.

Pieces belong together by `index` (OpenAI, vLLM; langchain-aws #617 is what happens otherwise).  Servers differ: some
send no index, some send 0 for each of several calls, which only their ids tell apart; some repeat the name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..errors import CodecError
from ..said import ToolCall, written
from .base import PENDING

__all__ = ["Calls"]

_PIECE: Final = 100  # bytes that a piece takes beside its characters, about


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class Calls:
    """The calls of one answer, in the order in which they began."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._at: dict[int | None, _Call] = {}
        self._size = 0

    def add(self, piece: object) -> None:
        """A piece as ``delta.tool_calls`` holds it: ``{"index": 0, "id": …, "function": {"name": …, "arguments": …}}``.

        Anything else is nothing.  CodecError: the calls have more than 64 MiB.
        """
        function = piece.get("function") if isinstance(piece, dict) else None
        if not isinstance(piece, dict) or not isinstance(function, dict):
            return
        index, call_id = piece.get("index"), piece.get("id")
        index = index if isinstance(index, int) else None
        self._add(function, index, call_id if isinstance(call_id, str) else "")

    def add_function(self, function: object) -> None:
        """A piece as the older ``delta.function_call`` holds it: there is but one such call."""
        if isinstance(function, dict):
            self._add(function, -1, "")

    def add_whole(self, call: ToolCall) -> None:
        """A call in one piece."""
        self._keep(len(call.name) + len(call.arguments))
        self._calls.append(_Call(name=call.name, arguments=[call.arguments]))

    def joined(self) -> tuple[ToolCall, ...]:
        """The calls so far."""
        whole = (ToolCall(name=call.name, arguments="".join(call.arguments)) for call in self._calls)
        return tuple(call for call in whole if call.name or call.arguments)

    def _add(self, function: Mapping[str, Any], index: int | None, call_id: str) -> None:
        name, arguments = function.get("name"), function.get("arguments")
        name = name if isinstance(name, str) else ""
        arguments = "" if arguments is None else written(arguments)
        self._keep(len(name) + len(arguments))
        call = self._at.get(index)
        if call is None or _begins(call, index, call_id, name):
            call = self._at[index] = _Call(call_id)
            self._calls.append(call)
        call.id = call.id or call_id
        if not call.arguments:
            call.name += name
        if arguments:
            call.arguments.append(arguments)

    def _keep(self, size: int) -> None:
        self._size += size + _PIECE
        if self._size > PENDING:
            raise CodecError(
                f"The tool calls of the stream have more than {PENDING // (1024 * 1024)} MiB.",
                hint="What came before them is kept; `.body` has the bytes.",
            )


def _begins(call: _Call, index: int | None, call_id: str, name: str) -> bool:
    """Whether a piece with this name is another call's: by its id, or because *call* has all of its name."""
    if not name:
        return False
    if call_id and call.id and call_id != call.id:
        return True
    return bool(call.arguments) and (index is None or name != call.name)
