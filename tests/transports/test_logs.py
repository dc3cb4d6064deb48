"""CloudWatch Logs: what is asked of them, and what their answers mean."""

import json
import time
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from sm_magic.errors import AccessDeniedException
from sm_magic.transports import logs

GROUP = "/aws/sagemaker/Endpoints/e"
NOW = 1_795_000_000_000  # milliseconds
MINUTE = 60_000


@pytest.fixture
def log(plane, far):
    """A log that holds (milliseconds ago, text); answers in pages of two, as FilterLogEvents goes forward."""
    connected, told = plane
    written = []

    def answer(seen):
        given = json.loads(seen.body)
        assert seen.headers["x-amz-target"] == "Logs_20140328.FilterLogEvents"
        found = [
            {"timestamp": NOW - ago, "message": f"{text}\n", "logStreamName": "v/i-1"}
            for ago, text in sorted(written, reverse=True)
            if given["startTime"] <= NOW - ago <= given["endTime"]
        ]
        start = int(given.get("nextToken", 0))
        more = {"nextToken": str(start + 2)} if len(found) > start + 2 else {}
        return far.Answer(body=json.dumps({"events": found[start : start + 2], **more}).encode())

    far.says(answer)
    client = connected.catalog._clients.logs()

    def tail(**asked):
        wanted = {"minutes": 60, "most": 3, "seconds": 10, **asked}
        return logs.tail(client, GROUP, clock=lambda: NOW / 1000, **wanted)

    return written, tail, told


def texts(found):
    """What the lines say."""
    return [line.text for line in found.lines]


def test_the_last_minute_is_enough_where_much_is_written(log, far):
    """The newest lines are told, and that there are older ones; those are not read."""
    written, tail, _ = log
    written += [(i * 1000, f"line {i}") for i in range(59)] + [(50 * MINUTE, "old")]

    found = tail()

    assert texts(found) == ["line 2", "line 1", "line 0"] and found.more
    assert {json.loads(seen.body)["startTime"] for seen in far.seen} == {NOW - MINUTE}


def test_it_looks_further_back_where_little_is(log, far):
    """Four times as far each time, to the minutes that were asked for; newest last."""
    written, tail, _ = log
    written += [(1000, "now"), (3 * MINUTE, "before"), (59 * MINUTE, "first"), (61 * MINUTE, "too old")]

    found = tail(most=10)

    assert texts(found) == ["first", "before", "now"] and not found.more
    windows = sorted(
        {(json.loads(seen.body)["startTime"], json.loads(seen.body)["endTime"]) for seen in far.seen}
    )
    assert windows[0][0] == NOW - 60 * MINUTE and windows[-1] == (NOW - MINUTE, NOW)
    assert all(end == later - 1 for (_, end), (later, _) in pairwise(windows))
    assert found.lines[0].time == datetime.fromtimestamp((NOW - 59 * MINUTE) / 1000, UTC)


def test_exactly_as_many_as_wanted(log):
    """Older ones may be there: that is said unless all minutes were looked at."""
    written, tail, _ = log
    written += [(i * 1000, f"line {i}") for i in range(3)]

    assert tail().more
    assert not tail(minutes=1).more


def test_what_is_wanted_of_it_is_asked_of_cloudwatch(log, far):
    """A variant by the beginning of its streams' names; words as one phrase, whatever stands in them."""
    _, tail, _ = log

    assert tail(stream="blue/", grep='say "no\\').lines == ()

    asked = json.loads(far.seen[0].body)
    assert (asked["logGroupName"], asked["logStreamNamePrefix"]) == (GROUP, "blue/")
    assert asked["filterPattern"] == '"say \\"no\\\\"'


def test_when_time_is_over_what_was_read_is_told(log, far):
    """A log of gigabytes costs no more than was allowed."""
    written, tail, _ = log
    written += [(i, f"line {i}") for i in range(100)]

    found = tail(seconds=-1)

    assert texts(found) and found.more
    assert len(far.seen) == 1


def test_a_line_is_cut_and_names_no_account(log):
    """An event may have a megabyte."""
    written, tail, _ = log
    written += [(2, "x" * 300_000), (1, "arn:aws:iam::123456789012:role/x")]

    long, arn = tail().lines

    assert len(long.text) == 4_000 and arn.text == "arn:aws:iam::…9012:role/x"


def test_no_log_is_no_error(plane, far):
    """A container that never started has written none; who may not read it is told so."""
    connected, told = plane
    with pytest.raises(AccessDeniedException):
        connected.catalog.logs(GROUP)
    told["FilterLogEvents"] = far.fault(
        "ResourceNotFoundException", "The specified log group does not exist."
    )

    assert not connected.catalog.logs(GROUP + "2").there


def test_logs_are_read_anew_each_time(plane, far):
    """What was written since is what people look for."""
    connected, told = plane
    now = int(time.time() * 1000)
    for text in ("first", "second"):
        told["FilterLogEvents"] = {"events": [{"timestamp": now, "message": text, "logStreamName": "v/i"}]}
        assert texts(connected.catalog.logs(GROUP, minutes=1)) == [text]
