"""An error -> the same error, with what the control plane knows of it.

Names near the one typed, the endpoint's state, its variants.  Side calls of at most two seconds each; where they
are denied or slow the error simply says less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from .errors import ServiceError, SmMagicError, ValidationError
from .messages import Endpoint, Request
from .spelling import near, question
from .transports import Catalog

_T = TypeVar("_T")


def explain(error: SmMagicError, request: Request, catalog: Catalog, targets: Iterable[str] = ()) -> None:
    """Put the sharpest hint that the control plane allows on *error*."""
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
    error.hint = f"{request.endpoint} is {endpoint.status}{reason}. It answers once it is InService."


def _quietly(ask: Callable[[], _T]) -> _T | None:
    try:
        return ask()
    except SmMagicError:
        return None
