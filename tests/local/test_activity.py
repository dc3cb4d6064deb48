from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

import sm_magic
from sm_magic import local
from sm_magic.local import metrics
from sm_magic.local.activity import Activity
from sm_magic.local.fleet import ContainerError, Deployed, Fleet, Variant
from sm_magic.local.wire import Call, Refusal, Reply

pytestmark = pytest.mark.server


def serving(fleet: Fleet) -> Any:
    """A server of *fleet*, made where the extra `local` is installed."""
    from sm_magic.local.server import Server

    return Server(fleet)


GROUP = "/aws/sagemaker/Endpoints/choosy"


def choosy(call: Call) -> Reply:
    """Takes CSV alone, and no zero."""
    if call.content_type != "text/csv":
        raise ContainerError(415, "Only CSV.\nSee the manual.")
    return Reply(body=str(1 / int(call.body)).encode(), members={"content_type": "text/csv"})


@pytest.fixture(scope="module")
def asked(connect: Callable[..., Any]) -> Iterator[local.LocalEndpoint]:
    """A server whose model answered, refused, and failed."""
    variants = (Variant(name="one", model=choosy),)
    server = serving(Fleet({"choosy": Deployed(name="choosy", variants=variants)}))
    server.start()
    found = local.LocalEndpoint(url=server.url, token=server.token, owned=True)
    runtime = connect("sagemaker-runtime", found)
    for content_type, body in (("text/csv", b"2"), ("image/png", b"2"), ("text/csv", b"0")):
        with suppress(ClientError):
            runtime.invoke_endpoint(EndpointName="choosy", Body=body, ContentType=content_type)
    yield found
    server.stop()


@pytest.fixture
def logs(asked: local.LocalEndpoint, connect: Callable[..., Any]) -> Any:
    """boto3's client of CloudWatch Logs."""
    return connect("logs", asked)


def test_the_log_holds_what_was_served_and_why_it_was_not(logs: Any) -> None:
    """A line for each request, with its status; the container's words before it, or its traceback."""
    found = logs.filter_log_events(logGroupName=GROUP)["events"]

    texts = [event["message"] for event in found]
    assert {event["logStreamName"] for event in found} == {"one/i-local"}
    assert [text.split()[3] for text in texts if text.startswith('"POST /invocations')] == [
        "200",
        "415",
        "500",
    ]
    assert texts[1:3] == ["Only CSV.", "See the manual."]
    assert texts[3].endswith('"image/png"')
    assert "ZeroDivisionError: division by zero" in texts and "Traceback (most recent call last):" in texts


def test_a_log_is_filtered(logs: Any) -> None:
    """By words, by a phrase in quotes, by stream and by time, and in pages."""

    def said(**given: Any) -> list[str]:
        return [event["message"] for event in logs.filter_log_events(logGroupName=GROUP, **given)["events"]]

    assert said(filterPattern='"Only CSV"') == said(filterPattern="CSV. Only") == ["Only CSV."]
    assert said(logStreamNamePrefix="other/") == said(endTime=1) == []
    assert len(said(logStreamNamePrefix="one/", startTime=1)) == len(said())
    pages = list(
        logs.get_paginator("filter_log_events").paginate(logGroupName=GROUP, PaginationConfig={"PageSize": 2})
    )
    assert [event["message"] for page in pages for event in page["events"]] == said()


def test_there_is_no_log_of_what_is_not_here(logs: Any) -> None:
    """The service's own error."""
    for given, code in (
        ({"logGroupName": GROUP + "2"}, "ResourceNotFoundException"),
        ({"logGroupName": GROUP, "nextToken": "?"}, "InvalidParameterException"),
        ({"logGroupName": GROUP, "filterPattern": "{ $.a = 1 }"}, "InvalidParameterException"),
    ):
        with pytest.raises(ClientError) as caught:
            logs.filter_log_events(**given)
        assert caught.value.response["Error"]["Code"] == code


