"""What a language or speech model said, whatever its server's way to write it: text, reasoning, tool calls, usage.

Shapes: Hugging Face pipelines, TGI and LMI (`generated_text`, `summary_text`, `translation_text`), JumpStart
(`generation`, `generated_texts`), chat completions of OpenAI's kind (`choices`), Whisper (`text`, `chunks`), Seq2Seq.
Pure: decoded JSON goes in, and nothing here knows how it is shown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Final

_TEXTS: Final = ("generated_text", "generated_texts", "generation", "summary_text", "translation_text")
_BEGINS: Final = frozenset({*_TEXTS, "choices"})
_SPEECH: Final = frozenset(
    {"text", "chunks", "segments", "words", "language", "language_code", "language_probability"}
    | {"duration", "task", "usage", "word_segments"}
)
"""An object with `text` and any other key need not be speech."""
_TOLD: Final = frozenset({"role", "content", "reasoning", "reasoning_content", "tool_calls", "function_call"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call that a model asks for: the tool's name, and its arguments as the model wrote them (JSON, if it can)."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One text of an answer.

    reasoning: what the model thought before it.  finish_reason: why it ended: stop, length, tool_calls, …
    """

    text: str
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """All that an answer says.

    name: the key that the texts stood under.  usage: counts by name, such as prompt_tokens.
    timed: when parts of the text were spoken, in seconds: start, end, text, and the speaker if told.
    rest: what else was in the answer.
    """

    name: str
    said: tuple[Said, ...]
    usage: Mapping[str, float] = field(default_factory=dict)
    timed: tuple[Mapping[str, Any], ...] = ()
    rest: Mapping[str, object] = field(default_factory=dict)


def read(value: object) -> Reply | None:
    """What a decoded JSON value says; None if it holds no text that a model made.  A Reply is itself."""
    if isinstance(value, Reply):
        return value
    if isinstance(value, dict):
        return next((reply for of in _OF_OBJECTS if (reply := of(value)) is not None), None)
    return _of_list(value) if isinstance(value, list) and value else None


def _of_list(value: list[Any]) -> Reply | None:
    """``[{"generated_text": …}, …]``, and a list of those for each of several texts sent."""
    if isinstance(value[0], list):
        if not value[0] or not _begins(value[0][0]) or not all(isinstance(item, list) for item in value):
            return None
        value = list(chain.from_iterable(value))
    if not _begins(value[0]):
        return None
    replies = [reply for item in value if _begins(item) and (reply := read(item)) is not None]
    if len(replies) < len(value):
        return None
    usage: Counter[str] = Counter()
    for reply in replies:
        usage.update(reply.usage)
    rest = {str(i): reply.rest for i, reply in enumerate(replies, 1) if reply.rest}
    return replace(
        replies[0],
        said=tuple(chain.from_iterable(reply.said for reply in replies)),
        usage=usage,
        rest=rest if len(replies) > 1 else replies[0].rest,
    )


def _begins(item: object) -> bool:
    return isinstance(item, dict) and not _BEGINS.isdisjoint(item)


# --- the shapes ---------------------------------------------------------------------------------------------


def _choices(value: Mapping[str, Any]) -> Reply | None:
    """``{"choices": [{"message": {"content": …}, "finish_reason": …}], "usage": …}``, or with `text` in the choice."""
    choices = value.get("choices")
    if not isinstance(choices, list) or not choices:
        return None
    said, left = [], []
    for choice in choices:
        message = choice.get("message", choice.get("text")) if isinstance(choice, dict) else None
        if not isinstance(message, dict | str):
            return None
        said.append(_message(message, finish_reason(choice)))
        left.append(_but(choice, "index", "message", "text", "finish_reason"))
        if isinstance(message, dict) and (more := _but(message, *_TOLD)):
            left[-1]["message"] = more
    rest = {**_but(value, "choices", "usage"), **({"choices": left} if any(left) else {})}
    name = "content" if "message" in choices[0] else "text"
    return Reply(name=name, said=tuple(said), usage=counts(value.get("usage")), rest=rest)


def _texts(value: Mapping[str, Any]) -> Reply | None:
    """``{"generated_text": …}`` and its siblings, with TGI's and LMI's `details` beside it."""
    name = next((key for key in _TEXTS if key in value), None)
    if name is None:
        return None
    found, details = value[name], value.get("details")
    details = details if isinstance(details, dict) else {}
    rest = _but(value, name, "details")
    if more := _but(details, "finish_reason", "generated_tokens"):
        rest["details"] = more
    if _is_dialogue(found):  # a pipeline that was sent messages answers with all of them
        rest = {**rest, **({name: found[:-1]} if found[1:] else {})}
        found = found[-1]
    texts = found if isinstance(found, list) else [found]
    if not texts or not all(isinstance(text, str) or _is_message(text) for text in texts):
        return None
    said = tuple(_message(text, finish_reason(details)) for text in texts)
    usage = counts({"generated_tokens": details.get("generated_tokens")})
    return Reply(name=name, said=said, usage=usage, rest=rest)


