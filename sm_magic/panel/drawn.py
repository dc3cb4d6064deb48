"""What the panel shows of answers and errors: markup, escaped like every card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from .. import views
from ..errors import Cancelled, SmMagicError
from ..messages import Payload, Request
from ..result import Result
from ..settings import Settings
from ..spelling import told
from ..views.embedded import embed, img
from ..views.markup import Markup, join, tag
from ..views.quantities import plural, size

__all__ = ["copy", "error", "line", "markup", "preview"]

AGAIN: Final = "Re-run this cell to bring the panel back."
_SIDE: Final = 160  # pixels of a preview


def markup(bundle: Mapping[str, str]) -> Markup:
    """A MIME bundle's html; its text where html is turned off."""
    found = bundle.get("text/html")
    return Markup(found) if found is not None else tag("pre", bundle["text/plain"])


def error(problem: BaseException, settings: Settings) -> Markup:
    """What went wrong, what to do, and what came of the answer, if anything did."""
    came = getattr(problem, "result", None)
    card = markup(came._repr_mimebundle_()) if isinstance(came, Result) else None
    if card is not None and isinstance(problem, Cancelled):
        return card  # which says that it is not all
    lines = str(problem).splitlines() if isinstance(problem, SmMagicError) else [told(problem)]
    report = markup(views.report(type(problem).__name__, [("", lines)], settings=settings))
    return report if card is None else join(report, card)


def line(text: str) -> Markup:
    """A line of state, read out by screen readers when it changes."""
    return tag("div", text, class_="sm-magic-status", role="status")


def preview(request: Request, settings: Settings) -> Markup:
    """What will be sent: its type, its size, what is known of it; a picture as a picture."""
    payload = request.payload
    if payload is None:
        return line("Nothing will be sent.")
    facts = payload.facts
    parts = [payload.content_type, size(payload.size)]
    if facts.rows is not None:
        columns = f" × {plural(facts.columns, 'column')}" if facts.columns is not None else ""
        parts.append(f"{plural(facts.rows, 'row')}{columns}")
    said = line(" · ".join([f"Will be sent: {parts[0]}", *parts[1:], *facts.notes]))
    return join(said, _picture(payload, settings)) if payload.content_type.startswith("image/") else said


def _picture(payload: Payload, settings: Settings) -> Markup:
    try:
        picture = embed(payload.body, settings, side=_SIDE)
    except ValueError:
        return join()
    return img(picture, f"What will be sent: an image of {picture.pixels}", width=_SIDE)


def copy(card: Mapping[str, str] | None, when: datetime | None) -> dict[str, str]:
    """The ordinary output below the panel: what a notebook that is opened again shows, trusted or not."""
    if card is None or when is None:
        return {"text/html": str(tag("small", AGAIN)), "text/plain": f"The panel of sm_magic. {AGAIN}"}
    stamp = f"The last answer, {when:%Y-%m-%d %H:%M:%S}. {AGAIN}"
    html = tag("details", tag("summary", tag("small", stamp)), markup(card))
    return {"text/html": str(html), "text/plain": f"{stamp}\n\n{card['text/plain']}"}
