from __future__ import annotations

import botocore.session
import pytest

from sm_magic.local import limits
from sm_magic.local.wire import Call, Refusal
from sm_magic.members import INPUTS, OPERATIONS

SERVICE = botocore.session.get_session().get_service_model("sagemaker-runtime")
BY_PARAMETER = {member.parameter: member.name for member in INPUTS}


def test_lengths_are_those_of_the_service_model() -> None:
    """Every length that botocore's model states is ours too, and ours are not one more."""
    modelled = {}
    for operation in OPERATIONS:
        for parameter, shape in SERVICE.operation_model(operation).input_shape.members.items():
            if shape.type_name == "string":
                modelled[BY_PARAMETER[parameter]] = (shape.metadata.get("min", 0), shape.metadata["max"])
    assert modelled == {name: limits.LENGTHS[name] for name in modelled}


def test_ranges_are_those_of_the_service_model() -> None:
    """Every integer has its least and most."""
    modelled = {}
    for parameter, shape in SERVICE.operation_model("InvokeEndpointAsync").input_shape.members.items():
        if shape.type_name == "integer":
            modelled[BY_PARAMETER[parameter]] = (shape.metadata["min"], shape.metadata["max"])
    assert modelled == limits.RANGES


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("59", "value greater than or equal to 60"),
        ("21601", "value less than or equal to 21600"),
        ("1e3", "an integer"),
    ],
)
def test_a_number_out_of_its_range(value: str, fault: str) -> None:
    """The service names the value and the bound."""
    call = Call(endpoint="iris", operation="InvokeEndpointAsync", members={"request_ttl_seconds": value})
    with pytest.raises(
        Refusal, match=f"Value '{value}' at 'requestTTLSeconds' .* Member must (have|be) {fault}$"
    ):
        limits.check(call)


def refused(**members: str) -> str:
    """The message of the ValidationError that these members get."""
    endpoint = members.pop("endpoint", "iris")
    with pytest.raises(Refusal) as caught:
        limits.check(Call(endpoint=endpoint, members=members))
    assert caught.value.code == "ValidationError"
    return caught.value.message


@pytest.mark.parametrize("name", ["my_endpoint", "-a", "a-", "é", "e/../x", "", "a b"])
def test_a_name_that_no_endpoint_can_have(name: str) -> None:
    """The service names the value, the member, the pattern."""
    assert refused(endpoint=name).startswith(
        f"1 validation error detected: Value '{name}' at 'endpointName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9]"
    )


def test_a_name_that_is_too_long() -> None:
    """Lengths are checked before patterns."""
    assert refused(endpoint="a" * 64).endswith("Member must have length less than or equal to 63")


def test_two_faults_are_both_named() -> None:
    """One answer tells all that is wrong."""
    said = refused(endpoint="a b", inference_id="x" * 65)
    assert said.startswith("2 validation errors detected: ")
    assert "'endpointName'" in said
    assert "'inferenceId'" in said


def test_custom_attributes_are_not_repeated() -> None:
    """A member that the model calls sensitive is refused without its value."""
    assert "Value at 'customAttributes'" in refused(custom_attributes="secret" * 200)
