"""Bytes → an object of S3: in one piece, or as a multipart upload that leaves nothing behind where it fails."""

from __future__ import annotations

import io
import queue
import time
from typing import Any, Final

from ..privacy import redact
from ..progress import OnProgress, Progress
from ..s3 import S3Uri

__all__ = ["put"]

_PART: Final = 8 << 20  # bytes of a part, and of the largest object that is put in one piece
_AT_ONCE: Final = 8  # parts on their way


def put(client: Any, uri: S3Uri, body: bytes, more: dict[str, str], on_progress: OnProgress) -> None:
    """Write *body* to *uri* by boto3's *client*; *more*: PutObject's and CreateMultipartUpload's parameters.

    on_progress: told of the bytes that have left, by this thread.  Raises what boto3 raises, after a multipart upload
    was aborted: its parts would be kept, and paid for, unseen.
    """
    if len(body) <= _PART:
        client.put_object(Bucket=uri.bucket, Key=uri.key, Body=body, **more)
        return
    from boto3.s3.transfer import TransferConfig, create_transfer_manager

    # The other implementation, boto3's of C, tells its progress by hundreds of megabytes.
    config = TransferConfig(
        multipart_threshold=_PART,
        multipart_chunksize=_PART,
        max_concurrency=_AT_ONCE,
        preferred_transfer_client="classic",
    )
    told = _Told()
    started = time.perf_counter()
    # Left by an error or an interrupt, the manager cancels what is on its way and waits until it is aborted.
    with create_transfer_manager(client, config) as manager:
        future = manager.upload(io.BytesIO(body), uri.bucket, uri.key, more, [told])
        sent = 0
        while (count := told.counts.get()) is not None:
            sent += count
            elapsed = time.perf_counter() - started
            on_progress(
                Progress(
                    what=redact(f"Uploading to s3://{uri.bucket}"),
                    elapsed=elapsed,
                    done=sent,
                    total=len(body),
                )
            )
        future.result()


class _Told:
    """What s3transfer's threads tell of an upload, for the one that waits."""

    def __init__(self) -> None:
        self.counts: queue.SimpleQueue[int | None] = queue.SimpleQueue()

    def on_progress(self, future: Any, bytes_transferred: int, **_: Any) -> None:
        """Bytes that have left; less than none where a part is sent again."""
        del future
        self.counts.put(bytes_transferred)

    def on_done(self, future: Any, **_: Any) -> None:
        """It is over, well or not."""
        del future
        self.counts.put(None)
