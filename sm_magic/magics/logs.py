"""``%sm_logs``: the last lines that an endpoint's containers wrote; ``--logs``: the same below an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..errors import ReadTimeout, ServiceError, SmMagicError, UsageError
from .endpoints import asked
from .options import help_text, parse
from .status import Status

if TYPE_CHECKING:
    from ..client import Client
    from ..logtail import Tail
    from ..messages import Request
    from .extension import SageMakerMagics

__all__ = ["below", "check", "logs"]

_LINES = 200
_MINUTES = 60


def logs(door: SageMakerMagics, line: str, names: Mapping[str, Any]) -> Tail | None:
    """Run the magic; what it returns is shown already, or silenced."""
    parsed = parse("sm_logs", line, names, known=door.settings().targets)
    if parsed.help:
        print(help_text("sm_logs"))
        return None
    options = parsed.options
    name, client = asked(door, parsed, parsed.arguments["ENDPOINT"])
    quiet = bool(options.get("quiet"))
    status = Status(door.shell, f"Reading the log of {name}", quiet=quiet, html=client.settings.html)
    with status:
        found = client.logs(
            name,
            variant=options.get("variant"),
            component=options.get("inference_component_name"),
            minutes=options.get("minutes") or _MINUTES,
            grep=options.get("grep"),
            most=_LINES,
        )
    status.answer(found._repr_mimebundle_)
    door.marks.add(found)
    if "out" in options:
        door.shell.push({options["out"]: found})
    return found


def check(own: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """UsageError for a log below an error that comes in a later cell."""
    if own.get("logs") and options.get("background"):
        raise UsageError(
            "--logs and --background exclude each other.", hint="%sm_logs ENDPOINT shows the log at any time."
        )


@contextmanager
def below(client: Client, request: Request, *, wanted: bool) -> Iterator[None]:
    """Below an error of the container, where that is *wanted*, the last lines of its log.  Two seconds at most."""
    try:
        yield
    except (ServiceError, ReadTimeout) as error:
        if wanted and not getattr(error, "never_ran", False):
            error.below = _lines(error, client, request)
        raise


def _lines(error: SmMagicError, client: Client, request: Request) -> tuple[str, ...]:
    from .. import logcards, logtail

    found = logtail.beneath(error, request, client.home(request).catalog)
    if isinstance(found, str):
        return (found,)
    told = logcards.lines(found)
    if not told:
        return (f"No log of the last minutes yet: `%sm_logs {found.name}` looks again.",)
    return (f"The last lines of {found.log.group}:", *told)
