"""What the shell's languages share: words in quotes, lines that go on, a body on standard input."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from .base import Call

__all__ = ["as_role", "broken", "fed", "word"]


def as_role(call: Call) -> str | None:
    """A sentence on the role that the call is sent as, if there is one."""
    if call.role is None:
        return None
    profile = f" --profile {word(call.where.profile)}" if call.where.profile else ""
    return (
        "It is sent as a role: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to what "
        f"`aws sts assume-role --role-session-name sm-magic --role-arn {word(call.role)}{profile}` answers."
    )


def word(text: object) -> str:
    """*text* as one word of the shell, whatever it holds."""
    return shlex.quote(str(text))


def broken(parts: Iterable[str]) -> str:
    """A command, a part a line."""
    return " \\\n    ".join(parts)


def fed(command: str, text: str, after: str = "") -> str:
    """*command*, which reads *text* from its standard input; *after*: what follows it, with its ``&&``.

    A here-document ends with a newline: text that does not is printed.
    """
    if not text.endswith("\n"):
        return f"printf %s {word(text)} |\n{command}{after}"
    lines = text.split("\n")
    mark = next(mark for mark in ("BODY", *(f"BODY{i}" for i in range(len(lines) + 1))) if mark not in lines)
    return f"{command} <<'{mark}'{after}\n{text}{mark}"
