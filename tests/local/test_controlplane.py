from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sm_magic import local

pytestmark = pytest.mark.server
DEMO = {"iris", "digits", "diabetes", "edges", "boxes", "mask", "forecast", "story", "echo", "faulty"}


@pytest.fixture(scope="module")
def catalog(endpoint: local.LocalEndpoint, connect: Callable[..., Any]) -> Any:
    """boto3's sagemaker client."""
    return connect("sagemaker", endpoint)


def test_list_names_every_demo_endpoint(catalog: Any) -> None:
    """ListEndpoints tells what can be invoked."""
    found = catalog.list_endpoints()["Endpoints"]
    assert {endpoint["EndpointName"] for endpoint in found} == DEMO
    assert {endpoint["EndpointStatus"] for endpoint in found} == {"InService"}


def test_list_filters_and_sorts(catalog: Any) -> None:
    """The filters of the API work as they do in AWS."""
    found = catalog.list_endpoints(NameContains="I", SortBy="Name", SortOrder="Ascending")["Endpoints"]
    assert [endpoint["EndpointName"] for endpoint in found] == ["diabetes", "digits", "iris"]
    assert catalog.list_endpoints(StatusEquals="Failed")["Endpoints"] == []


def test_list_comes_in_pages(catalog: Any) -> None:
    """boto3's own paginator finds all of them, each once."""
    pages = list(catalog.get_paginator("list_endpoints").paginate(PaginationConfig={"PageSize": 4}))
    assert [len(page["Endpoints"]) for page in pages] == [4, 4, 2]
    assert {row["EndpointName"] for page in pages for row in page["Endpoints"]} == DEMO
    with pytest.raises(ClientError, match="NextToken"):
        catalog.list_endpoints(NextToken="?")


def test_describe_tells_the_variants(catalog: Any) -> None:
    """Names, weights and images of the variants, and the ARN in the caller's own region."""
    found = catalog.describe_endpoint(EndpointName="digits")
    assert found["EndpointArn"] == "arn:aws:sagemaker:eu-west-1:000000000000:endpoint/digits"
    weights = {variant["VariantName"]: variant["CurrentWeight"] for variant in found["ProductionVariants"]}
    assert weights == {"champion": 0.7, "challenger": 0.3}
    configuration = catalog.describe_endpoint_config(EndpointConfigName=found["EndpointConfigName"])
    assert {variant["VariantName"] for variant in configuration["ProductionVariants"]} == set(weights)


def test_what_is_not_there(catalog: Any) -> None:
    """The control plane's errors are the service's."""
    for ask in (
        lambda: catalog.describe_endpoint(EndpointName="nope"),
        lambda: catalog.describe_endpoint_config(EndpointConfigName="iris"),
    ):
        with pytest.raises(ClientError, match="Could not find endpoint") as caught:
            ask()
        assert caught.value.response["Error"]["Code"] == "ValidationException"
    with pytest.raises(ClientError) as caught:
        catalog.list_training_jobs()
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"


def test_who_calls(endpoint: local.LocalEndpoint, connect: Callable[..., Any]) -> None:
    """GetCallerIdentity names the account that is no account; STS's other actions are refused in its own XML."""
    sts = connect("sts", endpoint)
    assert sts.get_caller_identity()["Account"] == "000000000000"
    with pytest.raises(ClientError) as caught:
        sts.get_session_token()
    assert caught.value.response["Error"]["Code"] == "InvalidAction"


def backlog(metrics: Any, name: str = "echo", **more: Any) -> list[dict[str, Any]]:
    """CloudWatch's points of an endpoint's queue."""
    now = datetime.now(UTC)
    asked = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "ApproximateBacklogSize",
        "Dimensions": [{"Name": "EndpointName", "Value": name}],
        "StartTime": now - timedelta(minutes=5),
        "EndTime": now,
        "Period": 60,
        "Statistics": ["Average", "Maximum"],
        **more,
    }
    points: list[dict[str, Any]] = metrics.get_metric_statistics(**asked)["Datapoints"]
    return points


def test_a_queue_has_a_length(endpoint: local.LocalEndpoint, connect: Callable[..., Any]) -> None:
    """What waits and what is in work, as CloudWatch would count it; nothing is known of other metrics."""
    runtime, metrics = connect("sagemaker-runtime", endpoint), connect("cloudwatch", endpoint)
    where = connect("sagemaker", endpoint).describe_endpoint(EndpointName="boxes")["AsyncInferenceConfig"]
    bucket = where["OutputConfig"]["S3OutputPath"].removeprefix("s3://").partition("/")[0]
    connect("s3", endpoint).put_object(Bucket=bucket, Key="in", Body=b"1")
    for _ in range(3):
        runtime.invoke_endpoint_async(
            EndpointName="boxes", InputLocation=f"s3://{bucket}/in", CustomAttributes="sm-magic-delay=3000"
        )
    (point,) = backlog(metrics, "boxes")
    assert (point["Average"], point["Maximum"], point["Unit"]) == (3.0, 3.0, "Count")
    assert abs((datetime.now(UTC) - point["Timestamp"]).total_seconds()) < 120
    assert [point["Average"] for point in backlog(metrics, "digits")] == [0.0]
    assert backlog(metrics, MetricName="ModelLatency") == backlog(metrics, Namespace="AWS/EC2") == []
