"""Files → Settings: ``[tool.sm_magic]`` of the nearest pyproject.toml, and the user's own file of targets.

A pyproject.toml found by walking up may come from anyone, so until the project is trusted it only says how
answers look (`HARMLESS`) and names targets, without those that send data elsewhere (`REDIRECTING`).  Writing is
`targets`' business; nothing here changes a file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .errors import UsageError
from .settings import Settings
from .spelling import did_you_mean, ended

__all__ = ["HARMLESS", "REDIRECTING", "Configuration", "load", "project_file", "read", "user_file"]

HARMLESS = frozenset(
    {
        "html",
        "max_columns",
        "max_image_bytes",
        "max_image_pixels",
        "max_rows",
        "max_text",
        "targets",
    }
)
"""Settings that a project may give untrusted: no other is known to be of no use to whoever wrote it."""

REDIRECTING = frozenset(
    {
        "ca_bundle",
        "endpoint_url",
        "profile",
        "role_arn",
        "s3_endpoint_url",
        "sagemaker_endpoint_url",
        "upload_to",
    }
)
"""Options of a target that decide whose hands data gets into: a cloned repository must not set them."""

_MOST = 1e300  # what a float can hold, and infinity is not
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_TYPES: Mapping[str, tuple[type | tuple[type, ...], str]] = MappingProxyType(
    {
        "str | None": (str, "a text in quotes"),
        "bool": (bool, "true or false"),
        "int": (int, "a whole number"),
        "float": ((int, float), "a number"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the files say.

    settings: the defaults with the files' values over them.
    given: names of the settings that a file gives.
    project: the pyproject.toml that was read; None if there is none.
    ignored: names of the project's settings that would count if it were trusted.
    withheld: names of the project's targets that would count if it were trusted, with the options that say so.
    origins: the file of each target.
    """

    settings: Settings
    given: frozenset[str] = frozenset()
    project: Path | None = None
    trusted: bool = False
    ignored: tuple[str, ...] = ()
    withheld: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    origins: Mapping[str, Path] = field(default_factory=lambda: _NOTHING)


def load(start: Path | None = None, *, trust_project: bool = False) -> Settings:
    """The settings that hold in the folder *start* (the current one).

    Raises UsageError, naming file and key, for a file that can't be read as settings.
    """
    return read(start, trust_project=trust_project).settings


def read(start: Path | None = None, *, trust_project: bool = False) -> Configuration:
    """`load`, and where each value came from.  Costs a few stat calls while the files stay as they are."""
    user = user_file()
    stamps = tuple(stamp for path in (user, *_candidates(start)) if (stamp := _stamp(path)) is not None)
    return _read(stamps, user, trust_project)


def user_file() -> Path:
    """The user's own file: ``config.toml`` in SM_MAGIC_CONFIG_DIR, else in XDG_CONFIG_HOME's ``sm_magic``."""
    return _user_file(
        os.environ.get("SM_MAGIC_CONFIG_DIR"), os.environ.get("XDG_CONFIG_HOME"), os.environ.get("HOME")
    )


def project_file(start: Path | None = None) -> Path | None:
    """The nearest pyproject.toml that has ``[tool.sm_magic]``, else the nearest; None if there is none."""
    found = [path for path in _candidates(start) if path.is_file()]
    return next((path for path in found if _mentions(path)), found[0] if found else None)


def parse(path: Path, text: str) -> dict[str, Any]:
    """*text* of the file *path* as TOML; raises UsageError that names file, line and column."""
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and a number too long for int
        raise UsageError(f"{path.name} is not valid TOML: {ended(error)}", hint=f"Correct {path}") from error


@lru_cache(maxsize=8)
def _user_file(own: str | None, xdg: str | None, _home: str | None) -> Path:
    """PERF: read at each call, so the paths are made once.  _home: what ``~`` stands for."""
    if own:
        return Path(own).expanduser() / "config.toml"
    return Path(xdg or "~/.config").expanduser() / "sm_magic" / "config.toml"


def _candidates(start: Path | None) -> tuple[Path, ...]:
    """Where a pyproject.toml would be, nearest first."""
    # PERF: a Path of the current folder would be made at each call.
    return _above(os.getcwd() if start is None else os.fspath(start))  # noqa: PTH109


@lru_cache(maxsize=8)
def _above(start: str) -> tuple[Path, ...]:
    folder = Path(start)
    return tuple(parent / "pyproject.toml" for parent in (folder, *folder.parents))


