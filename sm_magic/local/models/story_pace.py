"""The pace of `story`, token by token: how long each takes, where the text stops, and what goes wrong when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random

from ..wire import Cut, StreamFault
from .ngrams import Ngrams, Token
from .story_request import Asked

_FAULTS: dict[str, Callable[[], Exception]] = {
    "ModelStreamError": lambda: StreamFault("The connection to the model was reset."),
    "ModelInvocationTimeExceeded": lambda: StreamFault(
        "The model did not finish its response in time.", "ModelInvocationTimeExceeded"
    ),
    "InternalStreamFailure": lambda: StreamFault("The stream failed. Try your request again.", None),
    "cut": Cut,
    "half frame": lambda: Cut(quiet=True),
}


class BrokenOff(Exception):
    """The model itself broke off: `how` is "error", "finish_reason" or "truncate", for the shape to say it."""

    def __init__(self, how: str) -> None:
        super().__init__("CUDA out of memory.")
        self.how = how


class Pace:
    """Called before each token of an answer, whatever part of the answer it belongs to."""

    def __init__(self, asked: Asked, sleep: Callable[[float], None]) -> None:
        self._asked = asked
        self._sleep = sleep
        self._count = 0

    def __call__(self) -> None:
        """Wait; or raise what was asked for, once as many tokens as asked for have come."""
        fault = self._asked.fault
        if fault is not None and self._count == self._asked.fault_after:
            raise _FAULTS[fault]() if fault in _FAULTS else BrokenOff(fault)
        self._count += 1
        if self._asked.delay:
            self._sleep(self._asked.delay)


class Writing:
    """Tokens as they are generated; afterwards `finish` says why they ended: "length", "end", "stop" or "error"."""

    def __init__(
        self,
        model: Ngrams,
        asked: Asked,
        *,
        pace: Callable[[], None],
        prompt: str,
        most: int,
        purpose: str = "",
    ) -> None:
        self.finish = "length"
        self.text = ""
        self.count = 0
        self._model = model
        self._asked = asked
        self.pace = pace
        self._context = model.begin(prompt)
        self._most = most
        # A seed, a prompt and a purpose always give the same words.
        self._random = Random(f"{asked.seed}\n{asked.prompt}\n{purpose}")  # noqa: S311 - it guards nothing
        self._stop_too = asked.shape in {"tgi", "lmi", "outputs"}

    def __iter__(self) -> Iterator[Token]:
        for token in self._until_stop(self._drawn()):
            self.text += token.text
            self.count += 1
            yield token

    def _drawn(self) -> Iterator[Token]:
        for _ in range(self._most):
            if not self._goes_on():
                return
            token = self._model.next(self._context, self._random, self._asked.temperature)
            if token is None and self._asked.ignore_eos:
                self._context = self._model.begin("")
                token = Token(0, "\n\n", 0.0)
            elif token is None:
                self.finish = "end"
                return
            else:
                self._context.append(token.text)
            yield token

    def _goes_on(self) -> bool:
        """Wait for the next token.  An answer in one piece can't break off: it ends, and may say why."""
        try:
            self.pace()
        except BrokenOff as broken:
            if self._asked.stream or broken.how == "error":
                raise
            self.finish = "error" if broken.how == "finish_reason" else "length"
            return False
        return True

    def _until_stop(self, tokens: Iterable[Token]) -> Iterator[Token]:
        """*tokens* up to the first stop; what may become one is held back."""
        held: list[Token] = []
        for token in tokens:
            held.append(token)
            text = "".join(one.text for one in held)
            found = [(text.index(stop), stop) for stop in self._asked.stop if stop in text]
            if found:
                place, stop = min(found)
                self.finish = "stop"
                yield from _up_to(held, place + len(stop) * self._stop_too)
                return
            if not any(text.endswith(stop[:n]) for stop in self._asked.stop for n in range(1, len(stop))):
                yield from held
                held.clear()
        yield from held


def _up_to(tokens: Iterable[Token], length: int) -> Iterator[Token]:
    for token in tokens:
        if length > 0:
            yield Token(token.id, token.text[:length], token.logprob)
        length -= len(token.text)


def cut_up(parts: Iterable[bytes], sizes: tuple[int, ...]) -> Iterator[bytes]:
    """*parts* in pieces of these *sizes*, over and over, whatever they cut; what is left before an error or the end."""
    kept, number = bytearray(), 0
    try:
        for part in parts:
            kept += part
            while len(kept) >= (size := sizes[number % len(sizes)]):
                yield bytes(kept[:size])
                del kept[:size]
                number += 1
    except Exception:
        yield bytes(kept)
        raise
    yield bytes(kept)


def unterminated(parts: Iterable[bytes]) -> Iterator[bytes]:
    """*parts* without the line ends at the end of the last."""
    last = b""
    try:
        for part in parts:
            yield last
            last = part
    except Exception:
        yield last
        raise
    yield last.rstrip(b"\n")
