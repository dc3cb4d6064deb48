"""A role that is assumed for all calls of a connection: AssumeRole of STS, renewed before it ends.

botocore's own fetcher and refreshable credentials do it; what goes wrong is told with the role's name, and never as if
the endpoint had said it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from ..arns import role_name
from ..errors import (
    AccessDeniedException,
    ConnectError,
    CredentialsError,
    ServiceError,
    SmMagicError,
    TransportError,
)
from ..settings import Connection
from . import faults

__all__ = ["SESSION_NAME", "assuming"]

SESSION_NAME = "sm_magic"
"""Who CloudTrail says it was, unless AWS_ROLE_SESSION_NAME does: a trust policy may ask for a name of its own."""

_OTHERWISE = (
    "%sm_connect --profile NAME asks as somebody else, %config SageMakerMagics.role_arn = None as yourself"
)


def assuming(
    session: Any, connection: Connection, sts: Callable[..., Any], profile: str | None, region: str | None
) -> Any:
    """A boto3 Session whose credentials are those of the connection's role, assumed by *session*'s at the first call.

    sts: makes the client that assumes it, of the service's name and keys, as botocore's `create_client`.
    profile, region: the session's own.
    """
    import boto3
    import botocore.session

    core = botocore.session.Session()
    core.set_config_variable("sts_regional_endpoints", "regional")
    assumed = boto3.Session(botocore_session=core, profile_name=profile, region_name=region)
    core.register_component("credential_provider", _Assumed(session, connection, sts))
    return assumed


class _Assumed:
    """Stands where botocore asks for credentials (`botocore.credentials.CredentialResolver`)."""

    def __init__(self, session: Any, connection: Connection, sts: Callable[..., Any]) -> None:
        self._session, self._connection, self._sts = session, connection, sts
        self._fetch: Callable[[], Mapping[str, Any]] | None = None

    def load_credentials(self) -> Any:
        """Credentials that assume the role when they are first used, and again some minutes before they end."""
        from botocore.credentials import DeferredRefreshableCredentials

        return DeferredRefreshableCredentials(refresh_using=self._refresh, method="assume-role")

    def _refresh(self) -> Mapping[str, Any]:
        try:
            if self._fetch is None:
                self._fetch = self._fetcher()
            return self._fetch()
        except Exception as exc:
            raise faults.Carried(_ours(exc, self._connection)) from exc

    def _fetcher(self) -> Callable[[], Mapping[str, Any]]:
        from botocore.credentials import AssumeRoleCredentialFetcher
        from botocore.exceptions import NoCredentialsError

        own = self._session.get_credentials()
        if own is None:
            raise NoCredentialsError
        name = os.environ.get("AWS_ROLE_SESSION_NAME") or SESSION_NAME
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=self._sts,
            source_credentials=own,
            role_arn=self._connection.role_arn,
            extra_args={"RoleSessionName": name},
        )
        fetch: Callable[[], Mapping[str, Any]] = fetcher.fetch_credentials
        return fetch


def _ours(exc: Exception, connection: Connection) -> SmMagicError:
    """What STS said, or why it could not be asked, as an error about the role: nothing was sent to an endpoint."""
    error = faults.translate(exc, connection=connection)
    message = f"The role {role_name(connection.role_arn or '')} can't be assumed: {error.message}"
    if isinstance(error, AccessDeniedException):
        hint = f"Its trust policy must name you, and you need sts:AssumeRole on {connection.role_arn}; {_OTHERWISE}"
        return _told(error, AccessDeniedException(message, hint=hint, never_ran=True))
    if isinstance(error, ServiceError):
        return _told(
            error, ServiceError(message, hint=f"%sm_connect tells the role; {_OTHERWISE}", never_ran=True)
        )
    if isinstance(error, TransportError) and not isinstance(error, CredentialsError):
        hint = "STS was not reached in this region: a private network needs an endpoint for it."
        return ConnectError(message, hint=hint)
    return type(error)(message, hint=error.hint)


def _told(error: ServiceError, role: ServiceError) -> ServiceError:
    role.status, role.code, role.service_message = error.status, error.code, error.service_message
    role.request_id = error.request_id
    return role
