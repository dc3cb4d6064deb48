"""The control plane, answered for this server alone: its endpoints and their configurations, and who the caller is.

SageMaker speaks JSON 1.1 (the operation stands in X-Amz-Target), STS the query protocol (form in, XML out).
moto judges both.  What is asked of models and components, `inventory` answers, of CloudWatch `metrics` and `logs`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from ..arns import LOCAL_ACCOUNT
from . import asynchronous, inventory, logs, metrics
from .fleet import Deployed, Fleet, Variant
from .inventory import arn, missing, model_name, paged
from .wire import Answer, Refusal

_CONFIG = "-config"
_INSTANCE = "ml.local"
_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>{arn}</Arn><UserId>{user}</UserId><Account>{account}</Account></GetCallerIdentityResult>"
    "<ResponseMetadata><RequestId>{request}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
)

_STS_ERROR = (
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code>'
    "<Message>{message}</Message></Error><RequestId>{request}</RequestId></ErrorResponse>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A control-plane request: X-Amz-Target ("" for the query protocol), the body, the caller's region.

    backlog: how many asynchronous requests an endpoint has.
    """

    target: str
    body: bytes = field(repr=False)
    region: str
    backlog: metrics.Backlog = field(default=lambda name: 0, repr=False)


def answer(fleet: Fleet, asked: Asked) -> tuple[str, bytes]:
    """Content type and body; Refusal for what is unknown."""
    if not asked.target:
        return "text/xml", _queried(fleet, asked)
    operation = asked.target.partition(".")[2]
    if operation not in (*_OPERATIONS, *metrics.ACTIONS):
        raise Refusal("UnknownOperationException", f"The local endpoint does not answer {operation}.")
    try:
        given = json.loads(asked.body or b"{}")
    except ValueError as error:
        raise Refusal("SerializationException", "The request is no JSON.") from error
    if operation in metrics.ACTIONS:
        counted = metrics.answer(operation, given, asked.backlog, fleet.activity)
        return "application/x-amz-json-1.0", json.dumps(counted).encode()
    result = _OPERATIONS[operation](fleet, asked.region, given)
    return "application/x-amz-json-1.1", json.dumps(result).encode()


def error(headers: Mapping[str, str], refusal: Refusal) -> Answer:
    """A control-plane error: JSON 1.1 for SageMaker, XML for STS."""
    if "x-amz-target" in headers:
        body = {"__type": refusal.code, "Message": refusal.message}
        return refusal.status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(body).encode()
    text = _STS_ERROR.format(code=escape(refusal.code), message=escape(refusal.message), request=uuid.uuid4())
    return refusal.status, {"Content-Type": "text/xml"}, text.encode()


def _list(fleet: Fleet, region: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """ListEndpoints, with its filters, orders and pages."""
    rows = [_summary(fleet, endpoint, region) for endpoint in fleet.endpoints.values()]
    contains, status = given.get("NameContains"), given.get("StatusEquals")
    rows = [r for r in rows if not contains or contains.lower() in r["EndpointName"].lower()]
    rows = [r for r in rows if not status or status == r["EndpointStatus"]]
    key = {"Name": "EndpointName", "Status": "EndpointStatus"}.get(given.get("SortBy", ""), "CreationTime")
    rows.sort(key=lambda r: r[key], reverse=given.get("SortOrder", "Descending") == "Descending")
    return paged(rows, given, "Endpoints")


def _describe(fleet: Fleet, region: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """DescribeEndpoint."""
    name = given.get("EndpointName", "")
    endpoint = fleet.endpoints.get(name)
    if endpoint is None:
        raise missing("endpoint", arn(region, "endpoint", name))
    variants = [
        {
            "VariantName": variant.name,
            **_images(endpoint, variant),
            "CurrentWeight": variant.weight,
            "DesiredWeight": variant.weight,
            "CurrentInstanceCount": 1,
            "DesiredInstanceCount": 1,
        }
        for variant in endpoint.variants
    ]
    summary = _summary(fleet, endpoint, region)
    failed = summary["EndpointStatus"] == "Failed"
    reason = {"FailureReason": _FAILED.format(variant=endpoint.variants[0].name)} if failed else {}
    return {
        **summary,
        **_explainer(endpoint),
        "AsyncInferenceConfig": asynchronous.configuration(name),
        "EndpointConfigName": name + _CONFIG,
        "ProductionVariants": variants,
        **reason,
    }


def _describe_config(fleet: Fleet, region: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """DescribeEndpointConfig."""
    name = given.get("EndpointConfigName", "")
    endpoint = fleet.endpoints.get(name.removesuffix(_CONFIG))
    if endpoint is None or not name.endswith(_CONFIG):
        raise missing("endpoint configuration", arn(region, "endpoint-config", name))
    variants = [
        {
            "VariantName": variant.name,
            **({} if endpoint.components else {"ModelName": model_name(endpoint, variant)}),
            "InitialInstanceCount": 1,
            "InstanceType": _INSTANCE,
            "InitialVariantWeight": variant.weight,
        }
        for variant in endpoint.variants
    ]
    return {
        "EndpointConfigName": name,
        "EndpointConfigArn": arn(region, "endpoint-config", name),
        "ProductionVariants": variants,
        "CreationTime": fleet.started,
        "AsyncInferenceConfig": asynchronous.configuration(endpoint.name),
        **_explainer(endpoint),
    }


def _images(endpoint: Deployed, variant: Variant) -> dict[str, Any]:
    """Where components bring the models, the variant has none."""
    if endpoint.components:
        return {}
    return {"DeployedImages": [{"SpecifiedImage": variant.image, "ResolvedImage": variant.image}]}


def _explainer(endpoint: Deployed) -> dict[str, Any]:
    if endpoint.explainer is None:
        return {}
    return {"ExplainerConfig": {"ClarifyExplainerConfig": endpoint.explainer().config}}


_FAILED = (
    "The primary container for production variant {variant} did not pass the ping health check. Please check "
    "CloudWatch logs for this endpoint."
)
_OPERATIONS: dict[str, Callable[[Fleet, str, Mapping[str, Any]], dict[str, Any]]] = {
    "ListEndpoints": _list,
    "DescribeEndpoint": _describe,
    "DescribeEndpointConfig": _describe_config,
    "ListModels": inventory.list_models,
    "DescribeModel": inventory.describe_model,
    "ListInferenceComponents": inventory.list_components,
    "DescribeInferenceComponent": inventory.describe_component,
    "FilterLogEvents": logs.events,
}


def _summary(fleet: Fleet, endpoint: Deployed, region: str) -> dict[str, Any]:
    return {
        "EndpointName": endpoint.name,
        "EndpointArn": arn(region, "endpoint", endpoint.name),
        "CreationTime": fleet.started,
        "LastModifiedTime": fleet.started,
        "EndpointStatus": endpoint.status(),
    }


def _queried(fleet: Fleet, asked: Asked) -> bytes:
    action = parse_qs(asked.body.decode("latin-1")).get("Action", [""])[0]
    if action in metrics.ACTIONS:
        return metrics.by_query(action, asked.body, asked.backlog, fleet.activity)
    if action != "GetCallerIdentity":
        raise Refusal("InvalidAction", f"The local endpoint does not answer {action or 'this'}.")
    text = _IDENTITY.format(
        arn=escape(f"arn:aws:sts::{LOCAL_ACCOUNT}:user/local"),
        user="AIDALOCAL",
        account=LOCAL_ACCOUNT,
        request=uuid.uuid4(),
    )
    return text.encode()
