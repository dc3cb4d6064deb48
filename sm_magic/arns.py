"""What stands in ENDPOINT: a name, or an endpoint's ARN.  And what stands behind ``--role-arn``."""

from __future__ import annotations

import re

from .errors import UsageError
from .messages import EndpointArn

LOCAL_ACCOUNT = "000000000000"
"""The account that everything of the local endpoint belongs to: no real one has this number."""

_ARN = re.compile(
    r"arn:(?P<partition>aws[\w-]*):sagemaker:(?P<region>[\w-]+):(?P<account>\d{12}):endpoint/(?P<name>.+)"
)

# RoleArn of AssumeRole, and IAM's own names: a path, then up to 64 of these characters.
_ROLE = re.compile(
    r"arn:aws[\w-]*:iam::\d{12}:role/(?:[\x21-\x7e]{1,510}/)?(?P<name>[\w+=,.@-]{1,64})", re.ASCII
)
_ASSUMED = re.compile(
    r"arn:(?P<partition>aws[\w-]*):sts::(?P<account>\d{12}):assumed-role/(?P<name>[\w+=,.@-]+)/.+"
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


def check_role(arn: str) -> None:
    """Raise UsageError for what is no role's ARN."""
    if _ROLE.fullmatch(arn):
        return
    found = _ASSUMED.fullmatch(arn)
    if found is not None:
        raise UsageError(
            f"{arn} is who somebody is once a role is assumed, not the role.",
            hint=f"--role-arn arn:{found['partition']}:iam::{found['account']}:role/{found['name']}",
        )
    raise UsageError(f"{arn} is no role's ARN.", hint="--role-arn arn:aws:iam::ACCOUNT:role/NAME")


def role_name(arn: str) -> str:
    """The role's name in *arn*, without account and path."""
    return arn.rpartition("/")[2]
