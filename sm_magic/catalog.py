"""What is deployed: an overview of endpoints, and one in detail, with what could not be told and why.

Every part is asked on its own; one that is denied, slow or not there is `Missing` and does not spoil the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar

from .deployments import Component, Configuration, Model, Traffic
from .errors import AccessDeniedException, SmMagicError
from .messages import Endpoint, Variant
from .transports import Catalog

__all__ = ["Description", "Kind", "Missing", "describe", "kind"]

Kind = Literal["real-time", "serverless", "asynchronous", "multi-model", "multi-container", "components"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A part that could not be told.  action: what it would take, as IAM spells it.  why: in a few words."""

    action: str
    why: str

    def __str__(self) -> str:
        return f"{self.why}: {self.action}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One endpoint, as far as it could be asked.

    endpoint: None where DescribeEndpoint was refused.  kind: what it is, as far as that can be told.
    """

    name: str
    endpoint: Endpoint | None = None
    configuration: Configuration | None = None
    models: tuple[Model, ...] = ()
    components: tuple[Component, ...] = ()
    traffic: tuple[Traffic, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The endpoint's production variants."""
        return self.endpoint.variants if self.endpoint else ()

    @property
    def kind(self) -> Kind:
        """What sort of endpoint it is."""
        return kind(self.endpoint, self.configuration, self.models, self.components)


def kind(
    endpoint: Endpoint | None,
    configuration: Configuration | None = None,
    models: Iterable[Model] = (),
    components: Iterable[Component] = (),
) -> Kind:
    """What sort of endpoint it is, as far as these tell: several containers alone may also be a pipeline."""
    variants: list[Any] = [
        *(endpoint.variants if endpoint else ()),
        *(configuration.variants if configuration else ()),
    ]
    models = tuple(models)
    if endpoint is not None and endpoint.asynchronous:
        return "asynchronous"
    if any(variant.memory for variant in variants):
        return "serverless"
    if any(components) or (
        configuration is not None and any(variant.model is None for variant in configuration.variants)
    ):
        return "components"
    if any(container.several for model in models for container in model.containers):
        return "multi-model"
    if any(model.direct or len(model.containers) > 1 for model in models):
        return "multi-container"
    return "real-time"


def describe(catalog: Catalog, name: str, *, brief: bool = False) -> Description | None:
    """The endpoint *name*; None if there is none.

    brief: its variants and the names of its components alone.
    """
    asking = _Asking()
    endpoint = asking.ask("sagemaker:DescribeEndpoint", lambda: catalog.endpoint(name))
    if endpoint is None and not asking.missing:
        return None
    components = asking.ask("sagemaker:ListInferenceComponents", lambda: catalog.components(name)) or ()
    if brief:
        return Description(name=name, endpoint=endpoint, components=components, missing=tuple(asking.missing))
    configured = endpoint and endpoint.config
    configuration = (
        asking.ask("sagemaker:DescribeEndpointConfig", lambda: catalog.configuration(configured))
        if configured
        else None
    )
    return Description(
        name=name,
        endpoint=endpoint,
        configuration=configuration,
        models=tuple(_models(asking, catalog, configuration)),
        components=tuple(_whole(asking, catalog, components)),
        traffic=_traffic(asking, catalog, endpoint),
        missing=tuple(asking.missing),
    )


class _Asking:
    """Asks, and keeps what could not be told: an action is named once."""

    def __init__(self) -> None:
        self.missing: list[Missing] = []

    def ask(self, action: str, ask: Callable[[], _T]) -> _T | None:
        try:
            return ask()
        except SmMagicError as error:
            why = "not allowed" if isinstance(error, AccessDeniedException) else "not told"
            if all(one.action != action for one in self.missing):
                self.missing.append(Missing(action=action, why=why))
            return None


def _models(asking: _Asking, catalog: Catalog, configuration: Configuration | None) -> Iterator[Model]:
    names = dict.fromkeys(
        variant.model for variant in (configuration.variants if configuration else ()) if variant.model
    )
    for name in names:
        found = asking.ask("sagemaker:DescribeModel", partial(catalog.model, name))
        if found is not None:
            yield found


def _whole(asking: _Asking, catalog: Catalog, components: Iterable[Component]) -> Iterator[Component]:
    for one in components:
        found = asking.ask("sagemaker:DescribeInferenceComponent", partial(catalog.component, one.name))
        yield found or one


def _traffic(asking: _Asking, catalog: Catalog, endpoint: Endpoint | None) -> tuple[Traffic, ...]:
    if endpoint is None or not endpoint.variants:
        return ()
    names = [variant.name for variant in endpoint.variants]
    return asking.ask("cloudwatch:GetMetricData", partial(catalog.traffic, endpoint.name, names)) or ()
