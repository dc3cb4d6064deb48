"""The facade: value in, Result out.  What the magics and the panel can do, this can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from . import codecs, diagnosis, exchange, files, ledger, validation
from .arns import parse_endpoint
from .errors import SmMagicError, UsageError
from .mediatypes import resolve
from .messages import EndpointArn, Payload, Request, Where
from .progress import OnProgress, silent
from .result import Result
from .settings import Connection, Settings
from .spelling import did_you_mean
from .transports import boto

if TYPE_CHECKING:
    from .transports import Catalog, Runtime

__all__ = ["Client"]

_TABLE_OPTIONS = ("header", "columns", "drop", "orient")
_ASKED: WeakSet[Catalog] = WeakSet()
"""The catalogs that were asked whose account this is; they keep the answer."""


class Client:
    """Invokes SageMaker endpoints.

    Client()                                    where boto3's own chain leads
    Client(profile="prod", region="eu-west-1")  options of the connection; None: the settings'
    Client(client=…) or Client(session=…)       over a boto3 client or session of yours
    Client(runtime=…, catalog=…)                over any transport
    Client.local()                              the embedded endpoint

    Holds no state between calls.  Raises SmMagicError and its subclasses only.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        runtime: Runtime | None = None,
        catalog: Catalog | None = None,
        session: Any = None,
        client: Any = None,
        **connection: Any,
    ) -> None:
        if settings is None:
            from .configuration import load

            settings = load()
        self.settings = settings
        self._session, self._client = session, client
        self._connection: Connection = settings.connection(**_checked(connection))
        self._injected = runtime is not None or client is not None
        self._region_given = connection.get("region") is not None
        if runtime is None:
            connected = boto.connect(self._connection, session=session, client=client)
            runtime, catalog = connected.runtime, catalog or connected.catalog
        self.runtime = runtime
        self.catalog = catalog

    @classmethod
    def local(cls, *, new: bool = False, settings: Settings | None = None) -> Client:
        """A client of the local endpoint: a running ``sm-magic demo`` or ``serve``, else one started here."""
        from .local import join_or_start

        endpoint = join_or_start(new=new)
        return cls(settings=settings, endpoint_url=endpoint.url, local_token=endpoint.token)

    @property
    def where(self) -> Where:
        """Where calls go."""
        return self.runtime.where

    def prepare(
        self,
        value: object = None,
        *,
        endpoint: str,
        payload: Payload | None = None,
        content_type: str | None = None,
        accept: str | None = None,
        header: bool | None = None,
        columns: Sequence[str] | None = None,
        drop: Sequence[str] = (),
        orient: str | None = None,
        no_limit: bool = False,
        target: str | None = None,
        **members: str | None,
    ) -> Request:
        """The request that `invoke` would send: encoded and checked, nothing sent.

        value: what to send; or payload: bytes that are ready.
        members: the API's members by our names (`target_variant`, `session_id`, …: sm_magic.members).
        Raises CodecError if the value can't be encoded, UsageError if the service could not take the request.
        """
        name, arn = parse_endpoint(endpoint)
        limit = None if no_limit else self.settings.max_bytes
        if payload is None:
            table = {"header": header, "columns": columns, "drop": drop, "orient": orient}
            payload = _encode(value, content_type, limit, table)
        request = Request(
            endpoint=name,
            arn=arn,
            payload=ledger.counted(payload),
            accept=resolve(accept) if accept else None,
            target=target,
            **_members(members),
        )
        return validation.check(request, self.settings, no_limit=no_limit)

    def send(
        self,
        request: Request,
        *,
        query: str | None = None,
        view: str = "auto",
        on_progress: OnProgress = silent,
    ) -> Result:
        """Send a prepared request and decode the answer (`invoke` tells the errors)."""
        home = self._home(request.arn)
        home._learn_account()
        try:
            return exchange.invoke(
                request, home.runtime, self.settings, query=query, view=view, on_progress=on_progress
            )
        except SmMagicError as error:
            if home.catalog is not None:
                diagnosis.explain(error, request, home.catalog, self.settings.targets)
            raise

    def invoke(
        self,
        value: object = None,
        *,
        endpoint: str,
        query: str | None = None,
        view: str = "auto",
        on_progress: OnProgress = silent,
        **options: Any,
    ) -> Result:
        """Encode *value*, call InvokeEndpoint, decode the answer.

        options: `prepare`'s.  query: JMESPath, the part of a JSON answer that is the value.
        Raises UsageError and CodecError before sending; ServiceError, TransportError, Cancelled after; CodecError
        with the Result on it if the answer does not decode.
        """
        request = self.prepare(value, endpoint=endpoint, **options)
        return self.send(request, query=query, view=view, on_progress=on_progress)

    def _learn_account(self) -> None:
        """Ask beside the call whose account this is: the first card may lack it, the ones after have it."""
        where = self.where
        if self.catalog is None or where.place != "AWS" or where.account or where.endpoint_url:
            return
        if self.catalog not in _ASKED:
            _ASKED.add(self.catalog)
            Thread(
                target=_quietly, args=(self.catalog.account,), name="sm_magic account", daemon=True
            ).start()

    def _home(self, arn: EndpointArn | None) -> Client:
        """The client for an ARN's region; refuses what would silently call a namesake elsewhere."""
        if arn is None:
            return self
        home = self if self.where.region == arn.region else self._in_region(arn)
        self._check_account(arn, home)
        return home

    def _in_region(self, arn: EndpointArn) -> Client:
        if self._region_given or self._injected:
            raise UsageError(
                f"The ARN's region is {arn.region}; this connection's is {self.where.region}.",
                hint=f"--region {arn.region}, or the endpoint's name alone.",
            )
        return Client(settings=self.settings, session=self._session, region=arn.region)

    @staticmethod
    def _check_account(arn: EndpointArn, home: Client) -> None:
        try:
            account = home.catalog.account() if home.catalog is not None else None
        except SmMagicError:
            return
        if account is not None and account != arn.account:
            raise UsageError(
                f"The ARN's account ends in …{arn.account[-4:]}; you are …{account[-4:]}.",
                hint="InvokeEndpoint calls endpoints of the caller's own account: %sm_connect --profile NAME.",
            )


def _quietly(ask: Callable[[], object]) -> None:
    with suppress(SmMagicError):
        ask()


def _checked(connection: dict[str, Any]) -> dict[str, Any]:
    """Only what a Connection has; a misspelt keyword is an error here, not a setting that is lost."""
    unknown = set(connection) - set(Connection.__dataclass_fields__)
    if unknown:
        raise TypeError(f"Client() got an unexpected keyword argument {sorted(unknown)[0]!r}")
    return connection


def _members(members: dict[str, str | None]) -> dict[str, Any]:
    known = set(Request.__dataclass_fields__)
    for name in members:
        if name not in known:
            raise UsageError(f"There is no option {name!r}.", hint=did_you_mean(name, known))
    return {name: value for name, value in members.items() if value is not None}


def _encode(value: object, content_type: str | None, limit: int | None, table: dict[str, Any]) -> Payload:
    if isinstance(value, Payload):
        return value if content_type is None else replace(value, content_type=resolve(content_type))
    if isinstance(value, Path):
        given = [name for name in _TABLE_OPTIONS if table[name]]
        if given:
            raise UsageError(
                f"A file is sent as it is; {given[0]!r} is for tables.", hint="Read it: pandas.read_csv(…)."
            )
        return files.read(value, content_type, max_bytes=limit)
    return codecs.encode(value, content_type, max_bytes=limit, **table)
