"""ListInferenceComponents, DescribeInferenceComponent, ListModels and DescribeModel, for what is deployed here.

moto judges the models; it does not know components, whose shapes botocore's own service model judges.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..arns import LOCAL_ACCOUNT
from .fleet import Component, Deployed, Fleet, Variant
from .wire import Refusal

__all__ = [
    "arn",
    "describe_component",
    "describe_model",
    "list_components",
    "list_models",
    "missing",
    "model_name",
    "paged",
]

Row = dict[str, Any]


def arn(region: str, kind: str, name: str) -> str:
    """The ARN of something here: AWS writes names in lower case there."""
    return f"arn:aws:sagemaker:{region}:{LOCAL_ACCOUNT}:{kind}/{name.lower()}"


def missing(what: str, where: str) -> Refusal:
    """The error for what is not here."""
    return Refusal("ValidationException", f'Could not find {what} "{where}".')


def paged(rows: Sequence[Row], given: Mapping[str, Any], member: str) -> Row:
    """A page of *rows*: ten of them, or MaxResults."""
    start = _start(given.get("NextToken"))
    end = start + min(int(given.get("MaxResults") or 10), 100)
    more = {"NextToken": base64.b64encode(str(end).encode()).decode()} if end < len(rows) else {}
    return {member: list(rows[start:end]), **more}


def model_name(endpoint: Deployed, variant: Variant) -> str:
    """The name of the model behind a variant."""
    return f"{endpoint.name}-{variant.name}"


def list_models(fleet: Fleet, region: str, given: Mapping[str, Any]) -> Row:
    """ListModels, with its filter and pages."""
    contains = str(given.get("NameContains") or "").lower()
    rows = [
        {"ModelName": name, "ModelArn": arn(region, "model", name), "CreationTime": fleet.started}
        for name, _ in _models(fleet)
        if contains in name.lower()
    ]
    return paged(rows, given, "Models")


def describe_model(fleet: Fleet, region: str, given: Mapping[str, Any]) -> Row:
    """DescribeModel: one container, of the variant's image."""
    name = given.get("ModelName", "")
    variant = dict(_models(fleet)).get(name)
    if variant is None:
        raise missing("model", arn(region, "model", name))
    return {
        "ModelName": name,
        "ModelArn": arn(region, "model", name),
        "CreationTime": fleet.started,
        "PrimaryContainer": {"Image": variant.image, "Mode": "SingleModel", "Environment": {}},
        "ExecutionRoleArn": f"arn:aws:iam::{LOCAL_ACCOUNT}:role/local",
        "EnableNetworkIsolation": False,
    }


def list_components(fleet: Fleet, region: str, given: Mapping[str, Any]) -> Row:
    """ListInferenceComponents, with its filters and pages."""
    endpoint, variant = given.get("EndpointNameEquals"), given.get("VariantNameEquals")
    contains = str(given.get("NameContains") or "").lower()
    rows = [
        _component(fleet, region, owner, one)
        for owner, one in _components(fleet)
        if endpoint in (None, owner.name)
        and variant in (None, owner.variants[0].name)
        and contains in one.name.lower()
    ]
    return paged(rows, given, "InferenceComponents")


def describe_component(fleet: Fleet, region: str, given: Mapping[str, Any]) -> Row:
    """DescribeInferenceComponent."""
    name = given.get("InferenceComponentName", "")
    for owner, one in _components(fleet):
        if one.name == name:
            return {
                **_component(fleet, region, owner, one),
                "Specification": {
                    "Container": {"DeployedImage": {"SpecifiedImage": one.image, "ResolvedImage": one.image}},
                    "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128},
                },
                "RuntimeConfig": {"DesiredCopyCount": one.copies, "CurrentCopyCount": one.copies},
            }
    raise missing("inference component", arn(region, "inference-component", name))


def _models(fleet: Fleet) -> Iterator[tuple[str, Variant]]:
    for endpoint in fleet.endpoints.values():
        if not endpoint.components:
            yield from ((model_name(endpoint, variant), variant) for variant in endpoint.variants)


def _components(fleet: Fleet) -> Iterator[tuple[Deployed, Component]]:
    for endpoint in fleet.endpoints.values():
        yield from ((endpoint, one) for one in endpoint.components)


def _component(fleet: Fleet, region: str, owner: Deployed, one: Component) -> Row:
    return {
        "InferenceComponentName": one.name,
        "InferenceComponentArn": arn(region, "inference-component", one.name),
        "InferenceComponentStatus": "InService",
        "EndpointName": owner.name,
        "EndpointArn": arn(region, "endpoint", owner.name),
        "VariantName": owner.variants[0].name,
        "CreationTime": fleet.started,
        "LastModifiedTime": fleet.started,
    }


def _start(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(base64.b64decode(token, validate=True))
    except ValueError as error:
        raise Refusal("ValidationException", "The NextToken is none of this listing.") from error
