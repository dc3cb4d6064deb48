"""FilterLogEvents of CloudWatch Logs, for the log groups of the endpoints here.  moto judges it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, Final

from .activity import Line
from .fleet import Fleet
from .wire import Refusal

__all__ = ["events"]

_GROUP: Final = "/aws/sagemaker/Endpoints/"
_PAGE: Final = 10_000  # events of a page, at most
_TERM: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)')


def events(fleet: Fleet, _region: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answer; Refusal for a group that is not here, or a pattern that is more than words."""
    group = str(given.get("logGroupName") or given.get("logGroupIdentifier", "").rpartition(":")[2])
    name = group.removeprefix(_GROUP)
    if not group.startswith(_GROUP) or name not in fleet.endpoints:
        raise Refusal("ResourceNotFoundException", "The specified log group does not exist.")
    terms = _terms(given.get("filterPattern") or "")
    found = [
        (number, line)
        for number, line in enumerate(fleet.activity.lines(name))
        if _wanted(line, given) and all(term in line.text for term in terms)
    ]
    start, size = _start(given.get("nextToken")), min(int(given.get("limit") or _PAGE), _PAGE)
    end = start + size
    more = {"nextToken": base64.b64encode(str(end).encode()).decode()} if end < len(found) else {}
    return {
        "events": [_event(number, line) for number, line in found[start:end]],
        "searchedLogStreams": [],
        **more,
    }


def _wanted(line: Line, given: Mapping[str, Any]) -> bool:
    streams = given.get("logStreamNames")
    return (
        given.get("startTime", 0) <= line.stamp <= given.get("endTime", line.stamp)
        and line.stream.startswith(given.get("logStreamNamePrefix") or "")
        and (not streams or line.stream in streams)
    )


def _terms(pattern: str) -> list[str]:
    """Words and quoted phrases, all of which a line must hold."""
    found = [re.sub(r"\\(.)", r"\1", quoted) if quoted else word for quoted, word in _TERM.findall(pattern)]
    if any(word[:1] in "?-{[%" for word in found if word) and not pattern.startswith('"'):
        raise Refusal(
            "InvalidParameterException", "The local endpoint filters by words and quoted phrases alone."
        )
    return found


def _event(number: int, line: Line) -> dict[str, Any]:
    return {
        "logStreamName": line.stream,
        "timestamp": line.stamp,
        "message": line.text,
        "ingestionTime": line.stamp,
        "eventId": f"{line.stamp}{number:06}",
    }


def _start(token: str | None) -> int:
    try:
        return int(base64.b64decode(token or "MA==", validate=True))
    except ValueError as error:
        raise Refusal("InvalidParameterException", "The specified nextToken is invalid.") from error
