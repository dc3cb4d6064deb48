"""moto, another far end of AWS that nobody here wrote: the control plane answers alike from it and from ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

import sm_magic
from sm_magic import local
from sm_magic.errors import ValidationError

pytestmark = pytest.mark.server
ACCESS = '"POST /invocations HTTP/1.1" 200 12'
WEIGHTS = {"champion": 0.7, "challenger": 0.3}
Connect = Callable[[str], Any]


def connecting(url: str, key: str, clients: list[Any]) -> Connect:
    """boto3's clients of the server at *url*."""

    def connect(service: str) -> Any:
        clients.append(
            boto3.session.Session().client(
                service,
                region_name="eu-west-1",
                endpoint_url=url,
                aws_access_key_id=key,
                aws_secret_access_key="any",
                config=Config(retries={"total_max_attempts": 1}, proxies={}),
            )
        )
        return clients[-1]

    return connect


@pytest.fixture(scope="module")
def clients() -> Iterator[list[Any]]:
    """All clients made, closed at the end."""
    made: list[Any] = []
    yield made
    for client in made:
        client.close()


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    """moto's server; its own default would be 0.0.0.0."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def theirs(moto_url: str, clients: list[Any]) -> Connect:
    """moto, with the same endpoint as ours created in it: two variants, 70/30."""
    connect = connecting(moto_url, "any", clients)
    catalog = connect("sagemaker")
    catalog.create_model(
        ModelName="digits",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/any",
        PrimaryContainer={"Image": "digits"},
    )
    catalog.create_endpoint_config(
        EndpointConfigName="digits-config",
        ProductionVariants=[
            {
                "VariantName": name,
                "ModelName": "digits",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "InitialVariantWeight": weight,
            }
            for name, weight in WEIGHTS.items()
        ],
        AsyncInferenceConfig={
            "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 1},
            "OutputConfig": {"S3OutputPath": "s3://bucket/out", "S3FailurePath": "s3://bucket/failed"},
        },
    )
    catalog.create_endpoint(EndpointName="digits", EndpointConfigName="digits-config")
    named = {name: BACKLOG[name] for name in ("MetricName", "Dimensions")}
    for ago, value in ((90, 14), (200, 2)):
        point = {"Value": value, "Unit": "Count", "Timestamp": datetime.now(UTC) - timedelta(seconds=ago)}
        connect("cloudwatch").put_metric_data(Namespace=BACKLOG["Namespace"], MetricData=[named | point])
    named = {name: INVOCATIONS[name] for name in ("MetricName", "Dimensions")}
    point = {"Value": 3, "Unit": "None", "Timestamp": datetime.now(UTC) - timedelta(minutes=6)}
    connect("cloudwatch").put_metric_data(Namespace=INVOCATIONS["Namespace"], MetricData=[named | point])
    logs = connect("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="champion/i-1")
    now = int(datetime.now(UTC).timestamp() * 1000)
    said = [{"timestamp": now - 1000, "message": "ready"}, {"timestamp": now, "message": ACCESS}]
    logs.put_log_events(logGroupName=GROUP, logStreamName="champion/i-1", logEvents=said)
    return connect


@pytest.fixture(scope="module")
def ours(clients: list[Any]) -> Iterator[Connect]:
    """The local endpoint."""
    endpoint = local.start()
    connect = connecting(endpoint.url, endpoint.token, clients)
    with suppress(ClientError):  # it takes images; what it refused stands in its log all the same
        connect("sagemaker-runtime").invoke_endpoint(
            EndpointName="digits", Body=b"1", ContentType="text/csv", TargetVariant="champion"
        )
    yield connect
    endpoint.stop()


def shape(value: Any) -> Any:
    """What a value is made of: names and types, lists by their first item."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items() if key != "ResponseMetadata"}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return type(value).__name__


def without(found: Any, *keys: str) -> Any:
    """*found* without what one of the two has and may have."""
    if isinstance(found, dict):
        return {key: without(item, *keys) for key, item in found.items() if key not in keys}
    return [without(item, *keys) for item in found] if isinstance(found, list) else found


