"""What the form's lists offer: variables, endpoints, variants, presets, earlier calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from .. import configuration
from ..arns import parse_endpoint
from ..records import history
from ..watching import watch
from . import variables

if TYPE_CHECKING:
    from ..client import Client
    from ..descriptions import Description
    from .form import Form

__all__ = ["Offers"]

_EARLIER: Final = 20
_BY_WEIGHT, _NONE = ("by weight", ""), ("none", "")


class Offers:
    """Fills the lists of *form*.  What the control plane does not tell can be typed all the same."""

    def __init__(self, form: Form, client: Client, namespace: Mapping[str, Any]) -> None:
        self._form, self._client, self._namespace = form, client, namespace

    def all(self) -> None:
        """Everything; endpoints and variants come when they are told."""
        self.variables()
        self.presets(self.targets)
        self.earlier()
        self._ask(lambda catalog: catalog.endpoints(), self._endpoints)
        self.variants()

    def variables(self) -> None:
        """Those of the notebook that can be sent."""
        form = self._form
        form.choose(form.variable, variables.sendable(self._namespace), form.variable.value)

    @property
    def targets(self) -> Mapping[str, Mapping[str, Any]]:
        """The client's, and what the files say by now."""
        return {**self._client.settings.targets, **configuration.load().targets}

    def presets(self, names: Mapping[str, object]) -> None:
        """Targets; none is chosen, for to choose one fills the form in."""
        form = self._form
        form.choose(form.presets, [_NONE, *((name, name) for name in names)], "")

    def earlier(self) -> None:
        """The last calls of the history; none is chosen, for to choose one shows its answer."""
        form = self._form
        rows = [
            (f"{each.number} · {each.endpoint} · {each.when.astimezone():%H:%M:%S}", each.number)
            for each in history
        ]
        form.choose(form.history, [_NONE, *reversed(rows[-_EARLIER:])], "")

    def variants(self) -> None:
        """Variants and components of the endpoint, once it is described; those of another are no choice."""
        form = self._form
        form.choose(form.variant, [_BY_WEIGHT], "")
        form.choose(form.component, [_NONE], "")
        typed = form.endpoint.value.strip()
        if typed:
            self._ask(
                lambda _: self._client.describe(parse_endpoint(typed)[0], brief=True),
                lambda told: self._described(told, typed),
            )

    def _endpoints(self, names: tuple[str, ...]) -> None:
        self._form.endpoint.options = names

    def _described(self, told: Description, typed: str) -> None:
        form = self._form
        if typed != form.endpoint.value.strip():  # another was typed meanwhile
            return
        variants = () if told.endpoint is None else tuple(each.name for each in told.endpoint.variants)
        components = tuple(each.name for each in told.components)
        for box, first, names in ((form.variant, _BY_WEIGHT, variants), (form.component, _NONE, components)):
            wanted = box.value  # chosen meanwhile, or by a preset: it stays a choice
            known = dict.fromkeys([*names, wanted] if wanted else names)
            form.choose(box, [first, *((name, name) for name in known)], wanted)

    def _ask(self, ask: Callable[[Any], Any], then: Callable[[Any], None]) -> None:
        """In the background: a side call may take two seconds, or be denied."""
        catalog = self._client.catalog
        if catalog is not None:
            watch(lambda: then(ask(catalog)))
