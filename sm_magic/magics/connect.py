"""``%sm_connect``: set where calls go, and say where they go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .. import configuration
from ..errors import SmMagicError, UsageError
from .options import Parsed, help_text, parse
from .status import Status
from .tables import CONNECT
from .target import choose

if TYPE_CHECKING:
    from ..client import Client
    from .extension import SageMakerMagics

__all__ = ["connect"]

_OURS = frozenset({"new", "check", "trust_project", "traceback", "help"})
_LEADING = ("profile", "region", "role_arn", "endpoint_url")  # what a target may say of where its calls go
_CONNECTION = tuple(option for option in CONNECT if option.dest not in _OURS)
_Answer = TypeVar("_Answer")


def connect(door: SageMakerMagics, line: str, names: Mapping[str, Any]) -> None:
    """Run the magic: nothing changes unless all of the line can be done."""
    parsed = parse("sm_connect", line, names)
    if parsed.help:
        print(help_text("sm_connect"))
        return
    changes = {
        option.dest: parsed.options[option.dest] for option in _CONNECTION if option.dest in parsed.options
    }
    local = parsed.arguments.get("PLACE") == "local"
    _check(parsed, changes, local)
    if parsed.options.get("trust_project"):
        _trust(door)
    if local:
        _go_local(door, new=bool(parsed.options.get("new")))
    elif changes or "PLACE" in parsed.arguments:
        _go(door, changes)
    if "check" in parsed.options:
        _look(door, parsed.options["check"])
    else:
        _tell(door)


def _check(parsed: Parsed, changes: Mapping[str, Any], local: bool) -> None:
    if parsed.options.get("new") and not local:
        raise UsageError("--new is for the local endpoint.", hint="%sm_connect local --new")
    if local and changes:
        name = next(option.name for option in _CONNECTION if option.dest in changes)
        raise UsageError(
            f"{name} is for AWS, and local is on this machine.", hint="Leave out one of the two."
        )


def _trust(door: SageMakerMagics) -> None:
    project = configuration.read(trust_project=True).project
    if project is None:
        raise UsageError(
            "There is no pyproject.toml in this folder or above to trust.", hint="%cd into the project"
        )
    door.trust(project)


def _go_local(door: SageMakerMagics, *, new: bool) -> None:
    from .. import local
    from ..client import Client

    endpoint = local.join_or_start(new=new)
    door.place = partial(Client, endpoint_url=endpoint.url, local_token=endpoint.token)


def _go(door: SageMakerMagics, changes: Mapping[str, str]) -> None:
    """As ``%config SageMakerMagics.… =`` would, once a client with these can be made."""
    from .. import addresses
    from ..client import Client

    for name in changes:
        if name.endswith("_url"):
            addresses.check(changes[name], option=f"--{name.replace('_', '-')} ")
    Client(settings=door.settings(**changes))
    for name, value in changes.items():
        setattr(door, name, value)
    door.place = None


def _tell(door: SageMakerMagics) -> None:
    from .. import views

    settings = door.settings()
    client = door.client(settings)
    status = Status(door.shell, "Asking where this is", html=settings.html)
    with status:
        account = _asked(client, lambda catalog: catalog.account())
        endpoints = (
            _asked(client, lambda catalog: catalog.endpoints()) if client.where.place == "LOCAL" else None
        )
    where = client.where
    facts: list[tuple[str, object]] = [
        ("place", where.place),
        ("region", where.region or (door.place is None and "none: %sm_connect --region REGION")),
        ("profile", where.profile),
        ("role", where.role),
        ("account", account and f"…{account[-4:]}"),
        ("endpoint URL", where.endpoint_url),
        ("control plane", None if door.place else settings.sagemaker_endpoint_url),
        ("S3", None if door.place else settings.s3_endpoint_url),
        ("CA bundle", None if door.place else settings.ca_bundle),
        ("project", _project(door)),
        ("endpoints", endpoints and ", ".join(endpoints)),
    ]
    told = [(name, value) for name, value in facts if value]
    status.answer(lambda: views.report("connection", told, settings=settings))


def _look(door: SageMakerMagics, name: str) -> None:
    """What works with an endpoint, by the connection that a call of it would have."""
    from .. import views

    settings = door.settings()
    choice = choose(door, name, settings)
    own = {} if door.place else {name: choice.options[name] for name in _LEADING if name in choice.options}
    client = door.client(settings, **own)
    status = Status(door.shell, f"Checking {choice.name}", html=settings.html)
    with status:
        checks = client.check(choice.endpoint)
    wrong = sum(check.ok is False for check in checks)
    facts: list[tuple[str, object]] = [("where", client.where)]
    if choice.target:
        facts.append(("target", f"{choice.target} stands for {choice.endpoint}"))
    for check in checks:
        said = f"{check.found} · for {check.purpose}"
        facts.append((f"{check.mark} {check.label}", [said, f"→ {check.advice}"] if check.advice else said))
    facts.append(("", "Nothing was invoked; – is what was not tried, or is not used here."))
    title = f"check of {choice.name} · {f'{wrong} ✗' if wrong else 'nothing is wrong'}"
    status.answer(lambda: views.report(title, facts, settings=settings))


def _asked(client: Client, ask: Callable[[Any], _Answer]) -> _Answer | None:
    """A side call: what it is denied it does not say."""
    try:
        return None if client.catalog is None else ask(client.catalog)
    except SmMagicError:
        return None


def _project(door: SageMakerMagics) -> str | None:
    read = configuration.read(trust_project=door.trusted)
    if read.project is None or not (
        read.given - {"targets"} or read.origins or read.ignored or read.withheld
    ):
        return None
    if read.trusted:
        return f"{read.project}, trusted"
    held = [*read.ignored, *(f"target {name}" for name in read.withheld)]
    untrusted = f"; until %sm_connect --trust-project without {', '.join(held)}" if held else ""
    return f"{read.project}{untrusted}"
