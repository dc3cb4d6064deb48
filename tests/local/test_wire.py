from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from sm_magic.local import wire
from sm_magic.members import OPERATIONS, OUTPUTS, Operation

SERVICE = botocore.session.get_session().get_service_model("sagemaker-runtime")


def parameters(shape: Any) -> dict[str, str]:
    """Parameter -> header, in lower case, as botocore's model has them."""
    return {
        parameter: member.serialization["name"].lower()
        for parameter, member in shape.members.items()
        if member.serialization.get("location") == "header"
    }


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_has_every_member_that_botocore_can_put_into_a_header(operation: Operation) -> None:
    """Whatever boto3 sends of an operation, the far end reads."""
    headers = parameters(SERVICE.operation_model(operation).input_shape)
    sent = {header: f"value-of-{header}" for header in headers.values()}
    call = wire.read_call(operation, "name", sent, b"")
    assert sorted(call.members.values()) == sorted(sent.values())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_answer_uses_the_headers_that_botocore_reads(operation: Operation) -> None:
    """Whatever the far end answers in a header, boto3 finds."""
    known = set(parameters(SERVICE.operation_model(operation).output_shape).values())
    members = {member.name: "x" for member in OUTPUTS}
    sent = {header.lower() for header in wire.reply_headers(operation, members)}
    assert sent == known


def test_every_error_of_the_model_has_its_status() -> None:
    """The status of an error is the one in botocore's model."""
    modelled = {
        shape.name: shape.metadata["error"]["httpStatusCode"]
        for operation in OPERATIONS
        for shape in SERVICE.operation_model(operation).error_shapes
        if "error" in shape.metadata
    }
    assert {name: wire.STATUS.get(name) for name in modelled} == modelled


def test_a_container_gets_the_members_and_no_more() -> None:
    """A container sees the API's own headers, whatever the operation called them; no signature."""
    headers = {
        "x-amzn-sagemaker-content-type": "text/csv",
        "x-amzn-sagemaker-accept": "text/csv",
        "x-amzn-sagemaker-custom-attributes": "a=1",
        "authorization": "AWS4-HMAC-SHA256 Credential=…",
        "cookie": "no",
    }
    call = wire.read_call("InvokeEndpointAsync", "name", headers, b"1,2")
    assert wire.to_container(call) == {
        "Content-Type": "text/csv",
        "Accept": "text/csv",
        "X-Amzn-SageMaker-Custom-Attributes": "a=1",
    }


def test_reprs_show_no_body_and_no_attributes() -> None:
    """What a user sent is in no repr."""
    call = wire.Call(endpoint="e", body=b"secret", members={"custom_attributes": "secret"})
    assert "secret" not in repr(call) + repr(wire.Reply(body=b"secret", members={"variant": "secret"}))