BACKLOG: dict[str, Any] = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "ApproximateBacklogSize",
    "Dimensions": [{"Name": "EndpointName", "Value": "digits"}],
}
INVOCATIONS: dict[str, Any] = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "Invocations",
    "Dimensions": [
        {"Name": "EndpointName", "Value": "digits"},
        {"Name": "VariantName", "Value": "champion"},
    ],
}
GROUP = "/aws/sagemaker/Endpoints/digits"
CALLS: dict[str, Callable[[Connect], Any]] = {
    "ListEndpoints": lambda connect: connect("sagemaker").list_endpoints(NameContains="digits"),
    "DescribeEndpoint": lambda connect: connect("sagemaker").describe_endpoint(EndpointName="digits"),
    "DescribeEndpointConfig": lambda connect: connect("sagemaker").describe_endpoint_config(
        EndpointConfigName="digits-config"
    ),
    "GetMetricStatistics": lambda connect: connect("cloudwatch").get_metric_statistics(
        **BACKLOG,
        StartTime=datetime.now(UTC) - timedelta(minutes=5),
        EndTime=datetime.now(UTC),
        Period=60,
        Statistics=["Average"],
    ),
    "ListModels": lambda connect: connect("sagemaker").list_models(NameContains="digits"),
    "DescribeModel": lambda connect: connect("sagemaker").describe_model(
        ModelName=connect("sagemaker").describe_endpoint_config(EndpointConfigName="digits-config")[
            "ProductionVariants"
        ][0]["ModelName"]
    ),
    "FilterLogEvents": lambda connect: connect("logs").filter_log_events(
        logGroupName=GROUP, logStreamNamePrefix="champion/", filterPattern='"POST /invocations"'
    ),
    "GetMetricData": lambda connect: connect("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {"Id": "m", "MetricStat": {"Metric": INVOCATIONS, "Period": 300, "Stat": "Sum"}},
        ],
        StartTime=datetime.now(UTC) - timedelta(hours=1),
        EndTime=datetime.now(UTC) + timedelta(minutes=1),
    ),
    "GetCallerIdentity": lambda connect: connect("sts").get_caller_identity(),
}


# moto's DescribeEndpoint does not tell it, though the service model has it; its DescribeEndpointConfig does.
LEFT_OUT = {
    "DescribeEndpoint": ("AsyncInferenceConfig",),
    "DescribeModel": ("Environment", "Mode", "Containers", "VpcConfig"),  # empty ones, and a default
    "FilterLogEvents": ("searchedLogStreams",),  # empty since May 2020, as the API reference says
    "GetMetricData": ("Messages",),
}


@pytest.mark.parametrize("operation", CALLS)
def test_the_answers_are_of_one_shape(ours: Connect, theirs: Connect, operation: str) -> None:
    """The same names and types, but for what moto leaves out and adds (an empty DataCaptureConfig)."""
    mine, their = CALLS[operation](ours), CALLS[operation](theirs)
    assert without(shape(mine), "DeployedImages", *LEFT_OUT.get(operation, ())) == without(
        shape(their), "DataCaptureConfig", *LEFT_OUT.get(operation, ())
    )
    assert mine["ResponseMetadata"]["RequestId"]
    assert mine["ResponseMetadata"]["HTTPStatusCode"] == their["ResponseMetadata"]["HTTPStatusCode"]
    types = [found["ResponseMetadata"]["HTTPHeaders"]["content-type"] for found in (mine, their)]
    # moto calls the JSON of CloudWatch and its logs a text
    assert types[0] == types[1] or (
        types[0].startswith("application/x-amz-json-1.") and types[1][:4] == "text"
    )


def test_the_values_that_do_not_depend_on_the_server(ours: Connect, theirs: Connect) -> None:
    """Names, states, weights and the ARN but for its account are equal."""
    mine, their = CALLS["DescribeEndpoint"](ours), CALLS["DescribeEndpoint"](theirs)
    for key in ("EndpointName", "EndpointConfigName", "EndpointStatus"):
        assert mine[key] == their[key]
    assert mine["EndpointArn"].replace("000000000000", "123456789012") == their["EndpointArn"]
    assert without(mine["ProductionVariants"], "DeployedImages") == their["ProductionVariants"]


