from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.server
Invoke = Callable[..., tuple[bytes, dict[str, Any]]]


def test_it_gives_back_what_it_got(invoke: Invoke) -> None:
    """Body and content type as they were, whatever was accepted; attributes with the guide's prefix."""
    body, answer = invoke(
        "echo", b"\x00\xff", ContentType="text/x; charset=a", Accept="text/csv", CustomAttributes="id=1, x=2"
    )
    assert (body, answer["ContentType"]) == (b"\x00\xff", "text/x; charset=a")
    assert answer["CustomAttributes"] == "Trace ID: id=1, x=2"
    assert answer["InvokedProductionVariant"] == "AllTraffic"


def test_it_adds_nothing(invoke: Invoke) -> None:
    """No content type, no attributes: none come back."""
    body, answer = invoke("echo", b"")
    assert body == b""
    assert not {"ContentType", "CustomAttributes", "NewSessionId", "ClosedSessionId"} & set(answer)


def test_a_session_opens_goes_on_and_closes(invoke: Invoke, runtime: Any) -> None:
    """The id comes with the time it ends, as the API's pattern has it; a closed session is gone."""
    _, opened = invoke("echo", b"hello", SessionId="NEW_SESSION")
    pattern = r"([a-zA-Z0-9](?:-*[a-zA-Z0-9])*); Expires=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    found = re.fullmatch(pattern, opened["NewSessionId"])
    assert found
    body, within = invoke("echo", b"more", SessionId=found[1])
    assert (body, "NewSessionId" in within, "ClosedSessionId" in within) == (b"more", False, False)
    _, closed = invoke("echo", b'{"requestType": "CLOSE"}', SessionId=found[1])
    assert closed["ClosedSessionId"] == found[1]
    with pytest.raises(runtime.exceptions.ModelError, match="session not found"):
        invoke("echo", b"more", SessionId=found[1])
