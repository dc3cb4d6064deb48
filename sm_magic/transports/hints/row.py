"""A failure as the table sees it, and one row of the table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from ...messages import Facts, Request
from ...s3 import S3Uri

_LOOKED_AT = 20_000  # characters of a message: more than any real one, little enough for any pattern
_DENIED = re.compile(r"perform: (?P<action>[\w:*-]+)(?: on resource: (?P<resource>[^\s\"',]+))?")
_TYPES = {"text/csv": "csv", "application/json": "json"}


def _sized(size: int) -> str:
    """Bytes as people read them: 812 bytes, 7.2 MB."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A failure.

    code: the service's name for the error, or the class of a network error.  status: HTTP, of a ModelError the
    container's own.  text: what was said.  local: whether it was said on this machine.  timeout: seconds.
    uri: the object in S3 that was asked for; writing: it was to be written.
    """

    code: str = ""
    status: int | None = None
    text: str = field(default="", repr=False)
    request: Request | None = None
    uri: S3Uri | None = None
    writing: bool = False
    region: str | None = None
    profile: str | None = None
    local: bool = False
    timeout: float = 70.0

    @property
    def facts(self) -> Facts:
        """What is known of the value that was sent."""
        payload = self.request.payload if self.request else None
        return payload.facts if payload else Facts()

    @property
    def size(self) -> int:
        """Bytes of the body that was sent."""
        payload = self.request.payload if self.request else None
        return payload.size if payload else 0

    @property
    def content_type(self) -> str:
        """The body's media type, without parameters, in lower case."""
        return ((self.request and self.request.content_type) or "").partition(";")[0].strip().lower()

    def asked(self, name: str) -> bool:
        """Whether the request carries the member *name*."""
        return self.request is not None and bool(getattr(self.request, name))

    @cached_property
    def words(self) -> dict[str, str]:
        """What a row's sentence may name."""
        request, facts, denied = self.request, self.facts, _DENIED.search(self.text[:_LOOKED_AT])
        login = f"aws sso login --profile {self.profile}" if self.profile else "aws sso login"
        return {
            "endpoint": request.endpoint if request else "the endpoint",
            "target": (request and request.target) or "",
            "region": self.region or "this region",
            "elsewhere": "eu-west-1" if self.region != "eu-west-1" else "us-east-1",
            "size": _sized(self.size),
            "content_type": self.content_type or "no content type",
            "other_types": " or ".join(f"-t {s}" for t, s in _TYPES.items() if t != self.content_type),
            "accept": (request and request.accept) or "",
            "column": facts.text_columns[0] if facts.text_columns else "",
            "columns": str(facts.columns or ""),
            "variant": (request and request.target_variant) or "",
            "model": (request and request.target_model) or "",
            "timeout": f"{self.timeout:g}",
            "longer": f"{max(70, 2 * self.timeout):g}",
            "login": login,
            "action": (denied and denied["action"]) or "sagemaker:InvokeEndpoint",
            "resource": (denied and denied["resource"]) or "the endpoint's ARN",
            "bucket": self.uri.bucket if self.uri else "",
            "key": self.uri.key if self.uri else "",
            "folder": self.uri.folder if self.uri else "",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """One row: what must be so, and what to say then.

    code: a pattern for the whole of `Case.code`.  status: any of these; None: any at all.  words: a pattern to
    find in the text, whatever its case.  when: a condition on the rest.  say: a sentence with `Case.words`' names.
    not_ready: the model is being loaded or has no capacity yet, so that waiting helps.
    of_types: it is about what the container takes, of which its image may tell more.
    """

    name: str
    say: str
    code: str = ".*"
    status: tuple[int, ...] | None = None
    words: str = ""
    when: Callable[[Case], bool] | None = None
    not_ready: bool = False
    of_types: bool = False

    def fits(self, case: Case) -> bool:
        """Whether this row is about *case*."""
        return (
            re.fullmatch(self.code, case.code) is not None
            and (self.status is None or case.status in self.status)
            and re.search(self.words, case.text[:_LOOKED_AT], re.IGNORECASE) is not None
            and (self.when is None or self.when(case))
        )

    def sentence(self, case: Case) -> str:
        """What to do, with the names of *case* in it."""
        return self.say.format_map(case.words)
