"""Who calls and what they may: GetCallerIdentity, SimulatePrincipalPolicy, and a runtime that is reached."""

from urllib.parse import parse_qs

import pytest

from sm_magic.errors import AccessDeniedException, ConnectError, SmMagicError
from sm_magic.settings import Connection
from sm_magic.transports.access import BotoAccess, NoAccess
from sm_magic.transports.clients import Clients

ACTIONS = ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"]
RESOURCE = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/e"
USER = "arn:aws:iam::123456789012:user/jane"
ROLE = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Data/jane@example.com"


def identity(arn):
    """GetCallerIdentity's answer."""
    return (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>{arn}</Arn><UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
        "</GetCallerIdentityResponse>"
    )


def simulated(*decisions):
    """SimulatePrincipalPolicy's answer."""
    rows = "".join(
        f"<member><EvalActionName>{action}</EvalActionName><EvalDecision>{said}</EvalDecision></member>"
        for action, said in zip(ACTIONS, decisions, strict=True)
    )
    return (
        '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
        f"<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>{rows}</EvaluationResults>"
        "</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    )


ROLE_TOLD = (
    '<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Path>/p/</Path>'
    "<RoleName>AWSReservedSSO_Data</RoleName><RoleId>A</RoleId><CreateDate>2026-11-21T10:00:00Z</CreateDate>"
    "<Arn>arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Data</Arn></Role>"
    "</GetRoleResult></GetRoleResponse>"
)


@pytest.fixture
def iam(far):
    """Access whose STS and IAM answer by action; what is not there is denied."""
    told = {}

    def answer(seen):
        action = parse_qs(seen.body.decode()).get("Action", [""])[0]
        if action in told:
            return far.Answer(body=told[action].encode())
        said = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>No.</Message></Error></ErrorResponse>"
        return far.Answer(status=403, body=said.encode())

    far.says(answer)
    access = BotoAccess(Clients(Connection(endpoint_url=far.url, local_token="t", region="eu-west-1")))
    access.prepare()
    return access, told


def asked(far, action):
    """What the action was asked with."""
    found = [parse_qs(seen.body.decode()) for seen in far.seen]
    return [one for one in found if one.get("Action") == [action]]


def test_the_caller_is_told_by_arn(iam):
    """GetCallerIdentity, which nobody can be denied."""
    access, told = iam
    told["GetCallerIdentity"] = identity(USER)

    assert access.caller() == USER


def test_the_policies_are_simulated(iam, far):
    """For the user, the actions and the resource; an explicit and an implicit denial are denials."""
    access, told = iam
    told["GetCallerIdentity"] = identity(USER)
    told["SimulatePrincipalPolicy"] = simulated("allowed", "implicitDeny")

    assert access.allowed(ACTIONS, RESOURCE) == {ACTIONS[0]: True, ACTIONS[1]: False}
    (sent,) = asked(far, "SimulatePrincipalPolicy")
    assert sent["PolicySourceArn"] == [USER]
    assert [sent["ActionNames.member.1"], sent["ActionNames.member.2"]] == [[one] for one in ACTIONS]
    assert sent["ResourceArns.member.1"] == [RESOURCE]


@pytest.mark.parametrize(
    ("told_role", "source"),
    [
        (True, "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Data"),
        (False, "arn:aws:iam::123456789012:role/AWSReservedSSO_Data"),
    ],
)
def test_an_assumed_role_is_asked_by_its_own_arn(iam, far, told_role, source):
    """Its path is not part of who it is once assumed; without iam:GetRole there is none to be known."""
    access, told = iam
    told["GetCallerIdentity"] = identity(ROLE)
    told["SimulatePrincipalPolicy"] = simulated("allowed", "allowed")
    if told_role:
        told["GetRole"] = ROLE_TOLD

    assert access.allowed(ACTIONS, RESOURCE) == dict.fromkeys(ACTIONS, True)
    assert asked(far, "SimulatePrincipalPolicy")[0]["PolicySourceArn"] == [source]


@pytest.mark.parametrize(
    ("arn", "allowed"),
    [
        ("arn:aws:iam::123456789012:root", dict.fromkeys(ACTIONS, True)),
        ("arn:aws:sts::123456789012:federated-user/x", {}),
    ],
)
def test_nobody_else_is_asked_about(iam, far, arn, allowed):
    """The root user may all; of a federated user nothing can be told."""
    access, told = iam
    told["GetCallerIdentity"] = identity(arn)

    assert access.allowed(ACTIONS, RESOURCE) == allowed
    assert asked(far, "SimulatePrincipalPolicy") == []


def test_a_simulation_that_is_denied_is_an_error_of_ours(iam):
    """Most may not."""
    access, told = iam
    told["GetCallerIdentity"] = identity(USER)

    with pytest.raises(AccessDeniedException):
        access.allowed(ACTIONS, RESOURCE)


def test_any_answer_is_a_runtime_that_is_reached(iam, far):
    """A GET, unsigned; nothing is invoked."""
    access, _ = iam

    assert access.reach() == far.url
    (seen,) = far.seen
    assert (seen.path, seen.body) == ("/ping", b"")
    assert "authorization" not in seen.headers


def test_a_runtime_that_is_not_there(closed_port):
    """Refused, as a call would be."""
    url = f"http://127.0.0.1:{closed_port}"
    access = BotoAccess(Clients(Connection(endpoint_url=url, local_token="t")))
    access.prepare()

    with pytest.raises(ConnectError, match="refused"):
        access.reach()


def test_what_cannot_be_made_is_said_by_the_calls():
    """A profile that is not there."""
    access = BotoAccess(Clients(Connection(profile="not-there-at-all")))
    access.prepare()

    for ask in (access.caller, access.reach, NoAccess().caller, NoAccess().reach):
        with pytest.raises(SmMagicError):
            ask()
