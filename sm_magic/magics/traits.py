"""Settings' fields as traits: ``%config SageMakerMagics.max_rows = 5``, ``c.SageMakerMagics.region = "eu-west-1"``.

A trait that nobody has set has the value that the files give it (`sm_magic.configuration`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from traitlets import Bool, Dict, Float, HasTraits, Int, TraitError, TraitType, Unicode

from ..settings import Settings

__all__ = ["setting_traits"]


class _Setting(TraitType):  # type: ignore[type-arg] # not generic in older traitlets
    """A trait that knows whether it was set, even to its default, and asks the files if it was not."""

    def set(self, obj: HasTraits, value: Any) -> None:
        super().set(obj, value)
        obj.given.add(self.name)  # type: ignore[attr-defined]

    def get(self, obj: HasTraits, cls: Any = None) -> Any:
        if self.name in obj.given:  # type: ignore[attr-defined]
            return super().get(obj, cls)
        return getattr(obj.configured, self.name or "")  # type: ignore[attr-defined]


# Their names are what `%config SageMakerMagics` shows as the kind of each setting.
class Text(_Setting, Unicode):  # type: ignore[type-arg]
    pass


class Whole(_Setting, Int):  # type: ignore[type-arg]
    pass


class Number(_Setting, Float):  # type: ignore[type-arg]
    pass


class YesNo(_Setting, Bool):  # type: ignore[type-arg]
    pass


class Table(_Setting, Dict):
    def validate(self, obj: Any, value: Any) -> Any:
        """Targets: each is a table that names its endpoint."""
        found: dict[str, Any] = super().validate(obj, value) or {}
        for name, table in found.items():
            if not isinstance(table, Mapping) or not isinstance(table.get("endpoint"), str):
                raise TraitError(
                    f"The target `{name}` has no endpoint; "
                    f"write {self.name} = {{{str(name)!r}: {{'endpoint': 'NAME', …}}}}"
                )
        return found


def setting_traits() -> dict[str, TraitType[Any, Any]]:
    """One documented trait for each setting."""
    return {field.name: _trait(field).tag(config=True) for field in fields(Settings)}


def _trait(field: Field[Any]) -> TraitType[Any, Any]:
    text = field.metadata["help"]
    default: Any = field.default
    match field.type:
        case "bool":
            return YesNo(default, help=text)
        case "int":
            return Whole(default, min=0, help=text)
        case "float":
            return Number(default, min=0, help=text)
        case "str | None":
            return Text(None, allow_none=True, help=text)
        case _ if field.default is MISSING:
            return Table(help=text)
        case other:
            raise TypeError(f"No trait for a setting of type {other}.")
