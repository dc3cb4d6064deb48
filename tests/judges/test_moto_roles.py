"""moto's STS and IAM judge a role that is assumed: whose signature it is, and what the role's policies allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config

from sm_magic.errors import SmMagicError
from sm_magic.messages import Payload, Request
from sm_magic.settings import Connection
from sm_magic.transports.boto import Connected, connect

pytestmark = pytest.mark.server

REQUEST = Request(endpoint="e", payload=Payload(body=b"1", content_type="text/csv"))


@dataclass
class Account:
    """An account of moto's: a user who may assume roles, and two roles, of which one may invoke."""

    url: str
    role: str

    def connect(self, role: str | None = None) -> Connected:
        """What speaks as the user, or as a role."""
        return connect(Connection(endpoint_url=self.url, region="eu-west-1", role_arn=role))


def _allow(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """moto with its IAM turned on: it computes each signature anew, and looks the policies up."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    iam: Any = boto3.client(
        "iam",
        region_name="eu-west-1",
        endpoint_url=url,
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(proxies={}),
    )
    iam.create_user(UserName="jane")
    iam.put_user_policy(UserName="jane", PolicyName="p", PolicyDocument=_allow("sts:AssumeRole"))
    trust = _allow("sts:AssumeRole")
    made = [
        iam.create_role(RoleName=n, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        for n in ("idle", "invoker")
    ]
    iam.put_role_policy(RoleName="invoker", PolicyName="p", PolicyDocument=_allow("sagemaker:InvokeEndpoint"))
    key = iam.create_access_key(UserName="jane")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    http = urllib3.PoolManager()
    http.request("POST", f"{url}/moto-api/reset-auth", body=b"0")
    yield Account(url, made[1])
    http.request("POST", f"{url}/moto-api/reset-auth", body=b"inf")
    http.request("POST", f"{url}/moto-api/reset")
    iam.close()
    http.clear()
    server.stop()


def test_the_role_is_who_calls(account: Account) -> None:
    """What the user may not, the role may: the call bears its key, its token and a signature that moto finds right."""
    user, role = account.connect().runtime, account.connect(account.role).runtime

    with pytest.raises(
        SmMagicError, match=r"user/jane is not authorized to perform: sagemaker:InvokeEndpoint"
    ):
        user.invoke(REQUEST)
    assert role.invoke(REQUEST).payload.body == b"body"


def test_a_role_is_denied_in_its_own_name(account: Account) -> None:
    """By the name of its session, too."""
    who = r"assumed-role/idle/sm_magic is not authorized to perform: sagemaker:InvokeEndpoint"

    with pytest.raises(SmMagicError, match=who):
        account.connect(account.role.replace("invoker", "idle")).runtime.invoke(REQUEST)


def test_a_user_who_may_not_assume_is_told_so(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """moto's own words of a denial, with the role's name and what to type."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")

    with pytest.raises(SmMagicError, match=r"The role invoker can't be assumed: ") as caught:
        account.connect(account.role).runtime.invoke(REQUEST)

    assert account.role not in str(caught.value)
