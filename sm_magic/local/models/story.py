"""story: a small language model, trained at start on a story; it answers at once or token by token.

    {"inputs": "Once upon a time", "parameters": {"max_new_tokens": 40}, "stream": true}      as TGI does
    {"messages": [{"role": "user", "content": "Tell me a story"}], "stream": true}            as OpenAI's API does
    {"prompt": "Once upon a time", "max_tokens": 40}                                          its completions
    Once upon a time                                                                          text/plain: text

It understands ``max_new_tokens`` (or ``max_tokens``), ``temperature``, ``seed``, ``stop``, ``ignore_eos``,
``details``, ``return_full_text``; of a chat ``stream_options``, ``tools``, ``tool_choice``, ``parallel_tool_calls`` and
``reasoning_effort`` (minimal, low, medium, high).  The same request always gives the same words.

Accept chooses: text/event-stream, application/jsonlines (``inputs``: LMI's lines), text/plain.  ``"format"`` says the
shape outright: tgi, lmi, outputs (LMI with dynamic batches), completion, text.  ``"reasoning_key":
"reasoning_content"`` is what older servers called it.

And what goes wrong elsewhere, on demand:

    {"delay": 0.1}                     seconds for each token
    {"split": 7}  {"split": [1, 40]}   parts of so many bytes, over and over, whatever characters or JSON they cut
    {"unterminated": true}             no line end after the last event
    {"fault": "…", "fault_after": 5}   after 5 tokens:
        ModelStreamError, ModelInvocationTimeExceeded, InternalStreamFailure    the service's own exceptions
        error, finish_reason           HTTP 200, and within the data an error object, or finish_reason "error"
        truncate                       the stream ends, and nothing says so
        cut, half frame                the connection breaks; the stream ends within a frame, without an error
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..fleet import ContainerError, Model, whole
from ..wire import Call, Reply
from . import story_answers, story_chat
from .ngrams import Ngrams
from .story_pace import BrokenOff, Pace, Writing, cut_up, unterminated
from .story_request import Asked, read

_SHAPES: Mapping[str, type[story_answers.Text]] = MappingProxyType(
    {
        "tgi": story_answers.Tgi,
        "lmi": story_answers.Lmi,
        "outputs": story_answers.Outputs,
        "text": story_answers.Text,
        "completion": story_chat.Completion,
        "chat": story_chat.Chat,
    }
)


def model(_: str) -> Model:
    """The model; there is one variant."""
    return Story()


class Story:
    """The model.  sleep: how it waits, where a request asks for a delay."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._ngrams = Ngrams(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8"))
        self._sleep = sleep

    def __call__(self, call: Call) -> Reply:
        """An answer in parts where the request wants a stream, else in one piece."""
        asked = read(call)
        write = partial(Writing, self._ngrams, asked, pace=Pace(asked, self._sleep))
        shape = _SHAPES[asked.shape](asked, write)
        parts = _streamed(shape, asked) if asked.stream else _in_one_piece(shape)
        if asked.unterminated:
            parts = unterminated(parts)
        if asked.split:
            parts = cut_up(parts, asked.split)
        reply = Reply(parts=parts, members=MappingProxyType({"content_type": asked.content_type}))
        return reply if asked.stream else whole(reply)


def _streamed(shape: story_answers.Text, asked: Asked) -> Iterator[bytes]:
    for document in shape.documents():
        text = document if asked.shape == "text" else json.dumps(document, ensure_ascii=False)
        if asked.content_type == "text/event-stream":
            text = f"data:{shape.after_data}{text}\n\n"
        elif asked.content_type == "application/jsonlines":
            text += "\n"
        yield text.encode("utf-8", "replace")
    if asked.content_type == "text/event-stream" and shape.closing and not shape.fell_silent:
        yield f"data: {shape.closing}\n\n".encode()


def _in_one_piece(shape: story_answers.Text) -> Iterator[bytes]:
    try:
        answer: Any = shape.whole()
    except BrokenOff as broken:
        raise ContainerError(500, str(broken)) from broken
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    yield text.encode("utf-8", "replace")
