from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ResponseStreamingError

from sm_magic.local.wire import STATUS

pytestmark = pytest.mark.server
Invoke = Callable[..., tuple[bytes, dict[str, Any]]]


def failed(invoke: Invoke, **asked: Any) -> dict[str, Any]:
    """What botocore parsed of the failure asked for."""
    with pytest.raises(ClientError) as caught:
        invoke("faulty", json.dumps(asked))
    return dict(caught.value.response)


@pytest.mark.parametrize("code", sorted(set(STATUS) - {"ModelError"}))
def test_any_error_of_the_service(invoke: Invoke, code: str) -> None:
    """Code, status and message as asked; the status is the error's own where none is."""
    found = failed(invoke, error=code, message="because")
    assert found["Error"] == {"Code": code, "Message": "because"}
    assert found["ResponseMetadata"]["HTTPStatusCode"] == STATUS[code]
    assert failed(invoke, error=code)["Error"]["Message"]


def test_a_status_of_ones_own(invoke: Invoke) -> None:
    """An error that the model doesn't know goes through too."""
    found = failed(invoke, error="SomethingNew", status=418)
    assert (found["Error"]["Code"], found["ResponseMetadata"]["HTTPStatusCode"]) == ("SomethingNew", 418)


def test_a_delay(invoke: Invoke) -> None:
    """It waits, then does what else was asked."""
    started = time.monotonic()
    assert invoke("faulty", json.dumps({"delay": 0.2, "body": "late"}))[0] == b"late"
    assert time.monotonic() - started >= 0.2


def test_a_cut_connection(invoke: Invoke) -> None:
    """Before the answer, or within it: what boto3 raises then, and the next call works."""
    with pytest.raises(ConnectionClosedError):
        invoke("faulty", b'{"cut": "before"}')
    with pytest.raises(ResponseStreamingError):
        invoke("faulty", b'{"cut": "middle"}')
    assert invoke("faulty", b"{}")[0] == b'{"ok": true}'


def test_not_ready_at_first(invoke: Invoke) -> None:
    """Twice ModelNotReadyException, then an answer; then it counts anew."""
    for _ in range(2):
        for _ in range(2):
            found = failed(invoke, not_ready=2, id="here")
            assert found["Error"]["Code"] == "ModelNotReadyException"
            assert found["ResponseMetadata"]["HTTPStatusCode"] == 429
        assert invoke("faulty", json.dumps({"not_ready": 2, "id": "here"}))[0] == b'{"ok": true}'


def test_a_malformed_answer(invoke: Invoke) -> None:
    """Bytes that are not what their content type says, or have none."""
    body, answer = invoke("faulty", json.dumps({"body": "{oops"}))
    assert (body, answer["ContentType"]) == (b"{oops", "application/json")
    encoded = base64.b64encode(b"\x93NUMPY\x01").decode()
    body, answer = invoke("faulty", json.dumps({"body_base64": encoded, "content_type": "application/x-npy"}))
    assert (body, answer["ContentType"]) == (b"\x93NUMPY\x01", "application/x-npy")
    assert "ContentType" not in invoke("faulty", b'{"content_type": null}')[1]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"stat": 500}', b'{"delay": "long"}', b'{"cut": "up"}', b'{"body_base64": "?"}']
)
def test_a_body_it_does_not_understand(invoke: Invoke, runtime: Any, body: bytes) -> None:
    """A 400 that says what it takes."""
    with pytest.raises(runtime.exceptions.ModelError) as caught:
        invoke("faulty", body)
    assert caught.value.response["OriginalStatusCode"] == 400
    assert "faulty" in caught.value.response["OriginalMessage"]
