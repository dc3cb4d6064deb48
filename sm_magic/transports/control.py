"""SageMaker's control plane by boto3: its answers -> what is deployed.  Each function takes boto3's client.

What is not there is None; boto3's exceptions are raised as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from ..deployments import Component, Configuration, Configured, Container, Listed, Model
from ..messages import Endpoint, Variant

__all__ = ["component", "components", "configuration", "endpoint", "listed", "model"]

_PAGE: Final = 100
_Told = Mapping[str, Any]


def listed(control: Any, contains: str, pages: int) -> tuple[Listed, ...]:
    """ListEndpoints, newest first."""
    wanted = {"NameContains": contains} if contains else {}
    order = {"SortBy": "CreationTime", "SortOrder": "Descending"}
    answers = _pages(control.list_endpoints, {**wanted, **order}, pages)
    return tuple(
        Listed(
            name=told["EndpointName"],
            status=told.get("EndpointStatus", ""),
            changed=_utc(told.get("LastModifiedTime")),
        )
        for answer in answers
        for told in answer["Endpoints"]
    )


def endpoint(control: Any, name: str) -> Endpoint | None:
    """DescribeEndpoint; of one that is being created, its variants by DescribeEndpointConfig."""
    told = _found(lambda: control.describe_endpoint(EndpointName=name))
    if told is None:
        return None
    asynchronous, capture = told.get("AsyncInferenceConfig"), told.get("DataCaptureConfig") or {}
    output = (asynchronous or {}).get("OutputConfig", {})
    captured = bool(capture.get("EnableCapture"))
    config = told.get("EndpointConfigName")
    return Endpoint(
        name=told["EndpointName"],
        status=told["EndpointStatus"],
        arn=told.get("EndpointArn", ""),
        variants=tuple(map(_variant, told.get("ProductionVariants") or ())) or _planned(control, config),
        failure_reason=told.get("FailureReason"),
        asynchronous=bool(asynchronous),
        output_path=output.get("S3OutputPath"),
        failure_path=output.get("S3FailurePath"),
        shadows=tuple(map(_variant, told.get("ShadowProductionVariants") or ())),
        config=config,
        changed=_utc(told.get("LastModifiedTime")),
        capture_path=capture.get("DestinationS3Uri") if captured else None,
        capture_percent=capture.get("CurrentSamplingPercentage") if captured else None,
        explains=bool(told.get("ExplainerConfig")),
    )


def configuration(control: Any, name: str) -> Configuration | None:
    """DescribeEndpointConfig."""
    told = _found(lambda: control.describe_endpoint_config(EndpointConfigName=name))
    if told is None:
        return None
    variants = [*told.get("ProductionVariants", ()), *told.get("ShadowProductionVariants", ())]
    return Configuration(name=name, variants=tuple(map(_configured, variants)))


def model(control: Any, name: str) -> Model | None:
    """DescribeModel."""
    told = _found(lambda: control.describe_model(ModelName=name))
    if told is None:
        return None
    primary = [told["PrimaryContainer"]] if told.get("PrimaryContainer") else []
    return Model(
        name=name,
        containers=tuple(_container(one) for one in primary or told.get("Containers", ())),
        direct=told.get("InferenceExecutionConfig", {}).get("Mode") == "Direct",
    )


def components(control: Any, name: str | None) -> tuple[Component, ...]:
    """ListInferenceComponents, of the endpoint *name* or of all."""
    wanted = {"EndpointNameEquals": name} if name else {}
    answers = _pages(control.list_inference_components, wanted, 3)
    return tuple(
        Component(
            name=told["InferenceComponentName"],
            endpoint=told.get("EndpointName", ""),
            variant=told.get("VariantName"),
            status=told.get("InferenceComponentStatus"),
        )
        for answer in answers
        for told in answer["InferenceComponents"]
    )


def component(control: Any, name: str) -> Component | None:
    """DescribeInferenceComponent."""
    told = _found(lambda: control.describe_inference_component(InferenceComponentName=name))
    if told is None:
        return None
    specification, runtime = told.get("Specification") or {}, told.get("RuntimeConfig") or {}
    container = specification.get("Container") or {}
    return Component(
        name=name,
        endpoint=told.get("EndpointName", ""),
        variant=told.get("VariantName"),
        status=told.get("InferenceComponentStatus"),
        model=specification.get("ModelName") or specification.get("BaseInferenceComponentName"),
        image=_image(container.get("DeployedImage") or {}),
        copies=runtime.get("CurrentCopyCount"),
        wanted=runtime.get("DesiredCopyCount"),
        failure_reason=told.get("FailureReason"),
    )


def _pages(ask: Callable[..., _Told], given: _Told, most: int) -> Iterator[_Told]:
    """The answers of a listing, *most* of them."""

    def each() -> Iterator[_Told]:
        answer = ask(**given, MaxResults=_PAGE)
        yield answer
        while token := answer.get("NextToken"):
            answer = ask(**given, MaxResults=_PAGE, NextToken=token)
            yield answer

    return islice(each(), most)


def _found(ask: Callable[[], _Told]) -> _Told | None:
    """The answer, or None if there is no such thing: a ValidationException, told from a denial by its words."""
    from botocore.exceptions import ClientError

    try:
        return ask()
    except ClientError as exc:
        if "could not find" in str(exc).lower():
            return None
        raise


def _planned(control: Any, config: str | None) -> tuple[Variant, ...]:
    """The variants by DescribeEndpointConfig: an endpoint that is being created does not tell them itself."""
    from botocore.exceptions import BotoCoreError, ClientError

    if config is None:
        return ()
    try:
        told = control.describe_endpoint_config(EndpointConfigName=config)
    except (BotoCoreError, ClientError):  # often denied where DescribeEndpoint is allowed
        return ()
    return tuple(map(_variant, told.get("ProductionVariants", ())))


def _variant(told: _Told) -> Variant:
    serverless = told.get("CurrentServerlessConfig") or told.get("ServerlessConfig") or {}
    states: Iterable[_Told] = told.get("VariantStatus") or ()
    return Variant(
        name=told["VariantName"],
        weight=told.get("CurrentWeight", told.get("InitialVariantWeight")),
        instances=told.get("CurrentInstanceCount", told.get("InitialInstanceCount")),
        desired=told.get("DesiredInstanceCount"),
        images=tuple(image for one in told.get("DeployedImages", ()) if (image := _image(one))),
        memory=serverless.get("MemorySizeInMB"),
        state=next((state.get("Status") for state in states), None),
    )


def _configured(told: _Told) -> Configured:
    return Configured(
        name=told["VariantName"],
        model=told.get("ModelName"),
        instance_type=told.get("InstanceType"),
        instances=told.get("InitialInstanceCount"),
        weight=told.get("InitialVariantWeight"),
        memory=(told.get("ServerlessConfig") or {}).get("MemorySizeInMB"),
    )


def _container(told: _Told) -> Container:
    source = (told.get("ModelDataSource") or {}).get("S3DataSource") or {}
    return Container(
        image=told.get("Image"),
        several=told.get("Mode") == "MultiModel",
        data=told.get("ModelDataUrl") or source.get("S3Uri"),
        hostname=told.get("ContainerHostname"),
    )


def _image(told: _Told) -> str | None:
    return told.get("SpecifiedImage") or told.get("ResolvedImage")


def _utc(when: datetime | None) -> datetime | None:
    return when and when.astimezone(UTC)
