"""Request -> the same Request, or an error that says what is wrong with it.  Before anything is sent.

botocore enforces neither the sizes nor the patterns of its own model, so an endpoint name with an underscore or
attributes with a line break would travel to the service, or die in the HTTP library.
"""

from __future__ import annotations

import re
from dataclasses import replace

from . import mediatypes
from .errors import UsageError
from .members import Member, Operation, foreign, inputs
from .messages import Payload, Request
from .s3 import S3Uri, is_s3
from .settings import Settings
from .spelling import question
from .transports import model


def check(request: Request, settings: Settings, *, no_limit: bool = False, several: bool = False) -> Request:
    """*request*, with a note where its size is remarkable; UsageError where it can't be sent.

    several: Accept may list media types, as a deserializer that its user brings does.
    """
    for member in inputs(request.operation):
        value = _value(request, member)
        if value is None:
            _check_required(member, request.operation)
        elif isinstance(value, str):
            _check_text(member, value, request.operation)
        elif isinstance(value, int):
            _check_number(member, value, request.operation)
    _check_taken(request)
    _check_types(request, several)
    if request.operation == "InvokeEndpointAsync":
        _check_asynchronous(request, settings, no_limit=no_limit)
        return request
    if request.payload is None:
        return request
    payload = _check_size(request.payload, settings, no_limit=no_limit)
    return request if payload is request.payload else replace(request, payload=payload)


_LIVE_ONLY = {
    "InvokeEndpointWithResponseStream": "Leave out --stream; where a target has it: --no-stream",
    "InvokeEndpointAsync": "Leave out --async; where a target has it: --no-async",
}


def _check_taken(request: Request) -> None:
    """What the operation has no place for would be lost."""
    for member in foreign(request.operation):
        if _value(request, member) is not None:
            raise UsageError(
                f"{request.operation} does not take {_called(member)}.",
                hint=_LIVE_ONLY.get(request.operation) if member.invoke else None,
            )


def _value(request: Request, member: Member) -> object:
    return getattr(request, member.name, None)


def _called(member: Member) -> str:
    """What the user typed this member as."""
    return member.option or member.parameter


def _check_required(member: Member, operation: Operation) -> None:
    if member.name == "input_location":
        return  # botocore before inline bodies requires it; by then the body has been uploaded
    if member.parameter in model.required(operation):
        raise UsageError(
            f"{member.parameter} is missing.",
            hint="%sm_invoke ENDPOINT INPUT sends a value, %%sm_invoke ENDPOINT the text of its cell.",
        )


def _check_text(member: Member, value: str, operation: Operation) -> None:
    place = member.place(operation)
    low, high = model.lengths(operation).get(member.parameter, (None, None))
    if high is not None and len(value) > high:
        raise UsageError(f"{_called(member)} has {len(value):,} characters; the API takes {high:,}.")
    if low is not None and len(value) < low:
        raise UsageError(f"{_called(member)} is empty.", hint="Leave it out, or give it a value.")
    if place is not None and place.pattern is not None and not re.fullmatch(place.pattern, value):
        raise UsageError(
            f"{_called(member)} can't be {_shown(value)}: {_fault(member, value)}.",
            hint=_fitting(member, value, place.pattern, high),
        )


def _check_number(member: Member, value: int, operation: Operation) -> None:
    low, high = model.lengths(operation).get(member.parameter, (None, None))
    if (low is not None and value < low) or (high is not None and value > high):
        raise UsageError(f"{_called(member)} can't be {value:,}: the API takes {low:,} to {high:,} seconds.")


def _check_asynchronous(request: Request, settings: Settings, *, no_limit: bool) -> None:
    """A body, or where one lies in S3; what is too large to go inline is uploaded, up to the queue's own limit."""
    if request.payload is None and request.input_location is None:
        raise UsageError(
            "There is nothing to send.", hint="Give a value, or input_location='s3://BUCKET/KEY'."
        )
    if request.input_location is not None and is_s3(request.input_location):
        S3Uri.of(request.input_location)
    size, most = len(request.body or b""), settings.max_async_bytes
    if size > most and not no_limit:
        raise UsageError(f"The body has {_mb(size)}; an asynchronous endpoint takes {_mb(most)}.")


def _shown(value: str) -> str:
    return repr(value if len(value) <= 80 else value[:77] + "…")


_RULES = {
    "endpoint": "a name has letters, digits and hyphens, starts and ends with a letter or digit",
    "target_variant": "a name has letters, digits and hyphens, starts and ends with a letter or digit",
    "target_container_hostname": "a name has letters, digits and hyphens, starts and ends with a letter or digit",
    "inference_component_name": "a name has letters, digits and hyphens, starts and ends with a letter or digit",
    "session_id": "it is NEW_SESSION, or an id of letters, digits and hyphens",
    "input_location": "it is s3://BUCKET/KEY",
    "s3_output_path_extension": "it is a folder's path, of letters, digits and !_.*'()/-",
    "filename": "it has letters, digits, - and _, at most one dot, and starts with a letter or digit",
}


def _fault(member: Member, value: str) -> str:
    """Why *value* does not fit: the character at fault where there is one."""
    if any(c in value for c in "\r\n"):
        return "it holds a line break, which an HTTP header can't"
    foreign = next((c for c in value if not " " <= c <= "~"), None)
    if foreign is not None:
        return f"{foreign!r} is not visible ASCII"
    return _RULES.get(member.name, "it must be visible ASCII and not start with a space")


def _fitting(member: Member, value: str, pattern: str, high: int | None) -> str | None:
    """The question whether the same name with hyphens was meant, where that is one."""
    name = re.sub(r"[_ ]+", "-", value).strip("-")
    fits = name != value and re.fullmatch(pattern, name) and len(name) <= (high or len(name))
    return question(name) if fits and member.name in _RULES else None


def _check_types(request: Request, several: bool) -> None:
    """One media type each; the service and containers compare them as they come."""
    accepted = request.accept.split(",") if several and request.accept else [request.accept]
    for name, value in (("--content-type", request.content_type), *(("--accept", one) for one in accepted)):
        if value is None or (name == "--accept" and value.strip() == "*/*"):
            continue
        if name == "--accept" and "," in value:
            raise UsageError(
                f"--accept takes one media type, not {value!r}.",
                hint=f"Containers compare the header as it is: --accept {value.partition(',')[0].strip()}",
            )
        if not mediatypes.is_media_type(value) and not _is_accept_range(name, value):
            shorts = ", ".join(mediatypes.BY_SHORT)
            raise UsageError(
                f"{value!r} is no media type.", hint=f"Write type/subtype, or a short name: {shorts}."
            )


def _is_accept_range(name: str, value: str) -> bool:
    """``image/*`` is fine in Accept (RFC 9110 §12.5.1)."""
    return name == "--accept" and bool(re.fullmatch(r"[\w.+-]+/\*", value.strip()))


def _check_size(payload: Payload, settings: Settings, *, no_limit: bool) -> Payload:
    if payload.size > settings.max_bytes and not no_limit:
        raise UsageError(
            f"The body has {_mb(payload.size)}; a real-time endpoint takes {_mb(settings.max_bytes)}.",
            hint="Send fewer rows (.head()) or a denser type (-t npy); --no-limit sends it all the same.",
        )
    if payload.size > settings.warn_bytes:
        note = (
            f"The body has {_mb(payload.size)}: endpoints take {_mb(settings.max_bytes)} today, "
            f"many containers stop at {_mb(settings.warn_bytes)}."
        )
        return replace(payload, facts=replace(payload.facts, notes=(*payload.facts.notes, note)))
    return payload


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.3g} MB"
