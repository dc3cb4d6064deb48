"""What a language is given, and what it gives back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from .. import mediatypes, views
from ..members import Member, inputs
from ..messages import Request, Where
from ..privacy import placeholders
from ..s3 import S3Uri
from ..transports.clients import LOCAL_REGION
from ..views.quantities import plural, size
from .staging import Staging

__all__ = ["INLINE", "Call", "Language", "Snippet"]

INLINE: Final = 2_000
"""Bytes of text that stand in the code itself."""
_BUCKET: Final = "<bucket>"
_TEXT: Final = ("text/", "json", "csv", "libsvm", "xml", "yaml")
_LATER: Final = "InvokeEndpointAsync"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A call in another language, ready to paste; nothing of it was run.

    file, body: the file beside it that the code reads, and its bytes; None where the code holds everything.
    notes: what the reader must know or put in.
    """

    language: str
    endpoint: str
    where: str
    title: str
    code: str
    file: str | None = None
    body: bytes | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.code

    def __repr__(self) -> str:
        lines = self.code.count("\n")
        return f"<Snippet {self.endpoint} · {self.title} · {plural(lines, 'line')}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The code, and what to know of it."""
        del include, exclude
        return self.card()

    def card(self, *, html: bool = True, written: bool = False) -> dict[str, str]:
        """A MIME bundle of the code.  written: whether its file lies beside the notebook already."""
        title = f"{self.endpoint} · {self.title} · nothing was sent"
        where = "written beside the notebook" if written else "`.write()` writes it"
        file = f"{self.file}, {size(len(self.body or b''))}: {where}" if self.file else ""
        notes = list(self.notes)
        facts: list[tuple[str, str | list[str]]] = [
            ("to", self.where),
            ("body", file),
            ("notes" if len(notes) > 1 else "note", notes),
        ]
        return views.listing(title, self.code, facts, html=html)

    def write(self, folder: Path | str = ".") -> Path | None:
        """Write the file that the code reads into *folder*; its path, None if there is none to write.

        Its name is its content's: one that is there already is left as it is.  Raises OSError.
        """
        if self.file is None or self.body is None:
            return None
        path = Path(folder) / self.file
        if not path.exists() or path.stat().st_size != len(self.body):
            path.write_bytes(self.body)
        return path


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request as a language sees it."""

    request: Request
    where: Where
    staging: Staging | None = None
    """Set where the body is uploaded first."""
    role: str | None = None
    """The ARN of the role that is assumed for it, with a placeholder for its account."""
    logs: bool = False
    """Whether an error of it shows the container's log."""

    @property
    def region(self) -> str | None:
        """The region that signs; with an address of this machine any will do."""
        return self.where.region or (LOCAL_REGION if self.where.place == "LOCAL" else None)

    @property
    def streams(self) -> bool:
        """Whether the answer comes in parts."""
        return self.request.operation == "InvokeEndpointWithResponseStream"

    @property
    def queues(self) -> bool:
        """Whether the answer comes later, in S3."""
        return self.request.operation == _LATER

    @cached_property
    def text(self) -> str | None:
        """The body, if it is text that can be read, and short enough to stand in the code."""
        body = self.request.body
        if not body or len(body) > INLINE:
            return None
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return None
        return text if all(sign.isprintable() or sign in "\n\t" for sign in text) else None

    @cached_property
    def file(self) -> str | None:
        """The name of the file that holds the body, if it is not in the code."""
        body = self.request.body
        return None if not body or self.text is not None else self._name(body)

    @cached_property
    def staged(self) -> S3Uri | None:
        """Where the body is uploaded to.  A bucket that is not known is one to be put in."""
        if self.staging is None:
            return None
        folder = (self.staging.folder or "").removeprefix("s3://").strip("/")
        bucket, _, prefix = folder.partition("/")
        name = self._name(self.request.body or b"")
        key = "/".join(part for part in (prefix, "sm-magic", self.request.endpoint, name) if part)
        return S3Uri(placeholders(bucket) or _BUCKET, key)

    @cached_property
    def members(self) -> tuple[tuple[Member, Any], ...]:
        """What the call says beside endpoint and body, in the API's order: the row of the member, its value."""
        return tuple(self._members())

    @property
    def kms_key(self) -> str | None:
        """The key that encrypts what is uploaded."""
        key = None if self.staging is None else self.staging.kms_key
        return key and placeholders(key)

    @property
    def reads_text(self) -> bool:
        """Whether the answer is text, as far as it was said."""
        said = self.request.accept or self.request.content_type or ""
        return any(word in mediatypes.parse(said).type for word in _TEXT)

    @property
    def answer(self) -> str:
        """A name for a file that holds the answer."""
        accept = self.request.accept
        return f"answer{(accept and mediatypes.suffix_of(accept)) or '.out'}"

    def _members(self) -> Iterable[tuple[Member, Any]]:
        for member in inputs(self.request.operation):
            value = getattr(self.request, member.name)
            if member.name == "input_location" and self.staged is not None:
                value = str(self.staged)
            if member.name not in ("endpoint", "body") and value is not None:
                yield member, placeholders(value) if isinstance(value, str) else value

    def _name(self, body: bytes) -> str:
        suffix = mediatypes.suffix_of(self.request.content_type or "") or ".bin"
        return f"sm-magic-body-{hashlib.sha256(body).hexdigest()[:12]}{suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language.  write: the code of a call."""

    name: str
    title: str
    write: Callable[[Call], str]
    notes: Callable[[Call], Iterable[str]] = lambda _: ()
    calls: bool = True
    """Whether the code is a call, and not what is said of one."""
    streams: bool = True
    """Whether it can make a call whose answer comes in parts."""
