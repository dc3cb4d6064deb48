"""boto3's clients of one Connection, made when first wanted.

What boto3 leaves open is settled here and in `sessions`: AWS_REGION (botocore reads AWS_DEFAULT_REGION alone), plain
http (refused).  The environment is read, never written.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import addresses, arns
from ..errors import SmMagicError, UsageError
from ..messages import Where
from ..settings import Connection
from . import faults, roles, sessions

__all__ = ["Clients", "Stamp"]

Stamp = tuple[int, int, int]
"""The process, a fingerprint of its environment, and how often the clients were forgotten."""

_CALLS = frozenset({"sagemaker-runtime", "s3"})  # what users wait for; the others are asked beside

# With an endpoint of one's own the region only signs.  It must look like one.
LOCAL_REGION = "local"


class Clients:
    """The boto3 clients of *connection*, or of a *session* or runtime *client* of the user's.

    Thread-safe.  Made anew in a forked process, when AWS_* or *_proxy variables change (``%env AWS_PROFILE=…``),
    and after `forget`.  Raises CredentialsError or UsageError where boto3 can't make one.
    """

    def __init__(self, connection: Connection, *, session: Any = None, client: Any = None) -> None:
        self.connection = connection
        self._given_session, self._given_client = session, client
        self._session: Any = None
        self._made: dict[str, Any] = {}
        self._forgotten = 0
        self._stamp: Stamp | None = None
        self._account: str | None = None
        self._where: tuple[Any, str | None, Where] | None = None
        """What was told last, and of which client and account.  PERF: each call asks, and little of it changes."""
        self._lock = threading.RLock()

    @property
    def stamp(self) -> Stamp:
        """What the clients were made from: while it stays, the same caller asks of the same place."""
        with self._lock:
            return self._refresh()

    def know_account(self, account: str, stamp: Stamp) -> None:
        """Show *account* in `where`, unless *stamp*, that of the clients that were asked, has passed."""
        with self._lock:
            if stamp == self._refresh():
                self._account = account

    def runtime(self) -> Any:
        """The client of SageMaker Runtime."""
        if self._given_client is not None:
            return self._given_client
        return self._client("sagemaker-runtime", self.connection.endpoint_url)

    def control(self) -> Any:
        """The client of the control plane.  A server on loopback answers for itself, not AWS for it."""
        url = self.connection.endpoint_url
        return self._client(
            "sagemaker",
            self.connection.sagemaker_endpoint_url or (url if addresses.is_loopback(url) else None),
        )

    def metrics(self) -> Any:
        """The client of CloudWatch; of a server on loopback, as `control`."""
        return self._beside("cloudwatch")

    def logs(self) -> Any:
        """The client of CloudWatch Logs; of a server on loopback, as `control`."""
        return self._beside("logs")

    def policies(self) -> Any:
        """The client of IAM; of a server on loopback, as `control`."""
        return self._beside("iam")

    def identity(self) -> Any:
        """The client of STS."""
        return self._client("sts", self.connection.endpoint_url if self.connection.local_token else None)

    def storage(self) -> Any:
        """The client of S3.  The local endpoint's is its own, never AWS's: see `beside_local`."""
        connection = self.connection
        local = connection.local_token is not None
        return self._client("s3", connection.endpoint_url if local else connection.s3_endpoint_url)

    def beside_local(self) -> Clients:
        """The clients for the S3 that the local endpoint is not: another of this machine, with its own credentials."""
        if self.connection.local_token is None or not addresses.is_loopback(self.connection.s3_endpoint_url):
            return self
        own = replace(self.connection, endpoint_url=None, local_token=None, role_arn=None)
        return Clients(own, session=self._given_session)

    def forget(self) -> None:
        """Make everything anew at the next call: credentials that expired may have been renewed by then."""
        with self._lock:
            self._forgotten += 1
            self._refresh()

    def check(self) -> None:
        """Raise CredentialsError for a profile that is not there.

        UsageError for a client that must not be used, or what is no role's ARN.
        """
        if self.connection.role_arn is not None:
            arns.check_role(self.connection.role_arn)
        if self._given_client is not None:
            addresses.check(self._given_client.meta.endpoint_url, option="endpoint_url=")
        if self.connection.profile and self._given_session is None and self._given_client is None:
            self._open_session()

    @property
    def where(self) -> Where:
        """Where calls go, as far as it can be told without a call."""
        connection = self.connection
        try:
            client, account, known = self.runtime(), self._account, self._where
            if known is None or known[:2] != (client, account):
                profile = connection.profile or self._profile()
                where = self._told(client.meta.region_name, client.meta.endpoint_url, profile)
                self._where = known = client, account, where
            return known[2]
        except SmMagicError:  # the send will say it
            return self._told(connection.region, connection.endpoint_url, connection.profile)

    def _told(self, region: str | None, url: str | None, profile: str | None) -> Where:
        local = addresses.is_loopback(url)
        account = self._account
        return Where(
            place="LOCAL" if local else "AWS",
            region=None if local and region == LOCAL_REGION else region,
            account=None if local or account is None else account[-4:],
            profile=None if local else profile,
            role=self._role and arns.role_name(self._role),
            endpoint_url=addresses.shown(url) if url and not addresses.is_default(url) else None,
        )

    def _beside(self, service: str) -> Any:
        url = self.connection.endpoint_url
        return self._client(service, url if addresses.is_loopback(url) else None)

    def _client(self, service: str, url: str | None) -> Any:
        with self._lock:
            self._refresh()
            if service not in self._made:
                self._made[service] = self._make(service, url)
            return self._made[service]

    def _refresh(self) -> Stamp:
        stamp = os.getpid(), sessions.environment(), self._forgotten
        if stamp != self._stamp:
            self._made, self._session, self._account, self._stamp = {}, None, None, stamp
        return stamp

    def _make(self, service: str, url: str | None, **own: Any) -> Any:
        addresses.check(url)
        self._check_bundle()
        try:
            client = self._create(service, url, loopback=addresses.is_loopback(url), **own)
            found = client.meta.endpoint_url  # AWS_ENDPOINT_URL_… and the profile may have said one
            addresses.check(found)
            if addresses.is_loopback(found) and not addresses.is_loopback(url):
                client = self._create(service, found, loopback=True, **own)
        except SmMagicError:
            raise
        except Exception as exc:
            raise faults.translate(exc, connection=self.connection) from exc
        return client

    def _create(
        self,
        service: str,
        url: str | None,
        *,
        loopback: bool,
        session: Any = None,
        keys: Mapping[str, str] | None = None,
    ) -> Any:
        """session, keys: whose client it is, and what it signs with, if not the connection's own."""
        session, beside = session or self._open_session(), keys is None and service not in _CALLS
        if keys is None:
            token = self.connection.local_token
            keys = {"aws_access_key_id": token, "aws_secret_access_key": token} if token else {}
        region = self._region(session) or (LOCAL_REGION if loopback else None)
        return session.client(
            service,
            region_name=region,
            endpoint_url=url,
            verify=self.connection.ca_bundle,  # None: AWS_CA_BUNDLE, then the profile's ca_bundle
            config=sessions.config(self.connection, service, loopback=loopback, side=beside),
            **keys,
        )

    @property
    def _role(self) -> str | None:
        """The role to assume: none for the local endpoint's own keys, nor for a client that is used as it is."""
        own = self.connection.local_token is not None or self._given_client is not None
        return None if own else self.connection.role_arn

    def _open_session(self) -> Any:
        if self._given_session is not None and self._role is None:
            return self._given_session
        if self._session is None:
            try:
                self._session = self._assumed() if self._role else sessions.new(self.connection)
            except Exception as exc:
                raise faults.translate(exc, connection=self.connection) from exc
        return self._session

    def _assumed(self) -> Any:
        """A session of the role's; its clients for STS are those of the session that assumes it."""
        own = self._given_session if self._given_session is not None else sessions.new(self.connection)

        def sts(service: str, **keys: str) -> Any:
            return self._make(service, None, session=own, keys=keys)

        profile = None if own.profile_name == "default" else own.profile_name
        return roles.assuming(own, self.connection, sts, profile, own.region_name)

    def _region(self, session: Any) -> str | None:
        given = self.connection.region
        if given or self.connection.local_token:
            return given
        environment = os.environ.get("AWS_REGION")
        found: str | None = session.region_name  # AWS_DEFAULT_REGION, then the profile's
        return (found or environment) if self._given_session is not None else (environment or found)

    def _profile(self) -> str | None:
        if self._given_client is not None:
            return None
        name = self._open_session().profile_name
        return None if name == "default" else str(name)

    def _check_bundle(self) -> None:
        bundle = self.connection.ca_bundle
        if bundle and not Path(bundle).exists():
            raise UsageError(
                f"There is no file {bundle}.", hint="--ca-bundle PATH is a PEM file of CA certificates."
            )
