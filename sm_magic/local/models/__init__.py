"""The demo endpoints: real models on data that scikit-learn ships, and a story; one small file per family.

`demo` lists them; a model's file is imported, and the model trained, at its first request; the story's at start.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
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
        _at_start(_endpoint("story", _variant(_ONE, "story"))),
        _endpoint("echo", _variant(_ONE, "echo")),
        _endpoint("faulty", _variant(_ONE, "faulty")),
    )


def _endpoint(name: str, *variants: Variant, explainer: Callable[[], Explainer] | None = None) -> Deployed:
    return Deployed(name=name, variants=variants, explainer=explainer)


def _module(name: str) -> Any:
    return import_module(f".{name}", _PACKAGE)


def _at_start(endpoint: Deployed) -> Deployed:
    """Whose model is made when the server starts."""
    models = [variant.model for variant in endpoint.variants]
    return replace(endpoint, prepare=lambda: [one.made() for one in models if isinstance(one, Lazy)])


def _variant(name: str, module: str, weight: float = 1.0) -> Variant:
    model = Lazy(lambda: _module(module).model(name))
    return Variant(name=name, model=model, weight=weight, image=f"sm-magic/local:{module}")


class Lazy:
    """The model that *make* makes, made once: at the first request, or before.  Thread-safe."""

    def __init__(self, make: Callable[[], Model]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._model: Model | None = None

    @property
    def ready(self) -> bool:
        """Whether it is made."""
        return self._model is not None

    def made(self) -> Model:
        """The model; of those who ask at once, one makes it and the others wait."""
        with self._lock:
            if self._model is None:
                self._model = self._make()
            return self._model

    def __call__(self, call: Call) -> Reply:
        """The model's answer."""
        return self.made()(call)
