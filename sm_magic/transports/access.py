"""Who calls, what they may, and whether the runtime is reached: asked for a check, beside all calls.

Three side calls (`asking`): GetCallerIdentity, SimulatePrincipalPolicy, and a GET that nobody signs, for which any
answer will do.  Nothing is invoked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NoReturn, Protocol

from .. import addresses
from ..errors import ConnectError, SmMagicError
from .asking import Asking
from .clients import Clients

__all__ = ["Access", "BotoAccess", "FunctionAccess", "NoAccess"]

# Principals of IAM ("IAM identifiers").  An assumed role's ARN has lost its path.
_WHO: Final = re.compile(
    r"arn:(?P<partition>aws[\w-]*):(?:iam|sts)::(?P<account>\d{12}):"
    r"(?P<kind>root|user|assumed-role)(?:/(?P<name>.+))?"
)


class Access(Protocol):
    """The caller, and what they may do.  Every method may raise SmMagicError, and takes two seconds at most."""

    def prepare(self) -> None:
        """Make what the calls need, which takes no network; raises nothing."""

    def caller(self) -> str:
        """The caller's ARN (GetCallerIdentity)."""

    def allowed(self, actions: Sequence[str], resource: str) -> Mapping[str, bool]:
        """Whether the caller's policies allow each of *actions* on the ARN *resource* (SimulatePrincipalPolicy).

        What neither they nor an answer tells is left out.
        """

    def reach(self) -> str:
        """The host of the runtime, which gave an answer; ConnectError if it did not."""


class BotoAccess:
    """The caller's rights by boto3.  Thread-safe."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._asking = Asking(clients)

    def prepare(self) -> None:
        """Make all clients: boto3 takes up to a second for them, which is no part of anybody's two."""
        clients = self._clients
        for make in (
            *(clients.runtime, clients.control, clients.identity, clients.metrics),
            *(clients.logs, clients.storage, clients.policies),
        ):
            try:
                make()
            except SmMagicError:  # the call will say it
                return

    def caller(self) -> str:
        """The caller's ARN."""
        return self._asking.ask(("sts", "caller"), lambda: str(_identity(self._clients)["Arn"]), 0.0)

    def allowed(self, actions: Sequence[str], resource: str) -> Mapping[str, bool]:
        """What the caller's policies say; those of the network and of the organization may say otherwise."""
        return self._asking.ask(
            ("iam", " ".join(actions)), lambda: _simulated(self._clients, actions, resource), 0.0
        )

    def reach(self) -> str:
        """GET the runtime's address, as its client would: by its proxies, with its certificates."""
        return self._asking.ask(
            ("sagemaker-runtime", "reach"), lambda: _reached(self._clients.runtime()), 0.0
        )


class FunctionAccess:
    """Rights that are given: an ARN, and the actions that are allowed; None: that can't be asked."""

    def __init__(self, caller: str, actions: Sequence[str] | None = None) -> None:
        self._caller, self._actions = caller, actions

    def prepare(self) -> None:
        """Nothing has to be made."""

    def caller(self) -> str:
        """The ARN given."""
        return self._caller

    def allowed(self, actions: Sequence[str], resource: str) -> Mapping[str, bool]:
        """Whether each is among those given."""
        del resource
        known = self._actions
        return MappingProxyType({} if known is None else {action: action in known for action in actions})

    def reach(self) -> str:
        """It is in this process."""
        return "a function"


class NoAccess:
    """The rights of a client that the user made: it can't be told with whose credentials to ask."""

    def prepare(self) -> None:
        """There is nobody to ask."""

    def caller(self) -> NoReturn:
        """Not known."""
        raise ConnectError("Nothing is known of this client's caller.", hint="Client(session=…)")

    def allowed(self, actions: Sequence[str], resource: str) -> NoReturn:
        """Not known."""
        del actions, resource
        self.caller()

    def reach(self) -> NoReturn:
        """Not known."""
        self.caller()


def _identity(clients: Clients) -> Any:
    return clients.identity().get_caller_identity()


def _simulated(clients: Clients, actions: Sequence[str], resource: str) -> dict[str, bool]:
    found = _WHO.fullmatch(str(_identity(clients)["Arn"]))
    if found is None:  # a federated user, whose session has a policy of its own
        return {}
    if found["kind"] == "root":
        return dict.fromkeys(actions, True)
    iam = clients.policies()
    source = found[0]
    if found["kind"] == "assumed-role":
        role = (found["name"] or "").partition("/")[0]
        source = _role(iam, role) or f"arn:{found['partition']}:iam::{found['account']}:role/{role}"
    told = iam.simulate_principal_policy(
        PolicySourceArn=source, ActionNames=list(actions), ResourceArns=[resource]
    )
    return {one["EvalActionName"]: one["EvalDecision"] == "allowed" for one in told["EvaluationResults"]}


def _role(iam: Any, name: str) -> str | None:
    """The role's ARN with its path, where that may be read: those of single sign-on have one."""
    from botocore.exceptions import ClientError

    try:
        return str(iam.get_role(RoleName=name)["Role"]["Arn"])
    except ClientError:
        return None


def _reached(client: Any) -> str:
    from botocore.awsrequest import AWSRequest

    url: str = client.meta.endpoint_url
    # The client's own session, for its proxies and certificates; botocore has no public way to it.
    client._endpoint.http_session.send(AWSRequest(method="GET", url=f"{url.rstrip('/')}/ping").prepare())
    return addresses.shown(url)
