"""Request → the text of the cell that makes the same request.

A text stands in the cell as it is, where it comes back as it is; else as a Python literal.  What is binary, or long,
is sent from a file.  Each way is tried as the magic would go it, and the first that gives the same bytes is taken.
"""

from __future__ import annotations

import codecs as text_codecs
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from . import codecs, mediatypes
from .arns import LOCAL_ACCOUNT
from .errors import SmMagicError, UsageError
from .literal import literal
from .members import INPUTS, Member
from .messages import Payload, Request
from .plain import printable
from .quoting import quote
from .settings import Settings

__all__ = ["Cell", "cell", "word"]

_MOST: Final = 64 * 1024  # characters of a body that stand in a cell
# IPython takes prompts away that were pasted with the code, also from what is no code (core/inputtransformer2.py).
_PROMPT: Final = re.compile(r"^\s*(?:>>>|\.{3}|(?:\[(?:nav|ins)\])? ?In \[\d)", re.MULTILINE)
# What the line takes for a variable, in IPython's way or in ours.
_VARIABLE: Final = re.compile(r"\{\s*[A-Za-z_][^{}]*\}|\$[A-Za-z_]")
_SHORT: Final = MappingProxyType({media_type: short for short, media_type in mediatypes.BY_SHORT.items()})
_BODY: Final = frozenset({"content_type", "input_location"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell.  `payload`: what must lie in `file` before it runs; None where the cell needs no file.

    lost: sentences about what the cell can't say.
    """

    text: str
    file: str | None = None
    payload: Payload | None = None
    lost: tuple[str, ...] = ()


def cell(
    request: Request,
    *,
    source: str | None = None,
    code: str | None = None,
    words: Sequence[str] = (),
    file: str | None = None,
    targets: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    names: Collection[str] = (),
) -> Cell:
    """The cell that makes *request*.

    source: the words of a line that make the body (``df -t csv``), taken in place of its bytes.
    code: the Python of a ``--python`` cell, with *source*.
    words: what else the line shall say (``--query scores``).
    file: where the body lies, or shall lie; None: in the cell, or where it can't in a file of this folder.
    targets: `Settings.targets`.  names: the notebook's variables, one of which may be called as the endpoint.
    Raises UsageError for a request whose body is not kept any more.
    """
    place, lost = _endpoint(request, targets, names)
    line = [place, *_operation(request, targets), *_members(request, lost), *_region(request, words)]
    if request.input_location is not None:
        body = [*_type(request), "--input-location", word(request.input_location)]
        return _written("%", [*line, *body, *words], lost=lost)
    if source is not None:
        first, *rest = line
        return _written("%" if code is None else "%%", [first, source, *rest, *words], code, lost=lost)
    payload = request.payload
    if payload is None:
        raise UsageError(
            "The body of this call is not kept any more.",
            hint="%config SageMakerMagics.history_bytes = 100_000_000 keeps more of the next ones.",
        )
    ways = _in_cell(payload, typed=request.target in targets) if file is None else iter(())
    for flags, text in ways:
        return _written("%%", [*line, *flags, *words], text, lost=lost)
    return _from_file(payload, line, words, file, lost)


def word(value: str) -> str:
    """*value* as one word of a line, whatever is in it and whatever the notebook's variables are called."""
    if value.isprintable() and not _VARIABLE.search(value):
        return quote(value)
    return f"${{{value!r}}}"


def _written(
    percent: str, line: Sequence[str], body: str | None = None, *, lost: Sequence[str], **more: Any
) -> Cell:
    text = f"{percent}sm_invoke {' '.join(line)}"
    return Cell(text=text if body is None else f"{text}\n{body}", lost=tuple(lost), **more)


def _endpoint(
    request: Request, targets: Mapping[str, Mapping[str, Any]], names: Collection[str]
) -> tuple[str, list[str]]:
    """The line's first word, and what it does not say."""
    lost: list[str] = []
    if request.target is not None:
        if request.target in targets:
            return word(request.target), lost
        lost.append(f"There is no target `{request.target}` any more: its connection is not in the cell.")
    elif request.endpoint in targets:
        lost.append(f"`{request.endpoint}` is the name of a target by now, which wins over the endpoint's.")
    bare = quote(request.endpoint)
    return (f'"{request.endpoint}"' if request.endpoint in names else bare), lost


def _operation(request: Request, targets: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The operation's flag; against a target's own, the flag that takes it back."""
    wanted = {
        "stream": request.operation == "InvokeEndpointWithResponseStream",
        "async": request.operation == "InvokeEndpointAsync",
    }
    usual = targets.get(request.target or "", {})
    return [
        f"--{name}" if is_wanted else f"--no-{name}"
        for name, is_wanted in wanted.items()
        if is_wanted or usual.get(name)
    ]


def _members(request: Request, lost: list[str]) -> Iterator[str]:
    for member in INPUTS:
        value = getattr(request, member.name, None)
        if member.option is None or member.name in _BODY or value is None:
            continue
        if member.name == "accept" and "," in str(value):
            lost.append(f"--accept takes one media type; a deserializer asked for {value}.")
            continue
        yield from _option(member, value)


def _option(member: Member, value: object) -> tuple[str, str]:
    if member.name == "accept":
        return "-a", word(_SHORT.get(str(value), str(value)))
    return str(member.option), word(str(value))


def _region(request: Request, words: Sequence[str]) -> list[str]:
    """An ARN leads to its region; it is not written, for it holds an account."""
    arn = request.arn
    if arn is None or request.target is not None or arn.account == LOCAL_ACCOUNT:
        return []
    return [] if any(said.startswith("--region") for said in words) else ["--region", quote(arn.region)]


def _type(request: Request) -> list[str]:
    return [] if request.content_type is None else _typed(request.content_type)


def _typed(content_type: str) -> list[str]:
    return ["-t", word(_SHORT.get(content_type, content_type))]


def _in_cell(payload: Payload, *, typed: bool) -> Iterator[tuple[list[str], str]]:
    """The flags and the text of each way to write the body into a cell, the most natural first.

    typed: a target may have another type than the one that goes without saying.
    """
    text = _text(payload)
    if text is None or len(text) > _MOST:
        return
    kind = _typed(payload.content_type)
    plain = [] if payload.content_type == "application/json" and not typed else kind
    if text.strip() and printable(text) == text and not _PROMPT.search(text):
        ways = [(plain, text)] if "${" not in text else [([*plain, "--expand"], text.replace("${", "$${"))]
        for flags, written in (*ways, ([*kind, "--raw"], text)):
            for shown in (written.removesuffix("\n"), written, f"{written}\n"):
                if _same(payload, partial(_literal, shown, flags, payload.content_type)):
                    yield flags, shown
    charset = mediatypes.parse(payload.content_type).charset
    encoded = ".encode()" if charset == "utf-8" else f".encode({charset!r})"
    if _same(payload, partial(codecs.encode, payload.body, payload.content_type)):
        yield [*kind, "--python"], f"{text!r}{encoded}"


def _text(payload: Payload) -> str | None:
    """The body as text; None where it is none."""
    known = mediatypes.parse(payload.content_type)
    row = next((row for row in mediatypes.KNOWN if row.type == known.type), None)
    if row is not None and row.binary:
        return None
    try:
        text = payload.body.decode(known.charset)
        return text if text.encode(text_codecs.lookup(known.charset).name) == payload.body else None
    except (LookupError, UnicodeError):
        return None


def _literal(shown: str, flags: Sequence[str], content_type: str) -> Payload:
    """What the magic makes of the cell: IPython ends it with a newline."""
    return literal(
        shown if shown.endswith("\n") else f"{shown}\n",
        content_type if "-t" in flags else None,
        raw="--raw" in flags,
        expand="--expand" in flags,
        settings=Settings(),
        names={},
    )


def _same(payload: Payload, made: Callable[[], Payload]) -> bool:
    try:
        return made() == payload
    except SmMagicError:
        return False


def _named(payload: Payload) -> str:
    """A name that no other body has: what a cell reads must not be written over by the next."""
    return f"body-{sha256(payload.body).hexdigest()[:12]}{mediatypes.suffix_of(payload.content_type)}"


def _from_file(
    payload: Payload, line: Sequence[str], words: Sequence[str], file: str | None, lost: list[str]
) -> Cell:
    file = file or _named(payload)
    try:
        codecs.check(codecs.labelled(payload))
    except SmMagicError as error:
        lost = [*lost, f"The body is not what its type says, and a file is checked: {error.message}"]
    limit = ["--no-limit"] if payload.size > Settings().max_bytes else []
    said = [*line, "--file", word(file), *_typed(payload.content_type), *limit, *words]
    return _written("%", said, lost=lost, file=file, payload=payload)
