"""Files -> Payload, and bytes -> files.  A file's own bytes are sent: nothing is decoded or encoded again.

Where a path goes, the address of an object in S3 goes: it is read through a Store.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from . import mediatypes
from .errors import UsageError
from .messages import Facts, Payload
from .privacy import redact
from .s3 import S3Uri, is_s3
from .spelling import near, question

if TYPE_CHECKING:
    from .transports import Store


def read(
    path: str | Path | S3Uri,
    content_type: str | None = None,
    *,
    max_bytes: int | None = None,
    option: str = "--file ",
    store: Store | None = None,
) -> Payload:
    """The bytes of the file at *path*; their type by *content_type*, suffix, first bytes, in that order.

    option: what stands before the path on a line, for the hints.  store: what reads from S3.
    Raises UsageError if there is no such file, or if it is larger than *max_bytes*; the store's errors.
    """
    if isinstance(path, S3Uri):
        return _fetch(path, content_type, max_bytes, store)
    file = path_of(path)
    _check_file(file, option)
    _check_size(file, file.stat().st_size, max_bytes)
    try:
        body = file.read_bytes()
    except OSError as exc:
        raise UsageError(f"{file} can't be read: {exc.strerror}.") from exc
    media_type = mediatypes.resolve(content_type) if content_type else mediatypes.type_of(file.name, body)
    return Payload(body=body, content_type=media_type, facts=Facts(notes=_notes(file.name, body, media_type)))


def _fetch(uri: S3Uri, content_type: str | None, max_bytes: int | None, store: Store | None) -> Payload:
    """The object's bytes.  Its own ContentType is not asked: most are uploaded without one, as octets."""
    if store is None:
        raise UsageError(f"{uri} can't be read: this client has no S3.", hint="Client(…, store=…)")
    body = store.get(uri, lambda size: _check_size(uri, size, max_bytes))
    media_type = mediatypes.resolve(content_type) if content_type else mediatypes.type_of(uri.name, body)
    read_from = f"Read from {store.place}: {redact(str(uri))}"
    notes = (read_from, *_notes(uri.name, body, media_type))
    return Payload(body=body, content_type=media_type, facts=Facts(notes=notes))


def _check_size(file: Path | S3Uri, size: int, max_bytes: int | None) -> None:
    if max_bytes is not None and size > max_bytes:
        raise UsageError(
            f"{file} has {size / 1e6:.3g} MB; a real-time endpoint takes {max_bytes / 1e6:.3g} MB.",
            hint="--no-limit sends it all the same.",
        )


def fields(
    form: Mapping[str, object], *, max_bytes: int | None = None, store: Store | None = None
) -> dict[str, object]:
    """The fields of *form* with each Path and S3Uri, alone or in a list, read: ``(filename, bytes, content type)``."""

    def one(name: str, value: object) -> object:
        if isinstance(value, list):
            return [one(name, item) for item in value]
        if isinstance(value, tuple):
            return tuple(one(name, item) for item in value)
        if not isinstance(value, Path | S3Uri):
            return value
        payload = read(value, max_bytes=max_bytes, option=f"--form {name}=@", store=store)
        return value.name, payload.body, payload.content_type

    return {name: one(name, value) for name, value in form.items()}


def address_of(text: str) -> Path | S3Uri:
    """What *text* names: an object in S3 if it begins so, else a file; UsageError if it can be neither."""
    return S3Uri.of(text) if is_s3(text) else path_of(text)


def path_of(path: str | Path) -> Path:
    """*path* with ``~`` spelt out; UsageError if no file can be called so."""
    try:
        file = Path(path).expanduser()
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, RuntimeError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or str(exc)
        raise UsageError(f"{str(path)[:200]!r} can't be a file: {reason}.") from exc
    return file


def _check_file(file: Path, option: str) -> None:
    if file.is_dir():
        raise UsageError(f"{file} is a folder.", hint=f"{option.split(' ')[0]} takes one file.")
    if file.exists():
        return
    siblings = [p.name for p in file.parent.iterdir()] if file.parent.is_dir() else []
    found = near(file.name, siblings)
    hint = question(f"{option}{file.with_name(found[0])}") if found else f"The notebook runs in {Path.cwd()}."
    raise UsageError(f"There is no file {file}.", hint=hint)


def _notes(name: str, body: bytes, media_type: str) -> tuple[str, ...]:
    found = mediatypes.sniff(body)
    if found and media_type.startswith("image/") and found != media_type:
        return (f"{name} is sent as {media_type}; its first bytes say {found}.",)
    return ()


def write(path: str | Path, body: bytes) -> Path:
    """Write *body* to *path*; UsageError if that is a folder or stands in none."""
    file = path_of(path)
    if file.is_dir():
        raise UsageError(f"{file} is a folder.", hint="Give the file a name too.")
    try:
        file.write_bytes(body)
    except OSError as exc:
        raise UsageError(f"{file} can't be written: {exc.strerror}.") from exc
    return file
