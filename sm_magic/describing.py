"""What a Client tells of endpoints: which there are, one in detail, what its containers wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import catalog
from .errors import ConnectError, SmMagicError, ValidationError
from .messages import Where
from .spelling import near, question

if TYPE_CHECKING:
    from .catalog import Description
    from .transports import Catalog, Runtime

__all__ = ["Describing"]


class Describing:
    """The part of Client that asks the control plane.  Each call of it takes two seconds at most."""

    runtime: Runtime
    catalog: Catalog | None

    def describe(self, name: str, *, brief: bool = False) -> Description:
        """The endpoint *name* in detail: its `endpoint` (state, variants), `components`, `models`, `traffic` and more.

        What could not be asked stands in `missing`, each with the permission that it takes.
        brief: its variants and the names of its components alone, by two calls.
        Raises ValidationError if there is no such endpoint, ConnectError if there is no control plane to ask.
        """
        found = catalog.describe(self._plane(), name, brief=brief)
        if found is None:
            raise self._absent(name)
        return found

    def _plane(self) -> Catalog:
        if self.catalog is None:
            raise ConnectError("Nothing is known of this client's control plane.")
        return self.catalog

    def _absent(self, name: str) -> ValidationError:
        where: Where = self.runtime.where
        try:
            known = self._plane().endpoints()
        except SmMagicError:
            known = ()
        found = near(name, known, most=3)
        return ValidationError(
            f"There is no endpoint {name} in {where.region or where.place}.",
            hint=question(*found) if found else "%sm_endpoints lists those that there are.",
            status=400,
            code="ValidationException",
        )
