"""Answers to questions about an endpoint → Checks: what is so, what it is for, and what to do.

`checks` asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from .checklist import PURPOSES, Check
from .errors import AccessDeniedException, CredentialsError, SmMagicError
from .messages import Endpoint, Where
from .privacy import redact
from .s3 import Look
from .spelling import near, question
from .transports import model
from .views.quantities import plural

if TYPE_CHECKING:
    from .deployments import Component, Log, Traffic

__all__ = ["Answers", "actions", "checks", "described"]


class Answers(Protocol):
    """What was answered to questions, by their names."""

    def asked(self, name: str) -> bool:
        """Whether there was somebody to ask."""

    def given(self, name: str) -> Any:
        """The answer, or an SmMagicError; None also where nothing was asked."""


def checks(name: str, where: Where, answers: Answers) -> tuple[Check, ...]:
    """The checks of the endpoint *name*, in `PURPOSES`' order."""
    endpoint = described(answers)
    rows = (
        *_place(where, answers),
        *_control(name, where, answers),
        *_invoking(where, endpoint, answers),
        *_asynchronous(endpoint, answers),
        *_sdk(),
        *_beside(endpoint, answers),
    )
    order = list(PURPOSES)
    return tuple(sorted(rows, key=lambda row: order.index(row.name)))


def described(answers: Answers) -> Endpoint | None:
    """The endpoint, if it was told."""
    found = answers.given("endpoint")
    return found if isinstance(found, Endpoint) else None


def actions(endpoint: Endpoint | None, place: str = "AWS") -> list[str]:
    """What invoking it takes, as IAM spells it.  One that queues does nothing else, but on this machine."""
    if endpoint is None or (endpoint.asynchronous and place == "LOCAL"):
        return list(_INVOKE)
    return [_INVOKE[2]] if endpoint.asynchronous else list(_INVOKE[:2])


_INVOKE: Final = tuple(
    f"sagemaker:{name}"
    for name in ("InvokeEndpoint", "InvokeEndpointWithResponseStream", "InvokeEndpointAsync")
)


def _refused(name: str, error: SmMagicError, action: str | None = None, advice: str = "") -> Check:
    """The Check of a question that was not answered; *action* as IAM spells it."""
    if isinstance(error, AccessDeniedException):
        return Check(name=name, ok=False, found="denied", advice=f"Allow {action or name}")
    return Check(name=name, ok=False, found=error.message, advice=advice or error.hint or "")


def _place(where: Where, asked: Answers) -> Iterator[Check]:
    if where.region or where.place == "LOCAL":
        yield Check(name="region", ok=True, found=where.region or "none is needed on this machine")
    else:
        yield Check(name="region", ok=False, found="none", advice="%sm_connect --region REGION")
    caller, reached = asked.given("caller"), asked.given("reach")
    if isinstance(caller, CredentialsError) or not isinstance(caller, SmMagicError):
        yield (
            _refused("credentials", caller)
            if isinstance(caller, SmMagicError)
            else Check(name="credentials", ok=True, found=_who(str(caller)))
        )
    else:  # a network that does not reach STS may well reach the runtime
        yield Check(name="credentials", ok=None, found=f"STS does not tell who you are: {caller.message}")
    if isinstance(reached, SmMagicError):
        otherwise = "Behind a proxy: HTTPS_PROXY; by a private address: %sm_connect --endpoint-url URL"
        yield _refused("runtime", reached, advice=otherwise)
    else:
        yield Check(name="runtime", ok=True, found=str(reached))


def _who(arn: str) -> str:
    """``assumed-role/invoker/sm_magic of …9012``."""
    parts = redact(arn).split(":", 5)
    return f"{parts[5]} of {parts[4]}" if len(parts) == 6 else redact(arn)


def _control(name: str, where: Where, asked: Answers) -> Iterator[Check]:
    describe, endpoints = "sagemaker:DescribeEndpoint", asked.given("endpoints")
    names: tuple[str, ...] = endpoints if isinstance(endpoints, tuple) else ()
    found = asked.given("endpoint")
    if not asked.asked("endpoint"):
        yield Check(name=describe, ok=None, found="not tried: there is no control plane to ask")
    elif isinstance(found, SmMagicError):
        yield _refused(describe, found)
    else:
        yield Check(name=describe, ok=True, found="allowed")
        yield _status(name, where, found, names)
    if isinstance(endpoints, SmMagicError):
        yield _refused("sagemaker:ListEndpoints", endpoints)
    elif asked.asked("endpoints"):
        yield Check(name="sagemaker:ListEndpoints", ok=True, found=plural(len(names), "endpoint"))


def _status(name: str, where: Where, endpoint: Endpoint | None, names: Iterable[str]) -> Check:
    if endpoint is None:
        guess = near(name, names, most=3)
        place = where.region or "this region"
        advice = question(*guess) if guess else "%sm_connect --region REGION looks in another region."
        return Check(name="status", ok=False, found=f"there is no {name} in {place}", advice=advice)
    if endpoint.status == "InService":
        return Check(name="status", ok=True, found=endpoint.status)
    reason = f": {endpoint.failure_reason}" if endpoint.failure_reason else ""
    failed = "Deploy it anew." if endpoint.status == "Failed" else "It answers once it is InService."
    return Check(name="status", ok=False, found=f"{endpoint.status}{reason}", advice=failed)


