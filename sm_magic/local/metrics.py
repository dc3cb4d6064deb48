"""GetMetricStatistics of CloudWatch: how many asynchronous requests an endpoint has, waiting or in work.

botocore speaks JSON 1.0 to CloudWatch, before 1.41 the query protocol (form in, XML out).  moto judges both.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

__all__ = ["ACTION", "Backlog", "by_query", "statistics"]

ACTION = "GetMetricStatistics"
Backlog = Callable[[str], int]
"""The requests that an endpoint of this name has now."""

_METRICS = frozenset({"ApproximateBacklogSize", "ApproximateBacklogSizePerInstance"})
_STATISTICS = frozenset({"Average", "Maximum", "Minimum", "Sum"})
_XML = (
    '<GetMetricStatisticsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">'
    "<GetMetricStatisticsResult><Label>{label}</Label><Datapoints>{points}</Datapoints></GetMetricStatisticsResult>"
    "<ResponseMetadata><RequestId>{request}</RequestId></ResponseMetadata></GetMetricStatisticsResponse>"
)


def statistics(given: Mapping[str, Any], backlog: Backlog) -> dict[str, Any]:
    """The members of the answer: one point, of this minute, for what is counted here; none for anything else."""
    name = given.get("MetricName", "")
    dimensions = {one.get("Name"): one.get("Value") for one in given.get("Dimensions", ())}
    counted = (
        given.get("Namespace") == "AWS/SageMaker" and name in _METRICS and set(dimensions) == {"EndpointName"}
    )
    points = []
    if counted:
        value = float(backlog(dimensions["EndpointName"]))
        wanted = [statistic for statistic in given.get("Statistics", ()) if statistic in _STATISTICS]
        minute = time.time() // 60 * 60
        points.append({"Timestamp": minute, **dict.fromkeys(wanted, value), "Unit": "Count"})
    return {"Label": name, "Datapoints": points}


def by_query(body: bytes, backlog: Backlog) -> bytes:
    """The same in the query protocol."""
    form = {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
    dimensions = [
        {"Name": value, "Value": form.get(f"{name.removesuffix('.Name')}.Value")}
        for name, value in form.items()
        if name.startswith("Dimensions.member.") and name.endswith(".Name")
    ]
    asked = [value for name, value in form.items() if name.startswith("Statistics.member.")]
    found = statistics({**form, "Dimensions": dimensions, "Statistics": asked}, backlog)
    points = "".join(f"<member>{_point(point)}</member>" for point in found["Datapoints"])
    return _XML.format(label=escape(found["Label"]), points=points, request=uuid.uuid4()).encode()


def _point(point: Mapping[str, Any]) -> str:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(point["Timestamp"]))
    return "".join(f"<{name}>{value}</{name}>" for name, value in {**point, "Timestamp": stamp}.items())
