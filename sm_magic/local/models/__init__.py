"""The demo endpoints: real models on data that scikit-learn ships, and a story; one small file per family.

`demo` lists them; a model's file is imported, and the model trained, at its first request.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from ..explainer import Explainer
from ..fleet import Deployed, Model, Variant
from ..wire import Call, Reply

_PACKAGE = __name__
_ONE = "AllTraffic"


def demo() -> tuple[Deployed, ...]:
    """All demo endpoints, ready to be called; each call gives new ones, whose states are their own."""
    return (
        _endpoint("iris", _variant(_ONE, "iris")),
        _endpoint(
            "digits",
            _variant("champion", "digits", weight=0.7),
            _variant("challenger", "digits", weight=0.3),
        ),
        _endpoint("diabetes", _variant(_ONE, "diabetes"), explainer=lambda: _module("diabetes").explainer()),
        _endpoint("edges", _variant(_ONE, "edges")),
        _endpoint("boxes", _variant(_ONE, "boxes")),
        _endpoint("mask", _variant(_ONE, "mask")),
        _endpoint("forecast", _variant(_ONE, "forecast")),
        _endpoint("story", _variant(_ONE, "story")),
        _endpoint("echo", _variant(_ONE, "echo")),
        _endpoint("faulty", _variant(_ONE, "faulty")),
    )


def _endpoint(name: str, *variants: Variant, explainer: Callable[[], Explainer] | None = None) -> Deployed:
    return Deployed(name=name, variants=variants, explainer=explainer)


def _module(name: str) -> Any:
    return import_module(f".{name}", _PACKAGE)


def _variant(name: str, module: str, weight: float = 1.0) -> Variant:
    return Variant(name=name, model=_lazy(module, name), weight=weight, image=f"sm-magic/local:{module}")


def _lazy(module: str, variant: str) -> Model:
    """The model that ``MODULE.model(variant)`` makes, made at the first request."""

    @cache
    def made() -> Model:
        model: Model = _module(module).model(variant)
        return model

    def call(call: Call) -> Reply:
        return made()(call)

    return call
