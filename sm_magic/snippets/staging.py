"""Whether a body goes by way of S3, and what is known of the way."""

from __future__ import annotations

from dataclasses import dataclass

from .. import uploads
from ..messages import Request, Where
from ..settings import Connection, Settings
from ..submission import Upload

__all__ = ["Staging", "staging"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """A body that goes by way of S3: the folder named for it (None: the reader names one), how, and by which S3."""

    folder: str | None = None
    kms_key: str | None = None
    delete: bool = False
    endpoint_url: str | None = None


def staging(
    request: Request, upload: Upload | None, settings: Settings, connection: Connection, where: Where
) -> Staging | None:
    """How *request*'s body goes through S3; None if it goes with the call, or lies there already.  No call is made."""
    upload = upload or Upload()
    if request.operation != "InvokeEndpointAsync" or request.input_location is not None:
        return None
    if uploads.goes_inline(request, settings, upload.to):
        return None
    return Staging(
        folder=uploads.named(request, upload.to, settings),
        kms_key=upload.kms_key,
        delete=upload.delete,
        endpoint_url=connection.s3_endpoint_url or (where.endpoint_url if where.place == "LOCAL" else None),
    )
