"""GetMetricStatistics and GetMetricData of CloudWatch: what an endpoint's queue holds, what its variants answered.

botocore speaks JSON 1.0 to CloudWatch, before 1.41 the query protocol (form in, XML out).  moto judges both.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from .activity import Activity, Minute
from .query import members

__all__ = ["ACTIONS", "Backlog", "answer", "by_query"]

Backlog = Callable[[str], int]
"""The requests that an endpoint of this name has now."""

_QUEUE = frozenset({"ApproximateBacklogSize", "ApproximateBacklogSizePerInstance"})
_STATISTICS = frozenset({"Average", "Maximum", "Minimum", "Sum", "SampleCount"})
# What a minute holds of each metric of a variant: a value for each request.
_COUNTED: Mapping[str, Callable[[Minute], Iterable[float]]] = {
    "Invocations": lambda minute: [1.0] * len(minute.latencies),
    "Invocation4XXErrors": lambda minute: [1.0] * minute.clients,
    "Invocation5XXErrors": lambda minute: [1.0] * minute.servers,
    "ModelLatency": lambda minute: minute.latencies,
}
_XML = (
    '<{action}Response xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><{action}Result>{result}'
    "</{action}Result><ResponseMetadata><RequestId>{request}</RequestId></ResponseMetadata></{action}Response>"
)


def answer(action: str, given: Mapping[str, Any], backlog: Backlog, activity: Activity) -> dict[str, Any]:
    """The members of the answer to one of `ACTIONS`."""
    return ACTIONS[action](given, backlog, activity)


def by_query(action: str, body: bytes, backlog: Backlog, activity: Activity) -> bytes:
    """The same in the query protocol."""
    found = answer(action, members(body), backlog, activity)
    return _XML.format(action=action, result=_xml(found), request=uuid.uuid4()).encode()


def _statistics(given: Mapping[str, Any], backlog: Backlog, activity: Activity) -> dict[str, Any]:
    """GetMetricStatistics: points in no order; none for what is not counted here."""
    del activity
    name, dimensions = given.get("MetricName", ""), _dimensions(given)
    points = []
    if given.get("Namespace") == "AWS/SageMaker" and name in _QUEUE and set(dimensions) == {"EndpointName"}:
        value = float(backlog(dimensions["EndpointName"]))
        wanted = [statistic for statistic in given.get("Statistics", ()) if statistic in _STATISTICS]
        stamp = time.time() // 60 * 60
        points.append({"Timestamp": stamp, **dict.fromkeys(wanted, value), "Unit": "Count"})
    return {"Label": name, "Datapoints": points}


def _data(given: Mapping[str, Any], backlog: Backlog, activity: Activity) -> dict[str, Any]:
    """GetMetricData, of metrics and not of expressions."""
    del backlog
    first, last = _seconds(given.get("StartTime", 0)), _seconds(given.get("EndTime", time.time()))
    newest_first = given.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    results = []
    for query in given.get("MetricDataQueries", ()):
        wanted = query.get("MetricStat", {})
        points = sorted(_points(wanted, first, last, activity).items(), reverse=newest_first)
        results.append(
            {
                "Id": query.get("Id", ""),
                "Label": query.get("Label") or wanted.get("Metric", {}).get("MetricName", ""),
                "Timestamps": [stamp for stamp, _ in points],
                "Values": [value for _, value in points],
                "StatusCode": "Complete",
            }
        )
    return {"MetricDataResults": results, "Messages": []}


ACTIONS: Mapping[str, Callable[[Mapping[str, Any], Backlog, Activity], dict[str, Any]]] = {
    "GetMetricStatistics": _statistics,
    "GetMetricData": _data,
}


def _points(wanted: Mapping[str, Any], first: float, last: float, activity: Activity) -> dict[float, float]:
    """The statistic of each period that has anything: by its beginning."""
    metric, statistic = wanted.get("Metric", {}), str(wanted.get("Stat", ""))
    dimensions, counted = _dimensions(metric), _COUNTED.get(metric.get("MetricName", ""))
    named = {"EndpointName", "VariantName"}
    if counted is None or metric.get("Namespace") != "AWS/SageMaker" or set(dimensions) != named:
        return {}
    if statistic not in _STATISTICS:
        return {}
    period = max(int(wanted.get("Period") or 60), 60)
    kept: dict[float, list[float]] = {}
    for stamp, minute in activity.minutes(dimensions["EndpointName"], dimensions["VariantName"]):
        begin = float(stamp // period * period)
        if begin >= first // period * period and stamp < last:
            kept.setdefault(begin, []).extend(counted(minute))
    return {
        begin: _statistic(statistic, values) for begin, values in kept.items() if values or _is_sum(metric)
    }


def _is_sum(metric: Mapping[str, Any]) -> bool:
    """A count of a period that had requests is 0, where a latency would be none."""
    return metric.get("MetricName") != "ModelLatency"


def _statistic(name: str, values: list[float]) -> float:
    total = sum(values)
    told = {"Sum": total, "SampleCount": float(len(values)), "Average": total / max(len(values), 1)}
    if name in told:
        return told[name]
    return (max if name == "Maximum" else min)(values, default=0.0)


def _dimensions(given: Mapping[str, Any]) -> dict[str, str]:
    return {one.get("Name", ""): one.get("Value", "") for one in given.get("Dimensions", ())}


def _seconds(when: object) -> float:
    """Seconds since 1970: JSON says numbers, the query protocol ISO 8601."""
    if isinstance(when, int | float):
        return float(when)
    return datetime.fromisoformat(str(when)).astimezone(UTC).timestamp()


def _xml(value: object, name: str = "") -> str:
    if isinstance(value, Mapping):
        return "".join(f"<{key}>{_xml(item, key)}</{key}>" for key, item in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(item, name)}</member>" for item in value)
    if name in ("Timestamp", "Timestamps") and isinstance(value, float):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(value))
    return escape(str(value))
