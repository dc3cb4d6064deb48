"""What the installed botocore's model says of the API."""

import pytest

from sm_magic.members import OPERATIONS, inputs
from sm_magic.transports import model


def test_lengths_and_required_members_are_the_models():
    """Without Body, whose bound there is older than the service's."""
    lengths = model.lengths("InvokeEndpoint")

    assert lengths["CustomAttributes"] == (None, 1024)
    assert lengths["InferenceId"] == (1, 64)
    assert lengths["EndpointName"] == (None, 63)
    assert "Body" not in lengths
    assert {"EndpointName", "Body"} == model.required("InvokeEndpoint")
    assert {"EndpointName"} <= model.required("InvokeEndpointAsync")
    assert model.lengths("InvokeEndpointAsync")["RequestTTLSeconds"] == (60, 21_600)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_the_model_lacks_has_a_version_that_has_it(operation):
    """An older botocore lacks some of our members: each of those names what to install."""
    known = model.service_model().operation_model(operation).input_shape.members
    lacking = [m.parameter for m in inputs(operation) if m.parameter not in known]

    assert all(model.needs(operation, parameter) != "a newer boto3" for parameter in lacking)


def test_versions_are_those_of_botocores_changelog():
    """By operation where the operations differ."""
    assert model.needs("InvokeEndpoint", "PrefixAwareId") == "boto3 1.43.68"
    assert model.needs("InvokeEndpointAsync", "Body") == "boto3 1.43.29"
    assert model.needs("InvokeEndpointAsync", "Filename") == "boto3 1.42.54"
    assert model.needs("InvokeEndpoint", "NotYetThere") == "a newer boto3"
