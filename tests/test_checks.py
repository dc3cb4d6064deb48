"""What works with an endpoint, and what it would take: each answer and each denial is one Check."""

from __future__ import annotations

import threading

import pytest

from sm_magic.checklist import PURPOSES
from sm_magic.checks import check
from sm_magic.client import Client
from sm_magic.deployments import Component, LogLine, Traffic
from sm_magic.errors import AccessDeniedException, ConnectError, CredentialsError, UsageError
from sm_magic.messages import Endpoint, Response, Variant, Where
from sm_magic.transports.access import FunctionAccess, NoAccess
from sm_magic.transports.function import FunctionRuntime, FunctionStore
from sm_magic.transports.function_catalog import FunctionCatalog

JANE = "arn:aws:sts::123456789012:assumed-role/invoker/jane"
REAL_TIME = Endpoint(name="iris", status="InService", variants=(Variant(name="blue"),))
QUEUED = Endpoint(
    name="big",
    status="InService",
    asynchronous=True,
    output_path="s3://mine/out",
    failure_path="s3://mine/failed/",
    capture_path="s3://mine/seen",
    capture_percent=20,
)
INVOKE = [f"sagemaker:InvokeEndpoint{rest}" for rest in ("", "WithResponseStream", "Async")]


def looked(name="iris", *, place="AWS", catalog=None, store=None, access=None):
    """The checks by name."""
    found = check(
        name,
        where=Where(place=place, region="eu-west-1"),
        catalog=FunctionCatalog([REAL_TIME, QUEUED]) if catalog is None else catalog,
        store=FunctionStore({}) if store is None else store,
        access=access or FunctionAccess(JANE, INVOKE),
    )
    names = [one.name for one in found]
    assert names == [name for name in PURPOSES if name in names]
    return {one.name: one for one in found}


def marks(checks):
    """The marks by name."""
    return {name: one.mark for name, one in checks.items()}


def test_all_that_works_of_an_endpoint_in_real_time():
    """Nothing is wrong; what it does not have is neither right nor wrong."""
    found = looked()

    assert {name for name, mark in marks(found).items() if mark == "–"} == {
        *("asynchronous", "data capture", "components")
    }
    assert "✗" not in marks(found).values() or marks(found)["inline bodies"] == "✗"  # an older boto3
    assert found["credentials"].found == "assumed-role/invoker/jane of …9012"
    assert found["sagemaker:InvokeEndpointWithResponseStream"].found == "allowed by your policies"
    assert "sagemaker:InvokeEndpointAsync" not in found
    assert found["sagemaker:ListEndpoints"].found == "2 endpoints"


def test_all_that_works_of_an_endpoint_that_queues():
    """Where its answers and failures go, that they may be read, and what is captured."""
    found = looked("big")

    assert found["asynchronous"].found == "answers go to s3://mine/out"
    assert found["answers in S3"].ok is found["failures in S3"].ok is True
    assert found["data capture"].found == "20 % to s3://mine/seen"
    assert found["sagemaker:InvokeEndpointAsync"].ok
    assert "sagemaker:InvokeEndpoint" not in found


def test_a_key_that_nothing_has_is_looked_for_in_the_folders():
    """Reading it tells what is allowed, and fetches nothing."""
    asked = []
    store = FunctionStore({}, gate=lambda call, uri: asked.append((call, uri.bucket, uri.folder)))

    looked("big", store=store)

    assert sorted(asked) == [("GetObject", "mine", "failed/"), ("GetObject", "mine", "out/")]


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:ListBucket"])
def test_answers_that_may_not_be_read(action):
    """S3 says the same of both; which permission is missing is told."""

    def deny(call, uri):
        said = f"User: {JANE} is not authorized to perform: {action} on resource: x"
        raise AccessDeniedException(said, status=403, code="AccessDenied", service_message=said)

    found = looked("big", store=FunctionStore({}, gate=deny))["answers in S3"]

    assert (found.mark, found.found) == ("✗", f"denied: {action}")
    assert found.advice.startswith(f"Allow {action} on the ")


