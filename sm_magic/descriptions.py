"""What was told of endpoints: one in detail, many in a table.  Frozen; both show themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from . import containers
from .deployments import Component, Configuration, Listed, Model, Traffic
from .messages import Endpoint, Variant, Where
from .settings import Settings

__all__ = ["Description", "Kind", "Missing", "Overview", "kind"]

Kind = Literal["real-time", "serverless", "asynchronous", "multi-model", "multi-container", "components"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that could not be told.  why: in a few words.  action: what it would take, as IAM spells it."""

    why: str
    action: str

    def __str__(self) -> str:
        return f"{self.why}: {self.action}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Description:
    """One endpoint, as far as it could be asked; it shows itself as a card.

    endpoint: None where DescribeEndpoint was refused, or not asked in an overview.  listed: what ListEndpoints told.
    stored: the models of a multi-model endpoint, by their names in its folder of S3.  missing: what could not be asked.
    """

    name: str
    endpoint: Endpoint | None = None
    listed: Listed | None = None
    configuration: Configuration | None = None
    models: tuple[Model, ...] = ()
    components: tuple[Component, ...] = ()
    stored: tuple[str, ...] = ()
    traffic: tuple[Traffic, ...] = ()
    missing: tuple[Missing, ...] = ()
    where: Where | None = None
    settings: Settings | None = None

    @property
    def status(self) -> str:
        """Creating, InService, Failed, …; "" if nobody told."""
        told = self.endpoint or self.listed
        return told.status if told else ""

    @property
    def changed(self) -> datetime | None:
        """When it was last modified (UTC)."""
        told = self.endpoint or self.listed
        return told.changed if told else None

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The endpoint's production variants."""
        return self.endpoint.variants if self.endpoint else ()

    @property
    def kind(self) -> Kind | None:
        """What sort of endpoint it is; None if nothing tells."""
        if self.endpoint is None and self.configuration is None and not self.components:
            return None
        return kind(self.endpoint, self.configuration, self.models, self.components)

    @property
    def images(self) -> tuple[str, ...]:
        """The images of its containers, each once."""
        found = [
            *(image for variant in self.variants for image in variant.images),
            *(container.image for model in self.models for container in model.containers),
            *(component.image for component in self.components),
        ]
        return tuple(dict.fromkeys(image for image in found if image))

    @property
    def frameworks(self) -> tuple[containers.Framework, ...]:
        """What is known of its images."""
        found = (containers.find(image) for image in self.images)
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def __repr__(self) -> str:
        said = " · ".join(part for part in (self.name, self.status, self.kind) if part)
        return f"<Description {said}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from .endpointcards import detail

        return detail(self)


@dataclass(frozen=True, kw_only=True, repr=False)
class Overview:
    """Endpoints, newest first; it shows itself as a table.  more: there are others that were not listed."""

    endpoints: tuple[Description, ...] = ()
    missing: tuple[Missing, ...] = ()
    more: bool = False
    pattern: str | None = None
    where: Where | None = None
    settings: Settings | None = None

    def __repr__(self) -> str:
        return f"<Overview {', '.join(one.name for one in self.endpoints[:20])}>"

    def __len__(self) -> int:
        return len(self.endpoints)

    def __iter__(self) -> Iterator[Description]:
        return iter(self.endpoints)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from .endpointcards import table

        return table(self)


def kind(
    endpoint: Endpoint | None,
    configuration: Configuration | None = None,
    models: Iterable[Model] = (),
    components: Iterable[Component] = (),
) -> Kind:
    """What sort of endpoint it is, as far as these tell: several containers may also be a pipeline."""
    variants: list[Any] = [*(endpoint.variants if endpoint else ())]
    configured = configuration.variants if configuration else ()
    held = [model.containers for model in models]
    if endpoint is not None and endpoint.asynchronous:
        return "asynchronous"
    if any(variant.memory for variant in (*variants, *configured)):
        return "serverless"
    if any(components) or any(variant.model is None for variant in configured):
        return "components"
    if any(container.several for several in held for container in several):
        return "multi-model"
    return "multi-container" if any(len(several) > 1 for several in held) else "real-time"