def query(identity: str, metric: str, statistic: str, variant: str = "one") -> dict[str, Any]:
    """A query of GetMetricData."""
    dimensions = [{"Name": "EndpointName", "Value": "choosy"}, {"Name": "VariantName", "Value": variant}]
    named = {"Namespace": "AWS/SageMaker", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": identity, "MetricStat": {"Metric": named, "Period": 300, "Stat": statistic}}


def test_cloudwatch_has_counted_the_same(asked: local.LocalEndpoint, connect: Callable[..., Any]) -> None:
    """Requests, errors by their kind, and how long the model took; nothing of what is not here."""
    now = datetime.now(UTC)
    found = connect("cloudwatch", asked).get_metric_data(
        MetricDataQueries=[
            query("all", "Invocations", "Sum"),
            query("clients", "Invocation4XXErrors", "Sum"),
            query("servers", "Invocation5XXErrors", "Sum"),
            query("mean", "ModelLatency", "Average"),
            query("slowest", "ModelLatency", "Maximum"),
            query("other", "Invocations", "Sum", "two"),
        ],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
    )["MetricDataResults"]

    values = {result["Id"]: result["Values"] for result in found}
    assert [sum(values[name]) for name in ("all", "clients", "servers", "other")] == [3, 1, 1, 0]
    assert 0 < max(values["mean"]) <= max(values["slowest"])
    stamps = found[0]["Timestamps"]
    assert all(abs((now - stamp).total_seconds()) < 900 and stamp.minute % 5 == 0 for stamp in stamps)


def test_a_request_in_the_queue_counts_too(asked: local.LocalEndpoint, connect: Callable[..., Any]) -> None:
    """Its worker writes into the same log."""
    runtime, logs = connect("sagemaker-runtime", asked), connect("logs", asked)
    where = connect("sagemaker", asked).describe_endpoint(EndpointName="choosy")["AsyncInferenceConfig"]
    bucket = where["OutputConfig"]["S3OutputPath"].removeprefix("s3://").partition("/")[0]
    s3 = connect("s3", asked)
    s3.put_object(Bucket=bucket, Key="in", Body=b"4", ContentType="text/csv; queued")
    told = runtime.invoke_endpoint_async(EndpointName="choosy", InputLocation=f"s3://{bucket}/in")
    key = told["FailureLocation"].removeprefix(f"s3://{bucket}/")
    s3.get_waiter("object_exists").wait(
        Bucket=bucket, Key=key, WaiterConfig={"Delay": 0.05, "MaxAttempts": 400}
    )

    assert logs.filter_log_events(logGroupName=GROUP, filterPattern="queued")["events"]


def counted(clock: Callable[[], float], *seconds: float) -> Activity:
    """What a variant did that answered after these seconds."""
    activity = Activity(clock)
    for taken in seconds:
        activity.served("one", Call(endpoint="choosy"), Reply(body=b"1"), taken)
    return activity


def test_older_botocore_asks_by_a_form_and_hears_the_same() -> None:
    """The query protocol: members by their paths, and XML back."""
    form = (
        b"Action=GetMetricData&StartTime=1970-01-01T00%3A00%3A00Z&EndTime=1970-01-01T01%3A00%3A00Z"
        b"&MetricDataQueries.member.1.Id=m&MetricDataQueries.member.1.MetricStat.Stat=Average"
        b"&MetricDataQueries.member.1.MetricStat.Period=60"
        b"&MetricDataQueries.member.1.MetricStat.Metric.Namespace=AWS%2FSageMaker"
        b"&MetricDataQueries.member.1.MetricStat.Metric.MetricName=ModelLatency"
        b"&MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name=EndpointName"
        b"&MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value=choosy"
        b"&MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.2.Name=VariantName"
        b"&MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.2.Value=one"
    )

    text = metrics.by_query("GetMetricData", form, lambda name: 0, counted(lambda: 120.5, 0.5, 1.5)).decode()

    assert "<Timestamps><member>1970-01-01T00:02:00Z</member></Timestamps>" in text
    assert "<Values><member>1000000.0</member></Values>" in text and "<Id>m</Id>" in text


def test_what_is_kept_has_an_end() -> None:
    """A thousand lines of an endpoint: a loop that runs for days costs no memory."""
    activity = counted(lambda: 60.0, *[0.001] * 1200)

    assert len(activity.lines("choosy")) == 1000
    ((minute, one),) = activity.minutes("choosy", "one")
    assert (minute, len(one.latencies)) == (60, 1200)


def test_a_client_tells_the_last_hour_of_each_variant() -> None:
    """Sums, the mean of all requests, the slowest, in seconds, and when the last one was."""
    now = datetime.now(UTC)
    fleet = Fleet({"choosy": Deployed(name="choosy", variants=(Variant(name="one", model=choosy),))})
    call, answer = Call(endpoint="choosy"), Reply(body=b"1")
    for ago, seconds in ((90, 9.0), (40, 0.2), (40, 0.2), (20, 0.4), (20, 0.4), (20, 0.4), (20, 0.8)):
        fleet.activity.clock = (now - timedelta(minutes=ago)).timestamp
        fleet.activity.served("one", call, answer, seconds)
    fleet.activity.failed("one", call, Refusal("ModelError", "no", OriginalStatusCode=500), 0.0)
    server = serving(fleet)
    server.start()
    catalog = sm_magic.Client(endpoint_url=server.url, local_token=server.token).catalog
    assert catalog is not None

    one, two = catalog.traffic("choosy", ("one", "two"))
    server.stop()

    assert (one.invocations, one.errors, one.slowest) == (7, 1, 0.8)
    assert one.latency == pytest.approx(2.4 / 7)
    assert one.last is not None and 0 <= (now - one.last).total_seconds() - 20 * 60 < 60
    assert (two.invocations, two.latency, two.slowest, two.last) == (0, None, None, None)