def test_failures_that_go_nowhere():
    """Nobody hears of them; how to set a place."""
    endpoint = Endpoint(name="q", status="InService", asynchronous=True, output_path="s3://mine/out")

    found = looked("q", catalog=FunctionCatalog([endpoint]))["failures in S3"]

    assert (found.mark, found.found) == ("✗", "the endpoint has no FailureLocation")
    assert "S3FailurePath" in found.advice


def deny(call):
    """What a control plane says to whom nothing is allowed."""
    raise AccessDeniedException(f"User: {JANE} is not authorized to perform: {call}", status=403)


def test_denied_is_a_cross_with_the_action():
    """As IAM spells it; nothing raises, and what needs no permission is told all the same."""
    found = looked(catalog=FunctionCatalog([REAL_TIME], gate=deny))

    for name in (
        "sagemaker:DescribeEndpoint",
        "sagemaker:ListEndpoints",
        "logs:FilterLogEvents",
        "cloudwatch:GetMetricData",
    ):
        assert (found[name].mark, found[name].found, found[name].advice) == ("✗", "denied", f"Allow {name}")
    assert found["components"].advice == "Allow sagemaker:ListInferenceComponents"
    assert found["streaming"].ok and found["runtime"].ok and found["credentials"].ok
    assert {name for name in found if name in INVOKE} == set(INVOKE)
    assert "status" not in found


def test_an_endpoint_that_is_not_there():
    """The name that was meant; there is nothing to invoke."""
    found = looked("irsi")

    assert (found["status"].mark, found["status"].found) == ("✗", "there is no irsi in eu-west-1")
    assert found["status"].advice == "Did you mean `iris`?"
    assert not set(INVOKE) & set(found)


@pytest.mark.parametrize(
    ("status", "reason", "found", "advice"),
    [
        ("Creating", None, "Creating", "It answers once it is InService."),
        (
            "Failed",
            "No image in account 123456789012",
            "Failed: No image in account …9012",
            "Deploy it anew.",
        ),
    ],
)
def test_an_endpoint_that_does_not_answer_yet(status, reason, found, advice):
    """Its state, and why."""
    endpoint = Endpoint(name="iris", status=status, failure_reason=reason)

    told = looked(catalog=FunctionCatalog([endpoint]))["status"]

    assert (told.mark, told.found, told.advice) == ("✗", found, advice)


def test_invoking_is_never_tried():
    """The policies are asked; where they don't tell, neither does the check."""
    denied = looked(access=FunctionAccess(JANE, INVOKE[1:]))["sagemaker:InvokeEndpoint"]
    unknown = looked(access=FunctionAccess(JANE))["sagemaker:InvokeEndpoint"]
    local = looked(place="LOCAL")["sagemaker:InvokeEndpoint"]

    assert (denied.mark, denied.found) == ("✗", "your policies do not allow it")
    assert denied.advice.startswith("Allow sagemaker:InvokeEndpoint on the endpoint's ARN")
    assert (unknown.mark, unknown.found) == ("–", "not tried: IAM does not tell, and nothing is sent")
    assert (local.mark, local.found) == ("–", "not tried: nothing is sent, and there are no policies to ask")


def test_an_endpoint_on_this_machine_answers_in_every_way():
    """It queues, and answers in real time and in parts all the same: SageMaker's own do one or the other."""
    assert set(INVOKE) <= set(looked("big", place="LOCAL"))
    assert set(INVOKE) & set(looked("big")) == {INVOKE[2]}
    assert set(INVOKE) & set(looked("iris", place="LOCAL")) == set(INVOKE[:2])


def test_the_policies_are_asked_of_the_endpoint():
    """By its ARN of the caller's account and partition, the name in lower case."""
    asked = []

    class Asked(FunctionAccess):
        def allowed(self, actions, resource):
            asked.append((tuple(actions), resource))
            raise AccessDeniedException("no iam:SimulatePrincipalPolicy")

    catalog = FunctionCatalog([Endpoint(name="Iris", status="InService")])
    found = looked("Iris", catalog=catalog, access=Asked(JANE.replace("aws:", "aws-cn:")))

    assert asked == [(tuple(INVOKE[:2]), "arn:aws-cn:sagemaker:eu-west-1:123456789012:endpoint/iris")]
    assert found["sagemaker:InvokeEndpoint"].found.startswith(
        "not tried: iam:SimulatePrincipalPolicy is denied"
    )


