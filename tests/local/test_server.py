from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import botocore.exceptions
import pytest
import urllib3

from sm_magic import local
from sm_magic.errors import SmMagicError
from sm_magic.local.fleet import Deployed, Fleet, Variant
from sm_magic.local.models import Lazy, demo
from sm_magic.local.wire import Call, Reply

pytestmark = pytest.mark.server


def serving(fleet: Fleet) -> Any:
    """A server of *fleet*, made where the extra `local` is installed."""
    from sm_magic.local.server import Server

    return Server(fleet)


def port_of(endpoint: local.LocalEndpoint) -> int:
    """The endpoint's port."""
    return int(endpoint.url.rpartition(":")[2])


def other_addresses() -> list[str]:
    """Another of loopback's addresses, and the one by which this machine would go out, if it could."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a datagram socket: nothing is sent
        except OSError:
            return ["127.0.0.2"]
        return ["127.0.0.2", *({probe.getsockname()[0]} - {"127.0.0.1"})]


def test_it_listens_on_loopback_alone(endpoint: local.LocalEndpoint) -> None:
    """No other address of this machine answers, be it another of loopback's own."""
    assert endpoint.url.startswith("http://127.0.0.1:")
    socket.create_connection(("127.0.0.1", port_of(endpoint)), timeout=2).close()
    for other in other_addresses():
        with pytest.raises(OSError):
            socket.create_connection((other, port_of(endpoint)), timeout=2).close()


@pytest.mark.parametrize("service", ["sagemaker-runtime", "sagemaker", "sts"])
def test_a_stranger_is_refused(
    endpoint: local.LocalEndpoint, connect: Callable[..., Any], service: str
) -> None:
    """Who does not sign with the token gets what AWS says to unknown keys."""
    stranger = connect(service, endpoint, key="AKIDEXAMPLE")
    ask = {
        "sagemaker-runtime": lambda: stranger.invoke_endpoint(EndpointName="echo", Body=b""),
        "sagemaker": lambda: stranger.list_endpoints(),
        "sts": lambda: stranger.get_caller_identity(),
    }[service]
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        ask()
    assert caught.value.response["Error"] | {"Type": None} == {
        "Type": None,
        "Code": "UnrecognizedClientException",
        "Message": "The security token included in the request is invalid.",
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_an_unsigned_request_is_refused(endpoint: local.LocalEndpoint) -> None:
    """A page in a browser, or curl, gets nothing."""
    with urllib3.PoolManager(retries=False) as pool:
        answer = pool.request("POST", f"{endpoint.url}/endpoints/echo/invocations", body=b"x")
    assert answer.status == 403
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    assert "access-control-allow-origin" not in answer.headers


def test_the_token_is_in_no_repr(endpoint: local.LocalEndpoint) -> None:
    """It is a credential."""
    assert endpoint.token not in repr(endpoint)


def test_starting_changes_no_environment() -> None:
    """Nothing but our own clients knows that the endpoint is there."""
    before = dict(os.environ)
    local.start().stop()
    assert dict(os.environ) == before


def test_up_and_down_quickly() -> None:
    """A user waits for neither."""
    local.start().stop()
    started = time.monotonic()
    endpoint = local.start()
    up = time.monotonic()
    endpoint.stop()
    endpoint.stop()
    assert up - started < 0.5
    assert time.monotonic() - up < 1
    assert not any(
        thread.name == "sm_magic local endpoint" and not thread.daemon for thread in threading.enumerate()
    )
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port_of(endpoint)), timeout=2)


def test_a_stop_does_not_wait_for_slow_models(connect: Callable[..., Any]) -> None:
    """What is under way breaks off, and its caller hears of it."""
    asked, go, failed = threading.Event(), threading.Event(), []

    def slow(_: Call) -> Reply:
        asked.set()
        go.wait(20)
        return Reply(body=b"late")

    server = serving(Fleet({"slow": Deployed(name="slow", variants=(Variant(name="v", model=slow),))}))
    server.start()
    runtime = connect("sagemaker-runtime", server)

    def ask() -> None:
        try:
            runtime.invoke_endpoint(EndpointName="slow", Body=b"{}")
        except botocore.exceptions.BotoCoreError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert asked.wait(10)
    started = time.monotonic()
    server.stop()
    asking.join(10)
    took = time.monotonic() - started
    go.set()
    assert took < 3
    assert isinstance(failed[0], botocore.exceptions.HTTPClientError)


def test_a_taken_port_is_an_error_that_says_so(endpoint: local.LocalEndpoint) -> None:
    """Not a thread that dies in silence."""
    with pytest.raises(
        SmMagicError, match=rf"Port {port_of(endpoint)} of 127\.0\.0\.1 can't be used"
    ) as caught:
        local.start(port=port_of(endpoint))
    assert caught.value.hint


def test_the_story_is_trained_when_the_server_starts() -> None:
    """Beside it, before anybody asks; the other models at their first request."""
    fleet = Fleet({endpoint.name: endpoint for endpoint in demo()})
    server = serving(fleet)
    server.start()
    try:
        for thread in threading.enumerate():
            if thread.name == "sm_magic prepares story":
                thread.join(20)
        models = {name: one.variants[0].model for name, one in fleet.endpoints.items()}
        ready = {name for name, model in models.items() if isinstance(model, Lazy) and model.ready}
    finally:
        server.stop()

    assert ready == {"story"}


def test_starting_waits_for_no_model_and_a_request_for_its_own() -> None:
    """Whoever asks while it is made waits for it, and it is made once."""
    begun, go, made, answers = threading.Event(), threading.Event(), [], []

    def make() -> Callable[[Call], Reply]:
        made.append(1)
        begun.set()
        go.wait(20)
        return lambda call: Reply(body=b"told")

    model = Lazy(make)
    variant = Variant(name="v", model=model)
    server = serving(Fleet({"slow": Deployed(name="slow", variants=(variant,), prepare=model.made)}))
    server.start()
    try:
        assert begun.wait(20) and not model.ready
        call = Call(endpoint="slow", operation="InvokeEndpoint", body=b"", members={})
        asking = threading.Thread(target=lambda: answers.append(model(call).body))
        asking.start()
        go.set()
        asking.join(20)
    finally:
        go.set()
        server.stop()

    assert (answers, made) == ([b"told"], [1])


def test_a_model_that_can_not_be_made_is_no_news_at_start(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever calls it hears of it, each time."""

    def make() -> Callable[[Call], Reply]:
        raise OSError("no text")

    model = Lazy(make)
    variant = Variant(name="v", model=model)
    server = serving(Fleet({"bad": Deployed(name="bad", variants=(variant,), prepare=model.made)}))
    server.start()
    for thread in threading.enumerate():
        if thread.name == "sm_magic prepares bad":
            thread.join(20)
    server.stop()

    assert capsys.readouterr().err == ""
    for _ in range(2):
        with pytest.raises(OSError, match="no text"):
            model(Call(endpoint="bad", operation="InvokeEndpoint", body=b"", members={}))
