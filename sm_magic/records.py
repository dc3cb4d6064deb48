"""The history: every call and its answer, newest last; bodies up to a limit, then their digests."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from threading import Lock
from typing import Any

from .errors import SmMagicError
from .messages import Request
from .plain import plain
from .result import Result
from .settings import Settings

__all__ = ["History", "Record", "history"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One call.  When its bodies had to go, `request.payload` and `result` are None and the digests stay.

    number: counts from 1 in this process.  when: UTC.  sent, received: bytes.
    """

    number: int
    when: datetime
    request: Request = field(repr=False)
    endpoint: str
    operation: str
    content_type: str | None
    sent: int
    sent_digest: str | None = None
    result: Result | None = field(default=None, repr=False)
    variant: str | None = None
    received_type: str | None = None
    received: int | None = None
    received_digest: str | None = None
    latency: float | None = None
    error: str | None = None
    cell: str | None = field(default=None, repr=False)
    """The text of a cell that was written for the call, which was not made."""

    @property
    def held(self) -> int:
        """Bytes of bodies, and of a cell, that this record keeps alive."""
        kept = self.request.payload
        return (kept.size if kept else 0) + (self.result.held if self.result else 0) + len(self.cell or "")

    def without_bodies(self) -> Record:
        """This record with digests in place of its bodies."""
        return replace(
            self,
            request=replace(self.request, payload=None),
            result=None,
            cell=None,
            sent_digest=digest(self.request.body),
            received_digest=_received_digest(self.result),
        )


def _received_digest(result: Result | None) -> str | None:
    """None for a stream whose bytes are gone already."""
    if result is None or (result.streamed is not None and result.streamed.body_gone):
        return None
    return digest(result.body)


_WHOLE, _PIECES, _PIECE = 64 * 1024, 8, 1024  # bytes


def digest(body: bytes | None) -> str | None:
    """``sha256:…``; of a body above 64 KiB ``sha256-sampled:…``, its length and 8 pieces spread evenly over it.

    PERF: SHA-256 of two whole bodies of 5 MB takes a quarter of the time of their call.
    """
    if body is None:
        return None
    if len(body) <= _WHOLE:
        return f"sha256:{sha256(body).hexdigest()}"
    sample = sha256(str(len(body)).encode())
    for piece in range(_PIECES):
        start = piece * (len(body) - _PIECE) // (_PIECES - 1)
        sample.update(body[start : start + _PIECE])
    return f"sha256-sampled:{sample.hexdigest()}"


class History:
    """A bounded list of Records.  Safe to use from threads."""

    def __init__(self) -> None:
        self._records: deque[Record] = deque()
        self._count = 0
        self._held = 0  # bytes of bodies in all
        self._bare = 0  # how many records, from the oldest, are without bodies
        self._last: Result | None = None
        self._lock = Lock()

    @property
    def last(self) -> Result | None:
        """The Result of the last call that had one."""
        return self._last

    def add(self, request: Request, outcome: Result | SmMagicError, settings: Settings) -> Record:
        """Record one call and what came of it."""
        kept = outcome.result if isinstance(outcome, SmMagicError) else outcome
        result = kept if isinstance(kept, Result) else None
        return self._added(
            request,
            settings,
            last=result,
            result=result and result.without_value(),
            variant=result.variant if result else None,
            received_type=result.content_type if result else None,
            received=result.received if result else None,
            latency=result.latency if result else None,
            error=_described(outcome),
        )

    def note(self, request: Request, cell: str, settings: Settings) -> Record:
        """Record a call that was not made: the text of the *cell* that would make it."""
        return self._added(request, settings, cell=cell)

    def _added(
        self, request: Request, settings: Settings, *, last: Result | None = None, **outcome: Any
    ) -> Record:
        with self._lock:
            self._count += 1
            record = Record(
                number=self._count,
                when=datetime.now(UTC),
                request=request,
                endpoint=request.endpoint,
                operation=request.operation,
                content_type=request.content_type,
                sent=request.payload.size if request.payload else 0,
                **outcome,
            )
            self._records.append(record)
            self._held += record.held
            self._last = last or self._last
            self._trim(settings)
        return record

    def _trim(self, settings: Settings) -> None:
        """Forget the oldest calls, then the oldest bodies; a call too large by itself takes no other's place."""
        while len(self._records) > settings.history_size:
            self._held -= self._records.popleft().held
            self._bare = max(0, self._bare - 1)
        if self._records and self._records[-1].held > settings.history_bytes:
            self._strip(len(self._records) - 1)
        while self._held > settings.history_bytes:
            self._strip(self._bare)
            self._bare += 1

    def _strip(self, place: int) -> None:
        record = self._records[place]
        if record.held or record.request.payload is not None or record.result is not None:
            self._held -= record.held
            self._records[place] = record.without_bodies()

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._records.clear()
            self._held = self._bare = 0
            self._last = None

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(tuple(self._records))

    def __getitem__(self, place: int) -> Record:
        return self._records[place]

    def __repr__(self) -> str:
        lines = [_line(record) for record in self]
        return "\n".join(lines) if lines else "no calls yet"


def _described(outcome: Result | SmMagicError) -> str | None:
    if isinstance(outcome, SmMagicError):
        return f"{type(outcome).__name__}: {outcome.message}"
    return None


def _line(record: Record) -> str:
    answer = record.error or "not sent"
    if record.received is not None and not record.error:
        answer = f"{record.received_type} {record.received:,} B · {record.variant or 'no variant'}"
    return plain(f"{record.number}  {record.endpoint}  {record.content_type} {record.sent:,} B → {answer}")


history = History()
"""The calls of this process."""