def _speech(value: Mapping[str, Any]) -> Reply | None:
    """``{"text": …}`` of a speech model, whose `chunks` or `segments` have times, and from Whisper a space before."""
    parts = value.get("chunks", value.get("segments"))
    if not value.keys() <= _SPEECH or not ("text" in value or parts):
        return None
    timed = tuple(_timed(parts)) if isinstance(parts, list) else ()
    texts = value.get("text", "".join(part["text"] for part in timed))
    texts = texts if isinstance(texts, list) else [texts]
    if not texts or not all(isinstance(text, str) for text in texts) or (parts and not timed):
        return None
    said = tuple(Said(text=text.strip()) for text in texts)
    timed = tuple({**part, "text": part["text"].strip()} for part in timed)
    rest = _but(value, "text", "chunks", "segments", "usage")
    return Reply(name="text", said=said, usage=counts(value.get("usage")), timed=timed, rest=rest)


def _aligned(value: Mapping[str, Any]) -> Reply | None:
    """``{"predictions": [{"target": …, "matrix": [[…], …]}, …]}``: Seq2Seq, asked for its attention too."""
    found = value.get("predictions")
    if not isinstance(found, list) or not found or not (isinstance(found[0], dict) and "matrix" in found[0]):
        return None
    if not all(isinstance(item, dict) and isinstance(item.get("target"), str) for item in found):
        return None
    said = tuple(Said(text=item["target"]) for item in found)
    left = [_but(item, "target") for item in found]
    return Reply(name="target", said=said, rest={**_but(value, "predictions"), "predictions": left})


_OF_OBJECTS: Final[Sequence[Callable[[Mapping[str, Any]], Reply | None]]] = (
    _choices,
    _texts,
    _speech,
    _aligned,
)


# --- what they are made of ----------------------------------------------------------------------------------


def _message(message: Mapping[str, Any] | str, reason: str | None) -> Said:
    """A chat's message; reasoning is `reasoning` (vLLM 0.11 and later) or `reasoning_content` (older, SGLang)."""
    if isinstance(message, str):
        return Said(text=message, finish_reason=reason)
    thought = message.get("reasoning") or message.get("reasoning_content")
    return Said(
        text=content_text(message.get("content")),
        reasoning=thought if isinstance(thought, str) else "",
        tool_calls=tuple(_tool_calls(message)),
        finish_reason=reason,
    )


def content_text(content: object) -> str:
    """A message's content: text, or parts of which some are text; what the others are stands in brackets."""
    if not isinstance(content, list):
        return content if isinstance(content, str) else ""
    parts = (part if isinstance(part, dict) else {"text": str(part)} for part in content)
    return "".join(str(part.get("text", f"[{part.get('type')}]")) for part in parts)


def _tool_calls(message: Mapping[str, Any]) -> Iterator[ToolCall]:
    calls = message.get("tool_calls")
    found = calls if isinstance(calls, list) else []
    functions = [call.get("function") for call in found if isinstance(call, dict)]
    for function in (*functions, message.get("function_call")):
        if isinstance(function, dict):
            arguments = written(function.get("arguments", ""))
            yield ToolCall(name=str(function.get("name", "")), arguments=arguments)


def written(value: object) -> str:
    """A text as it is; any other JSON value as it is spelled."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "…"  # nested a thousand deep


def _timed(parts: list[Any]) -> Iterator[Mapping[str, Any]]:
    """``{"timestamp": [0.0, 2.5], "text": …}`` (Hugging Face), ``{"start": 0.0, "end": 2.5, "text": …}`` (Whisper)."""
    for part in parts:
        if not isinstance(part, dict) or not isinstance(part.get("text"), str):
            continue
        times = part.get("timestamp", (part.get("start"), part.get("end")))
        start, end = times if isinstance(times, list | tuple) and len(times) == 2 else (None, None)
        speaker = {"speaker": part["speaker"]} if "speaker" in part else {}
        yield {"start": start, "end": end, **speaker, "text": part["text"]}


def counts(found: object) -> dict[str, float]:
    """Counts by name; those in an object inside stand by their own names."""
    counts: dict[str, float] = {}
    for name, count in found.items() if isinstance(found, dict) else ():
        inner = count if isinstance(count, dict) else {name: count}
        counts |= {k: v for k, v in inner.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    return counts


def finish_reason(of: Mapping[str, Any]) -> str | None:
    """Why a choice ended, if it did, such as stop or length."""
    reason = of.get("finish_reason")
    return reason if isinstance(reason, str) else None


def _is_message(value: object) -> bool:
    return isinstance(value, dict) and "content" in value


def _is_dialogue(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_message, value)) and "role" in value[-1]


def _but(value: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """The rest of an object, without what is null or empty."""
    return {k: v for k, v in value.items() if k not in keys and v not in (None, {}, [])}
