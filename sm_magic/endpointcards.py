"""Endpoints as people look at them: many in a table, one in detail, a log, a deployment that goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from . import views
from .jobcards import since
from .plain import printable
from .views.printable import one_line
from .views.quantities import plural, seconds

if TYPE_CHECKING:
    from .deployments import Component, LogLine, Traffic
    from .descriptions import Description, Overview
    from .messages import Variant

__all__ = ["age", "detail", "log_line", "table", "variants"]

_LISTED: Final = 20  # components, models, lines
_LINE: Final = 400  # characters of a line of a log
_Facts = list[tuple[str, object]]


def table(overview: Overview, *, now: datetime | None = None) -> dict[str, str]:
    """Name, status, kind, variants with their shares and instances, when it was changed."""
    rows = [
        [one.name, one.status, kind(one), variants(one.variants), age(one.changed, now)]
        for one in overview.endpoints
    ]
    count = plural(len(rows), "endpoint") + (" and more" if overview.more else "")
    fitting = f" like {overview.pattern}" if overview.pattern else ""
    facts: _Facts = [("where", str(overview.where))] if overview.where else []
    if not rows:
        facts.append(("", "%sm_endpoints lists all" if overview.pattern else "nothing is deployed here"))
    facts += [("missing", str(one)) for one in overview.missing]
    names = ("name", "status", "kind", "variants", "changed")
    return views.report(
        f"{count}{fitting}", facts, (names, rows) if rows else None, settings=overview.settings
    )


def detail(one: Description, *, now: datetime | None = None) -> dict[str, str]:
    """Everything that was told, and what was not."""
    title = " · ".join(part for part in (one.name, one.status, kind(one)) if part)
    facts = [(label, said) for label, said in _facts(one, now) if said]
    return views.report(title, facts, _by_variant(one, now), settings=one.settings)


def kind(one: Description) -> str:
    """Its kind.  The local endpoint's take every request both ways."""
    local = one.where is not None and one.where.place == "LOCAL"
    if local and one.kind == "asynchronous":
        return "components" if one.components else "real-time, asynchronous"
    return one.kind or ""


def age(when: datetime | None, now: datetime | None = None) -> str:
    """How long ago that was: ``5 min ago``; days as a date."""
    if when is None:
        return ""
    passed = max(((now or datetime.now(UTC)) - when).total_seconds(), 0.0)
    return f"{since(passed)} ago" if passed < 86_400 else f"{when:%Y-%m-%d}"


def log_line(line: LogLine, *, stream: bool) -> str:
    """A line of a log: its time (UTC), who wrote it if there are several, what it says."""
    said = one_line(printable(line.text), _LINE)
    return f"{line.time:%H:%M:%S} {line.stream} {said}" if stream else f"{line.time:%H:%M:%S} {said}"


def _facts(one: Description, now: datetime | None) -> Iterator[tuple[str, object]]:
    endpoint = one.endpoint
    yield "where", str(one.where) if one.where else None
    if endpoint is not None:
        yield "reason", endpoint.failure_reason
        yield "changed", age(endpoint.changed, now)
        yield "configuration", endpoint.config
    for image in one.images:
        yield "image", image
    for framework in one.frameworks:
        yield "container", f"{framework.name}: takes {', '.join(framework.types)}"
        yield "body", framework.layout
        yield "to type", framework.say
    if endpoint is not None:
        yield "shadow variants", variants(endpoint.shadows)
        yield "explainer", endpoint.explains and "Clarify: --enable-explanations"
        share, folder = endpoint.capture_percent, endpoint.capture_path
        yield "data capture", f"{share} % to {folder}" if folder else "off"
        yield "answers go to", endpoint.output_path
        if endpoint.asynchronous:
            yield "failures go to", endpoint.failure_path or "nowhere: they will leave no trace"
    yield "components", _some([_component(component) for component in one.components])
    yield "target models", _some(list(one.stored))
    yield (
        "containers",
        _some(
            [
                container.hostname
                for model in one.models
                for container in model.containers
                if container.hostname
            ]
        ),
    )
    for missing in one.missing:
        yield "missing", str(missing)


def _by_variant(one: Description, now: datetime | None) -> tuple[list[str], list[list[object]]] | None:
    """A row for each variant; a column that would say nothing is left out."""
    configured = {each.name: each for each in one.configuration.variants} if one.configuration else {}
    counted = {each.variant: each for each in one.traffic}
    rows: list[dict[str, object]] = []
    for variant in one.variants:
        planned = configured.get(variant.name)
        rows.append(
            {
                "variant": variant.name,
                "share": _share(variant, one.variants),
                "instances": _instances(variant),
                "type": planned and planned.instance_type,
                "model": planned and planned.model,
                "state": variant.state,
                **_traffic(counted.get(variant.name), now),
            }
        )
    names = [name for name in (rows[0] if rows else ()) if any(row.get(name) for row in rows)]
    return (names, [[row.get(name) or "" for name in names] for row in rows]) if rows else None


def _traffic(counted: Traffic | None, now: datetime | None) -> dict[str, object]:
    if counted is None:
        return {}
    errors = f", {plural(counted.errors, 'error')}" if counted.errors else ""
    last = f", the last {age(counted.last, now)}" if counted.last else ""
    asked = f"{plural(counted.invocations, 'request')}{errors}{last}" if counted.invocations else "none"
    slowest = f", {seconds(counted.slowest)} at most" if counted.slowest is not None else ""
    return {
        "last hour": asked,
        "model latency": f"{seconds(counted.latency)}{slowest}" if counted.latency is not None else "",
        "overhead": seconds(counted.overhead) if counted.overhead is not None else "",
    }


def variants(told: Sequence[Variant]) -> str:
    """Each with its share of the requests and its instances: ``champion 70 % × 2, challenger 30 % × 1``."""
    return ", ".join(
        " ".join(part for part in (one.name, _share(one, told), _times(one)) if part) for one in told
    )


def _share(one: Variant, variants: Sequence[Variant]) -> str:
    """How many of the requests it gets; nothing is said where it gets all."""
    total = sum(variant.weight or 0.0 for variant in variants)
    if len(variants) < 2 or one.weight is None or not total:
        return ""
    return f"{100 * one.weight / total:.3g} %"


def _times(one: Variant) -> str:
    return f"{one.memory} MB" if one.memory else f"× {told}" if (told := _instances(one)) else ""


def _instances(one: Variant) -> str:
    if one.instances is None:
        return f"serverless, {one.memory} MB" if one.memory else ""
    changing = one.desired is not None and one.desired != one.instances
    return f"{one.instances} → {one.desired}" if changing else f"{one.instances}"


def _component(one: Component) -> str:
    changing = one.wanted is not None and one.wanted != one.copies
    copies = "" if one.copies is None else f"× {one.copies}" + (f" → {one.wanted}" if changing else "")
    status = None if one.status == "InService" else one.status
    parts = (one.name, copies, status, one.failure_reason, one.model)
    return " · ".join(part for part in parts if part)


def _some(lines: list[str]) -> list[str]:
    if len(lines) <= _LISTED:
        return lines
    return [*lines[:_LISTED], f"and {len(lines) - _LISTED:,} more"]
