"""``%sm_target``: keep, list, show and remove targets.  Also what a call makes of a name that is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .. import configuration
from ..errors import UsageError
from ..spelling import did_you_mean
from .options import Option, Parsed, help_text, parse
from .status import Status
from .tables import TARGET

if TYPE_CHECKING:
    from ..settings import Settings
    from .extension import SageMakerMagics

__all__ = ["Choice", "choose", "target"]

_OPTIONS: Mapping[str, Option] = MappingProxyType(
    {option.dest: option for option in TARGET if option.dest not in ("project", "traceback", "help")}
)

_Facts = list[tuple[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What ENDPOINT means: an endpoint, by the target that was named if one was, with the target's options."""

    endpoint: str
    target: str | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def name(self) -> str:
        """What the user called it."""
        return self.target or self.endpoint


def choose(door: SageMakerMagics, name: str, settings: Settings) -> Choice:
    """A target wins over an endpoint of the same name.

    Raises UsageError for a target with options that can't be, and for one that needs the project's trust.
    """
    if name not in settings.targets:
        _check_withheld(door, name)
        return Choice(endpoint=name)
    options = {key.replace("-", "_"): value for key, value in settings.targets[name].items()}
    endpoint = options.pop("endpoint", None)
    if not isinstance(endpoint, str) or not endpoint:
        raise UsageError(f"The target `{name}` has no endpoint.", hint=_mend(door, name))
    return Choice(endpoint=endpoint, target=name, options=_checked(door, name, options))


def target(door: SageMakerMagics, line: str, names: Mapping[str, Any]) -> None:
    """Run the magic."""
    parsed = parse("sm_target", line, names)
    if parsed.help:
        print(help_text("sm_target"))
        return
    _ACTIONS[parsed.arguments["ACTION"]](door, parsed)


def _add(door: SageMakerMagics, parsed: Parsed) -> None:
    from .. import targets

    path = _file(parsed)
    name, endpoint = parsed.arguments["NAME"], parsed.arguments["ENDPOINT"]
    options = {key: value for key, value in parsed.options.items() if key in _OPTIONS}
    replaced = targets.add(path, name, {"endpoint": endpoint, **options})
    notes: _Facts = []
    if replaced:
        notes.append(("", f"replaced the former {name}"))
    if parsed.options.get("project") and configuration.REDIRECTING & set(options) and not door.trusted:
        notes.append(("", "counts after %sm_connect --trust-project"))
    _report(door, f"target {name}", [*_facts(endpoint, options), ("kept in", str(path)), *notes])


def _list(door: SageMakerMagics, _: Parsed) -> None:
    known = door.settings().targets
    read = configuration.read(trust_project=door.trusted)
    files = {"yours": configuration.user_file(), "project": read.project}
    homes = {path: name for name, path in files.items()}
    rows = [
        (name, options.get("endpoint"), _line(options), homes.get(read.origins.get(name), "%config"))
        for name, options in known.items()
    ]
    rows += [(name, "", f"needs trust: {', '.join(why)}", "project") for name, why in read.withheld.items()]
    used = {row[-1] for row in rows}
    facts: _Facts = [(name, str(path)) for name, path in files.items() if name in used]
    if not rows:
        facts.append(("", "none yet: %sm_target add NAME ENDPOINT [options]"))
    if read.withheld:
        facts.append(("", "%sm_connect --trust-project lets all of the project's count"))
    _report(door, "targets", facts, (("target", "endpoint", "options", "kept in"), rows) if rows else None)


def _show(door: SageMakerMagics, parsed: Parsed) -> None:
    settings, name = door.settings(), parsed.arguments["NAME"]
    _check_withheld(door, name)
    if name not in settings.targets:
        raise _unknown(name, settings.targets)
    choice = choose(door, name, settings)
    origin = _origin(configuration.read(trust_project=door.trusted), name)
    _report(door, f"target {name}", [*_facts(choice.endpoint, choice.options), ("kept in", str(origin))])


