"""Call -> Reply, as the service stands before a container: what it checks, whom it asks, what it says of failures.

Texts are the service's own where one has been seen, so that a hint learnt here is a hint learnt for AWS.  Where
none has (marked "ours"), only the error's code and status are sure.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from ..arns import LOCAL_ACCOUNT
from . import explainer, limits
from .activity import Activity
from .fleet import ContainerError, Deployed, Fleet, Model, Variant, whole
from .wire import Call, Refusal, Reply

Answer = TypeVar("Answer")

_LOADABLE = 64 * 1024  # bytes of a container's error that the service repeats
_TIMED_OUT = (
    "Your invocation timed out while waiting for a response from container primary. Review the latency metrics "
    "for each container in Amazon CloudWatch, resolve the issue, and try again."
)
# Members that only special endpoints take -> the service's text.
_NOT_FOR_THIS = {
    "target_model": "Endpoint {name} is not a multi-model endpoint and does not support target model header.",
    # ours
    "target_container_hostname": "Endpoint {name} is not a multi-container endpoint with direct invocation and does "
    "not support target container hostname header.",
    "inference_component_name": "Inference Component Name header is not allowed for endpoints to which you dont plan "
    "to deploy inference components. Please remove the Inference Component Name header and try again.",
    # ours
    "enable_explanations": "Endpoint {name} has no explainer and does not support the enable explanations header.",
}
_COMPONENT_MISSING = (
    "Inference Component Name header is required for endpoints to which you plan to deploy inference components. "
    "Please include Inference Component Name header or consider using SageMaker models."
)
_COMPONENT_UNKNOWN = "Inference Component {component} not found."  # ours
_CODES = {"target_model": "TARGET_MODEL_HEADER_NOT_SUPPORTED"}  # the ErrorCode, where one has been seen


async def invoke(fleet: Fleet, call: Call, *, region: str, timeout: float) -> tuple[Reply, str]:
    """The model's Reply and the name of the variant that gave it.  Parts are joined unless the call streams.

    Raises Refusal for everything that is no answer of the model: ValidationError, ModelError, …
    """
    endpoint = found(fleet, call)
    _refuse_members(endpoint, call)
    variant = fleet.pick(
        endpoint, call.members.get("target_variant"), call.members.get("inference_component_name")
    )
    reply = await ask(variant, call, region, timeout, fleet.activity)
    if "enable_explanations" in call.members and endpoint.explainer is not None:
        reply = await in_thread(explainer.explained, endpoint.explainer(), call, reply)
    return reply, variant.name


def found(fleet: Fleet, call: Call) -> Deployed:
    """The endpoint of *call*, whose members are looked at first."""
    limits.check(call)
    endpoint = fleet.endpoints.get(call.endpoint)
    if endpoint is None:
        raise Refusal("ValidationError", f"Endpoint {call.endpoint} of account {LOCAL_ACCOUNT} not found.")
    return endpoint


async def in_thread(function: Callable[..., Answer], *arguments: object) -> Answer:
    """Run *function* in a daemon thread.

    Not an executor's: those are joined at exit, and a slow model would hold up the kernel's shutdown.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer] = loop.create_future()

    def settle(result: Answer | None, error: BaseException | None) -> None:
        if future.done():  # it timed out, or the client left
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: Answer | None = None
        error: BaseException | None = None
        try:
            result = function(*arguments)
        except BaseException as raised:  # noqa: BLE001 - it is raised again in the task that waits
            error = raised
        with suppress(RuntimeError):  # the loop is gone: nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="sm_magic model", daemon=True).start()
    return await future


async def ask(
    variant: Variant, call: Call, region: str, timeout: float, activity: Activity | None = None
) -> Reply:
    """The Reply of the variant's model, *timeout* seconds later at most; Refusal for any failure of it.

    activity: where it is written down.
    """
    started = time.monotonic()
    try:
        reply = await _ask(variant, call, region, timeout)
    except Refusal as refusal:
        if activity is not None:
            activity.failed(variant.name, call, refusal, time.monotonic() - started)
        raise
    if activity is not None:
        activity.served(variant.name, call, reply, time.monotonic() - started)
    return reply


async def _ask(variant: Variant, call: Call, region: str, timeout: float) -> Reply:
    try:
        reply = await asyncio.wait_for(in_thread(_reply, variant.model, call), timeout)
    except ContainerError as error:
        raise model_error(call.endpoint, region, error.status, error.message) from error
    except TimeoutError:
        raise model_error(call.endpoint, region, 0, _TIMED_OUT) from None
    except Refusal:
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        raise model_error(call.endpoint, region, 500, text) from error
    if not 200 <= reply.status < 300:
        raise model_error(call.endpoint, region, reply.status, reply.body.decode("utf-8", "replace"))
    return reply


def _reply(model: Model, call: Call) -> Reply:
    """A stream that is an error of the model is read too: its text is the error's."""
    reply = model(call)
    streams = call.operation == "InvokeEndpointWithResponseStream" and 200 <= reply.status < 300
    return reply if streams else whole(reply)


def model_error(endpoint: str, region: str, status: int, message: str) -> Refusal:
    """The ModelError that the service makes of a container's non-2xx answer."""
    group = f"/aws/sagemaker/Endpoints/{endpoint}"
    side = "client" if 400 <= status < 500 else "server"
    said = f'with message "{message}"' if len(message) <= _LOADABLE else ""
    received = f"Received {side} error ({status}) from primary " + (
        said or "and could not load the entire response body"
    )
    console = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logEventViewer:group={group}"
    return Refusal(
        "ModelError",
        f"{received}. See {console} in account {LOCAL_ACCOUNT} for more information.",
        OriginalStatusCode=status,
        OriginalMessage=message if said else "",
        LogStreamArn=f"arn:aws:logs:{region}:{LOCAL_ACCOUNT}:log-group:{group}",
    )


def _refuse_members(endpoint: Deployed, call: Call) -> None:
    if "enable_explanations" in call.members and endpoint.explainer is not None:
        explainer.check(call)
    taken = {"enable_explanations"} if endpoint.explainer else set()
    if endpoint.components:
        taken.add("inference_component_name")
        _check_component(endpoint, call)
    for name, text in _NOT_FOR_THIS.items():
        if name in call.members and name not in taken:
            refusal = Refusal("ValidationError", text.format(name=endpoint.name))
            if name in _CODES:
                refusal.extra["ErrorCode"] = _CODES[name]
            raise refusal


def _check_component(endpoint: Deployed, call: Call) -> None:
    component = call.members.get("inference_component_name")
    if component is None:
        raise Refusal("ValidationError", _COMPONENT_MISSING)
    if all(component != one.name for one in endpoint.components):
        raise Refusal("ValidationError", _COMPONENT_UNKNOWN.format(component=component))
