"""The shapes in which `story` answers a prompt: TGI's, LMI's, one for raw text.  Sources: TGI's API, LMI's schema.

A shape's `documents` are what a stream holds, JSON values or text; `whole` is the answer in one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from .ngrams import Token
from .story_pace import BrokenOff, Writing
from .story_request import Asked

Write = Callable[..., Writing]
"""prompt, most, purpose -> the tokens of it."""

_FINISH = {"length": "length", "end": "eos_token", "stop": "stop_sequence", "error": "error"}
_END = Token(2, "</s>", 0.0)


class Text:
    """Nothing but text.  A model that breaks off can only fall silent."""

    after_data: ClassVar[str] = " "
    """What a server puts between ``data:`` and the JSON."""
    closing: ClassVar[str | None] = None
    """What ends a stream of server-sent events."""

    def __init__(self, asked: Asked, write: Write) -> None:
        self.asked = asked
        self.fell_silent = False
        self.writing = write(prompt=asked.prompt, most=asked.most)

    def documents(self) -> Iterator[Any]:
        """The stream; what it says when the model breaks off too, but nothing of a silent end."""
        try:
            yield from self._running()
        except BrokenOff as broken:
            if broken.how == "error":
                yield from self._failed(str(broken))
            elif broken.how == "finish_reason":
                yield from self._finished_badly()
            self.fell_silent = broken.how == "truncate"

    def whole(self) -> Any:
        """All of it, when the last token is there; how it ended, where the shape can say it."""
        for _ in self.writing:
            pass
        return self.writing.text

    def _running(self) -> Iterator[Any]:
        for token in self.writing:
            yield token.text

    def _failed(self, _text: str) -> Iterator[Any]:
        yield from ()

    def _finished_badly(self) -> Iterator[Any]:
        yield from ()


class Outputs(Text):
    """LMI with dynamic batches: ``{"outputs": [text]}`` a line."""

    def whole(self) -> Any:
        """As a Hugging Face pipeline answers."""
        return [{"generated_text": super().whole()}]

    def _running(self) -> Iterator[Any]:
        for token in self.writing:
            yield {"outputs": [token.text]}

    def _failed(self, text: str) -> Iterator[Any]:
        yield {"error": text, "code": 424}


class Tgi(Text):
    """Text Generation Inference: the last event carries the whole text, and an end of the text is a special token."""

    after_data = ""

    def whole(self) -> Any:
        """A list of one, as TGI answers SageMaker; details on demand."""
        return [self._answer()]

    def _answer(self) -> dict[str, Any]:
        kept = list(self.writing)
        prompt = self.asked.prompt if self.asked.body.get("return_full_text") is True else ""
        answer: dict[str, Any] = {"generated_text": prompt + self.writing.text}
        if self.asked.body.get("details") is True:
            made = [self._token(token) for token in kept]
            answer["details"] = {**self._details(self.writing.finish), "prefill": [], "tokens": made}
        return answer

    def _running(self) -> Iterator[Any]:
        held: Token | None = None
        for token in self.writing:
            if held is not None:
                yield self._event(held)
            if self.writing.count == self.asked.most:
                yield self._event(token, finish=self.writing.finish)
                return
            held = token if self.writing.finish == "stop" else None
            if held is None:
                yield self._event(token)
        yield self._event(held or _END, finish=self.writing.finish)

    def _failed(self, text: str) -> Iterator[Any]:
        yield {"error": text, "error_type": "generation"}

    def _finished_badly(self) -> Iterator[Any]:
        yield self._event(_END, finish="error")

    def _event(self, token: Token, finish: str | None = None) -> dict[str, Any]:
        event: dict[str, Any] = {"index": self.writing.count, "token": self._token(token)}
        text = None if finish is None else self.writing.text
        return event | {"generated_text": text, "details": finish and self._details(finish)}

    def _token(self, token: Token) -> dict[str, Any]:
        said = {"id": token.id, "text": token.text, "logprob": round(token.logprob, 4)}
        return {**said, "special": token is _END}

    def _details(self, finish: str) -> dict[str, Any]:
        made = {"finish_reason": _FINISH[finish], "generated_tokens": self.writing.count}
        return {**made, "seed": self.asked.seed}


class Lmi(Tgi):
    """DJL LMI's own schema: JSON Lines, `log_prob`, the whole text in the last line only."""

    after_data = " "

    def whole(self) -> Any:
        """An object, where TGI has a list."""
        return self._answer()

    def _failed(self, text: str) -> Iterator[Any]:
        yield {"error": text, "code": 424}

    def _event(self, token: Token, finish: str | None = None) -> dict[str, Any]:
        if finish is None:
            return {"token": self._token(token)}
        details = {"finish_reason": _FINISH[finish], "generated_tokens": self.writing.count}
        return {"token": self._token(token), "generated_text": self.writing.text, "details": details}

    def _token(self, token: Token) -> dict[str, Any]:
        text = "" if token is _END else token.text
        return {"id": token.id, "text": text, "log_prob": round(token.logprob, 4)}
