"""The shapes in which `story` answers as OpenAI's API does, and vLLM after it: completions, chats, tool calls.

Sources: OpenAI's API reference; vLLM for `reasoning` and for an error within a stream.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from .ngrams import tokens
from .story_answers import Text, Write
from .story_pace import Writing
from .story_request import Asked, content

_FINISH = {"length": "length", "end": "stop", "stop": "stop", "error": "error"}
_EFFORTS = {"minimal": 8, "low": 16, "medium": 32, "high": 64}  # tokens of thought
_PIECE = 6  # characters of a tool's arguments that come at once


class Completion(Text):
    """``{"prompt": …}``: text_completion."""

    closing = "[DONE]"
    kind, piece = "text_completion", "text_completion"

    def __init__(self, asked: Asked, write: Write) -> None:
        super().__init__(asked, write)
        self._head = {"id": f"{self.kind[:4]}-{uuid.uuid4().hex}", "created": int(time.time())}
        self._spent = 0

    def whole(self) -> Any:
        """One choice, and what it took."""
        text = super().whole()
        self._spent = self.writing.count
        return self._answer({"text": text, "finish_reason": _FINISH[self.writing.finish]})

    def _answer(self, choice: Mapping[str, Any]) -> dict[str, Any]:
        return self._document(self.kind, choice) | {"usage": self._usage()}

    def _running(self) -> Iterator[Any]:
        for token in self.writing:
            yield self._document(self.piece, {"text": token.text, "finish_reason": None})
        self._spent = self.writing.count
        yield self._document(self.piece, {"text": "", "finish_reason": _FINISH[self.writing.finish]})
        yield from self._counted()

    def _failed(self, text: str) -> Iterator[Any]:
        yield {"error": {"message": text, "type": "InternalServerError", "param": None, "code": 500}}

    def _finished_badly(self) -> Iterator[Any]:
        yield self._document(self.piece, {"text": "", "finish_reason": "error"})

    def _counted(self) -> Iterator[Any]:
        """The usage, where it was asked for: a last chunk without a choice."""
        options = self.asked.body.get("stream_options")
        if isinstance(options, dict) and options.get("include_usage") is True:
            yield self._document(self.piece, None) | {"usage": self._usage()}

    def _document(self, kind: str, choice: Mapping[str, Any] | None) -> dict[str, Any]:
        choices = [] if choice is None else [{"index": 0, **choice}]
        model = str(self.asked.body.get("model") or "story")
        return {**self._head, "object": kind, "model": model, "choices": choices}

    def _usage(self) -> dict[str, Any]:
        prompt = self._prompt_tokens()
        return {
            "prompt_tokens": prompt,
            "completion_tokens": self._spent,
            "total_tokens": prompt + self._spent,
        }

    def _prompt_tokens(self) -> int:
        return len(tokens(self.asked.prompt))


class Chat(Completion):
    """``{"messages": […]}``: thought, then an answer or calls of tools."""

    kind, piece = "chat.completion", "chat.completion.chunk"

    def __init__(self, asked: Asked, write: Write) -> None:
        super().__init__(asked, write)
        self._write = write
        self._thought = 0
        self.writing = write(prompt="", most=asked.most)  # an answer begins anew, it doesn't go on

    def whole(self) -> Any:
        """A message put together from its deltas, which is what it is."""
        message: dict[str, Any] = {"role": "assistant", "content": None}
        for delta in self._deltas():
            for key, said in delta.items():
                message[key] = _joined(message.get(key), said)
        return self._answer({"message": message, "finish_reason": self._finish()})

    def _running(self) -> Iterator[Any]:
        for delta in self._deltas():
            yield self._document(self.piece, {"delta": delta, "finish_reason": None})
        yield self._document(self.piece, {"delta": {}, "finish_reason": self._finish()})
        yield from self._counted()

    def _finished_badly(self) -> Iterator[Any]:
        yield self._document(self.piece, {"delta": {}, "finish_reason": "error"})

    def _deltas(self) -> Iterator[dict[str, Any]]:
        yield {"role": "assistant", "content": ""} if self.asked.stream else {}
        effort = _EFFORTS.get(str(self.asked.body.get("reasoning_effort")), 0)
        key = str(self.asked.body.get("reasoning_key") or "reasoning")
        for token in self._write(prompt="", most=effort, purpose="thought") if effort else ():
            self._thought += 1
            self._spent += 1
            yield {key: token.text}
        for number, tool in enumerate(self._tools()):
            yield from self._call(number, tool)
        for token in () if self._tools() else self.writing:
            self._spent += 1
            yield {"content": token.text}

    def _tools(self) -> list[dict[str, Any]]:
        """The tools to call: the first, or the one that was chosen; all where calls in parallel are wanted."""
        offered, choice = self.asked.body.get("tools"), self.asked.body.get("tool_choice")
        if (
            not isinstance(offered, list)
            or choice == "none"
            or self.asked.body["messages"][-1].get("role") == "tool"
        ):
            return []
        functions = [tool["function"] for tool in offered if isinstance(tool, dict) and _is_function(tool)]
        if isinstance(choice, dict):
            named = (choice.get("function") or {}).get("name")
            return [one for one in functions if one["name"] == named][:1]
        return functions if self.asked.body.get("parallel_tool_calls") is True else functions[:1]

    def _call(self, number: int, tool: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """A call: its name, then its arguments, a token's time for each piece."""
        function = {"name": tool["name"], "arguments": ""}
        head = {"id": f"call_{uuid.uuid4().hex[:24]}", "type": "function", "function": function}
        yield {"tool_calls": [{"index": number, **head}]}
        words = self._write(prompt="", most=4, purpose=f"tool {number}", pace=lambda: None)
        arguments = json.dumps(_arguments(tool.get("parameters"), words), ensure_ascii=False)
        for start in range(0, len(arguments), _PIECE):
            self.writing.pace()
            self._spent += 1
            piece = {"arguments": arguments[start : start + _PIECE]}
            yield {"tool_calls": [{"index": number, "function": piece}]}

    def _finish(self) -> str:
        return "tool_calls" if self._tools() else _FINISH[self.writing.finish]

    def _usage(self) -> dict[str, Any]:
        usage = super()._usage()
        return (
            usage | {"completion_tokens_details": {"reasoning_tokens": self._thought}}
            if self._thought
            else usage
        )

    def _prompt_tokens(self) -> int:
        return sum(len(tokens(content(message))) for message in self.asked.body["messages"])


def _joined(before: Any, said: Any) -> Any:
    """What a key of the message holds, and one more delta of it."""
    if not isinstance(said, list):
        return said if before is None else before + said
    (piece,) = said
    calls = [] if before is None else before
    if "id" in piece:
        return [*calls, {key: value for key, value in piece.items() if key != "index"}]
    calls[-1]["function"]["arguments"] += piece["function"]["arguments"]
    return calls


def _is_function(tool: Mapping[str, Any]) -> bool:
    function = tool.get("function")
    return isinstance(function, dict) and isinstance(function.get("name"), str)


def _arguments(schema: Any, writing: Writing) -> dict[str, Any]:
    """A value for each property of a JSON schema; texts are the model's own."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return {}
    text = "".join(token.text for token in writing).strip()
    return {name: _value(one, text) for name, one in properties.items()}


def _value(schema: Any, text: str) -> Any:
    if not isinstance(schema, dict):
        return text
    if isinstance(options := schema.get("enum"), list) and options:
        return options[0]
    values = {"integer": 7, "number": 7.5, "boolean": True, "array": [text], "object": {}}
    return values.get(str(schema.get("type")), text)