def _invoking(where: Where, endpoint: Endpoint | None, asked: Answers) -> Iterator[Check]:
    allowed = asked.given("allowed")
    if asked.asked("endpoint") and asked.given("endpoint") is None:
        return  # there is nothing to invoke
    for action in actions(endpoint, where.place):
        known = allowed.get(action) if isinstance(allowed, Mapping) else None
        if known is None:
            yield Check(name=action, ok=None, found=_untried(where, allowed), advice="")
        elif known:
            yield Check(name=action, ok=True, found="allowed by your policies")
        else:
            advice = (
                f"Allow {action} on the endpoint's ARN, its name in lower case; --code iam writes the policy."
            )
            yield Check(name=action, ok=False, found="your policies do not allow it", advice=advice)


def _untried(where: Where, allowed: Any) -> str:
    if where.place != "AWS":
        return "not tried: nothing is sent, and there are no policies to ask"
    if isinstance(allowed, AccessDeniedException):
        return "not tried: iam:SimulatePrincipalPolicy is denied, and nothing is sent"
    return "not tried: IAM does not tell, and nothing is sent"


def _asynchronous(endpoint: Endpoint | None, asked: Answers) -> Iterator[Check]:
    if endpoint is None:
        return
    if not endpoint.asynchronous:
        yield Check(name="asynchronous", ok=None, found="no: it answers in real time")
        return
    place = endpoint.output_path or "where its configuration says"
    yield Check(name="asynchronous", ok=True, found=f"answers go to {place}")
    if asked.asked("answers"):
        yield _readable("answers in S3", asked.given("answers"))
    if not endpoint.failure_path:
        advice = "Set S3FailurePath in the configuration's AsyncInferenceConfig."
        yield Check(
            name="failures in S3", ok=False, found="the endpoint has no FailureLocation", advice=advice
        )
    elif asked.asked("failures"):
        yield _readable("failures in S3", asked.given("failures"))


def _readable(name: str, look: Look | SmMagicError) -> Check:
    if isinstance(look, SmMagicError):
        return _refused(name, look, "s3:GetObject and s3:ListBucket")
    if look.state == "denied":
        return Check(
            name=name, ok=False, found="denied: s3:GetObject", advice="Allow s3:GetObject on the folder."
        )
    if look.state == "hidden":
        advice = "Allow s3:ListBucket on the bucket: without it S3 calls denied what is only not there yet."
        return Check(name=name, ok=False, found="denied: s3:ListBucket", advice=advice)
    return Check(name=name, ok=True, found="readable: s3:GetObject, s3:ListBucket")


def _sdk() -> Iterator[Check]:
    known = model.service_model().operation_names
    if "InvokeEndpointWithResponseStream" in known:
        yield Check(name="streaming", ok=True, found="the installed boto3 knows it")
    else:
        yield Check(
            name="streaming", ok=False, found="the installed boto3 is too old", advice="%pip install -U boto3"
        )
    if model.has("InvokeEndpointAsync", "Body"):
        yield Check(name="inline bodies", ok=True, found="the installed boto3 knows them")
    else:
        needed = model.needs("InvokeEndpointAsync", "Body")
        yield Check(
            name="inline bodies", ok=False, found=f"they need {needed}", advice="%pip install -U boto3"
        )


def _beside(endpoint: Endpoint | None, asked: Answers) -> Iterator[Check]:
    if endpoint is not None:
        path, percent = endpoint.capture_path, endpoint.capture_percent
        found = "off" if path is None else f"{'' if percent is None else f'{percent} % '}to {path}"
        yield Check(name="data capture", ok=path is not None or None, found=found)
    if asked.asked("logs"):
        logs: Log | SmMagicError = asked.given("logs")
        name = "logs:FilterLogEvents"
        if isinstance(logs, SmMagicError):
            yield _refused(name, logs)
        else:
            said = "readable" if logs.there else "allowed; nothing has been written yet"
            yield Check(name=name, ok=True, found=f"{said}: {logs.group}")
    if asked.asked("traffic"):
        traffic: tuple[Traffic, ...] | SmMagicError = asked.given("traffic")
        name = "cloudwatch:GetMetricData"
        if isinstance(traffic, SmMagicError):
            yield _refused(name, traffic)
        else:
            count = sum(one.invocations for one in traffic)
            yield Check(name=name, ok=True, found=f"{plural(count, 'invocation')} in the last hour")
    if asked.asked("components"):
        yield _components(asked.given("components"))


def _components(found: tuple[Component, ...] | SmMagicError) -> Check:
    if isinstance(found, SmMagicError):
        return _refused("components", found, "sagemaker:ListInferenceComponents")
    if not found:
        return Check(name="components", ok=None, found="none")
    return Check(name="components", ok=True, found=", ".join(one.name for one in found[:10]))
