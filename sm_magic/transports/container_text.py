"""What a container answered -> what it meant, in a line or two.

Containers put their errors into JSON of a dozen shapes, HTML pages, Python tracebacks, C++ stacks, and one of
these inside another.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from ..plain import plain

__all__ = ["LOOKED_AT", "clean", "short", "unwrap"]

LOOKED_AT = 64_000
"""How many characters of an error are looked at: no error says anything new after these."""
_KEPT, _SHOWN = 2_000, 500
_DEPTH = 5

_QUOTED = re.compile(r'with message "(?P<body>.*)"\.? See https?://', re.DOTALL)
_BOILERPLATE = re.compile(
    r"\.?\s*See https?://\S{1,2000} in account.{0,200}?for more information\.?", re.DOTALL
)
_FIELD = re.compile(r'"(?:message|error|detail|msg)"\s*:\s*"((?:[^"\\]|\\.){1,4000})"', re.IGNORECASE)
# What a JSON error is kept under, the most telling last: LMI's message is "prediction failure", its error says why.
_FIELDS = (
    "title",
    "message",
    "errorMessage",
    "error_message",
    "msg",
    "reason",
    "failureReason",
    "detail",
    "details",
    "error",
    "errors",
)
_TRACEBACK = "Traceback (most recent call last)"
_RAISED = re.compile(
    r"^[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Exit|Fault)\b.*", re.DOTALL | re.MULTILINE
)
_NATIVE_STACK = re.compile(r"\n\s*(?:Stack trace:|\[bt\] |Call stack:|\s*at [\w.$]+\()", re.IGNORECASE)


def unwrap(message: str) -> str:
    """The container's own text in the service's "Received client error (400) from primary with message …"."""
    message = message[:LOOKED_AT]
    found = _QUOTED.search(message)
    return found["body"] if found else _BOILERPLATE.sub(".", message)


def clean(text: str) -> str:
    """What *text* means: a JSON error's message, a page's words, a traceback's last line.  At most 2,000 characters."""
    found = _meaning(text[:LOOKED_AT], _DEPTH)
    found = re.sub(r"[ \t]+", " ", plain(found))
    lines = [line.strip() for line in found.splitlines()]
    return "\n".join(line for line in lines if line)[:_KEPT]


def short(text: str) -> str:
    """At most three lines and 500 characters: an error is read at a glance, the rest is on it."""
    lines = text.splitlines()
    kept = "\n".join(lines[:3])
    cut = len(lines) > 3 or len(kept) > _SHOWN
    return f"{kept[:_SHOWN]} …" if cut else kept


def _meaning(text: str, depth: int) -> str:
    text = text.strip()
    if depth == 0:
        return text
    if text[:1] in ("{", "[", '"'):
        return _of_json(text, depth)
    if re.match(r"<!doctype|<html|<title|<h1|<\?xml", text, re.IGNORECASE):
        return _of_html(text)
    if _TRACEBACK in text:
        return _of_traceback(text, depth)
    return _NATIVE_STACK.split(text, maxsplit=1)[0]


def _of_json(text: str, depth: int) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # cut off by the service, or never JSON
        found = _FIELD.findall(text)
        return ": ".join(dict.fromkeys(_unescaped(part) for part in found)) or text
    said = _said(value, depth - 1)
    return said or text


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _said(value: object, depth: int) -> str:
    """The sentences in a decoded JSON error."""
    if isinstance(value, str):
        return _meaning(value, depth)
    if depth == 0:
        return ""
    if isinstance(value, list):
        parts = [_said(item, depth - 1) for item in value[:3]]
    elif isinstance(value, dict):
        parts = [_said(value[name], depth - 1) for name in _FIELDS if name in value]
        if "loc" in value and parts:  # pydantic: where, and what
            place = value["loc"] if isinstance(value["loc"], list) else [value["loc"]]
            parts = [f"{'.'.join(map(str, place))}: {parts[0]}"]
    else:
        return ""
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    """*parts* without those that another one contains."""
    known = [part for part in dict.fromkeys(parts) if part]
    return ": ".join(part for part in known if not any(part != other and part in other for other in known))


class _Words(HTMLParser):
    """The words of a page, its title first."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Styles and scripts are no words."""
        self._skip += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        """They end here."""
        self._skip -= tag in ("style", "script") and self._skip > 0

    def handle_data(self, data: str) -> None:
        """Collect."""
        word = " ".join(data.split())
        if word and not self._skip and len(self.words) < 4 and not any(word in other for other in self.words):
            self.words.append(word)


def _of_html(text: str) -> str:
    page = _Words()
    try:
        page.feed(text)
        page.close()
    except AssertionError:  # html.parser's word for a declaration that is none
        return text
    return ": ".join(page.words) or text


def _of_traceback(text: str, depth: int) -> str:
    """What was raised last, with what stood before the traceback if that says something else."""
    before, _, after = text.rpartition(_TRACEBACK)
    raised = _RAISED.search(after)
    last = raised[0] if raised else after.strip().rpartition("\n")[2]
    last = "\n".join(_NATIVE_STACK.split(last, maxsplit=1)[0].strip().splitlines()[:3])
    before = next(iter(_meaning(before.partition(_TRACEBACK)[0], depth - 1).splitlines()), "")
    return last if not before or before in last else f"{before}\n{last}"
