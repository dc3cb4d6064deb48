"""CloudWatch Logs by boto3: the last lines that a model's containers wrote."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from ..deployments import Log, LogLine

__all__ = ["tail"]

_FIRST: Final = 60_000  # milliseconds of the first look; the next ones go back four times as far
_WIDER: Final = 4
_LONGEST: Final = 4_000  # characters of a line; an event may have a megabyte


def tail(
    logs: Any,
    group: str,
    *,
    stream: str = "",
    minutes: float,
    grep: str = "",
    most: int,
    seconds: float,
    clock: Callable[[], float] = time.time,
) -> Log:
    """The last lines of the log *group*, by FilterLogEvents, which goes forward: so it looks at the last minute first.

    stream: how the log streams' names begin.  minutes: how far back.  grep: words that a line holds, as they are.
    most: how many lines.  seconds: after these nothing more is asked.  clock: seconds since 1970.
    """
    from botocore.exceptions import ClientError

    wanted: dict[str, Any] = {"logGroupName": group}
    if stream:
        wanted["logStreamNamePrefix"] = stream
    if grep:  # a phrase in quotes is found as it is ("Filter pattern syntax for log events")
        wanted["filterPattern"] = '"' + grep.replace("\\", "\\\\").replace('"', '\\"') + '"'
    now, deadline = int(clock() * 1000), time.monotonic() + seconds
    first, back, end = now - int(minutes * 60_000), _FIRST, now
    found: list[LogLine] = []
    more = False
    try:
        while True:
            start = max(now - back, first)
            lines, whole = _window(logs, {**wanted, "startTime": start, "endTime": end}, most, deadline)
            found = [*lines, *found]
            more = len(found) > most or not whole
            if more or len(found) == most or start == first or time.monotonic() > deadline:
                more = more or start > first
                break
            back, end = back * _WIDER, start - 1
    except ClientError as exc:
        if exc.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return Log(group=group, there=False)
    return Log(group=group, lines=tuple(found[-most:]), more=more)


def _window(logs: Any, wanted: dict[str, Any], most: int, deadline: float) -> tuple[list[LogLine], bool]:
    """The last lines of a window, one more than *most* at most, and whether there was time to read to its end."""
    kept: list[LogLine] = []
    for answer in _answers(logs, wanted):
        kept = [*kept, *map(_line, answer["events"])][-most - 1 :]
        if answer.get("nextToken") and time.monotonic() > deadline:
            return kept, False
    kept.sort(key=lambda line: line.time)
    return kept, True


def _answers(logs: Any, wanted: dict[str, Any]) -> Iterator[Any]:
    """Page by page: an empty one with a token is not the last."""
    answer = logs.filter_log_events(**wanted)
    yield answer
    while token := answer.get("nextToken"):
        answer = logs.filter_log_events(**wanted, nextToken=token)
        yield answer


def _line(told: Any) -> LogLine:
    return LogLine(
        time=datetime.fromtimestamp(told["timestamp"] / 1000, UTC),
        stream=told.get("logStreamName", ""),
        text=told.get("message", "").rstrip("\n")[:_LONGEST],
    )
