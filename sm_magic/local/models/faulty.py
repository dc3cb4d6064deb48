"""faulty: fails as its JSON body asks, to see what failing looks like.

    {"status": 500, "message": "CUDA out of memory"}            the container's error: a ModelError
    {"error": "ThrottlingException", "message": "Rate exceeded"}  the service's error, any code; "status" too
    {"delay": 3}                                                seconds before anything else
    {"cut": "before"}  {"cut": "middle"}                        the connection breaks: no answer, half of one
    {"body": "{oops", "content_type": "application/json"}       an answer as given; "body_base64" for bytes
    {"not_ready": 2}                                            ModelNotReadyException twice, then an answer
    {"times": 2, …}                                             the fault twice, then an answer

``times`` and ``not_ready`` count by body: the same body gets through at last, and then the count starts anew.
Another ``"id"`` makes another body.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import Any

from ..fleet import ContainerError, Model
from ..wire import STATUS, Call, Refusal, Reply

_LONGEST_DELAY = 600.0
_KNOWN = frozenset(
    {
        "status",
        "message",
        "error",
        "delay",
        "cut",
        "body",
        "body_base64",
        "content_type",
        "not_ready",
        "times",
        "id",
    }
)
_TEXTS = {
    "ThrottlingException": "Rate exceeded",
    "ModelNotReadyException": "Model is not ready for inference. Please wait and try your request again.",
    "ServiceUnavailable": "The service is currently unavailable.",
    "InternalFailure": "An internal failure occurred.",
    "AccessDeniedException": "User: arn:aws:sts::000000000000:user/local is not authorized to perform: "
    "sagemaker:InvokeEndpoint on resource: arn:aws:sagemaker:us-east-1:000000000000:endpoint/faulty",
    "ExpiredTokenException": "The security token included in the request is expired",
}


def model(_: str) -> Model:
    """The model; there is one variant."""
    return Faulty()


class Faulty:
    """The model, with how often each counted body has failed."""

    def __init__(self) -> None:
        self._failed: dict[bytes, int] = {}
        self._lock = threading.Lock()

    def __call__(self, call: Call) -> Reply:
        """Fail as asked, or answer."""
        asked = _asked(call.body)
        time.sleep(min(max(float(asked.get("delay") or 0), 0.0), _LONGEST_DELAY))
        if "not_ready" in asked:
            asked = {**asked, "error": "ModelNotReadyException", "times": asked["not_ready"]}
        if "times" in asked and not self._again(call.body, int(asked["times"])):
            return Reply(body=b'{"ok": true}', members={"content_type": "application/json"})
        return _fail(asked)

    def _again(self, body: bytes, times: int) -> bool:
        """Whether *body* fails this time too; the time after the last counts anew."""
        with self._lock:
            failed = self._failed.pop(body, 0)
            if failed < times:
                self._failed[body] = failed + 1
        return failed < times


def _asked(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body or b"{}")
    except ValueError as error:
        raise ContainerError(400, f"faulty takes a JSON object: {error}") from error
    if not isinstance(asked, dict) or set(asked) - _KNOWN:
        raise ContainerError(400, f"faulty takes a JSON object with any of: {', '.join(sorted(_KNOWN))}")
    for key in ("delay", "times", "not_ready", "status"):
        if key in asked and not isinstance(asked[key], int | float):
            raise ContainerError(400, f"faulty: {key} is a number")
    return asked


def _fail(asked: dict[str, Any]) -> Reply:
    code, status, message = asked.get("error"), asked.get("status"), str(asked.get("message", ""))
    if code is not None:
        text = message or _TEXTS.get(code, f"{code} was asked for.")
        raise Refusal(str(code), text, status=_http(status or STATUS.get(code, 400)))
    cut = asked.get("cut")
    if cut not in {None, "before", "middle"}:
        raise ContainerError(400, 'faulty: cut is "before" or "middle"')
    if status is not None and not 200 <= status < 300:
        raise ContainerError(_http(status), message)
    return Reply(body=_body(asked), members=_content_type(asked), cut=cut)


def _body(asked: dict[str, Any]) -> bytes:
    try:
        encoded = asked.get("body_base64")
        if encoded is not None:
            return base64.b64decode(encoded, validate=True)
    except (ValueError, TypeError) as error:
        raise ContainerError(400, f"faulty: body_base64 is no base64: {error}") from error
    return str(asked.get("body", '{"ok": true}')).encode()


def _content_type(asked: dict[str, Any]) -> dict[str, str]:
    """The Content-Type asked for; none where it is null."""
    content_type = asked.get("content_type", "application/json")
    return {} if content_type is None else {"content_type": str(content_type)}


def _http(status: float) -> int:
    """A status that HTTP can carry."""
    return int(status) if 300 <= status < 600 else 500
