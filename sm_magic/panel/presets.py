"""Presets: targets, as `%sm_target` keeps them, in the user's file or the project's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import configuration, targets
from ..errors import UsageError

if TYPE_CHECKING:
    from .form import Form

__all__ = ["CONNECTION", "fill", "keep"]

CONNECTION = frozenset({"profile", "region", "role_arn", "endpoint_url"})
"""Options that lead elsewhere: a panel has one client."""
_FLAGS = {"Stream": "stream", "Asynchronous": "async"}


def fill(form: Form, options: Mapping[str, Any]) -> list[str]:
    """Fill the form in with a target's *options*; the names of those that it has no place for."""
    given = {name.replace("-", "_"): value for name, value in options.items()}
    form.endpoint.value = str(given.pop("endpoint", ""))
    form.operation.value = next(
        (name for name, flag in _FLAGS.items() if given.pop(flag, False)), "Real-time"
    )
    boxes = {
        **form.members,
        "content_type": form.content_type,
        "accept": form.accept,
        "custom_attributes": form.custom_attributes,
    }
    for name, box in boxes.items():
        box.value = str(given.pop(name, ""))
    form.header.value = bool(given.pop("header", False))
    lists = {
        "orient": form.orient,
        "target_variant": form.variant,
        "inference_component_name": form.component,
    }
    for name, box in lists.items():
        _choose(box, str(given.pop(name, "")))
    return sorted(given)


def _choose(box: Any, wanted: str) -> None:
    """A variant that the endpoint has not told of yet is a choice too."""
    if wanted not in [value for _, value in box.options]:
        box.options = (*box.options, (wanted, wanted))
    box.value = wanted


def keep(form: Form, name: str, *, project: bool) -> Path:
    """Keep what the form says, its input left out, as the target *name*; the file that has it now."""
    path = configuration.project_file() if project else configuration.user_file()
    if path is None:
        raise UsageError(
            f"There is no pyproject.toml in {Path.cwd()} or above.", hint="Keep it in your file."
        )
    endpoint = form.endpoint.value.strip()
    if not endpoint:
        raise UsageError("There is no endpoint to keep.", hint="Type its name.")
    boxes = {
        **{name: box for name, box in form.members.items() if name not in _OF_ONE_CALL},
        "content_type": form.content_type,
        "accept": form.accept,
        "custom_attributes": form.custom_attributes,
        "orient": form.orient,
        "target_variant": form.variant,
        "inference_component_name": form.component,
    }
    options = {name: box.value.strip() for name, box in boxes.items() if (box.value or "").strip()}
    numbers = {name: int(value) for name, value in options.items() if name.endswith("_seconds")}
    flag = _FLAGS.get(form.operation.value)
    flags = {flag: True} if flag else {}
    if form.header.value:
        flags["header"] = True
    targets.add(path, name.strip(), {"endpoint": endpoint, **options, **numbers, **flags})
    return path


# What one call alone can mean: `%sm_target` keeps none of it either.
_OF_ONE_CALL = frozenset({"inference_id", "session_id", "prefix_aware_id", "input_location", "filename"})
