"""A role that is assumed for a connection: who signs, how it is renewed, what is said when it can't be."""

import datetime
import re
from urllib.parse import parse_qs

import boto3
import pytest

from sm_magic.errors import AccessDeniedException, ConnectError, CredentialsError, ServiceError, UsageError
from sm_magic.messages import Payload, Request
from sm_magic.settings import Connection, Settings
from sm_magic.transports.boto import connect

ROLE = "arn:aws:iam::123456789012:role/service/invoker"
REQUEST = Request(endpoint="e", payload=Payload(body=b"1", content_type="text/csv"))
DENIED = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::123456789012:user/u "
    f"is not authorized to perform: sts:AssumeRole on resource: {ROLE}</Message></Error></ErrorResponse>"
).encode()


def assumed(key, minutes=60):
    """AssumeRole's answer, in the query protocol."""
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    return (
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
        f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>token of {key}"
        f"</SessionToken><Expiration>{ends:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>A:s"
        "</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/invoker/s</Arn></AssumedRoleUser>"
        "</AssumeRoleResult></AssumeRoleResponse>"
    ).encode()


class Side:
    """One far end for both: STS, whose answers the test says, and a runtime that answers anything."""

    def __init__(self, far):
        self.far, self.says = far, [far.Answer(body=assumed("ASIATESTTESTTEST0001"))]
        far.says(self._answer)

    def _answer(self, seen):
        if b"Action=AssumeRole" not in seen.body:
            return self.far.Answer(body=b"1", headers={"Content-Type": "text/csv"})
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]

    @property
    def asked(self):
        """What STS was asked for."""
        return [parse_qs(seen.body.decode()) for seen in self.far.seen if b"Action=AssumeRole" in seen.body]

    @property
    def signed(self):
        """The key and the token of each call of the runtime."""
        calls = [seen.headers for seen in self.far.seen if b"Action=" not in seen.body]
        return [
            (re.search(r"Credential=(\w+)/", call["authorization"])[1], call.get("x-amz-security-token"))
            for call in calls
        ]


@pytest.fixture
def side(far, monkeypatch):
    """Keys of a user's, and both services on this machine."""
    for name, value in {"ACCESS_KEY_ID": "AKIATESTTESTTEST0000", "SECRET_ACCESS_KEY": "s"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_ROLE_SESSION_NAME", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", far.url)
    return Side(far)


@pytest.fixture
def connected(side, far):
    """What speaks as the role."""
    return connect(Connection(endpoint_url=far.url, region="eu-west-1", role_arn=ROLE))


def test_calls_are_signed_by_the_role(side, connected):
    """Assumed once, with the user's keys and a name for CloudTrail; every call carries the role's key and token."""
    assert side.asked == []

    connected.runtime.invoke(REQUEST)
    connected.runtime.invoke(REQUEST)

    (asked,) = side.asked
    assert (asked["RoleArn"], asked["RoleSessionName"]) == ([ROLE], ["sm_magic"])
    sts = next(seen for seen in side.far.seen if b"Action=AssumeRole" in seen.body)
    assert "Credential=AKIATESTTESTTEST0000/" in sts.headers["authorization"]
    assert "/eu-west-1/sts/" in sts.headers["authorization"]
    assert side.signed == [("ASIATESTTESTTEST0001", "token of ASIATESTTESTTEST0001")] * 2


def test_it_is_renewed_before_it_ends(side, connected, far):
    """A minute before the end is too late to begin a call with it."""
    side.says = [
        far.Answer(body=assumed(f"ASIATESTTESTTEST000{n}", minutes)) for n, minutes in ((1, 1), (2, 60))
    ]

    for _ in range(3):
        connected.runtime.invoke(REQUEST)

    assert [key for key, _ in side.signed] == [
        "ASIATESTTESTTEST0001", "ASIATESTTESTTEST0002", "ASIATESTTESTTEST0002",
    ]  # fmt: skip


def test_the_session_may_be_named(side, connected, monkeypatch):
    """A trust policy may ask for the caller's own name: botocore's variable gives it."""
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "jane")

    connected.runtime.invoke(REQUEST)

    assert side.asked[0]["RoleSessionName"] == ["jane"]


def test_another_role_is_another_connection(side, far):
    """Clients are kept by Connection: with a role, with another, and without."""
    plain = Connection(endpoint_url=far.url, region="eu-west-1")
    roles = [None, ROLE, ROLE.replace("invoker", "other")]
    runtimes = [
        connect(Connection(endpoint_url=far.url, region="eu-west-1", role_arn=role)).runtime for role in roles
    ]

    assert len(set(map(id, runtimes))) == 3
    assert runtimes[0] is connect(plain).runtime
    assert [runtime.where.role for runtime in runtimes] == [None, "invoker", "other"]
    assert str(runtimes[1].where).startswith("LOCAL · eu-west-1 · role invoker · ")


