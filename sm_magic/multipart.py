"""multipart/form-data as it is on the wire: a body taken apart.  Source: RFC 7578, RFC 2046 §5.1, WHATWG HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

MOST_PARTS: Final = 1_000
"""More are not read: servers (starlette's default) take no more either."""
_LONGEST_HEAD: Final = 16_000  # bytes of one part's headers
_FIRST_LINE: Final = re.compile(rb"--([0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?])[ \t]*\r\n")
_HEADER: Final = re.compile(r"([\w-]+)[ \t]*:[ \t]*([^\r\n]*)")
# `"` is %22 in browsers and most libraries, `\"` in some.
_PARAMETER: Final = re.compile(r';\s*(name|filename)="((?:\\"|[^"])*)"', re.IGNORECASE)
_ESCAPES: Final = (('\\"', '"'), ("%22", '"'), ("%0D", "\r"), ("%0A", "\n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part.  head: its headers as they are; filename, content_type: None where it has none."""

    name: str
    filename: str | None
    content_type: str | None
    head: str
    body: bytes = field(repr=False)


def boundary_of(body: bytes) -> str | None:
    """The boundary that *body* begins with; None if it is no multipart body."""
    found = _FIRST_LINE.match(body)
    if found is None or body.rfind(b"--" + found[1] + b"--") < 0:
        return None
    return found[1].decode("ascii")


def split(body: bytes, boundary: str) -> tuple[Part, ...]:
    """The parts of *body*, in order; ValueError, which says why, if it is no form with this boundary."""
    mark = b"\r\n--" + boundary.encode("latin-1", "replace")
    at = -2 if body.startswith(mark[2:]) else body.find(mark)
    if at == -1 or not boundary:
        raise ValueError("it does not begin with its boundary")
    at += len(mark)
    parts: list[Part] = []
    while not body.startswith(b"--", at):
        start, end = _bounds(body, at, mark)
        if len(parts) == MOST_PARTS:
            raise ValueError(f"it has more than {MOST_PARTS:,} parts")
        parts.append(_part(body, start, end))
        at = end + len(mark)
    return tuple(parts)


def _bounds(body: bytes, at: int, mark: bytes) -> tuple[int, int]:
    """Where the part begins whose boundary ends at *at*, and where the next boundary's line end begins."""
    line_end = body.find(b"\r\n", at)
    if line_end < 0 or body[at:line_end].strip(b" \t"):
        raise ValueError(f"the boundary's line does not end at byte {at:,}")
    end = body.find(mark, line_end)
    while end >= 0 and body[end + len(mark) : end + len(mark) + 1] not in (b"\r", b"-", b" ", b"\t"):
        end = body.find(mark, end + 1)
    if end < 0:
        raise ValueError("it is cut off")
    return line_end + 2, end


def _part(body: bytes, start: int, end: int) -> Part:
    head_end = body.find(b"\r\n\r\n", start - 2, end)
    if head_end < 0 or head_end - start > _LONGEST_HEAD:
        raise ValueError(f"the part at byte {start:,} has no end of its headers, or too many")
    head = body[start : max(start, head_end)].decode("utf-8", "replace")
    headers = {name.lower(): value for name, value in _HEADER.findall(head)}
    said = {
        name.lower(): _unescaped(value)
        for name, value in _PARAMETER.findall(headers.get("content-disposition", ""))
    }
    if "name" not in said:
        raise ValueError(f"the part at byte {start:,} has no name")
    return Part(
        name=said["name"],
        filename=said.get("filename"),
        content_type=headers.get("content-type"),
        head=head,
        body=body[head_end + 4 : end],
    )


def _unescaped(value: str) -> str:
    for written, meant in _ESCAPES:
        value = value.replace(written, meant)
    return value
