"""What a request asks of `story`: its prompt, how to generate, in which shape to answer, and what shall go wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..fleet import ContainerError
from ..wire import Call

SHAPES: Mapping[str, str] = {
    "tgi": "text/event-stream",
    "lmi": "application/jsonlines",
    "outputs": "application/jsonlines",
    "chat": "text/event-stream",
    "completion": "text/event-stream",
    "text": "text/plain",
}
"""Shape -> the type in which it is streamed where Accept leaves it open."""
FAULTS = (
    "ModelStreamError",
    "ModelInvocationTimeExceeded",
    "InternalStreamFailure",
    "error",
    "finish_reason",
    "truncate",
    "cut",
    "half frame",
)
_MOST = 10_000_000
_ANY = frozenset({"", "*/*", "application/json"})
_NUMBERS: Mapping[str, tuple[float, float, float]] = {  # lowest, highest, where nothing is said
    "max_new_tokens": (1, _MOST, 64),
    "temperature": (0, 100, 0.4),
    "seed": (-(2**63), 2**64, 0),
    "delay": (0, 60, 0),
    "fault_after": (0, _MOST, 5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, read and checked.  `body` is its JSON object, for what only one shape knows."""

    prompt: str
    shape: str
    content_type: str
    stream: bool
    most: int
    temperature: float
    seed: int
    stop: tuple[str, ...] = ()
    ignore_eos: bool = False
    delay: float = 0.0
    split: tuple[int, ...] = ()
    unterminated: bool = False
    fault: str | None = None
    fault_after: int = 0
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)


def read(call: Call) -> Asked:
    """The request in *call*; ContainerError 400 for one that is none, 406 and 415 for types that are not spoken."""
    if call.content_type == "text/plain":
        body: dict[str, Any] = {"prompt": _text(call.body), "format": "text", "stream": True}
    elif call.content_type in {"application/json", ""}:
        body = _object(call.body)
    else:
        raise ContainerError(415, f"story reads application/json and text/plain, not {call.content_type}")
    parameters = body.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise _wrong("parameters is an object")
    given = {**body, **parameters}
    shape = _shape(given, call.accept)
    stream = given.get("stream") is True
    numbers = {name: _number(given, name) for name in _NUMBERS}
    return Asked(
        prompt=_prompt(given, shape),
        shape=shape,
        content_type=_content_type(shape, call.accept, stream),
        stream=stream,
        most=int(numbers["max_new_tokens"]),
        temperature=numbers["temperature"],
        seed=int(numbers["seed"]),
        stop=_stop(given.get("stop")),
        ignore_eos=given.get("ignore_eos") is True,
        delay=numbers["delay"],
        split=_split(given.get("split")),
        unterminated=given.get("unterminated") is True,
        fault=_one_of("fault", given.get("fault"), FAULTS),
        fault_after=int(numbers["fault_after"]),
        body=given,
    )


def content(message: Any) -> str:
    """The text of a chat message, whose content may come in parts."""
    said = message.get("content") if isinstance(message, dict) else None
    if isinstance(said, list):
        said = "".join(str(part.get("text", "")) for part in said if isinstance(part, dict))
    return said if isinstance(said, str) else ""


def _shape(given: Mapping[str, Any], accept: str) -> str:
    """By the body's keys, as the servers that the shapes are of tell their routes apart; "format" says it outright."""
    asked = _one_of("format", given.get("format"), tuple(SHAPES))
    if "messages" in given:
        return "chat"
    if not {"inputs", "prompt"} & set(given):
        raise _wrong('needs "inputs", "messages" or "prompt"')
    if asked is not None and asked != "chat":
        return asked
    if accept == "text/plain":
        return "text"
    if "inputs" in given:
        return "lmi" if accept == "application/jsonlines" else "tgi"
    return "completion"


def _content_type(shape: str, accept: str, stream: bool) -> str:
    streamed = shape != "text" and accept in {"text/event-stream", "application/jsonlines"}
    if accept not in _ANY and not streamed and not (shape == "text" and accept == "text/plain"):
        raise ContainerError(406, f"story does not answer {accept} to this request")
    if shape == "text":
        return "text/plain"
    if not stream:
        return "application/json"
    return accept if streamed else SHAPES[shape]


def _prompt(given: Mapping[str, Any], shape: str) -> str:
    if shape == "chat":
        messages = given["messages"]
        if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) for m in messages):
            raise _wrong("messages is a list of objects, at least one")
        return content(messages[-1])
    prompt = given.get("inputs", given.get("prompt"))
    if not isinstance(prompt, str):
        raise _wrong("takes one prompt, a text")
    return prompt


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _wrong(f"takes a JSON object: {error}") from error
    if not isinstance(found, dict):
        raise _wrong("takes a JSON object")
    return found


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise _wrong(f"takes UTF-8: {error}") from error


def _number(given: Mapping[str, Any], name: str) -> float:
    lowest, highest, usual = _NUMBERS[name]
    value: Any = usual
    names = (name, "max_completion_tokens", "max_tokens") if name == "max_new_tokens" else (name,)
    for found in names:
        if given.get(found) is not None:
            name, value = found, given[found]
            break
    if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
        raise _wrong(f"{name} is a number from {lowest:g} to {highest:g}")
    return value


def _stop(given: Any) -> tuple[str, ...]:
    stops = [given] if isinstance(given, str) else given or []
    if not isinstance(stops, list) or not all(isinstance(stop, str) and stop for stop in stops):
        raise _wrong("stop is a text or a list of texts")
    return tuple(stops)


def _split(given: Any) -> tuple[int, ...]:
    sizes = [given] if isinstance(given, int) else given or []
    if not isinstance(sizes, list) or not all(type(size) is int and size > 0 for size in sizes):
        raise _wrong("split is a number of bytes, or a list of them")
    return tuple(sizes)


def _one_of(name: str, given: object, known: tuple[str, ...]) -> str | None:
    if given is not None and given not in known:
        raise _wrong(f"{name} is one of: {', '.join(known)}")
    return None if given is None else str(given)


def _wrong(text: str) -> ContainerError:
    return ContainerError(
        400, f"story: {text}" if not text.startswith(("takes", "needs")) else f"story {text}"
    )