class Lost(FunctionAccess):
    """Whom nobody knows."""

    def caller(self):
        raise CredentialsError("No AWS credentials were found.", hint="aws configure")

    def reach(self):
        raise ConnectError("No connection to runtime: refused.")


def test_who_calls_and_whether_they_get_there():
    """Credentials and the runtime come first: without them nothing else matters."""
    found = looked(access=Lost(""))
    nobody = looked(access=NoAccess())

    told = found["credentials"]
    assert (told.mark, told.found, told.advice) == ("✗", "No AWS credentials were found.", "aws configure")
    assert found["runtime"].mark == "✗" and "HTTPS_PROXY" in found["runtime"].advice
    assert nobody["credentials"].mark == "–"


def test_where_there_is_no_region():
    """What to type."""
    found = check("iris", where=Where(), catalog=None, store=None, access=FunctionAccess(JANE))

    assert (found[0].mark, found[0].advice) == ("✗", "%sm_connect --region REGION")
    assert {one.name for one in found} >= {"sagemaker:DescribeEndpoint", "streaming"}


def test_logs_metrics_and_components():
    """What they told; a component's log is its own."""
    line = LogLine(time=None, stream="s", text="x")
    catalog = FunctionCatalog(
        [REAL_TIME],
        components=[Component(name="llm", endpoint="iris", variant="blue")],
        traffic={"iris": [Traffic(variant="blue", invocations=1)]},
        log={"/aws/sagemaker/InferenceComponents/llm": [line]},
    )

    found = looked(catalog=catalog)

    assert found["components"].found == "llm"
    assert found["logs:FilterLogEvents"].found == "readable: /aws/sagemaker/InferenceComponents/llm"
    assert found["cloudwatch:GetMetricData"].found == "1 invocation in the last hour"
    nothing = looked()["logs:FilterLogEvents"]
    assert nothing.ok and nothing.found.startswith("allowed; nothing has been written yet")


def test_a_question_that_hangs_holds_up_no_other():
    """They are asked side by side; after two seconds it is a cross."""
    released = threading.Event()

    class Slow(FunctionAccess):
        def reach(self):
            released.wait(60)
            return "late"

        def caller(self):
            raise ZeroDivisionError("a fault")

    found = looked(access=Slow(JANE))
    released.set()

    assert (found["runtime"].mark, found["runtime"].found) == ("✗", "No answer within 2 s.")
    assert found["credentials"].mark == "–"
    assert found["status"].ok


def test_questions_are_asked_side_by_side():
    """Each waits for the other: one after the other, they would wait for ever."""
    together = threading.Barrier(2, timeout=1.5)

    class Meeting(FunctionAccess):
        def reach(self):
            together.wait()
            return "reached"

        def caller(self):
            together.wait()
            return JANE

    found = looked(access=Meeting(JANE))

    assert found["runtime"].ok and found["credentials"].ok


def test_client_check_takes_names_and_arns():
    """An ARN's endpoint, if it is of this region."""
    client = Client(
        runtime=FunctionRuntime(lambda request: Response(payload=request.payload), Where(region="eu-west-1")),
        catalog=FunctionCatalog([REAL_TIME]),
        access=FunctionAccess(JANE, INVOKE),
    )

    for name in ("iris", "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/iris"):
        assert {one.name: one.ok for one in client.check(name)}["status"]
    with pytest.raises(UsageError, match="region"):
        client.check("arn:aws:sagemaker:us-east-1:123456789012:endpoint/iris")


@pytest.mark.server
def test_the_local_endpoint_is_looked_at(local_endpoint):
    """All of it answers, and nothing is sent to a model."""
    for number in range(5):  # a busy machine may take longer than two seconds; another connection asks anew
        place = {"endpoint_url": local_endpoint.url, "local_token": local_endpoint.token}
        found = {one.name: one for one in Client(**place, timeout=60.0 + number).check("digits")}
        if {name for name, mark in marks(found).items() if mark == "✗"} <= {"inline bodies"}:
            break

    assert {name for name, mark in marks(found).items() if mark == "✗"} <= {"inline bodies"}
    assert found["credentials"].found.endswith("of …0000")
    assert found["answers in S3"].ok and found["failures in S3"].ok
    assert set(INVOKE) <= set(found)
