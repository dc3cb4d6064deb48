"""Answer -> markup and text.  One shape of answer is one file; a view displays nothing.

The folder is the registry: a module here that has a ``VIEW`` is a view.  `show` asks them in order of rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..settings import Settings
from ..spelling import ended
from .base import Answer, Card, Shown, View
from .cards import card, one_line, report, request_card
from .listing import listing
from .markup import join, tag
from .printable import printable

if TYPE_CHECKING:
    from pandas import DataFrame
    from PIL.Image import Image

__all__ = [
    "VIEW_NAMES",
    "Answer",
    "Card",
    "Shown",
    "View",
    "card",
    "check_name",
    "find_images",
    "find_table",
    "listing",
    "one_line",
    "report",
    "request_card",
    "show",
    "views",
]

VIEW_NAMES: tuple[str, ...] = ("auto", "table", "json", "image", "text", "markdown", "html", "raw")
"""What ``--view`` takes."""


def check_name(view: str) -> None:
    """UsageError for what is none of `VIEW_NAMES`."""
    if view not in VIEW_NAMES:
        raise UsageError(f"There is no view {view!r}.", hint=f"One of {', '.join(VIEW_NAMES)}.")


@cache
def views() -> Mapping[str, View]:
    """All views by name, in the order in which they are asked."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    made = [view for module in modules if isinstance(view := getattr(module, "VIEW", None), View)]
    return MappingProxyType({view.name: view for view in sorted(made, key=lambda view: view.rank)})


def show(answer: Answer, settings: Settings, *, view: str = "auto") -> Shown:
    """The value as people look at it: by the view named, else by the first that claims it.

    An answer is never lost to its view: where one can't show it, the raw body is shown, and why.
    """
    chosen = asked = views().get(view)
    try:
        chosen = asked or _claiming(answer)
        shown = chosen.show(answer, settings)
    except Exception as exc:  # noqa: BLE001 - a model's answer may break anything; the reason is shown
        why = f"Not shown as {chosen.name if chosen else view}: {ended(exc)}"
        instead = show(answer, settings) if asked else views()["raw"].show(answer, settings)
        shown = Shown(html=join(tag("p", why), instead.html), text=f"{why}\n{instead.text}")
    return Shown(html=shown.html, text=printable(shown.text))


def find_table(answer: Answer) -> DataFrame | None:
    """The table in an answer as a DataFrame, a column for each part of a row; None if there is none."""
    from . import tables

    find = _claiming(answer).table
    table = (find and find(answer)) or answer.once(tables.find)
    return None if table is None else table.frame()


def find_images(answer: Answer, settings: Settings | None = None) -> list[Image]:
    """The pictures in an answer, in its order, decoded in `max_decoded_bytes`; none is an empty list."""
    find = _claiming(answer).images
    return [] if find is None else find(answer, settings or Settings())


def _claiming(answer: Answer) -> View:
    return next(view for view in views().values() if view.claims(answer))
