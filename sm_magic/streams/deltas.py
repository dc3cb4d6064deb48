"""One JSON event of a stream → what it adds to the answer, whatever its server's way to write it.

Shapes: TGI and LMI (`token`), LMI's dynamic batches (`outputs`), chats and completions of OpenAI's kind (`choices`
with `delta` or `text`: vLLM, SGLang, TGI, LMI), and all that says it in one piece (`said.read`).
Pure, and without memory: what was before is `Speech`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from .. import said
from ..said import ToolCall

__all__ = ["CHAT", "COMPLETIONS", "LMI", "TGI", "Delta", "Whole", "read"]

TGI: Final = "TGI"
LMI: Final = "DJL LMI"
CHAT: Final = "OpenAI chat"
COMPLETIONS: Final = "OpenAI completions"
_OF_A_CHUNK: Final = frozenset({"id", "object", "model", "usage"})


class Delta(NamedTuple):
    """What an event adds.

    others: (index, text) of choices, or of a batch's texts, that are not the first.
    calls: pieces of tool calls as they came; function: a piece of the older kind, of which there is one.
    finish_reason: the first choice's.  seen, finished: indices of the choices in it, of those that end with it.
    tells: whether this shape says when it is complete.  error: the server's words for finish_reason "error".
    whole: all that was said, in one piece; a stream may repeat it at its end.
    """

    shape: str
    text: str = ""
    reasoning: str = ""
    others: tuple[tuple[int, str], ...] = ()
    calls: Sequence[object] = ()
    function: object = None
    finish_reason: str | None = None
    usage: Mapping[str, float] | None = None
    seen: tuple[int, ...] = (0,)
    finished: tuple[int, ...] = ()
    tells: bool = True
    error: str | None = None
    whole: Whole | None = None


class Whole(NamedTuple):
    """Text, reasoning and calls; alone: the event holds nothing else."""

    text: str
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()
    alone: bool = False


def read(value: object) -> Delta | None:
    """What a decoded JSON value adds; None if it holds no text that a model made."""
    delta = None
    if isinstance(value, dict):
        if (token := value.get("token")) is not None:
            delta = _of_token(value, token)
        elif (choices := value.get("choices")) is not None:
            delta = _of_choices(value, choices)
        elif "outputs" in value:
            delta = _of_batch(value)
    return delta or _in_one_piece(value)


def _of_token(value: Mapping[str, Any], token: object) -> Delta | None:
    """``{"token": {"id", "text", "special"}, "generated_text": null, "details": null}``: the last one has them all.

    LMI leaves out what is empty, and says `special_token`; special tokens are no text.
    """
    if not isinstance(token, dict) or not ("text" in token or "id" in token):
        return None
    text, details = token.get("text", ""), value.get("details")
    if not isinstance(text, str):
        return None
    if token.get("special") or token.get("special_token"):
        text = ""
    shape, generated = TGI if "special" in token else LMI, value.get("generated_text")
    if generated is None and details is None:
        return Delta(shape, text)
    details = details if isinstance(details, dict) else {}
    reason = said.finish_reason(details)
    ends, message = isinstance(generated, str) or reason is not None, token.get("error_msg")
    return Delta(
        shape,
        text,
        finish_reason=reason,
        usage=said.counts({name: details.get(name) for name in ("generated_tokens", "input_length")}),
        finished=(0,) if ends else (),
        error=message if isinstance(message, str) and message else None,
        whole=Whole(generated) if isinstance(generated, str) else None,
    )


def _of_batch(value: Mapping[str, Any]) -> Delta | None:
    """``{"outputs": ["This", …]}``: what each text of a batch adds; nothing says when they end."""
    texts = value["outputs"]
    if len(value) > 1 or not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return None
    if not texts:
        return None
    others = tuple(enumerate(texts))[1:]
    return Delta(LMI, texts[0], others=others, seen=tuple(range(len(texts))), tells=False)


# --- chats and completions ----------------------------------------------------------------------------------


def _of_choices(value: Mapping[str, Any], choices: object) -> Delta | None:
    """``{"choices": [{"index": 0, "delta": {…}, "finish_reason": null}], "usage": …}``; the last may lack choices."""
    if not isinstance(choices, list):
        return None
    usage = said.counts(found) if (found := value.get("usage")) is not None else None
    if not choices:
        shape = COMPLETIONS if value.get("object") == "text_completion" else CHAT
        return None if _OF_A_CHUNK.isdisjoint(value) else Delta(shape, usage=usage, seen=())
    parts = [_of_choice(choice, place) for place, choice in enumerate(choices)]
    if len(parts) == 1:
        (one,) = parts
        return one if one is None or usage is None else one._replace(usage=usage)
    told = [part for part in parts if part is not None]
    return _together(told)._replace(usage=usage) if len(told) == len(parts) else None


def _of_choice(choice: object, place: int) -> Delta | None:
    """One choice; None if it is none, or holds its message in one piece."""
    if not isinstance(choice, dict):
        return None
    index, reason = choice.get("index", place), said.finish_reason(choice)
    if not isinstance(index, int):
        index = place
    delta, text = choice.get("delta"), choice.get("text")
    finished = (index,) if reason is not None else ()
    if isinstance(delta, dict):
        part = _of_delta(delta, index)
    elif isinstance(text, str):
        others = ((index, text),) if index else ()
        part = Delta(COMPLETIONS, "" if index else text, others=others, tells="finish_reason" in choice)
    elif "message" in choice or not ("delta" in choice or "finish_reason" in choice):
        return None
    else:
        part = Delta(CHAT)
    if not index and reason is None:
        return part
    return part._replace(finish_reason=None if index else reason, seen=(index,), finished=finished)


def _of_delta(delta: Mapping[str, Any], index: int) -> Delta:
    """``{"content": …, "reasoning": …, "tool_calls": …}``; vLLM before 0.11 and SGLang say `reasoning_content`."""
    content = delta.get("content")
    content = content if isinstance(content, str) else said.content_text(content)
    if index:
        return Delta(CHAT, others=((index, content),) if content else ())
    thought, calls = delta.get("reasoning") or delta.get("reasoning_content"), delta.get("tool_calls")
    return Delta(
        CHAT,
        content,
        thought if isinstance(thought, str) else "",
        calls=calls if isinstance(calls, list) else (),
        function=delta.get("function_call"),
    )


def _together(parts: Sequence[Delta]) -> Delta:
    """Several choices in one event."""
    return Delta(
        parts[0].shape,
        "".join(part.text for part in parts),
        "".join(part.reasoning for part in parts),
        others=tuple(other for part in parts for other in part.others),
        calls=[call for part in parts for call in part.calls],
        function=next((part.function for part in parts if part.function), None),
        finish_reason=next((part.finish_reason for part in parts if part.finish_reason), None),
        seen=tuple(index for part in parts for index in part.seen),
        finished=tuple(index for part in parts for index in part.finished),
        tells=any(part.tells for part in parts),
    )


# --- in one piece -------------------------------------------------------------------------------------------


def _in_one_piece(value: object) -> Delta | None:
    """``{"generated_text": …}``, ``{"choices": [{"message": …}]}``, ``{"text": …}`` and all else that `said` reads."""
    reply = said.read(value)
    if reply is None:
        return None
    first, *rest = reply.said
    text = first.text
    if reply.name == "text" and isinstance(value, dict) and isinstance(value.get("text"), str):
        text = value["text"]  # as it came: where lines of these are a stream, a word begins with its space
    shape = CHAT if reply.name == "content" else reply.name
    seen = tuple(range(len(reply.said)))
    return Delta(
        shape,
        others=tuple((index, one.text) for index, one in enumerate(rest, 1)),
        finish_reason=first.finish_reason,
        usage=reply.usage,
        seen=seen,
        finished=seen,
        tells=first.finish_reason is not None,
        whole=Whole(text, first.reasoning, first.tool_calls, alone=True),
    )
