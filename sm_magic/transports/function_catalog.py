"""A control plane without a network: what is deployed, said by whoever makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from ..deployments import Component, Configuration, Listed, Log, LogLine, Model, Traffic
from ..messages import Endpoint

__all__ = ["FunctionCatalog"]

_NONE: Mapping[str, int] = MappingProxyType({})


class FunctionCatalog:
    """A control plane that knows *endpoints* and *account*, and what else it is given.

    backlogs: how many requests wait for an endpoint, by its name.  traffic: of its variants, likewise.
    objects: addresses in S3, ``s3://bucket/key``.
    log: the lines of a log group, by its name.
    gate: told of each call, by the API's name for it, before it is answered; what it raises is the answer.
    """

    def __init__(
        self,
        endpoints: Iterable[Endpoint] = (),
        account: str | None = None,
        *,
        backlogs: Mapping[str, int] = _NONE,
        configurations: Iterable[Configuration] = (),
        models: Iterable[Model] = (),
        components: Iterable[Component] = (),
        objects: Iterable[str] = (),
        traffic: Mapping[str, Sequence[Traffic]] = MappingProxyType({}),
        log: Mapping[str, Sequence[LogLine]] = MappingProxyType({}),
        gate: Callable[[str], None] = lambda call: None,
    ) -> None:
        self._endpoints = {endpoint.name: endpoint for endpoint in endpoints}
        self._account = account
        self._backlogs = backlogs
        self._configurations = {one.name: one for one in configurations}
        self._models = {one.name: one for one in models}
        self._components = {one.name: one for one in components}
        self._objects = tuple(objects)
        self._traffic, self._log = traffic, log
        self._gate = gate

    def account(self) -> str | None:
        """The account, if there is one."""
        self._gate("GetCallerIdentity")
        return self._account

    def learn_account(self) -> None:
        """It is known, or it never will be."""

    def retry(self, endpoint: str | None = None) -> None:
        """Nothing is kept."""

    def endpoint(self, name: str) -> Endpoint | None:
        """The endpoint *name*; None if there is none."""
        self._gate("DescribeEndpoint")
        return self._endpoints.get(name)

    def endpoints(self) -> tuple[str, ...]:
        """The names of the endpoints, in the order given."""
        self._gate("ListEndpoints")
        return tuple(self._endpoints)

    def listed(self, contains: str = "") -> tuple[Listed, ...]:
        """The endpoints whose names contain *contains*, in the order given."""
        self._gate("ListEndpoints")
        return tuple(
            Listed(name=one.name, status=one.status, changed=one.changed)
            for one in self._endpoints.values()
            if contains.lower() in one.name.lower()
        )

    def configuration(self, name: str) -> Configuration | None:
        """The configuration *name*; None if there is none."""
        self._gate("DescribeEndpointConfig")
        return self._configurations.get(name)

    def model(self, name: str) -> Model | None:
        """The model *name*; None if there is none."""
        self._gate("DescribeModel")
        return self._models.get(name)

    def components(self, endpoint: str | None = None) -> tuple[Component, ...]:
        """The names, endpoints, variants and states of components, in the order given."""
        self._gate("ListInferenceComponents")
        told = dict.fromkeys(("model", "image", "copies", "wanted", "failure_reason"))
        return tuple(
            replace(one, **told)  # type: ignore[arg-type]
            for one in self._components.values()
            if endpoint in (None, one.endpoint)
        )

    def component(self, name: str) -> Component | None:
        """The component *name*; None if there is none."""
        self._gate("DescribeInferenceComponent")
        return self._components.get(name)

    def below(self, folder: str, most: int = 100) -> tuple[str, ...]:
        """What of the objects given lies below *folder*."""
        self._gate("ListObjectsV2")
        found = [one[len(folder) :].lstrip("/") for one in self._objects if one.startswith(folder)]
        return tuple(found[: most + 1])

    def backlog(self, name: str) -> int | None:
        """How many requests wait for it, as far as it was told."""
        self._gate("GetMetricStatistics")
        return self._backlogs.get(name)

    def traffic(self, name: str, variants: Sequence[str]) -> tuple[Traffic, ...]:
        """What was counted of *variants*, as far as it was told."""
        self._gate("GetMetricData")
        known = {one.variant: one for one in self._traffic.get(name, ())}
        return tuple(known.get(variant, Traffic(variant=variant)) for variant in variants)

    def logs(
        self,
        group: str,
        *,
        stream: str = "",
        minutes: float = 60.0,
        grep: str = "",
        most: int = 100,
        seconds: float = 2.0,
    ) -> Log:
        """The last of the lines given, whenever they were written."""
        del minutes, seconds
        self._gate("FilterLogEvents")
        if group not in self._log:
            return Log(group=group, there=False)
        found = [one for one in self._log[group] if one.stream.startswith(stream) and grep in one.text]
        return Log(group=group, lines=tuple(found[-most:]), more=len(found) > most)
