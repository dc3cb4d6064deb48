"""What the form's lists offer: variables, endpoints, variants, presets, earlier calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ..records import history
from ..watching import watch
from . import variables

if TYPE_CHECKING:
    from ..client import Client
    from ..descriptions import Description
    from .form import Form

__all__ = ["Offers"]

_EARLIER: Final = 20


class Offers:
    """Fills the lists of *form*.  What the control plane does not tell can be typed all the same."""

    def __init__(self, form: Form, client: Client, namespace: Mapping[str, Any]) -> None:
        self._form, self._client, self._namespace = form, client, namespace

    def all(self) -> None:
        """Everything; endpoints and variants come when they are told."""
        self.variables()
        self.presets(self._client.settings.targets)
        self.earlier()
        self._ask(lambda catalog: catalog.endpoints(), self._endpoints)
        self.variants()

    def variables(self) -> None:
        """Those of the notebook that can be sent."""
        form = self._form
        form.choose(form.variable, variables.sendable(self._namespace), form.variable.value)

    def presets(self, names: Mapping[str, object]) -> None:
        """Targets; none is chosen, for to choose one fills the form in."""
        form = self._form
        form.choose(form.presets, [("none", ""), *((name, name) for name in names)], "")

    def earlier(self) -> None:
        """The last calls of the history; none is chosen, for to choose one shows its answer."""
        form = self._form
        rows = [
            (f"{each.number} · {each.endpoint} · {each.when.astimezone():%H:%M:%S}", each.number)
            for each in history
        ]
        form.choose(form.history, [("none", ""), *reversed(rows[-_EARLIER:])], "")

    def variants(self) -> None:
        """Variants and components of the endpoint, once it is described."""
        name = self._form.endpoint.value.strip()
        if name:
            self._ask(lambda _: self._client.describe(name, brief=True), self._described)

    def _endpoints(self, names: tuple[str, ...]) -> None:
        self._form.endpoint.options = names

    def _described(self, told: Description) -> None:
        form = self._form
        if told.name != form.endpoint.value.strip():  # another was typed meanwhile
            return
        variants = () if told.endpoint is None else tuple(each.name for each in told.endpoint.variants)
        components = tuple(each.name for each in told.components)
        form.choose(
            form.variant, [("by weight", ""), *((name, name) for name in variants)], form.variant.value
        )
        form.choose(
            form.component, [("none", ""), *((name, name) for name in components)], form.component.value
        )

    def _ask(self, ask: Callable[[Any], Any], then: Callable[[Any], None]) -> None:
        """In the background: a side call may take two seconds, or be denied."""
        catalog = self._client.catalog
        if catalog is not None:
            watch(lambda: then(ask(catalog)))
