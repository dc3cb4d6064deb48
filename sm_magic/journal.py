"""The journal: a local file of asynchronous requests, so that their answers are found after a restart.

Metadata alone: no body, no custom attributes.  One JSON object a line, appended whole, so that two processes may
write; a line that can't be read is left out.  The file is its owner's (mode 0600), and never grows beyond 2 MB.
A journal that can't be written costs nothing but itself.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from .privacy import redact

__all__ = ["Entry", "Journal", "journal_file"]

_KEPT, _MOST = 1_000, 2_000_000  # requests that outlive a clearing; bytes that call for one
_LONGEST: Final = 16_384  # characters of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request.  Addresses are in full, for whoever asks for them; the repr shows no account.

    submitted: ISO 8601, by the service's clock; when: by ours.  state: waiting, done, failed.
    uploaded: whether its input is to be deleted once it is over.
    """

    output_location: str
    endpoint: str = ""
    inference_id: str | None = None
    failure_location: str | None = None
    input_location: str | None = None
    uploaded: bool = False
    submitted: str | None = None
    when: str = ""
    state: str = "waiting"
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    accept: str | None = None
    request_ttl_seconds: int | None = None
    invocation_timeout_seconds: int | None = None

    def __repr__(self) -> str:
        return redact(f"<Entry {self.endpoint} · {self.output_location} · {self.state}>")

    @property
    def age(self) -> float | None:
        """Seconds since it was submitted, by our clock; None: not known."""
        return None if (at := _time(self.when)) is None else (datetime.now(UTC) - at).total_seconds()

    @property
    def submitted_at(self) -> datetime | None:
        """When the service took it, by its own clock."""
        return _time(self.submitted or "")


def journal_file() -> Path:
    """``jobs.jsonl`` in SM_MAGIC_CONFIG_DIR, else in XDG_STATE_HOME's ``sm_magic``."""
    if own := os.environ.get("SM_MAGIC_CONFIG_DIR"):
        return Path(own).expanduser() / "jobs.jsonl"
    return Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "sm_magic" / "jobs.jsonl"


class Journal:
    """The requests in *path*, oldest first."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or journal_file()

    def add(self, entry: Entry) -> None:
        """Write *entry* down."""
        entry = replace(entry, when=entry.when or datetime.now(UTC).isoformat(timespec="seconds"))
        self._append({k: v for k, v in asdict(entry).items() if v not in (None, "", False)})

    def mark(self, output_location: str, state: str) -> None:
        """Write down what became of the request whose answer is at *output_location*."""
        self._append({"output_location": output_location, "state": state})

    def entries(self) -> tuple[Entry, ...]:
        """All requests, with what is known of them last."""
        found: dict[str, Entry] = {}
        for told in self._lines():
            entry = _entry(told)
            if entry is None:
                continue
            known = found.get(entry.output_location)
            if known is not None and set(told) == {"output_location", "state"}:
                found[entry.output_location] = replace(known, state=entry.state)
            elif entry.endpoint:  # the same place again: an answer that takes another's
                found.pop(entry.output_location, None)
                found[entry.output_location] = entry
        return tuple(found.values())

    def find(self, location: str) -> Entry | None:
        """The last request whose answer is at *location*, or whose inference id that is."""
        return next(
            (e for e in reversed(self.entries()) if location in (e.output_location, e.inference_id)), None
        )

    def _lines(self) -> Iterator[dict[str, Any]]:
        try:
            text = self.path.read_bytes().decode("utf-8", "replace")
        except OSError:
            return
        for line in text.splitlines():
            with suppress(ValueError, RecursionError):
                told = json.loads(line) if len(line) <= _LONGEST else None
                if isinstance(told, dict):
                    yield told

    def _append(self, told: dict[str, Any]) -> None:
        line = json.dumps(told, ensure_ascii=True).encode() + b"\n"
        with suppress(OSError), _locked(self.path) as handle:
            if os.fstat(handle).st_size > _MOST:
                handle = self._cleared(handle)
            # A line that another process was killed in ends here.
            os.write(handle, b"" if _ended(self.path) else b"\n")
            os.write(handle, line)

    def _cleared(self, handle: int) -> int:
        """The file without its oldest requests, put in the place of the old one whole."""
        kept = [asdict(entry) for entry in self.entries()[-_KEPT:]]
        fresh, name = tempfile.mkstemp(dir=self.path.parent, prefix=".jobs.")  # mode 0600
        os.write(fresh, b"".join(json.dumps(told).encode() + b"\n" for told in kept))
        Path(name).replace(self.path)
        os.dup2(fresh, handle)
        os.close(fresh)
        os.lseek(handle, 0, os.SEEK_END)
        return handle


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file open for appending, no other process in it where the system can say so."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with suppress(ImportError):  # Windows has none: a line is still written by one call
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            yield handle
        finally:
            os.close(handle)
    finally:
        os.close(lock)


def _ended(path: Path) -> bool:
    """Whether the file ends with a whole line."""
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


_NAMES: Final = frozenset(field.name for field in fields(Entry))


_KINDS: Final[dict[str, type]] = {"uploaded": bool, "seconds": int}


def _entry(told: dict[str, Any]) -> Entry | None:
    """An Entry of what a line says, as far as it says what an Entry may hold."""
    found: dict[str, Any] = {
        name: value
        for name, value in told.items()
        if name in _NAMES and isinstance(value, _KINDS.get(name.rpartition("_")[2], str))
    }
    return Entry(**found) if found.get("output_location") else None


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
