"""Files -> Payload, and bytes -> files.  A file's own bytes are sent: nothing is decoded or encoded again."""

from __future__ import annotations

import difflib
from pathlib import Path

from . import mediatypes
from .errors import UsageError
from .messages import Facts, Payload


def read(path: str | Path, content_type: str | None = None, *, max_bytes: int | None = None) -> Payload:
    """The bytes of the file at *path*; their type by *content_type*, suffix, first bytes, in that order.

    Raises UsageError if there is no such file, or if it is larger than *max_bytes*.
    """
    file = Path(path).expanduser()
    _check_file(file)
    size = file.stat().st_size
    if max_bytes is not None and size > max_bytes:
        raise UsageError(
            f"{file} has {size / 1e6:.3g} MB; a real-time endpoint takes {max_bytes / 1e6:.3g} MB.",
            hint="--no-limit sends it all the same.",
        )
    try:
        body = file.read_bytes()
    except OSError as exc:
        raise UsageError(f"{file} can't be read: {exc.strerror}.") from exc
    media_type = mediatypes.resolve(content_type) if content_type else _type_of(file, body)
    return Payload(body=body, content_type=media_type, facts=Facts(notes=_notes(file, body, media_type)))


def _check_file(file: Path) -> None:
    if file.is_dir():
        raise UsageError(f"{file} is a folder.", hint="--file takes one file.")
    if file.exists():
        return
    siblings = [p.name for p in file.parent.iterdir()] if file.parent.is_dir() else []
    near = difflib.get_close_matches(file.name, siblings, n=1)
    hint = (
        f"Did you mean --file {file.with_name(near[0])}?" if near else f"The notebook runs in {Path.cwd()}."
    )
    raise UsageError(f"There is no file {file}.", hint=hint)


def _type_of(file: Path, body: bytes) -> str:
    by_suffix = mediatypes.BY_SUFFIX.get(file.suffix.lower())
    return (
        by_suffix or mediatypes.sniff(body[:64] if body[:2] != b"BM" else body) or "application/octet-stream"
    )


def _notes(file: Path, body: bytes, media_type: str) -> tuple[str, ...]:
    found = mediatypes.sniff(body)
    if found and media_type.startswith("image/") and found != media_type:
        return (f"{file.name} is sent as {media_type}; its first bytes say {found}.",)
    return ()


def write(path: str | Path, body: bytes) -> Path:
    """Write *body* to *path*; UsageError if that is a folder or stands in none."""
    file = Path(path).expanduser()
    if file.is_dir():
        raise UsageError(f"{file} is a folder.", hint="Give the file a name too.")
    try:
        file.write_bytes(body)
    except OSError as exc:
        raise UsageError(f"{file} can't be written: {exc.strerror}.") from exc
    return file
