"""What `Client.check` looks at, and what each is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["PURPOSES", "Check"]

PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "region": "every call",
        "credentials": "every call",
        "runtime": "every call",
        "sagemaker:DescribeEndpoint": "variants, hints, where asynchronous answers go",
        "status": "every call",
        "sagemaker:ListEndpoints": "completion, names near a misspelt one",
        "sagemaker:InvokeEndpoint": "%sm_invoke",
        "sagemaker:InvokeEndpointWithResponseStream": "--stream",
        "sagemaker:InvokeEndpointAsync": "--async",
        "asynchronous": "--async",
        "answers in S3": "--async --wait, %sm_jobs",
        "failures in S3": "--async: what failed is heard of",
        "streaming": "--stream",
        "inline bodies": "--async without an upload to S3",
        "data capture": "keeping requests and answers in S3",
        "logs:FilterLogEvents": "--logs, %sm_logs",
        "cloudwatch:GetMetricData": "invocations and latencies, %sm_endpoints NAME",
        "components": "--inference-component-name",
    }
)
"""What is looked at, in the order shown, and what it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    ok: None where it does not apply or could not be tried.  found: what is so.  advice: what to do, if anything.
    """

    name: str
    ok: bool | None
    found: str
    advice: str = ""

    @property
    def mark(self) -> str:
        """✓, ✗, or – for what does not apply or was not tried."""
        return {True: "✓", False: "✗", None: "–"}[self.ok]

    @property
    def label(self) -> str:
        """The name without the service's: ``DescribeEndpoint``."""
        return self.name.rpartition(":")[2]

    @property
    def purpose(self) -> str:
        """What it is for."""
        return PURPOSES[self.name]
