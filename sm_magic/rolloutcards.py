"""A deployment as its card: the state, the variants, the last lines of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import views
from .endpointcards import log_line, variants
from .jobcards import since

if TYPE_CHECKING:
    from .messages import Where
    from .rollout import Step
    from .settings import Settings

__all__ = ["card", "title"]


def title(step: Step | None, name: str) -> str:
    """The endpoint and its state."""
    if step is None:
        return name
    return f"{name} is {step.endpoint.status if step.endpoint else 'deleted'}"


def card(
    step: Step | None, name: str, said: str | None = None, *, where: Where | None, settings: Settings
) -> dict[str, str]:
    """What the last look told; *said*: the title of a moment."""
    endpoint = step.endpoint if step else None
    facts: list[tuple[str, object]] = [("where", str(where))] if where else []
    if endpoint is not None:
        states = [f"{one.name}: {one.state}" for one in endpoint.variants if one.state]
        facts += [
            ("reason", endpoint.failure_reason),
            ("variants", variants(endpoint.variants)),
            ("at", states),
        ]
    log = step.log if step else None
    if step is not None:
        facts += [("not told", step.problem)]
        facts += [("missing", step.missing), ("log", "no lines yet" if log and not log.lines else None)]
    told = [(label, value if isinstance(value, list) else str(value)) for label, value in facts if value]
    over = f"{title(step, name)} after {since(step.elapsed)}" if step else name
    lines = [log_line(line, stream=False) for line in log.lines] if log else []
    return views.report(said or over, told, lines=lines, settings=settings)
