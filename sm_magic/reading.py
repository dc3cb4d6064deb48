"""Payload -> value: decode, hold the rows against the predictions, pick the part that was asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import codecs, ledger, mediatypes
from .codecs import bound
from .codecs.base import kind
from .errors import CodecError, UsageError
from .ledger import Ledger
from .messages import Payload
from .settings import Settings
from .spelling import ended

_KEYS_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A decoded answer: the value, the row ledger, and sentences for the card."""

    value: Any = field(repr=False)
    ledger: Ledger = field(default_factory=Ledger)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A JMESPath expression (`--query`) that is known to be one."""

    text: str
    compiled: Any = field(repr=False, compare=False)

    @classmethod
    def of(cls, text: str) -> Query:
        """The query *text*; UsageError if it is none."""
        import jmespath
        from jmespath.exceptions import JMESPathError

        try:
            return cls(text=text, compiled=jmespath.compile(text))
        except JMESPathError as exc:
            raise UsageError(
                f"--query {text} is no JMESPath expression: {str(exc).splitlines()[0]}",
                hint="For instance `--query predictions[0].score`, `--query choices[0].message.content`",
            ) from exc

    def search(self, value: Any) -> Any:
        """The part of *value* that is meant; CodecError if there is none."""
        if not isinstance(value, (dict, list)):
            raise CodecError(
                f"--query {self.text} needs a JSON answer; this one is a {type(value).__name__}."
            )
        try:
            found = self.compiled.search(value)
        except Exception as exc:
            raise CodecError(f"--query {self.text} fails on this answer: {ended(exc)}") from exc
        if found is None:
            raise CodecError(f"--query {self.text} finds nothing in the answer.{_keys(value)}")
        return found


def _keys(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    named = [str(key)[:60] for key in list(value)[:_KEYS_NAMED]]
    return f" Its keys: {', '.join(named)}{', …' if len(value) > _KEYS_NAMED else ''}."


def read(
    received: Payload, sent: Payload | None, settings: Settings, deserializer: object | None = None
) -> Reading:
    """Decode *received* by its content type, or by its first bytes where it has none; or by the user's *deserializer*.

    Raises CodecError if it does not decode.
    """
    payload = received
    notes: tuple[str, ...] = ()
    if not received.content_type:
        found = mediatypes.sniff(received.body) or "application/octet-stream"
        payload = Payload(body=received.body, content_type=found)
        notes = (f"No ContentType in the answer: read as {found}.",)
    rows = None if sent is None else sent.facts.rows
    if deserializer is not None:
        value = bound.deserialize(deserializer, payload)
        notes = (*notes, f"Read by {kind(deserializer)}.")
    else:
        value = codecs.decode(payload, rows=rows, max_bytes=settings.max_decoded_bytes)
    return Reading(value=value, ledger=ledger.settle(sent, value), notes=notes)
