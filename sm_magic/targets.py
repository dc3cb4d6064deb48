"""Targets → files: a name for an endpoint and its usual options, kept in the user's file or the project's.

A file is a person's work.  One table is appended or cut out and every other character stays; the outcome is
parsed and compared before it replaces the file, and where it is not exactly what was wanted nothing is written.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .configuration import parse
from .errors import UsageError
from .spelling import article, ended

__all__ = ["add", "check_name", "remove", "table"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"\s*\[")


def check_name(name: str) -> str:
    """*name*, if a target can be called so; UsageError if not."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"`{name}` can't be a target's name.",
            hint="Up to 63 letters, digits, hyphens, underscores and dots, the first a letter or digit.",
        )
    return name


def add(path: Path, name: str, options: Mapping[str, Any]) -> bool:
    """Keep *options*, its endpoint among them, as the target *name* in *path*; True if it replaced one.

    Raises UsageError, with the lines to write by hand, where the file can't be changed safely.
    """
    lines = table(path, check_name(name), options)
    before = _read(path)
    known = _targets(path, before)
    rest = _without(path, before, name) if name in known else before
    newline = "\r\n" if "\r\n" in before else "\n"
    gap = "" if not rest else newline if rest.endswith("\n") else newline * 2
    after = rest + gap + lines.replace("\n", newline)
    _replace(path, before, after, {**known, name: dict(options)}, by_hand=lines)
    return name in known


def remove(path: Path, name: str) -> None:
    """Forget the target *name* of *path*; UsageError if there is none."""
    before = _read(path)
    known = _targets(path, before)
    if name not in known:
        raise UsageError(f"{path.name} has no target `{name}`.", hint="%sm_target list shows what there is.")
    after = _without(path, before, name)
    left = {other: options for other, options in known.items() if other != name}
    _replace(path, before, after, left, by_hand=f"(remove the target {name})")


def table(path: Path, name: str, options: Mapping[str, Any]) -> str:
    """The lines that hold a target in *path*."""
    header = ".".join(_key(part) for part in (*_prefix(path), name))
    return f"[{header}]\n" + "".join(f"{_key(key)} = {_value(value)}\n" for key, value in options.items())


def _prefix(path: Path) -> tuple[str, ...]:
    return ("tool", "sm_magic", "targets") if path.name == "pyproject.toml" else ("targets",)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            # JSON's escapes are TOML's too, but for DEL, which TOML wants escaped and JSON leaves.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case Sequence():
            return f"[{', '.join(map(_value, value))}]"
    name = type(value).__name__
    raise UsageError(
        f"{article(name).capitalize()} {name} can't be kept in a file.",
        hint="Use text, numbers and lists of them.",
    )


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} can't be read: {ended(error)}", hint=f"Look at {path}") from error


def _targets(path: Path, text: str) -> dict[str, Any]:
    found: Any = parse(path, text)
    for key in _prefix(path):
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return dict(found) if isinstance(found, dict) else {}


def _without(path: Path, text: str, name: str) -> str:
    """*text* without the table of the target *name*, and without the empty line that `add` puts before it.

    The table ends where its last value does: comments below it may belong to what comes next.
    """
    lines = text.splitlines(keepends=True)
    wanted = [*_prefix(path), name]
    start = next((at for at, line in enumerate(lines) if _header(line) == wanted), None)
    if start is None:
        raise _by_hand(path, f"(remove the target {name})")
    end = next((at for at in range(start + 1, len(lines)) if _HEADER.match(lines[at])), len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    if start and not lines[start - 1].strip():
        start -= 1
    return "".join(lines[:start] + lines[end:])


def _header(line: str) -> list[str] | None:
    """The keys of a table's header; None for any other line."""
    import tomllib

    if not _HEADER.match(line):
        return None
    try:
        found: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return None
    keys = []
    while isinstance(found, dict) and len(found) == 1:
        (key,) = found
        keys.append(key)
        found = found[key]
    return keys if found == {} else None


def _replace(path: Path, before: str, after: str, targets: Mapping[str, Any], *, by_hand: str) -> None:
    """Put *after* in the place of *before*, if it is the same file with *targets* for its targets."""
    try:
        same = _blank(path, before) == _blank(path, after) and _targets(path, after) == _plain(targets)
    except UsageError as error:
        raise _by_hand(path, by_hand) from error
    if not same:
        raise _by_hand(path, by_hand)
    try:
        _write(path, after)
    except OSError as error:
        raise UsageError(
            f"{path} can't be written: {ended(error.strerror)}", hint=f"Write by hand:\n{by_hand}"
        ) from error


def _blank(path: Path, text: str) -> dict[str, Any]:
    """All that *text* says but the targets; tables that are empty without them are as good as absent."""
    whole = parse(path, text)
    tables = [whole]
    for key in _prefix(path)[:-1]:
        inner = tables[-1].get(key, {})
        tables.append(inner if isinstance(inner, dict) else {})
    tables[-1].pop("targets", None)
    for outer, key in zip(reversed(tables[:-1]), reversed(_prefix(path)[:-1]), strict=True):
        if outer.get(key) == {}:
            del outer[key]
    return whole


def _plain(targets: Mapping[str, Any]) -> dict[str, Any]:
    """As TOML gives them back: sequences are lists."""
    return {
        name: {k: list(v) if isinstance(v, tuple) else v for k, v in options.items()}
        for name, options in targets.items()
    }


def _by_hand(path: Path, lines: str) -> UsageError:
    return UsageError(
        f"{path.name} is written in a way that can't be changed safely; it was left as it is.",
        hint=f"Edit {path} by hand:\n{lines.rstrip()}",
    )


def _write(path: Path, text: str) -> None:
    """Write whole or not at all; a link stays a link, and a file keeps its mode."""
    real = path.resolve()
    real.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        fresh.chmod(real.stat().st_mode & 0o777 if real.exists() else 0o600)
        fresh.replace(real)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