_Stamp = tuple[Path, int, int]


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return path, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=8)
def _read(stamps: tuple[_Stamp, ...], user: Path, trusted: bool) -> Configuration:
    """*stamps* is the key: the files that exist, and how each was when it was last looked at."""
    paths = [path for path, *_ in stamps]
    own = _table(user, parse(user, _text(user))) if user in paths else {}
    unknown = sorted(set(own) - {"targets"})
    if unknown:
        raise UsageError(
            f"{user.name} holds targets only, not `{unknown[0]}`.",
            hint=f"Move {unknown[0]} from {user} to ipython_config.py (c.SageMakerMagics.{unknown[0]} = …).",
        )
    projects = [path for path in paths if path != user]
    project = next((path for path in projects if _mentions(path)), projects[0] if projects else None)
    values = {} if project is None else _project_values(project)
    ignored = () if trusted else tuple(sorted(set(values) - HARMLESS))
    theirs, withheld = _split(values.get("targets", {}), trusted)
    mine = _targets(user, own.get("targets", {}))
    counted = {name: value for name, value in values.items() if name not in ignored}
    counted["targets"] = MappingProxyType({**theirs, **mine})
    origins = {**dict.fromkeys(theirs, project), **dict.fromkeys(mine, user)}
    return Configuration(
        settings=replace(Settings(), **counted),
        given=frozenset(counted),
        project=project,
        trusted=trusted,
        ignored=ignored,
        withheld=MappingProxyType({name: why for name, why in withheld.items() if name not in mine}),
        origins=MappingProxyType({name: path for name, path in origins.items() if path is not None}),
    )


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} can't be read: {ended(error)}", hint=f"Look at {path}") from error


def _mentions(path: Path) -> bool:
    """Whether the file may have a table of ours; most have none, and then it need not be parsed or valid."""
    try:
        return b"sm_magic" in path.read_bytes()
    except OSError:
        return False


def _project_values(path: Path) -> dict[str, Any]:
    if not _mentions(path):
        return {}
    table = parse(path, _text(path)).get("tool", {})
    ours = _table(path, table.get("sm_magic", {}) if isinstance(table, dict) else {})
    known = {f.name: str(f.type) for f in fields(Settings)}
    values = {name: _checked(path, name, value, known) for name, value in ours.items() if name != "targets"}
    if "targets" in ours:
        values["targets"] = _targets(path, ours["targets"])
    return values


def _table(path: Path, table: object) -> dict[str, Any]:
    """A TOML table with its keys in our spelling: ``max-rows`` is ``max_rows``."""
    if not isinstance(table, dict):
        raise UsageError(f"{path.name}: expected a table, not {table!r}.", hint=f"Correct {path}")
    return {str(key).replace("-", "_"): value for key, value in table.items()}


def _targets(path: Path, targets: object) -> dict[str, Mapping[str, Any]]:
    if not isinstance(targets, dict):
        raise UsageError(
            f"{path.name}: targets must be tables.",
            hint='Write [tool.sm_magic.targets.NAME] and endpoint = "…"',
        )
    found: dict[str, Mapping[str, Any]] = {
        str(name): MappingProxyType(_table(path, table)) for name, table in targets.items()
    }
    for name, options in found.items():
        if not isinstance(options.get("endpoint"), str) or not options["endpoint"]:
            raise UsageError(
                f"{path.name}: the target `{name}` has no endpoint.",
                hint=f'Add endpoint = "…" to it in {path}',
            )
    return found


def _split(
    targets: Mapping[str, Mapping[str, Any]], trusted: bool
) -> tuple[dict[str, Mapping[str, Any]], dict[str, tuple[str, ...]]]:
    """The targets that count, and those that don't with the options that need trust.

    A target without the profile it was written for would call a namesake: it counts whole or not at all.
    """
    reasons = {name: tuple(sorted(REDIRECTING & set(options))) for name, options in targets.items()}
    withheld = {} if trusted else {name: why for name, why in reasons.items() if why}
    return {name: options for name, options in targets.items() if name not in withheld}, withheld


def _checked(path: Path, name: str, value: object, known: Mapping[str, str]) -> object:
    if name not in known:
        raise UsageError(
            f"{path.name}: [tool.sm_magic] has no setting `{name}`.",
            hint=did_you_mean(name, known) or "%config SageMakerMagics lists the settings.",
        )
    kind, words = _TYPES[known[name]]
    wrong_bool = isinstance(value, bool) and kind is not bool
    wrong_number = isinstance(value, int | float) and not 0 <= value <= _MOST  # NaN is not, either
    if not isinstance(value, kind) or wrong_bool or wrong_number:
        raise UsageError(f"{path.name}: {name} must be {words}, not {value!r}.", hint=f"Correct it in {path}")
    return float(value) if known[name] == "float" and isinstance(value, int | float) else value
