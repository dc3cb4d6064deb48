"""What stands in ENDPOINT: a name, or an endpoint's ARN."""

from __future__ import annotations

import re

from .errors import UsageError
from .messages import EndpointArn

LOCAL_ACCOUNT = "000000000000"
"""The account that everything of the local endpoint belongs to: no real one has this number."""

_ARN = re.compile(
    r"arn:(?P<partition>aws[\w-]*):sagemaker:(?P<region>[\w-]+):(?P<account>\d{12}):endpoint/(?P<name>.+)"
)


def parse_endpoint(text: str) -> tuple[str, EndpointArn | None]:
    """The endpoint's name in *text*, and its ARN if it is one."""
    if not text.startswith("arn:"):
        return text, None
    match = _ARN.fullmatch(text)
    if match is None:
        raise UsageError(
            f"{text} is no endpoint ARN.",
            hint="An endpoint ARN reads arn:aws:sagemaker:REGION:ACCOUNT:endpoint/NAME; the name alone will do too.",
        )
    arn = EndpointArn(name=match["name"], region=match["region"], account=match["account"])
    return arn.name, arn
