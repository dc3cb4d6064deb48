"""Text → a word of a magic's line, that is read back as it is."""

from __future__ import annotations

import re

__all__ = ["quote"]

_BACKSLASHES = re.compile(r"(\\+)(?=([\"']?))")
_SAFE = re.compile(r"[\w./:@,+](?:[\w./:@,+=\\-]*[\w./:@,+=-])?")


def quote(text: str) -> str:
    """Write *text* so that the line reads it back as it is: the inverse of `unquote` and `values.expand`."""
    if _SAFE.fullmatch(text):
        return text
    escaped = _BACKSLASHES.sub(_doubled, text).replace('"', '\\"').replace("${", "$${")
    return f'"{escaped}"'


def _doubled(run: re.Match[str]) -> str:
    """A lone backslash stays as it is, unless what follows would make it an escape."""
    alone = len(run[1]) == 1 and not run[2] and run.end() < len(run.string)
    return run[1] if alone else run[1] * 2
