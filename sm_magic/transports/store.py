"""S3 by boto3: objects read whole, their size looked at before their bytes; written in parts where they are large."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn

from .. import addresses
from ..errors import AccessDeniedException, ConnectError, CredentialsError, ServiceError, SmMagicError
from ..progress import OnProgress, silent
from ..s3 import Look, S3Object, S3Uri
from ..spelling import near, question
from . import faults, parts
from .clients import Clients

__all__ = ["BotoStore", "NoStore"]


# "User … is not authorized to perform: s3:ListBucket on resource: …" (S3 User Guide, "Troubleshoot access denied"):
# said of an object that is not there, to callers of the bucket's own account.
_PERFORM: Final = re.compile(r"perform: (?P<action>[\w:]+)")


class BotoStore:
    """S3 spoken by boto3.  Thread-safe: calls share one pool of connections."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._listed: dict[tuple[str, str], bool] = {}

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
        return _known(told)

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

    def look(self, uri: S3Uri, since: datetime | None = None) -> Look:
        """The object, if it was written at *since* or later (GetObject, If-Modified-Since)."""
        client = self._clients.storage()
        # The header's own word is "after", to the second.
        newer = {} if since is None else {"IfModifiedSince": since - timedelta(seconds=1)}
        try:
            answer = client.get_object(Bucket=uri.bucket, Key=uri.key, **newer)
            with closing(answer["Body"]) as stream:
                known = _known(answer)
                if since is not None and known.modified is not None and known.modified < since:
                    return Look(state="older", known=known)
                return Look(state="there", known=known, body=stream.read())
        except Exception as exc:
            error = self._ours(exc, uri)
            if isinstance(error, AccessDeniedException):
                return Look(state="denied" if self._may_know(error, client, uri) else "hidden", error=error)
            if isinstance(error, ServiceError) and error.code == "NoSuchKey":
                return Look(state="absent")
            if isinstance(error, ServiceError) and error.status == _NOT_MODIFIED:
                return Look(state="older")
            raise error from exc

    def _may_know(self, error: AccessDeniedException, client: Any, uri: S3Uri) -> bool:
        """Whether who was refused would have been told that there is no such object: then this one is there."""
        said = _PERFORM.search(error.service_message)
        if said is not None:
            return said["action"] != "s3:ListBucket"
        place = uri.bucket, uri.folder
        if place not in self._listed:
            try:
                client.list_objects_v2(Bucket=uri.bucket, Prefix=uri.folder, MaxKeys=1)
                self._listed[place] = True
            except Exception as exc:
                refused = self._ours(exc, uri)
                if not isinstance(refused, AccessDeniedException):
                    raise refused from exc
                self._listed[place] = False
        return self._listed[place]

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
        """Write *body* (PutObject; CreateMultipartUpload above 8 MB)."""
        client = self._clients.storage()
        more: dict[str, str] = {"ContentType": content_type}
        if kms_key is not None:
            more |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key}
        if owner is not None:
            more |= {"ExpectedBucketOwner": owner}
        try:
            parts.put(client, uri, body, more, on_progress)
        except Exception as exc:
            raise self._ours(exc, uri, writing=True) from exc

    def delete(self, uri: S3Uri) -> None:
        """Remove the object (DeleteObject); of one that is not there S3 says nothing."""
        try:
            self._clients.storage().delete_object(Bucket=uri.bucket, Key=uri.key)
        except Exception as exc:
            raise self._ours(exc, uri, writing=True) from exc

    def has_bucket(self, bucket: str, owner: str | None = None) -> bool:
        """Whether there is such a bucket (HeadBucket): one of another account, or forbidden, is none."""
        more = {} if owner is None else {"ExpectedBucketOwner": owner}
        try:
            self._clients.storage().head_bucket(Bucket=bucket, **more)
        except Exception as exc:
            error = self._ours(exc, S3Uri(bucket, ""))
            if isinstance(error, ServiceError) and error.status in (301, 400, 403, 404):
                return False
            raise error from exc
        return True

    def _near(self, client: Any, uri: S3Uri) -> str | None:
        """The question for the key that was meant, of those beside it."""
        try:
            told = client.list_objects_v2(Bucket=uri.bucket, Prefix=uri.folder, Delimiter="/", MaxKeys=1000)
        except Exception:  # noqa: BLE001 - a denied side call costs nothing but words
            return None
        found = near(uri.name, [S3Uri(uri.bucket, item["Key"]).name for item in told.get("Contents", [])])
        return question(str(S3Uri(uri.bucket, uri.folder + found[0]))) if found else None

    def _ours(self, exc: Exception, uri: S3Uri, *, writing: bool = False) -> SmMagicError:
        error = faults.translate(exc, connection=self._clients.connection, uri=uri, writing=writing)
        if isinstance(error, CredentialsError):
            self._clients.forget()
        return error


_NOT_MODIFIED: Final = 304


def _known(told: dict[str, Any]) -> S3Object:
    return S3Object(
        size=told["ContentLength"],
        content_type=told.get("ContentType"),
        modified=told.get("LastModified"),
    )


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

    def look(self, uri: S3Uri, since: datetime | None = None) -> NoReturn:
        """Not known."""
        del since
        self.head(uri)

    def put(self, uri: S3Uri, body: bytes, content_type: str, **more: Any) -> NoReturn:
        """There is nowhere to write."""
        del body, content_type, more
        raise ConnectError(
            f"{uri} can't be written: nothing is known of this client's S3.", hint="Client(session=…)"
        )

    def delete(self, uri: S3Uri) -> NoReturn:
        """There is nothing to remove."""
        self.head(uri)

    def has_bucket(self, bucket: str, owner: str | None = None) -> bool:
        """None that is known."""
        del bucket, owner
        return False