def _remove(door: SageMakerMagics, parsed: Parsed) -> None:
    from .. import targets

    path, name = _file(parsed), parsed.arguments["NAME"]
    read = configuration.read(trust_project=True)
    if name not in read.settings.targets:
        raise _unknown(name, door.settings().targets)
    if read.origins[name] != path and not parsed.options.get("project"):
        raise UsageError(
            f"{name} is a target of {read.origins[name]}.", hint=f"%sm_target remove {name} --project"
        )
    targets.remove(path, name)
    _report(door, f"target {name}", [("removed from", str(path))])


_ACTIONS = MappingProxyType({"add": _add, "list": _list, "show": _show, "remove": _remove})


def _file(parsed: Parsed) -> Path:
    if not parsed.options.get("project"):
        return configuration.user_file()
    path = configuration.project_file()
    if path is None:
        raise UsageError(f"There is no pyproject.toml in {Path.cwd()} or above.", hint="Leave out --project")
    return path


def _check_withheld(door: SageMakerMagics, name: str) -> None:
    read = configuration.read(trust_project=door.trusted)
    if name in read.withheld:
        raise UsageError(
            f"The target `{name}` of {read.project} sets {' and '.join(read.withheld[name])}, "
            "which decides where data goes.",
            hint="If you trust this project: %sm_connect --trust-project",
        )


def _checked(door: SageMakerMagics, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """A target's options as `parse` would give them."""
    checked = {}
    for key, value in options.items():
        option = _OPTIONS.get(key)
        if option is None:
            guess = did_you_mean(key, _OPTIONS)
            raise UsageError(f"The target `{name}` has no option `{key}`.", hint=guess or _mend(door, name))
        kind, words = _kind(option)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise UsageError(
                f"The target `{name}`: {key} must be {words}, not {value!r}.", hint=_mend(door, name)
            )
        if option.choices and value not in option.choices:
            guess = did_you_mean(str(value), option.choices)
            raise UsageError(
                f"The target `{name}`: {key} can't be {value!r}.",
                hint=guess or f"One of: {', '.join(option.choices)}.",
            )
        checked[key] = tuple(value) if isinstance(value, list) else value
    return checked


def _kind(option: Option) -> tuple[type | tuple[type, ...], str]:
    if option.metavar is None:
        return bool, "true or false"
    if option.repeatable or option.kind == "columns":
        return (list, tuple), "a list of texts"
    if option.kind == "seconds":
        return (int, float), "a number of seconds"
    return (int, "a whole number") if option.kind == "count" else (str, "a text")


def _mend(door: SageMakerMagics, name: str) -> str:
    return f"Correct it in {_origin(configuration.read(trust_project=door.trusted), name)}"


def _origin(read: configuration.Configuration, name: str) -> object:
    return read.origins.get(name, "%config SageMakerMagics.targets")


def _unknown(name: str, known: Mapping[str, Any]) -> UsageError:
    return UsageError(
        f"There is no target `{name}`.", hint=did_you_mean(name, known) or "%sm_target list shows all."
    )


def _facts(endpoint: str, options: Mapping[str, Any]) -> _Facts:
    return [("endpoint", endpoint), ("options", _line(options) or "none")]


def _line(options: Mapping[str, Any]) -> str:
    """Options as one would type them."""
    from .line import quote

    words = []
    for key, value in options.items():
        option = _OPTIONS.get(key.replace("-", "_"))
        if option is None:
            continue
        if isinstance(value, bool):
            words.append(option.name if value else option.negation or f"{option.name}=false")
        elif option.repeatable:
            words += [f"{option.name} {quote(str(one))}" for one in value]
        else:
            text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            words.append(f"{option.short or option.name} {quote(text)}")
    return " ".join(words)


def _report(
    door: SageMakerMagics,
    title: str,
    facts: Sequence[tuple[str, object]],
    table: tuple[Sequence[str], Sequence[Sequence[object]]] | None = None,
) -> None:
    from .. import views

    Status(door.shell, title).answer(lambda: views.report(title, facts, table, settings=door.settings()))
