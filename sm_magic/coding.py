"""What a Client says of a request in other languages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import Client
    from .messages import Request
    from .snippets import Snippet
    from .submission import Upload

__all__ = ["Coding"]


class Coding:
    """The part of Client that writes code."""

    def code(  # type: ignore[misc] # Client alone has it
        self: Client,
        request: Request,
        language: str,
        *,
        upload: Upload | None = None,
        logs: bool = False,
    ) -> Snippet:
        """The call that sends *request*, in another language: python, cli, curl, javascript; or iam, its policy.

        upload: what was said of an asynchronous request's body.  Nothing is sent, and no credentials are needed; a
        body that is too large for the code is written beside it by the Snippet's `write`.
        logs: whether a policy allows reading the container's log, too, as ``--logs`` does.
        """
        from . import snippets

        home = self.home(request)
        connection, where = home._connection, home.where
        where = replace(where, endpoint_url=connection.endpoint_url or where.endpoint_url)
        staging = snippets.staging(request, upload, self.settings, connection, where)
        role = connection.role_arn if connection.local_token is None else None
        return snippets.render(request, where, language, staging=staging, role=role, logs=logs)
