"""What the control plane adds to an error."""

import pytest

from sm_magic.diagnosis import explain
from sm_magic.errors import ModelError, ValidationError
from sm_magic.messages import Endpoint, Request
from sm_magic.transports.function import FunctionCatalog


def refused(message):
    """The service's refusal."""
    return ValidationError(message, status=400, service_message=message)


def test_an_endpoint_that_is_not_in_service_tells_its_state_and_reason():
    """Creating, Updating, Failed: the state is the hint, and account ids in the reason are cut."""
    reason = "Role arn:aws:iam::123456789012:role/x can't pull the image"
    catalog = FunctionCatalog(endpoints=[Endpoint(name="e", status="Failed", failure_reason=reason)])
    error = refused("Endpoint e is not InService")

    explain(error, Request(endpoint="e"), catalog)

    assert "e is Failed" in error.hint
    assert "123456789012" not in error.hint


def test_few_endpoints_are_listed_when_none_is_near():
    """A name that is near nothing gets the list, if it is short."""
    catalog = FunctionCatalog(endpoints=[Endpoint(name="iris", status="InService")])
    error = refused("Endpoint zzzzzz of account 123456789012 not found.")

    explain(error, Request(endpoint="zzzzzz"), catalog)

    assert "There is: iris." in error.hint


@pytest.mark.parametrize("error", [ModelError("x", hint="kept"), refused("something else")])
def test_other_errors_keep_their_hint(error):
    """Only what the control plane knows of is asked."""
    before = error.hint

    explain(error, Request(endpoint="e"), FunctionCatalog())

    assert before == error.hint
