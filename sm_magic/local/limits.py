"""What the service refuses before any model sees it: lengths, patterns, a body that is too long.

botocore checks none of it.  The form of the texts is the service's ("1 validation error detected: …").
Source of the lengths: the service model ``sagemaker-runtime/2017-05-13``, which a test compares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from ..members import Member, inputs
from ..settings import MB
from .wire import Call, Refusal

MAX_BODY = 25 * MB
"""Bytes of a real-time request."""

_HIDDEN = frozenset({"custom_attributes"})  # "sensitive" in the model: their value is not repeated

LENGTHS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "endpoint": (0, 63),
        "content_type": (0, 1024),
        "accept": (0, 1024),
        "custom_attributes": (0, 1024),
        "target_model": (1, 1024),
        "target_variant": (0, 63),
        "target_container_hostname": (0, 63),
        "inference_id": (1, 64),
        "enable_explanations": (1, 64),
        "inference_component_name": (0, 63),
        "session_id": (0, 256),
        "prefix_aware_id": (1, 64),
        "input_location": (1, 1024),
        "s3_output_path_extension": (1, 512),
        "filename": (1, 32),
    }
)
"""Our name -> shortest and longest, in characters."""

RANGES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"request_ttl_seconds": (60, 21_600), "invocation_timeout_seconds": (1, 3600)}
)
"""Our name -> least and most."""


def check(call: Call) -> None:
    """Raise the service's ValidationError, naming every member that breaks its constraint."""
    given = {**call.members, "endpoint": call.endpoint}
    faults = [
        f"Value {_quoted(member, given[member.name])}at '{_lower(member.parameter)}' "
        f"failed to satisfy constraint: {fault}"
        for member in inputs(call.operation)
        if member.name in given and (fault := _fault(member, call, given[member.name]))
    ]
    if faults:
        errors = "validation error" if len(faults) == 1 else "validation errors"
        raise Refusal("ValidationError", f"{len(faults)} {errors} detected: {'; '.join(faults)}")


def too_long() -> Refusal:
    """The answer to a body above `MAX_BODY`."""
    return Refusal("", f"HTTP content length exceeded {MAX_BODY} bytes.", status=413)


def _fault(member: Member, call: Call, value: str) -> str | None:
    if member.name in RANGES:
        return _out_of_range(value, *RANGES[member.name])
    shortest, longest = LENGTHS.get(member.name, (0, len(value)))
    if len(value) > longest:
        return f"Member must have length less than or equal to {longest}"
    if len(value) < shortest:
        return f"Member must have length greater than or equal to {shortest}"
    place = member.place(call.operation)
    if place and place.pattern and not re.fullmatch(place.pattern, value):
        return f"Member must satisfy regular expression pattern: {place.pattern}"
    return None


def _out_of_range(value: str, least: int, most: int) -> str | None:
    number = int(value) if re.fullmatch("-?[0-9]{1,9}", value) else None
    if number is None:
        return "Member must be an integer"  # ours: botocore sends no other
    if number > most:
        return f"Member must have value less than or equal to {most}"
    return f"Member must have value greater than or equal to {least}" if number < least else None


def _quoted(member: Member, value: str) -> str:
    return "" if member.name in _HIDDEN else f"'{value}' "


def _lower(parameter: str) -> str:
    return parameter[0].lower() + parameter[1:]
