"""A value, a file or bytes that are ready -> the Payload of a request; the API's members, by our names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from . import codecs, files, ledger
from .errors import UsageError
from .mediatypes import BY_SUFFIX, parse, resolve
from .members import Operation, inputs
from .messages import Payload
from .s3 import S3Uri
from .spelling import did_you_mean

if TYPE_CHECKING:
    from .transports import Store

__all__ = ["NOTHING", "body", "checked", "elsewhere", "operation_of", "text"]

NOTHING: Final = object()
"""In place of a value where none is given; None is a value, JSON's null."""
_FORM: Final = "multipart/form-data"
_TABLE_OPTIONS = ("header", "columns", "drop", "orient")
# What `Client.prepare` has parameters of its own for.
_OWN = frozenset({"endpoint", "body", "content_type", "accept", "deserializer"})


def body(
    value: object,
    payload: Payload | None,
    content_type: str | None,
    *,
    table: Mapping[str, Any],
    limit: int | None,
    check_up_to: int,
    store: Store | None = None,
) -> Payload:
    """The payload of a request, its rows counted: *payload*, or *value* encoded.

    table: `codecs.encode`'s header, columns, drop and orient.  limit: bytes.  check_up_to: bytes of a JSON file
    that are checked whole.  store: what reads from S3.
    Raises UsageError unless exactly one of value and payload is given, CodecError if it can't be encoded.
    """
    _check_one_source(value, payload, content_type, table)
    return ledger.counted(
        _encode(value, content_type, limit, table, check_up_to, store) if payload is None else payload
    )


def operation_of(*, stream: bool, asynchronous: bool) -> Operation:
    """The operation that was asked for; UsageError for two."""
    if stream and asynchronous:
        raise UsageError(
            "An asynchronous answer comes in one piece: it can't be streamed.", hint="Leave one out."
        )
    if stream:
        return "InvokeEndpointWithResponseStream"
    return "InvokeEndpointAsync" if asynchronous else "InvokeEndpoint"


def elsewhere(
    location: object, value: object, payload: Payload | None, content_type: str | None
) -> Payload | None:
    """What is known of a body that lies at *location* in S3: its type, if that was said or its name says it."""
    if value is not NOTHING or payload is not None:
        raise UsageError("There are two bodies: a value, and input_location.", hint="Leave one out.")
    address = text("input_location", location)
    found = resolve(content_type) if content_type else BY_SUFFIX.get(PurePosixPath(address).suffix.lower())
    return None if found is None else Payload(body=b"", content_type=found)


def _check_one_source(
    value: object, payload: Payload | None, content_type: str | None, table: Mapping[str, Any]
) -> None:
    """Exactly one body; with a payload that is ready nothing that would change it."""
    if payload is None:
        if value is NOTHING:
            raise UsageError("There is nothing to send.", hint="Give a value, or a payload.")
        return
    given = [name for name in _TABLE_OPTIONS if table[name]]
    if value is not NOTHING or content_type is not None or given:
        other = "a value" if value is not NOTHING else f"`{given[0] if given else 'content_type'}`"
        raise UsageError(
            f"A payload is sent as it is; {other} beside it would be lost.", hint="Leave one out."
        )


def checked(members: Mapping[str, object], operation: Operation = "InvokeEndpoint") -> dict[str, Any]:
    """*members* by our names, those that are None left out; UsageError for a name or value that can't be."""
    known = {member.name for name in ("InvokeEndpoint", operation) for member in inputs(name)} - _OWN
    for name in members:
        if name not in known:
            names = {
                *known,
                *_OWN,
                *_TABLE_OPTIONS,
                "payload",
                "no_limit",
                "target",
                "query",
                "stream",
                "view",
            }
            raise UsageError(f"There is no option {name!r}.", hint=did_you_mean(name, names))
    found = {name: value for name, value in members.items() if value is not None}
    return {
        name: _seconds(name, v) if name.endswith("_seconds") else text(name, v) for name, v in found.items()
    }


def _seconds(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"`{name}` is a whole number of seconds, not {value!r}.")
    return value


def text(name: str, value: object) -> str:
    """*value*, if it is a str; UsageError if not."""
    if not isinstance(value, str):
        raise UsageError(f"`{name}` is a str, not {type(value).__name__}.")
    return value


def _checked_file(payload: Payload, check_up_to: int) -> Payload:
    """A file's bytes, if they are what their type says; with a note where only the ends were looked at."""
    payload = codecs.labelled(payload)
    note = codecs.check(payload, whole_up_to=check_up_to)
    facts = payload.facts
    return payload if note is None else replace(payload, facts=replace(facts, notes=(*facts.notes, note)))


def _encode(
    value: object,
    content_type: str | None,
    limit: int | None,
    table: Mapping[str, Any],
    check_up_to: int,
    store: Store | None,
) -> Payload:
    if isinstance(value, Payload):
        return value if content_type is None else replace(value, content_type=resolve(content_type))
    if isinstance(value, Path | S3Uri):
        given = [name for name in _TABLE_OPTIONS if table[name]]
        if given:
            raise UsageError(
                f"A file is sent as it is; {given[0]!r} is for tables.", hint="Read it: pandas.read_csv(…)."
            )
        return _checked_file(files.read(value, content_type, max_bytes=limit, store=store), check_up_to)
    if isinstance(value, Mapping) and content_type and parse(resolve(content_type)).type == _FORM:
        value = files.fields(value, max_bytes=limit, store=store)
    return codecs.encode(value, content_type, max_bytes=limit, **table)
