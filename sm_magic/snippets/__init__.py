"""Request -> the same call in another language, or the least policy that allows it.  Nothing is sent.

The folder is the registry: a module here that has a ``LANGUAGE`` is a language.  No code holds credentials; account
ids are placeholders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from ..errors import UsageError
from ..messages import Request, Where
from ..privacy import placeholders, redact
from ..spelling import did_you_mean
from .base import Call, Language, Snippet
from .staging import Staging, staging

__all__ = ["LANGUAGES", "Snippet", "Staging", "languages", "render", "staging"]

LANGUAGES: tuple[str, ...] = ("python", "cli", "curl", "javascript", "iam")
"""What ``--code`` takes."""


@cache
def languages() -> Mapping[str, Language]:
    """All languages by name."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    made = [found for module in modules if isinstance(found := getattr(module, "LANGUAGE", None), Language)]
    return MappingProxyType({language.name: language for language in made})


def render(
    request: Request,
    where: Where,
    language: str,
    *,
    staging: Staging | None = None,
    role: str | None = None,
    logs: bool = False,
) -> Snippet:
    """*request* in *language*, one of `LANGUAGES`, to be sent to *where*.

    staging: set for a body that must lie in S3 before it is submitted.  role: ARN of the role that sends it.
    logs: whether its errors show the container's log, which a policy allows then.  UsageError for an unknown language.
    """
    found = languages().get(language)
    if found is None:
        raise UsageError(
            f"There is no code in {language!r}.", hint=did_you_mean(language, set(LANGUAGES)) or _ONE_OF
        )
    call = Call(request=request, where=where, staging=staging, role=role and placeholders(role), logs=logs)
    code = found.write(call)
    file = call.file if call.file is not None and call.file in code else None
    return Snippet(
        language=language,
        endpoint=request.endpoint,
        where=redact(str(where)),
        title=found.title,
        code=code,
        file=file,
        body=request.body if file else None,
        notes=tuple(_notes(call, found, code)),
    )


_ONE_OF = f"One of {', '.join(LANGUAGES)}."
_PUT_IN = {
    "<account>": "the account's id",
    "<bucket>": "a bucket of yours",
    "<region>": "the region",
    "<secret>": "what was left out as a credential",
}


def _notes(call: Call, language: Language, code: str) -> Iterator[str]:
    notes = tuple(language.notes(call))
    yield from notes
    said = "".join([code, *notes])
    missing = [f"{what} for {mark}" for mark, what in _PUT_IN.items() if mark in said]
    if missing:
        yield f"Put in {', '.join(missing)}."
    if call.where.place == "LOCAL" and language.calls and (language.streams or not call.streams):
        yield (
            "The local endpoint takes calls signed with its own key, which stands in no code: set AWS_ACCESS_KEY_ID "
            "and AWS_SECRET_ACCESS_KEY to `sm_magic.local.join_or_start().token`."
        )