def test_a_session_of_the_users_assumes_it(side, far):
    """Its keys ask STS, its region signs."""
    session = boto3.Session("AKIATESTTESTTEST9999", "s", region_name="ap-south-1")
    connected = connect(Connection(endpoint_url=far.url, role_arn=ROLE), session=session)

    connected.runtime.invoke(REQUEST)

    assert "AKIATESTTESTTEST9999/" in far.seen[0].headers["authorization"]
    assert "/ap-south-1/sagemaker/" in far.seen[1].headers["authorization"]
    assert side.signed[0][0] == "ASIATESTTESTTEST0001"


def test_the_local_endpoint_knows_no_roles(side, far):
    """Its token is its key; nobody is asked for another."""
    connect(Connection(endpoint_url=far.url, local_token="t", role_arn=ROLE)).runtime.invoke(REQUEST)

    assert side.asked == []
    assert side.signed == [("t", None)]


def test_a_role_that_is_denied_says_what_to_type(side, connected, far):
    """The role by its name, what it takes, and two ways on; nothing was sent to the endpoint."""
    side.says = [far.Answer(status=403, body=DENIED)]

    with pytest.raises(AccessDeniedException) as caught:
        connected.runtime.invoke(REQUEST)

    error, said = caught.value, str(caught.value)
    assert said.startswith(
        "The role invoker can't be assumed: User: arn:aws:iam::…9012:user/u is not authorized"
    )
    assert "you need sts:AssumeRole on arn:aws:iam::…9012:role/service/invoker" in error.hint
    assert "%sm_connect --profile NAME" in error.hint
    assert "%config SageMakerMagics.role_arn = None" in error.hint
    assert "12345678" not in said + "".join(error._render_traceback_())
    assert (error.never_ran, error.status, error.code) == (True, 403, "AccessDenied")
    error.show_traceback = True
    whole = "\n".join(error._render_traceback_())
    assert "when calling the AssumeRole operation" in whole and "12345678" not in whole
    assert side.signed == []


def test_what_sts_says_is_not_taken_for_the_endpoints(side, connected, far):
    """A ValidationError of STS has nothing to do with the request that was to be sent."""
    said = b"<ErrorResponse><Error><Code>ValidationError</Code><Message>too long</Message></Error></ErrorResponse>"
    side.says = [far.Answer(status=400, body=said)]

    with pytest.raises(ServiceError, match=r"The role invoker can't be assumed: too long") as caught:
        connected.runtime.invoke(REQUEST)

    assert type(caught.value) is ServiceError


def test_expired_keys_are_the_users_to_renew(side, connected, far):
    """It is not the role that is at fault."""
    said = (
        b"<ErrorResponse><Error><Code>ExpiredToken</Code><Message>expired</Message></Error></ErrorResponse>"
    )
    side.says = [far.Answer(status=403, body=said)]

    with pytest.raises(CredentialsError, match=r"role invoker can't be assumed[\s\S]*Renew them"):
        connected.runtime.invoke(REQUEST)


def test_nobody_can_assume_without_keys(side, far, monkeypatch, tmp_path):
    """The session opens all the same: a dry run needs no credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    runtime = connect(Connection(endpoint_url=far.url, region="eu-west-2", role_arn=ROLE)).runtime
    assert runtime.where.role == "invoker"

    with pytest.raises(CredentialsError, match=r"role invoker can't be assumed: No AWS credentials"):
        runtime.invoke(REQUEST)


def test_an_sts_that_is_not_there(side, connected, monkeypatch, closed_port):
    """Nothing was sent; a private network has to let STS through."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{closed_port}")

    with pytest.raises(ConnectError, match=r"role invoker can't be assumed[\s\S]*a private network"):
        connected.runtime.invoke(REQUEST)


@pytest.mark.parametrize(
    ("arn", "words"),
    [
        ("invoker", "--role-arn arn:aws:iam::ACCOUNT:role/NAME"),
        ("arn:aws:iam::123456789012:user/u", "no role's ARN"),
        ("arn:aws:iam::12:role/x", "no role's ARN"),
        ("arn:aws:iam::123456789012:role/", "no role's ARN"),
        (
            "arn:aws-cn:sts::123456789012:assumed-role/invoker/session",
            r"--role-arn arn:aws-cn:iam::…9012:role/invoker",
        ),
    ],
)
def test_what_is_no_role_is_said_before_anybody_is_asked(arn, words):
    """An assumed role's ARN, which the console shows, leads to the role's own."""
    with pytest.raises(UsageError, match=words) as caught:
        connect(Connection(role_arn=arn))
    assert "12345678" not in str(caught.value)


@pytest.mark.parametrize("arn", [ROLE, "arn:aws-us-gov:iam::123456789012:role/a+=,.@-_Z9"])
def test_roles_of_all_partitions_and_paths(arn):
    """IAM's own characters."""
    assert connect(Connection(role_arn=arn, region="eu-west-1")).runtime.where.role == arn.rpartition("/")[2]


def test_reprs_hold_no_account():
    """A role's ARN is told in full nowhere but in the setting itself."""
    assert "12345678" not in repr(Settings(role_arn=ROLE)) + repr(Connection(role_arn=ROLE))
