"""``%sm_invoke --code``: the call in another language, shown and returned; nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .status import Status
from .submit import upload_of

if TYPE_CHECKING:
    from ..client import Client
    from ..messages import Request
    from ..snippets import Snippet
    from .extension import SageMakerMagics

__all__ = ["code"]


def code(
    door: SageMakerMagics,
    client: Client,
    request: Request,
    *,
    name: str,
    own: Mapping[str, Any],
    options: Mapping[str, Any],
) -> Snippet:
    """Show *request* in the language asked for; a body that does not stand in it is a file in this folder.

    own: the line's options; *options*: the target's too.  name: what the user called the endpoint.
    """
    upload, logs = upload_of(own, options), bool(options.get("logs"))
    snippet = client.code(request, options["code"], upload=upload, logs=logs)
    try:
        written = snippet.write(Path.cwd())
    except OSError as error:
        raise UsageError(
            f"The body does not fit into the code, and its file can't be written: {error.strerror or error}.",
            hint="%cd to a folder that you may write to.",
        ) from error
    quiet, html = bool(options.get("quiet")), client.settings.html
    status = Status(door.shell, f"Writing {name} in {snippet.title}", quiet=quiet, html=html)
    status.answer(lambda: snippet.card(html=html, written=written is not None))
    door.marks.add(snippet)
    return snippet