@pytest.mark.parametrize(
    ("ask", "argument"),
    [("describe_endpoint", "EndpointName"), ("describe_endpoint_config", "EndpointConfigName")],
)
def test_what_is_missing_is_missing_alike(ours: Connect, theirs: Connect, ask: str, argument: str) -> None:
    """The same code, the same status, the same beginning of the sentence."""
    found = []
    for connect in (ours, theirs):
        with pytest.raises(ClientError) as caught:
            getattr(connect("sagemaker"), ask)(**{argument: "nope"})
        error = caught.value.response["Error"]
        status = caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
        found.append((error["Code"], status, error["Message"].partition("arn:")[0].rstrip("\"'")))
    assert found[0] == found[1]


def test_moto_answers_the_same_invocation(theirs: Connect, ours: Connect) -> None:
    """boto3 reads the same members of InvokeEndpoint's answer from both."""
    answers = [
        connect("sagemaker-runtime").invoke_endpoint(
            EndpointName=name, Body=b"[1]", ContentType="application/json", CustomAttributes="a=1"
        )
        for connect, name in ((ours, "echo"), (theirs, "digits"))
    ]
    for answer in answers:
        answer["Body"].read()
    assert shape(answers[0]) == shape(answers[1])


def test_sm_magic_invokes_through_moto(moto_url: str, theirs: Connect) -> None:
    """The whole path on a far end that is not ours: value, variant, attributes, type, and what is deployed."""
    canned = {
        "Body": json.dumps({"predictions": [{"score": 0.5}, {"score": 2}]}),
        "ContentType": "application/json",
        "InvokedProductionVariant": "champion",
        "CustomAttributes": "trace=1",
    }
    with urllib3.PoolManager(retries=False) as pool:
        pool.request(
            "POST",
            f"{moto_url}/moto-api/static/sagemaker/endpoint-results",
            json={"region": "eu-west-1", "results": [canned]},
        )
    session = boto3.session.Session(aws_access_key_id="any", aws_secret_access_key="any")
    client = sm_magic.Client(session=session, endpoint_url=moto_url, region="eu-west-1")
    result = client.invoke([[1, 2], [3, 4]], endpoint="digits", content_type="csv")
    assert result.value == {"predictions": [{"score": 0.5}, {"score": 2}]}
    assert result.frame()["score"].tolist() == [0.5, 2]
    assert (result.variant, result.custom_attributes) == ("champion", "trace=1")
    assert client.catalog is not None
    assert client.catalog.endpoints() == ("digits",)
    described = client.catalog.endpoint("digits")
    assert described is not None
    assert {variant.name: variant.weight for variant in described.variants} == WEIGHTS
    assert client.catalog.backlog("digits") == 14


def test_sm_magic_knows_an_endpoint_of_moto(moto_url: str, theirs: Connect) -> None:
    """Its configuration, model and image, an hour of metrics, its log; what moto does not know is missing, no more."""
    session = boto3.session.Session(aws_access_key_id="any", aws_secret_access_key="any")
    client = sm_magic.Client(session=session, endpoint_url=moto_url, region="eu-west-1")
    (listed,) = client.endpoints("DIG*")
    found = client.describe("digits")
    assert (listed.name, listed.status, listed.kind) == ("digits", "InService", found.kind)
    assert found.images == ("digits",) and [model.name for model in found.models] == ["digits"]
    assert found.configuration is not None
    assert {variant.instance_type for variant in found.configuration.variants} == {"ml.m5.large"}
    assert {one.variant: one.invocations for one in found.traffic} == {"champion": 3, "challenger": 0}
    assert [one.action for one in found.missing] == ["sagemaker:ListInferenceComponents"]
    assert client.logs("digits", variant="champion", grep="POST /invocations").text == ACCESS
    assert client.logs("digits").text.splitlines() == ["ready", ACCESS]
    with pytest.raises(ValidationError, match="no endpoint none"):
        client.logs("none")
