"""S3 by boto3: objects read whole, their size looked at before their bytes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any, NoReturn

from .. import addresses
from ..errors import ConnectError, CredentialsError, ServiceError, SmMagicError
from ..s3 import S3Object, S3Uri
from ..spelling import near, question
from . import faults
from .clients import Clients

__all__ = ["BotoStore", "NoStore"]


class BotoStore:
    """S3 spoken by boto3.  Thread-safe: calls share one pool of connections."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    @property
    def place(self) -> str:
        """``S3``, with its address if that is one's own."""
        try:
            url = self._clients.storage().meta.endpoint_url
        except SmMagicError:  # the read will say it
            url = self._clients.connection.s3_endpoint_url
        return "S3" if url is None or addresses.is_default(url) else f"S3 at {addresses.shown(url)}"

    def head(self, uri: S3Uri) -> S3Object | None:
        """What is known of the object (HeadObject); None if there is none, and the caller may know that."""
        client = self._clients.storage()
        try:
            told = client.head_object(Bucket=uri.bucket, Key=uri.key)
        except Exception as exc:
            error = self._ours(exc, uri)
            if isinstance(error, ServiceError) and error.status == 404:
                return None
            raise error from exc
        return S3Object(
            size=told["ContentLength"],
            content_type=told.get("ContentType"),
            modified=told.get("LastModified"),
        )

    def get(self, uri: S3Uri, check: Callable[[int], None]) -> bytes:
        """The object's bytes (GetObject)."""
        client = self._clients.storage()
        try:
            answer = client.get_object(Bucket=uri.bucket, Key=uri.key)
            with closing(answer["Body"]) as stream:
                check(answer["ContentLength"])
                body: bytes = stream.read()
        except SmMagicError:
            raise
        except Exception as exc:
            error = self._ours(exc, uri)
            if isinstance(error, ServiceError) and error.code == "NoSuchKey":
                error.hint = self._near(client, uri) or error.hint
            raise error from exc
        return body

    def _near(self, client: Any, uri: S3Uri) -> str | None:
        """The question for the key that was meant, of those beside it."""
        try:
            told = client.list_objects_v2(Bucket=uri.bucket, Prefix=uri.folder, Delimiter="/", MaxKeys=1000)
        except Exception:  # noqa: BLE001 - a denied side call costs nothing but words
            return None
        found = near(uri.name, [S3Uri(uri.bucket, item["Key"]).name for item in told.get("Contents", [])])
        return question(str(S3Uri(uri.bucket, uri.folder + found[0]))) if found else None

    def _ours(self, exc: Exception, uri: S3Uri) -> SmMagicError:
        error = faults.translate(exc, connection=self._clients.connection, uri=uri)
        if isinstance(error, CredentialsError):
            self._clients.forget()
        return error


class NoStore:
    """The S3 of a client that the user made: it can't be told with whose credentials to ask."""

    @property
    def place(self) -> str:
        """Nowhere."""
        return "no S3"

    def head(self, uri: S3Uri) -> NoReturn:
        """Not known."""
        raise ConnectError(
            f"{uri} can't be read: nothing is known of this client's S3.", hint="Client(session=…)"
        )

    def get(self, uri: S3Uri, check: Callable[[int], None]) -> NoReturn:
        """Not known."""
        del check
        self.head(uri)
