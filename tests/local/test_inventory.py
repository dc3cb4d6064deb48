from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sm_magic import local
from sm_magic.local.fleet import Component, Deployed, Fleet, Variant
from sm_magic.local.wire import Call, Reply

pytestmark = pytest.mark.server


def serving(fleet: Fleet) -> Any:
    """A server of *fleet*, made where the extra `local` is installed."""
    from sm_magic.local.server import Server

    return Server(fleet)


def saying(text: str) -> Callable[[Call], Reply]:
    """A model that says one thing."""
    return lambda call: Reply(body=text.encode(), members={"content_type": "text/plain"})


@pytest.fixture(scope="module")
def shared() -> Iterator[local.LocalEndpoint]:
    """A server whose one endpoint has two inference components."""
    components = (
        Component(name="small", model=saying("I am small"), image="tgi:1", copies=2),
        Component(name="large", model=saying("I am large"), image="tgi:2"),
    )
    variant = Variant(name="AllTraffic", model=saying("nobody asks me"))
    server = serving(Fleet({"llms": Deployed(name="llms", variants=(variant,), components=components)}))
    server.start()
    yield local.LocalEndpoint(url=server.url, token=server.token, owned=True)
    server.stop()


def test_a_variant_s_model_is_described(endpoint: local.LocalEndpoint, connect: Callable[..., Any]) -> None:
    """The configuration names the model, DescribeModel its image; ListModels finds it."""
    catalog = connect("sagemaker", endpoint)
    (variant,) = catalog.describe_endpoint_config(EndpointConfigName="iris-config")["ProductionVariants"]

    found = catalog.describe_model(ModelName=variant["ModelName"])

    assert found["PrimaryContainer"]["Image"] == "sm-magic/local:iris"
    names = [row["ModelName"] for row in catalog.list_models(NameContains="DIGITS")["Models"]]
    assert names == ["digits-champion", "digits-challenger"]


def test_components_are_listed_and_described(
    shared: local.LocalEndpoint, connect: Callable[..., Any]
) -> None:
    """By their endpoint; their variant has no model of its own, and no image."""
    catalog = connect("sagemaker", shared)

    pages = catalog.get_paginator("list_inference_components").paginate(
        EndpointNameEquals="llms", PaginationConfig={"PageSize": 1}
    )
    found = [row for page in pages for row in page["InferenceComponents"]]
    told = catalog.describe_inference_component(InferenceComponentName="small")

    assert [row["InferenceComponentName"] for row in found] == ["small", "large"]
    assert told["RuntimeConfig"] == {"DesiredCopyCount": 2, "CurrentCopyCount": 2}
    assert told["Specification"]["Container"]["DeployedImage"]["SpecifiedImage"] == "tgi:1"
    (variant,) = catalog.describe_endpoint(EndpointName="llms")["ProductionVariants"]
    (configured,) = catalog.describe_endpoint_config(EndpointConfigName="llms-config")["ProductionVariants"]
    assert "DeployedImages" not in variant and "ModelName" not in configured
    assert catalog.list_inference_components(EndpointNameEquals="other")["InferenceComponents"] == []
    assert catalog.list_models()["Models"] == []


def test_a_component_answers_by_its_name_alone(
    shared: local.LocalEndpoint, connect: Callable[..., Any]
) -> None:
    """The service's own words where the header is missing."""
    runtime = connect("sagemaker-runtime", shared)

    answer = runtime.invoke_endpoint(EndpointName="llms", Body=b"?", InferenceComponentName="large")

    assert answer["Body"].read() == b"I am large"
    for given, said in (({}, "header is required"), ({"InferenceComponentName": "none"}, "none not found")):
        with pytest.raises(ClientError, match=said):
            runtime.invoke_endpoint(EndpointName="llms", Body=b"?", **given)


def test_what_is_not_here_can_not_be_described(
    endpoint: local.LocalEndpoint, connect: Callable[..., Any]
) -> None:
    """The service's error for it."""
    catalog = connect("sagemaker", endpoint)
    for ask in (
        lambda: catalog.describe_model(ModelName="none"),
        lambda: catalog.describe_inference_component(InferenceComponentName="none"),
    ):
        with pytest.raises(ClientError, match="Could not find") as caught:
            ask()
        assert caught.value.response["Error"]["Code"] == "ValidationException"
