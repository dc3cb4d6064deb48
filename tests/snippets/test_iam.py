"""The least policy that allows a call."""

import json

import pytest

from sm_magic.messages import Payload, Request, Where
from sm_magic.snippets import Staging, render


def statements(where=None, staging=None, endpoint="My-Endpoint", body=b"1", **members):
    """A call's policy: its statements by their Sid."""
    request = Request(endpoint=endpoint, payload=Payload(body=body, content_type="text/csv"), **members)
    code = render(request, where or Where(region="eu-west-1"), "iam", staging=staging).code
    policy = json.loads(code)
    assert policy["Version"] == "2012-10-17"
    made = {statement.pop("Sid"): statement for statement in policy["Statement"]}
    assert len(made) == len(policy["Statement"]), "each has its own Sid"
    assert {statement.pop("Effect") for statement in made.values()} == {"Allow"}
    return made


def test_an_endpoint_is_in_lower_case():
    """As in its ARN, however it was created."""
    assert statements()["Invoke"] == {
        "Action": "sagemaker:InvokeEndpoint",
        "Resource": "arn:aws:sagemaker:eu-west-1:<account>:endpoint/my-endpoint",
    }


@pytest.mark.parametrize(
    ("region", "begins"),
    [
        ("cn-north-1", "arn:aws-cn:sagemaker:cn-north-1:<account>:"),
        ("us-gov-west-1", "arn:aws-us-gov:sagemaker:us-gov-west-1:<account>:"),
        (None, "arn:aws:sagemaker:<region>:<account>:"),
    ],
)
def test_its_partition_is_the_region_s(region, begins):
    """And a region that is not known is one to be put in."""
    assert statements(Where(region=region))["Invoke"]["Resource"].startswith(begins)


def test_a_stream_needs_both_actions():
    """The API's reference names one, AWS's managed policies name two."""
    found = statements(operation="InvokeEndpointWithResponseStream")["Invoke"]["Action"]
    assert found == ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"]


def test_an_inference_component_is_a_resource_too():
    """Beside its endpoint; and for the hints."""
    component = "arn:aws:sagemaker:eu-west-1:<account>:inference-component/part-1"
    found = statements(inference_component_name="part-1")
    assert found["Invoke"]["Resource"] == [
        "arn:aws:sagemaker:eu-west-1:<account>:endpoint/my-endpoint",
        component,
    ]
    assert found["OptionalForHintsOnTheComponent"]["Resource"] == component
    upper = statements(inference_component_name="Part-1")["Invoke"]["Resource"]
    assert [arn.rpartition("/")[2] for arn in upper] == ["my-endpoint", "Part-1", "part-1"]


def test_one_model_of_many_is_a_condition():
    """The policy allows no other."""
    found = statements(target_model="a.tar.gz", target_container_hostname="second")["Invoke"]["Condition"]
    assert found == {
        "StringEquals": {"sagemaker:TargetModel": "a.tar.gz", "sagemaker:TargetContainerHostname": "second"}
    }


def test_what_is_queued_is_read_in_s3():
    """The answer and the failure; and who may not list is not told that there is none yet."""
    found = statements(operation="InvokeEndpointAsync", s3_output_path_extension="mine/")
    assert found["Invoke"]["Action"] == "sagemaker:InvokeEndpointAsync"
    assert found["ReadAnswer"] == {
        "Action": "s3:GetObject",
        "Resource": [
            "arn:aws:s3:::<output-bucket>/<output-folder>/mine/*",
            "arn:aws:s3:::<failure-bucket>/<failure-folder>/*",
        ],
    }
    assert found["SeeWhetherItIsThere"]["Action"] == "s3:ListBucket"
    assert found["OptionalForHints"]["Action"] == "sagemaker:DescribeEndpoint"  # of a Job that waits long
    assert "cloudwatch:GetMetricStatistics" in found["OptionalForMoreHints"]["Action"]
    assert "Upload" not in found


@pytest.mark.parametrize(
    ("staging", "size", "actions"),
    [
        (Staging(folder="s3://b/in"), 1, "s3:PutObject"),
        (Staging(folder="s3://b/in/"), 9 << 20, ["s3:PutObject", "s3:AbortMultipartUpload"]),
        (Staging(folder="s3://b/in", delete=True), 1, ["s3:PutObject", "s3:DeleteObject"]),
    ],
)
def test_a_body_is_uploaded_below_its_folder_alone(staging, size, actions):
    """With what its size and its end need."""
    found = statements(operation="InvokeEndpointAsync", staging=staging, body=b"1" * size)
    assert found["Upload"] == {"Action": actions, "Resource": "arn:aws:s3:::b/in/sm-magic/My-Endpoint/*"}


def test_a_folder_s_signs_are_no_wildcards():
    """IAM would read them so."""
    found = statements(operation="InvokeEndpointAsync", staging=Staging(folder="s3://b/*/a?"))
    assert found["Upload"]["Resource"] == "arn:aws:s3:::b/${*}/a${?}/sm-magic/My-Endpoint/*"


@pytest.mark.parametrize(
    ("key", "resource"),
    [
        ("1234abcd", "arn:aws:kms:eu-west-1:<account>:key/1234abcd"),
        ("arn:aws:kms:eu-west-1:123456789012:key/1234abcd", "arn:aws:kms:eu-west-1:<account>:key/1234abcd"),
        ("alias/mine", "arn:aws:kms:eu-west-1:<account>:key/*"),
        ("arn:aws:kms:eu-west-1:123456789012:alias/mine", "arn:aws:kms:eu-west-1:<account>:key/*"),
    ],
)
def test_a_key_may_encrypt(key, resource):
    """By its ARN or id; an alias is a condition."""
    found = statements(operation="InvokeEndpointAsync", staging=Staging(folder="s3://b", kms_key=key))[
        "Encrypt"
    ]
    assert found["Resource"] == resource
    assert found["Action"] == ["kms:GenerateDataKey", "kms:Decrypt"]
    assert ("Condition" in found) == ("alias" in key)


def test_what_is_only_for_hints_is_apart():
    """The call works without it."""
    optional = {sid: found for sid, found in statements().items() if sid.startswith("Optional")}
    assert {sid: found["Resource"] for sid, found in optional.items()} == {
        "OptionalForHints": "arn:aws:sagemaker:eu-west-1:<account>:endpoint/my-endpoint",
        "OptionalForMoreHints": "*",
    }
