"""``%sm_endpoints``: what is deployed; one endpoint in detail; a deployment, followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..arns import parse_endpoint
from ..errors import Cancelled, SmMagicError, StillRunning, UsageError
from .following import Listing
from .options import Parsed, help_text, parse
from .status import Status
from .target import choose

if TYPE_CHECKING:
    from ..client import Client
    from ..descriptions import Description, Overview
    from ..rollout import Step
    from .extension import SageMakerMagics

__all__ = ["asked", "endpoints"]

_CONNECTION = frozenset({"profile", "region", "role_arn", "endpoint_url"})


def endpoints(door: SageMakerMagics, line: str, names: Mapping[str, Any]) -> Overview | Description | None:
    """Run the magic; what it returns is shown already, or silenced."""
    parsed = parse("sm_endpoints", line, names)
    if parsed.help:
        print(help_text("sm_endpoints"))
        return None
    from ..catalog import is_pattern

    told = parsed.arguments.get("NAME")
    if told is None or is_pattern(told):
        if "wait" in parsed.options:
            raise UsageError("--wait follows one endpoint.", hint="%sm_endpoints NAME --wait")
        found: Overview | Description | None = _overview(
            door, _client(door, parsed, {}), told, parsed.options
        )
    else:
        name, client = asked(door, parsed, told)
        act = _followed if "wait" in parsed.options else _detail
        found = act(door, client, name, parsed.options)
    door.marks.add(found)
    if "out" in parsed.options:
        door.shell.push({parsed.options["out"]: found})
    return found


def asked(door: SageMakerMagics, parsed: Parsed, told: str) -> tuple[str, Client]:
    """The endpoint's name and whom to ask, for a name, a target or an ARN."""
    choice = choose(door, told, door.settings())
    name, arn = parse_endpoint(choice.endpoint)
    options = {} if door.place is not None else dict(choice.options)  # as for %sm_invoke: not away from local
    if arn is not None and door.place is None:
        options.setdefault("region", arn.region)
    return name, _client(door, parsed, options)


def _client(door: SageMakerMagics, parsed: Parsed, options: Mapping[str, Any]) -> Client:
    given = {**options, **parsed.options}
    return door.client(door.settings(), **{name: given[name] for name in _CONNECTION if name in given})


def _overview(
    door: SageMakerMagics, client: Client, pattern: str | None, options: Mapping[str, Any]
) -> Overview:
    status = _status(door, client, "Listing endpoints", options)
    with status:
        found = client.endpoints(pattern, on_progress=status.progress)
    status.answer(found._repr_mimebundle_)
    return found


def _detail(door: SageMakerMagics, client: Client, name: str, options: Mapping[str, Any]) -> Description:
    status = _status(door, client, f"Describing {name}", options)
    with status:
        found = client.describe(name)
    status.answer(found._repr_mimebundle_)
    return found


def _followed(
    door: SageMakerMagics, client: Client, name: str, options: Mapping[str, Any]
) -> Description | None:
    """Look until the deployment is over, in one display; None if it was deleted.

    Raises SmMagicError if it failed, StillRunning after ``--wait=SECONDS``, Cancelled on an interrupt.
    """
    from ..descriptions import Description

    again = f"The deployment goes on: `%sm_endpoints {name} --wait` follows it again."
    watched = _Watched(client, name)
    status = Listing(
        door.shell, f"Following {name}", quiet=bool(options.get("quiet")), html=client.settings.html
    )
    try:
        with status:
            for number, watched.last in enumerate(client.follow(name)):
                if watched.last.over:
                    break
                if not number:
                    status.waits(watched.title, watched.card)
                if options["wait"] is not True and watched.last.elapsed >= options["wait"]:
                    said = f"{watched.title()} after {watched.last.elapsed:,.0f} s."
                    raise StillRunning(said, hint=again)
    except KeyboardInterrupt:
        elapsed = watched.last.elapsed if watched.last else 0.0
        raise Cancelled(f"Interrupted after {elapsed:,.0f} s.", hint=again) from None
    status.answer(watched.card)
    found = watched.last.endpoint if watched.last else None
    if found is not None and found.status.endswith("Failed"):
        reason = f": {found.failure_reason}" if found.failure_reason else "."
        raise SmMagicError(f"{name} is {found.status}{reason}", hint=f"%sm_logs {name} shows its log")
    if found is None:
        return None
    return Description(name=name, endpoint=found, where=client.where, settings=client.settings)


class _Watched:
    """What the last look told, as its display asks for it again and again."""

    def __init__(self, client: Client, name: str) -> None:
        self._client, self._name = client, name
        self.last: Step | None = None

    def title(self) -> str:
        from .. import rolloutcards

        return rolloutcards.title(self.last, self._name)

    def card(self, said: str | None = None) -> dict[str, str]:
        from .. import rolloutcards

        where, settings = self._client.where, self._client.settings
        return rolloutcards.card(self.last, self._name, said, where=where, settings=settings)


def _status(door: SageMakerMagics, client: Client, what: str, options: Mapping[str, Any]) -> Status:
    return Status(door.shell, what, quiet=bool(options.get("quiet")), html=client.settings.html)
