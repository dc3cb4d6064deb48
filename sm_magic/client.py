"""The facade: value in, Result out.  What the magics and the panel can do, this can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from . import collecting, diagnosis, exchange, validation
from .arns import parse_endpoint
from .asynchronous import Asynchronous
from .checks import Checking
from .codecs import bound
from .coding import Coding
from .concurrent import Concurrent
from .describing import Describing
from .errors import SmMagicError, UsageError
from .homes import Homing
from .mediatypes import resolve
from .messages import Payload, Request, Where
from .preparation import NOTHING, body, checked, elsewhere, operation_of, text
from .progress import OnProgress, silent
from .result import Result
from .settings import Connection, Settings
from .streaming import OnPart, Streaming
from .transports import access as accesses
from .transports import boto

if TYPE_CHECKING:
    from .transports import Catalog, Runtime, Store

__all__ = ["Client"]


class Client(Homing, Asynchronous, Concurrent, Describing, Checking, Coding):
    """Invokes SageMaker endpoints.

    Client()                                    where boto3's own chain leads
    Client(profile="prod", region="eu-west-1")  options of the connection; None: the settings'
    Client(client=…) or Client(session=…)       over a boto3 client or session of yours
    Client(runtime=…, catalog=…, store=…)       over any transport
    Client.local()                              the embedded endpoint

    Holds no state between calls.  Raises SmMagicError and its subclasses only.
    """

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        runtime: Runtime | None = None,
        catalog: Catalog | None = None,
        store: Store | None = None,
        access: accesses.Access | None = None,
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
            runtime, catalog, store = (
                connected.runtime,
                catalog or connected.catalog,
                store or connected.store,
            )
            access = access or connected.access
        self.runtime = runtime
        self.catalog = catalog
        self.store = store
        self.access = access or accesses.NoAccess()

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
        value: object = NOTHING,
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
        stream: bool = False,
        asynchronous: bool = False,
        deserializer: object | None = None,
        target: str | None = None,
        **members: str | int | None,
    ) -> Request:
        """The request that `invoke` would send: encoded and checked, nothing sent.

        value: what to send (a Path or S3Uri: that file); or payload: bytes that are ready.
        stream: by InvokeEndpointWithResponseStream.  asynchronous: by InvokeEndpointAsync.
        deserializer: what will read the answer: its ACCEPT is sent unless *accept* is given.
        members: the API's members by our names (`target_variant`, `session_id`, …: sm_magic.members).
        Raises CodecError if the value can't be encoded, UsageError if the service could not take the request.
        """
        if stream:
            collecting.check(None, deserializer)
        name, arn = parse_endpoint(text("endpoint", endpoint))
        table = {"header": header, "columns": columns, "drop": drop, "orient": orient}
        operation = operation_of(stream=stream, asynchronous=asynchronous)
        most = self.settings.max_async_bytes if asynchronous else self.settings.max_bytes
        limit = None if no_limit else most
        given = checked(members, operation)
        wanted = None if deserializer is None else bound.accept(deserializer)
        request = Request(
            endpoint=name,
            arn=arn,
            payload=elsewhere(given["input_location"], value, payload, content_type)
            if "input_location" in given
            else body(
                value,
                payload,
                content_type,
                table=table,
                limit=limit,
                check_up_to=self.settings.json_check_bytes,
                store=self.store,
            ),
            operation=operation,
            accept=resolve(accept) if accept else wanted,
            target=target,
            **given,
        )
        several = deserializer is not None and not accept
        return validation.check(request, self.settings, no_limit=no_limit, several=several)

    def send(
        self,
        request: Request,
        *,
        query: str | None = None,
        deserializer: object | None = None,
        view: str = "auto",
        on_progress: OnProgress = silent,
        on_part: OnPart | None = None,
    ) -> Result:
        """Send a prepared request and decode the answer (`invoke` tells the errors).

        on_part: told of each part of a streamed answer when it is there.
        """
        if request.operation == "InvokeEndpointAsync":
            raise UsageError("An asynchronous request is queued, not sent.", hint="Client.enqueue")
        home = self._ready(request)
        with home._explained(request):
            if request.operation == "InvokeEndpointWithResponseStream":
                collecting.check(query, deserializer)
                return collecting.collect(
                    request, home.runtime, self.settings, view=view, on_part=on_part, on_progress=on_progress
                )
            return exchange.invoke(
                request,
                home.runtime,
                self.settings,
                query=query,
                deserializer=deserializer,
                view=view,
                on_progress=on_progress,
            )

    def invoke(
        self,
        value: object = NOTHING,
        *,
        endpoint: str,
        query: str | None = None,
        deserializer: object | None = None,
        view: str = "auto",
        on_progress: OnProgress = silent,
        **options: Any,
    ) -> Result:
        """Encode *value*, call InvokeEndpoint, decode the answer.

        options: `prepare`'s.  query: JMESPath, the part of a JSON answer that is the value.  deserializer: an object
        with `deserialize(stream, content_type)` and ACCEPT, as the SageMaker SDK's: what it makes is the value.
        Raises UsageError and CodecError before sending; ServiceError, TransportError, Cancelled after; CodecError
        with the Result on it if the answer does not decode.
        """
        request = self.prepare(value, endpoint=endpoint, deserializer=deserializer, **options)
        return self.send(request, query=query, deserializer=deserializer, view=view, on_progress=on_progress)

    def stream(
        self, value: object = NOTHING, *, endpoint: str, on_progress: OnProgress = silent, **options: Any
    ) -> Streaming:
        """Encode *value*, call InvokeEndpointWithResponseStream: an iterator over the answer's parts as they come.

        for part in client.stream(body, endpoint="my-llm"):
            print(part.text, end="")

        Nothing is kept of them; ``invoke(…, stream=True)`` gives a Result of all.  options: `prepare`'s.
        Raises as `invoke`; while it is read, what `Streaming` raises.
        """
        request = self.prepare(value, endpoint=endpoint, stream=True, **options)
        home = self._ready(request)
        with home._explained(request):
            return Streaming(request, home.runtime, self.settings, on_progress=on_progress)

    @contextmanager
    def _explained(self, request: Request) -> Iterator[None]:
        """Errors of *request* are told with what the control plane knows."""
        try:
            yield
        except SmMagicError as error:
            if self.catalog is not None:
                diagnosis.explain(error, request, self.catalog, self.settings.targets)
            raise


def _checked(connection: dict[str, Any]) -> dict[str, Any]:
    """Only what a Connection has; a misspelt keyword is an error here, not a setting that is lost."""
    unknown = set(connection) - set(Connection.__dataclass_fields__)
    if unknown:
        raise TypeError(f"Client() got an unexpected keyword argument {sorted(unknown)[0]!r}")
    return connection
