"""An error -> the same error, with what the control plane knows of it.

Names near the one typed, the endpoint's state, its variants, what its image is.  Side calls of two seconds; where they
are denied or slow the error simply says less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from . import containers
from .containers import Framework
from .errors import ModelError, ServiceError, SmMagicError, ValidationError
from .mediatypes import resolve
from .messages import Endpoint, Request
from .spelling import near, question
from .transports import Catalog, hints
from .transports.hints import Case

_DISLIKED = (400, 415, 422)  # statuses by which a container says that it is the request
_T = TypeVar("_T")


def explain(error: SmMagicError, request: Request, catalog: Catalog, targets: Iterable[str] = ()) -> None:
    """Put the sharpest hint that the control plane allows on *error*."""
    if isinstance(error, ModelError):
        _explain_types(error, request, catalog)
    if not isinstance(error, ValidationError):
        return
    if _says(error, "not found") and _says(error, "endpoint") and not _says(error, "variant"):
        _explain_absent(error, request, catalog, targets)
    elif request.target_variant and _says(error, "variant"):
        _explain_variant(error, request, catalog)
    elif _says(error, "inservice", "in service", "not in service"):
        _explain_state(error, request, catalog)


def _says(error: ServiceError, *words: str) -> bool:
    text = error.service_message.lower()
    return any(word in text for word in words)


def _explain_absent(error: ServiceError, request: Request, catalog: Catalog, targets: Iterable[str]) -> None:
    names = (*targets, *(_quietly(catalog.endpoints) or ()))
    found = near(request.endpoint, names, most=3)
    if found:
        error.hint = question(*found)
        return
    known = _quietly(lambda: catalog.endpoint(request.endpoint))
    if known is not None:
        _explain_state(error, request, catalog)
    elif names and len(names) <= 10:
        error.hint = f"There is: {', '.join(names)}. {error.hint or ''}".strip()


def _explain_variant(error: ServiceError, request: Request, catalog: Catalog) -> None:
    endpoint = _quietly(lambda: catalog.endpoint(request.endpoint))
    names = tuple(variant.name for variant in endpoint.variants) if endpoint else ()
    if not names:
        return
    found = near(request.target_variant or "", names)
    guess = f"{question(f'--target-variant {found[0]}')} " if found else ""
    error.hint = f"{guess}{request.endpoint} has {', '.join(names)}."


def _explain_state(error: ServiceError, request: Request, catalog: Catalog) -> None:
    endpoint: Endpoint | None = _quietly(lambda: catalog.endpoint(request.endpoint))
    if endpoint is None or endpoint.status == "InService":
        return
    reason = f": {endpoint.failure_reason}" if endpoint.failure_reason else ""
    then = f"It answers once it is InService; %sm_endpoints {endpoint.name} --wait follows it."
    if endpoint.status.endswith("Failed"):
        then = f"%sm_logs {endpoint.name} shows its log."
    error.hint = f"{endpoint.name} is {endpoint.status}{reason}. {then}"


def _explain_types(error: ModelError, request: Request, catalog: Catalog) -> None:
    """Where a container did not like what it got, say what its image usually takes."""
    said = f"{error.original_text}\n{error.service_message}"
    case = Case(code="ModelError", status=error.original_status, text=said, request=request)
    row = hints.find(case)
    if not (row.of_types if row else error.original_status in _DISLIKED):
        return
    framework = _framework(request, catalog)
    if framework is None:
        return
    lines = (error.hint or "").splitlines()
    if row is not None and case.content_type not in {resolve(name) for name in framework.types}:
        lines = [line for line in lines if line != row.sentence(case)]  # the guess of which it is the answer
        error.hint = "\n".join((framework.sentence(), *lines))
    else:
        error.hint = "\n".join((*lines[:1], framework.sentence(), *lines[1:]))


def _framework(request: Request, catalog: Catalog) -> Framework | None:
    """That of the component or variant that was asked for; of all variants, where they have the same."""
    name = request.inference_component_name
    if name is not None:
        component = _quietly(lambda: catalog.component(name))
        return containers.find(component.image) if component else None
    endpoint = _quietly(lambda: catalog.endpoint(request.endpoint))
    variants = endpoint.variants if endpoint else ()
    found = {
        containers.find(image)
        for variant in variants
        if request.target_variant in (None, variant.name)
        for image in variant.images
    }
    return found.pop() if len(found) == 1 else None


def _quietly(ask: Callable[[], _T]) -> _T | None:
    try:
        return ask()
    except SmMagicError:
        return None
