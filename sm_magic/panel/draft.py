"""The form as it is filled in → what `Client.prepare` takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..files import address_of
from ..mediatypes import BY_SUFFIX, resolve
from ..members import INPUTS
from ..messages import Payload
from ..settings import Settings
from . import texts
from .form import OPERATIONS, UPLOAD_LIMIT

if TYPE_CHECKING:
    from .form import Form

__all__ = ["Draft", "draft"]

_SECONDS = "_seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One request, as far as it is known.

    options: `Client.prepare`'s keywords, the body among them.  variable: the name of what is sent, if it has one.
    file: its address, if it is a file.
    """

    endpoint: str
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    variable: str | None = None
    file: str | None = None


def draft(form: Form, namespace: Mapping[str, Any], settings: Settings) -> Draft:
    """What the form says.  Raises UsageError for what is missing, or can't be sent."""
    endpoint = form.endpoint.value.strip()
    if not endpoint:
        raise UsageError("There is no endpoint.", hint="Type its name, or `Refresh lists` and choose.")
    options = {**_flags(form), **_members(form)}
    if options.get("input_location"):
        return Draft(endpoint=endpoint, options={**options, **_typed(form)})
    if form.source.value == "Text":
        return Draft(endpoint=endpoint, options={**options, "payload": _text(form, settings)})
    if form.source.value == "File":
        return _of_file(form, endpoint, options)
    name = form.variable.value
    if name is None or name not in namespace:
        raise UsageError("No variable is chosen.", hint="`Refresh lists` shows what the notebook has now.")
    table = {"orient": form.orient.value, "header": form.header.value}
    given = {key: value for key, value in table.items() if value}
    body = {"value": namespace[name], **_typed(form), **given}
    return Draft(endpoint=endpoint, options={**options, **body}, variable=name)


def _flags(form: Form) -> dict[str, Any]:
    operation = OPERATIONS[form.operation.value]
    return {
        "stream": operation == "InvokeEndpointWithResponseStream",
        "asynchronous": operation == "InvokeEndpointAsync",
    }


def _members(form: Form) -> dict[str, Any]:
    """The API's members that the operation takes, where they are filled in."""
    operation = OPERATIONS[form.operation.value]
    boxes = {
        **form.members,
        "accept": form.accept,
        "custom_attributes": form.custom_attributes,
        "target_variant": form.variant,
        "inference_component_name": form.component,
    }
    taken = {member.name for member in INPUTS if member.place(operation) is not None}  # type: ignore[arg-type]
    found = {name: (box.value or "").strip() for name, box in boxes.items() if name in taken}
    return {
        name: _number(name, value) if name.endswith(_SECONDS) else value
        for name, value in found.items()
        if value
    }


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{name.replace('_', ' ')}: `{text}` is no whole number.") from None


def _typed(form: Form) -> dict[str, str]:
    wanted = form.content_type.value.strip()
    return {"content_type": wanted} if wanted else {}


def _text(form: Form, settings: Settings) -> Payload:
    wanted = resolve(form.content_type.value.strip() or texts.FORMATS[form.format.value])
    return texts.payload(form.text.value, wanted, settings)


def _of_file(form: Form, endpoint: str, options: dict[str, Any]) -> Draft:
    """The path, where one is given; else what was uploaded, by its name's type."""
    path = form.path.value.strip()
    if path:
        body = {"value": address_of(path), **_typed(form)}
        return Draft(endpoint=endpoint, options={**options, **body}, file=path)
    if not form.upload.value:
        raise UsageError("There is no file.", hint="Give its path, or upload one.")
    sent = form.upload.value[0]
    content = bytes(sent["content"])
    if len(content) > UPLOAD_LIMIT:
        raise UsageError(
            f"{sent['name']} has {len(content):,} bytes; an upload may have {UPLOAD_LIMIT:,}.",
            hint="Give the path of the file instead.",
        )
    known = BY_SUFFIX.get(Path(sent["name"]).suffix.lower())
    wanted = _typed(form).get("content_type", known)
    return Draft(endpoint=endpoint, options={**options, "value": content, "content_type": wanted})
