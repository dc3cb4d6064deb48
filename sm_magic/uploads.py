"""Where in S3 the body of an asynchronous request goes, if it does not go with the call.  No bucket is ever made."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from . import mediatypes
from .errors import SmMagicError, UsageError
from .messages import Request, Where
from .s3 import S3Folder, S3Uri
from .settings import Settings
from .transports import model

if TYPE_CHECKING:
    from .transports import Catalog, Store

__all__ = ["Destination", "destination", "goes_inline", "key", "named"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A folder for bodies; owner: the account that its bucket must belong to, where the user did not name it."""

    folder: S3Folder
    owner: str | None = None


def goes_inline(request: Request, settings: Settings, upload_to: str | None) -> bool:
    """Whether the body goes with the call: it is small, botocore knows how, and the user named no other place."""
    small = len(request.body or b"") <= settings.inline_bytes
    return small and upload_to is None and model.has("InvokeEndpointAsync", "Body")


def named(request: Request, upload_to: str | None, settings: Settings) -> str | None:
    """The folder that the user named, here or in the target; None if there is none."""
    target = settings.targets.get(request.target or "", {})
    found = upload_to or target.get("upload_to") or target.get("upload-to")
    return str(found) if found else None


def destination(
    request: Request,
    upload_to: str | None,
    settings: Settings,
    where: Where,
    *,
    catalog: Catalog | None,
    store: Store,
) -> Destination:
    """The place that the user named, the target's, beside the endpoint's answers, or SageMaker's default bucket.

    Raises UsageError if there is none.  What no user named must belong to the caller's account: anyone can make a
    bucket of a predictable name.
    """
    folder = named(request, upload_to, settings)
    if folder:
        return Destination(folder=S3Folder.of(folder))
    account = _quietly(catalog.account) if catalog is not None else None
    endpoint = _quietly(lambda: catalog.endpoint(request.endpoint)) if catalog is not None else None
    if endpoint is not None and endpoint.output_path:
        return Destination(folder=S3Folder.of(endpoint.output_path).above, owner=account)
    default = f"sagemaker-{where.region}-{account}"
    if account and where.region and _quietly(lambda: store.has_bucket(default, account)):
        return Destination(folder=S3Folder(default), owner=account)
    size = len(request.body or b"")
    raise UsageError(
        f"A body of {size:,} bytes goes by way of S3, and there is no place for it: neither the endpoint's "
        "S3OutputPath nor a default bucket of SageMaker could be found.",
        hint="--upload-to s3://BUCKET/FOLDER (in Python `upload_to=`) names one.",
    )


def key(request: Request, now: datetime | None = None) -> str:
    """``sm-magic/ENDPOINT/DATE/TIME-RANDOM.SUFFIX``: to be found by people, and by a lifecycle rule."""
    now = now or datetime.now(UTC)
    suffix = mediatypes.suffix_of(request.content_type or "")
    name = f"{now:%H%M%S}-{secrets.token_hex(6)}{suffix}"
    return f"sm-magic/{request.endpoint}/{now:%Y-%m-%d}/{name}"


def address(place: Destination, request: Request) -> S3Uri:
    """Where the body of *request* goes in *place*."""
    return place.folder.object(key(request))


def _quietly(ask: Callable[[], _T]) -> _T | None:
    try:
        return ask()
    except SmMagicError:
        return None
