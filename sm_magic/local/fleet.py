"""What is deployed here: endpoints, their variants, and the model behind each.

A model is a function, ``Call -> Reply``: a demo model or a container.  It may raise `ContainerError` (its own
4xx or 5xx, which the front turns into a ModelError) or `Refusal` (an error of the service itself).
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ..settings import GiB
from .activity import Activity
from .explainer import Explainer
from .wire import Call, Cut, Refusal, Reply, StreamFault

Model = Callable[[Call], Reply]


class ContainerError(Exception):
    """A container's own error: HTTP `status` and the `message` that is its body."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def whole(reply: Reply) -> Reply:
    """The *reply* with its parts joined, for a caller who does not stream; ContainerError where the model broke off."""
    if reply.parts is None:
        return reply
    kept, size, cut = [], 0, reply.cut
    try:
        for part in reply.parts:
            kept.append(part)
            size += len(part)
            if size > GiB:
                raise ContainerError(500, "The container's answer is longer than 1 GiB.")
    except StreamFault as fault:
        raise ContainerError(500, str(fault)) from fault
    except Cut:
        cut = "middle"
    return replace(reply, body=b"".join(kept), cut=cut, parts=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A production variant: its share of the requests is its weight over the sum of all."""

    name: str
    model: Model = field(repr=False)
    weight: float = 1.0
    image: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """An inference component: a model that shares the endpoint's instances with others."""

    name: str
    model: Model = field(repr=False)
    image: str = ""
    copies: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """An endpoint.  `status` is asked each time: a container comes and goes.

    components: what answers instead of the only variant's model, each called by its name.
    explainer: makes the explainer of an endpoint that has one; called when it is first needed.
    prepare: what takes time before the first answer; called beside the server once it is up.
    """

    name: str
    variants: tuple[Variant, ...]
    components: tuple[Component, ...] = ()
    status: Callable[[], str] = field(default=lambda: "InService", repr=False)
    explainer: Callable[[], Explainer] | None = field(default=None, repr=False)
    prepare: Callable[[], object] | None = field(default=None, repr=False)

    def variant(self, name: str) -> Variant:
        """The variant of that name, as TargetVariant asks for it; a ValidationError if there is none."""
        for variant in self.variants:
            if variant.name == name:
                return variant
        # Ours: the service's own text has not been seen; its code and status are sure.
        raise Refusal("ValidationError", f"Variant {name} not found for endpoint {self.name}.")


class Fleet:
    """All endpoints of one server, by name, what they were asked, and since when (seconds since 1970)."""

    def __init__(self, endpoints: Mapping[str, Deployed], *, seed: int | None = None) -> None:
        self.endpoints = dict(endpoints)
        self.activity = Activity()
        self.started = time.time()
        self._random = random.Random(seed)  # noqa: S311 - it spreads requests, it guards nothing
        self._lock = threading.Lock()

    def pick(self, endpoint: Deployed, name: str | None, component: str | None = None) -> Variant:
        """The variant that answers: the one asked for, the component's, else one drawn by weight."""
        if component is not None:
            chosen = next(one for one in endpoint.components if one.name == component)
            return replace(endpoint.variants[0], model=chosen.model, image=chosen.image)
        if name is not None:
            return endpoint.variant(name)
        if len(endpoint.variants) == 1:
            return endpoint.variants[0]
        with self._lock:
            weights = [variant.weight for variant in endpoint.variants]
            return self._random.choices(endpoint.variants, weights)[0]
