"""CloudWatch by boto3: how many requests an endpoint had, how long they took, how many wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ..deployments import Traffic

__all__ = ["backlog", "traffic"]

_SPACE: Final = "AWS/SageMaker"
_PERIOD: Final = 60  # seconds of a point
# Metrics and statistics of a variant (Developer Guide, "Monitor SageMaker AI with Amazon CloudWatch"); microseconds.
_SERIES: Final = (
    ("Invocations", "Sum"),
    ("Invocation4XXErrors", "Sum"),
    ("Invocation5XXErrors", "Sum"),
    ("ModelLatency", "Average"),
    ("ModelLatency", "Maximum"),
    ("OverheadLatency", "Average"),
)
_Points = Mapping[datetime, float]


def backlog(metrics: Any, name: str) -> int | None:
    """The last minute that CloudWatch has, of the last five; GetMetricData would cost money for each look."""
    now = datetime.now(UTC)
    told = metrics.get_metric_statistics(
        Namespace=_SPACE,
        MetricName="ApproximateBacklogSize",
        Dimensions=[{"Name": "EndpointName", "Value": name}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now,
        Period=60,
        Statistics=["Average"],
    )
    points = sorted(told["Datapoints"], key=lambda point: point["Timestamp"])
    return round(points[-1]["Average"]) if points else None


def traffic(metrics: Any, name: str, variants: Sequence[str]) -> tuple[Traffic, ...]:
    """The last hour of each of *variants*, by one GetMetricData."""
    now = datetime.now(UTC)
    told = metrics.get_metric_data(
        MetricDataQueries=[
            _query(f"v{at}s{series}", name, variant, *_SERIES[series])
            for at, variant in enumerate(variants)
            for series in range(len(_SERIES))
        ],
        StartTime=now - timedelta(hours=1),
        EndTime=now,
        ScanBy="TimestampDescending",
    )
    found = {
        result["Id"]: dict(zip(result["Timestamps"], result["Values"], strict=False))
        for result in told["MetricDataResults"]
    }
    return tuple(
        _traffic(variant, [found.get(f"v{at}s{series}", {}) for series in range(len(_SERIES))])
        for at, variant in enumerate(variants)
    )


def _query(identity: str, endpoint: str, variant: str, metric: str, statistic: str) -> dict[str, Any]:
    dimensions = [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}]
    named = {"Namespace": _SPACE, "MetricName": metric, "Dimensions": dimensions}
    return {"Id": identity, "MetricStat": {"Metric": named, "Period": _PERIOD, "Stat": statistic}}


def _traffic(variant: str, series: Sequence[_Points]) -> Traffic:
    invocations, clients, servers, latency, slowest, overhead = series
    asked = [when for when, count in invocations.items() if count]
    return Traffic(
        variant=variant,
        invocations=round(sum(invocations.values())),
        errors=round(sum(clients.values()) + sum(servers.values())),
        latency=_mean(latency, invocations),
        slowest=max(slowest.values()) / 1e6 if slowest else None,
        overhead=_mean(overhead, invocations),
        last=max(asked).astimezone(UTC) if asked else None,
    )


def _mean(times: _Points, invocations: _Points) -> float | None:
    """Seconds: the mean of the points' means, each as much as the requests that it is of."""
    weights = {when: invocations.get(when, 0.0) for when in times}
    total = sum(weights.values())
    return sum(times[when] * weight for when, weight in weights.items()) / total / 1e6 if total else None
