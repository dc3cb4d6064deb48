"""Which client sends a request: an ARN names a region and an account, and the connection may be of others."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from .arns import LOCAL_ACCOUNT
from .errors import SmMagicError, UsageError
from .settings import Connection

if TYPE_CHECKING:
    from .client import Client
    from .messages import EndpointArn, Request

__all__ = ["Homing"]


class Homing:
    """The part of Client that leads a request to where its endpoint is."""

    def home(self: Client, request: Request) -> Client:  # type: ignore[misc] # Client alone has it
        """The client that `send` uses: this one, or one like it in the region of the request's ARN.

        Raises UsageError for an ARN that contradicts the connection: the service would call a namesake.
        """
        arn = request.arn
        if arn is None or self.where.region == arn.region:
            return self
        if self.where.place == "LOCAL":
            return self._local_home(arn)
        if self._region_given or self._injected or self._connection.endpoint_url:
            raise UsageError(
                f"The ARN's region is {arn.region}; this connection's is {self.where.region}.",
                hint=f"--region {arn.region}, or the endpoint's name alone.",
            )
        from .client import Client

        there = replace(self._connection, region=arn.region)
        return Client(settings=self.settings, session=self._session, **_fields(there))

    def _local_home(self: Client, arn: EndpointArn) -> Client:  # type: ignore[misc] # Client alone has it
        """The local endpoint's own ARNs have its account; any other's data must not leave for AWS unasked."""
        if arn.account == LOCAL_ACCOUNT:
            return self
        raise UsageError(
            f"The ARN is of AWS, {arn.region}; you are connected to the local endpoint.",
            hint=f"--region {arn.region} sends this call there; the name alone stays here.",
        )

    def _check_account(self: Client, arn: EndpointArn | None) -> None:  # type: ignore[misc] # Client alone has it
        if arn is None or self.catalog is None or self.where.place == "LOCAL":
            return
        try:
            account = self.catalog.account()
        except SmMagicError:
            return
        if account is not None and account != arn.account:
            raise UsageError(
                f"The ARN's account ends in …{arn.account[-4:]}; you are …{account[-4:]}.",
                hint="InvokeEndpoint calls endpoints of the caller's own account: %sm_connect --profile NAME",
            )

    def _ready(self: Client, request: Request) -> Client:  # type: ignore[misc] # Client alone has it
        """The client that sends *request*, which may go where it leads."""
        home = self.home(request)
        home._check_account(request.arn)
        home._meet()
        return home

    def _meet(self: Client) -> None:  # type: ignore[misc] # Client alone has it
        """Ask beside the call whose account this is: the first card may lack it, the ones after have it."""
        if self.catalog is None or self._connection.endpoint_url:
            return
        where = self.where
        if where.place == "AWS" and not where.account and not where.endpoint_url:
            self.catalog.learn_account()


def _fields(connection: Connection) -> dict[str, Any]:
    return {field.name: getattr(connection, field.name) for field in fields(connection)}
