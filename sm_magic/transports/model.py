"""What the installed botocore's model says of SageMaker Runtime: lengths, required members, and since when it has what.

Read from the model alone: no client, region or credentials.  Patterns are not taken from here, they are Java's
(`members` has Python's).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from ..members import Operation

__all__ = ["has", "lengths", "needs", "required", "service_model"]

SINCE: Mapping[tuple[Operation | None, str], str] = MappingProxyType(
    {
        # botocore's changelog; boto3 has the same numbers.  None: in every operation that takes the member.
        (None, "InferenceComponentName"): "1.33.3",
        (None, "SessionId"): "1.35.15",
        (None, "S3OutputPathExtension"): "1.42.54",
        (None, "Filename"): "1.42.54",
        ("InvokeEndpointAsync", "Body"): "1.43.29",
        (None, "PrefixAwareId"): "1.43.68",
    }
)


@cache
def service_model() -> Any:
    """The service model ``sagemaker-runtime`` of the installed botocore (`botocore.model.ServiceModel`)."""
    # Not botocore.session: it reads the user's configuration, and a profile that is not there would raise here.
    from botocore.loaders import create_loader
    from botocore.model import ServiceModel

    name = "sagemaker-runtime"
    return ServiceModel(create_loader().load_service_model(name, "service-2"), service_name=name)


@cache
def lengths(operation: Operation) -> Mapping[str, tuple[int | None, int | None]]:
    """The model's bounds by parameter: of a text's length, of a number's value; None: no bound.

    Without Body: its bound in the model is older than the service's (`Settings.max_bytes` has today's).
    """
    members = service_model().operation_model(operation).input_shape.members
    return MappingProxyType(
        {
            name: (shape.metadata.get("min"), shape.metadata.get("max"))
            for name, shape in members.items()
            if name != "Body"
        }
    )


@cache
def required(operation: Operation) -> frozenset[str]:
    """The parameters that *operation* can't do without."""
    return frozenset(service_model().operation_model(operation).input_shape.required_members)


def has(operation: Operation, parameter: str) -> bool:
    """Whether the installed botocore knows *parameter* of *operation*."""
    return parameter in service_model().operation_model(operation).input_shape.members


def needs(operation: Operation, parameter: str) -> str:
    """What to install for *parameter*: "boto3 1.43.68"."""
    version = SINCE.get((operation, parameter)) or SINCE.get((None, parameter))
    return f"boto3 {version}" if version else "a newer boto3"
