"""Request -> Response.  A transport moves bytes and knows nothing of Python values.

Three Protocols: Runtime invokes endpoints, Catalog asks what is deployed, Store reads objects of S3.  Each is spoken
by boto3 (`boto`, the only place that imports it) and by a function (`function`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from ..progress import OnProgress, silent

if TYPE_CHECKING:
    from ..deployments import Component, Configuration, Listed, Log, Model, Traffic
    from ..messages import Endpoint, Request, Response, Ticket, Where
    from ..s3 import Look, S3Object, S3Uri
    from .stream import Stream

__all__ = ["Catalog", "Runtime", "Store"]


class Runtime(Protocol):
    """SageMaker Runtime: one request, one response."""

    @property
    def where(self) -> Where:
        """Where calls go."""

    def invoke(self, request: Request) -> Response:
        """Send *request* by InvokeEndpoint and read the whole answer.

        Raises ServiceError for an error of the service, TransportError for one on the way.
        """

    def stream(self, request: Request) -> Stream:
        """Send *request* by InvokeEndpointWithResponseStream; the answer's parts come as they are read.

        Raises as `invoke`, and so does reading.
        """

    def submit(self, request: Request) -> Ticket:
        """Queue *request* by InvokeEndpointAsync; where its answer and its failure will be.

        Raises as `invoke`.
        """


class Catalog(Protocol):
    """The control plane, CloudWatch and its logs, as far as they are asked.

    Side calls: they take at most two seconds, and every method but `learn_account` may raise SmMagicError, which
    callers swallow, or tell as what is missing.
    """

    def account(self) -> str | None:
        """The caller's account id (GetCallerIdentity); None if it can't be known."""

    def learn_account(self) -> None:
        """Ask for the account beside a call, if nobody has yet: returns at once, and raises nothing."""

    def retry(self, endpoint: str | None = None) -> None:
        """What was refused or not told a moment ago may be asked again: whoever asks wants to know.

        endpoint: of this one, what was told is asked again too.
        """

    def endpoint(self, name: str) -> Endpoint | None:
        """One endpoint (DescribeEndpoint and its configuration); None if there is none of that name."""

    def endpoints(self) -> tuple[str, ...]:
        """The names of the endpoints of this account and region (ListEndpoints), newest first, at most 100."""

    def listed(self, contains: str = "") -> tuple[Listed, ...]:
        """The endpoints whose names contain *contains* (ListEndpoints), newest first, at most 300."""

    def configuration(self, name: str) -> Configuration | None:
        """One endpoint configuration (DescribeEndpointConfig); None if there is none of that name."""

    def model(self, name: str) -> Model | None:
        """One model (DescribeModel); None if there is none of that name."""

    def components(self, endpoint: str | None = None) -> tuple[Component, ...]:
        """The inference components of *endpoint*, or of all (ListInferenceComponents), at most 300."""

    def component(self, name: str) -> Component | None:
        """One inference component (DescribeInferenceComponent); None if there is none of that name."""

    def below(self, folder: str, most: int = 100) -> tuple[str, ...]:
        """The keys below a folder of S3 (ListObjectsV2), without it; *most* of them, and one more."""

    def traffic(self, name: str, variants: Sequence[str]) -> tuple[Traffic, ...]:
        """What CloudWatch counted of the endpoint's *variants* in the last hour (GetMetricData)."""

    def logs(
        self,
        group: str,
        *,
        stream: str = "",
        minutes: float = 60.0,
        grep: str = "",
        most: int = 100,
        seconds: float = 2.0,
    ) -> Log:
        """The last lines of a log group (FilterLogEvents), newest last.

        stream: how the log streams' names begin.  minutes: how far back.  grep: what a line holds, as it is.
        most: how many lines.  seconds: what all of it may take.
        """

    def backlog(self, name: str) -> int | None:
        """How many asynchronous requests an endpoint had, waiting or in work, some minutes ago (CloudWatch's
        ApproximateBacklogSize); None where nothing was counted.
        """


class Store(Protocol):
    """S3, as far as it is asked.

    Methods raise ServiceError for an error of S3, TransportError for one on the way.
    """

    @property
    def place(self) -> str:
        """Where objects are, for the card: ``S3``."""

    def head(self, uri: S3Uri) -> S3Object | None:
        """What is known of the object; None if there is none.  To be told so takes s3:ListBucket."""

    def get(self, uri: S3Uri, check: Callable[[int], None]) -> bytes:
        """The object's bytes.  *check* is given their number before they are read, and may raise."""

    def look(self, uri: S3Uri, since: datetime | None = None) -> Look:
        """The object, if there is one that was written at *since* (whole seconds, UTC) or later, or why there is none.

        One call, and no bytes but those of the object that is wanted.  Where S3 does not say why it refuses, one more
        for the object's folder, once.
        """

    def put(
        self,
        uri: S3Uri,
        body: bytes,
        content_type: str,
        *,
        kms_key: str | None = None,
        owner: str | None = None,
        on_progress: OnProgress = silent,
    ) -> None:
        """Write *body*, in parts if it is large; what was begun is taken back on an error or interrupt.

        kms_key: the KMS key that encrypts it.  owner: the account that the bucket must belong to.
        """

    def delete(self, uri: S3Uri) -> None:
        """Remove the object, if there is one."""

    def has_bucket(self, bucket: str, owner: str | None = None) -> bool:
        """Whether there is such a bucket, of the account *owner*, that the caller may use."""
