"""moto reads our policies as IAM does: each is accepted, allows its call and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from sm_magic.members import OPERATIONS
from sm_magic.messages import Payload, Request, Where
from sm_magic.snippets import Staging, render

pytestmark = pytest.mark.server
ACCOUNT = "123456789012"
ENDPOINT = f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:endpoint/my-endpoint"


def policy(operation: str, **members: Any) -> str:
    """The policy of a call, its placeholders filled in."""
    request = Request(
        endpoint="My-Endpoint",
        payload=Payload(body=b"1", content_type="text/csv"),
        operation=operation,
        **members,
    )
    staging = Staging(folder="s3://b/in", kms_key="alias/mine", delete=True) if "Async" in operation else None
    code = render(request, Where(region="eu-west-1"), "iam", staging=staging).code
    for mark, name in {"account": ACCOUNT, "output": "out", "failure": "failed"}.items():
        code = (
            code.replace(f"<{mark}>", name).replace(f"<{mark}-bucket>", "b").replace(f"<{mark}-folder>", name)
        )
    assert "<" not in code
    return code


@pytest.fixture(scope="module")
def iam() -> Iterator[Any]:
    """IAM of moto's server."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.session.Session().client(
        "iam",
        region_name="eu-west-1",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(proxies={}),
    )
    yield client
    client.close()
    server.stop()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_it_is_accepted(iam, operation):
    """Versions, Sids, actions, ARNs and conditions are such as IAM takes."""
    name = f"allow-{operation}"
    text = policy(operation, target_model="m", inference_component_name="part-1")
    made = iam.create_policy(PolicyName=name, PolicyDocument=text)["Policy"]
    kept = iam.get_policy_version(PolicyArn=made["Arn"], VersionId=made["DefaultVersionId"])
    assert kept["PolicyVersion"]["Document"] == json.loads(text)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_it_allows_the_call_and_no_other(operation):
    """By the action's name, on the endpoint's ARN."""
    access = pytest.importorskip("moto.iam.access_control")
    said = access.IAMPolicy(policy(operation))
    permitted = access.PermissionResult.PERMITTED
    action = f"sagemaker:{operation}"
    assert said.is_action_permitted(action, ENDPOINT) == permitted
    assert said.is_action_permitted(action, f"{ENDPOINT}-2") != permitted
    assert said.is_action_permitted("sagemaker:DeleteEndpoint", ENDPOINT) != permitted


def test_a_queued_body_goes_into_its_folder_alone():
    """And the answer is read from where the endpoint puts it."""
    access = pytest.importorskip("moto.iam.access_control")
    said = access.IAMPolicy(policy("InvokeEndpointAsync"))
    permitted = access.PermissionResult.PERMITTED
    assert (
        said.is_action_permitted("s3:PutObject", "arn:aws:s3:::b/in/sm-magic/My-Endpoint/1.csv") == permitted
    )
    assert said.is_action_permitted("s3:PutObject", "arn:aws:s3:::b/in/1.csv") != permitted
    assert said.is_action_permitted("s3:GetObject", "arn:aws:s3:::b/out/1.out") == permitted
    assert said.is_action_permitted("s3:GetObject", "arn:aws:s3:::b/in/1.csv") != permitted
