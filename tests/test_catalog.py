"""What is deployed, as a Client tells it: many endpoints, one in detail, and what could not be asked."""

from datetime import UTC, datetime, timedelta

import pytest

from sm_magic.catalog import describe, is_pattern, overview
from sm_magic.client import Client
from sm_magic.deployments import (
    Component,
    Configuration,
    Configured,
    Container,
    LogLine,
    Model,
    Traffic,
)
from sm_magic.descriptions import kind
from sm_magic.endpointcards import age, detail, table
from sm_magic.errors import AccessDeniedException, ConnectError, ReadTimeout, ValidationError
from sm_magic.messages import Endpoint, Response, Variant, Where
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
XGBOOST = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"
DEPLOYED = [
    Endpoint(
        name="iris-blue",
        status="InService",
        config="iris-config",
        changed=NOW - timedelta(minutes=5),
        variants=(
            Variant(name="champion", weight=3, instances=2, desired=2, images=(XGBOOST,)),
            Variant(name="rival", weight=1, instances=0, desired=1, images=(XGBOOST,)),
        ),
        capture_path="s3://sagemaker-eu-west-1-123456789012/captured",
        capture_percent=50,
    ),
    Endpoint(name="small", status="Creating", variants=(Variant(name="v", memory=2048),), config="c"),
    Endpoint(
        name="slow",
        status="InService",
        asynchronous=True,
        output_path="s3://mine/out",
        variants=(Variant(name="v"),),
    ),
    Endpoint(
        name="many", status="InService", config="many-config", variants=(Variant(name="v", instances=1),)
    ),
    Endpoint(
        name="llms", status="InService", config="llms-config", variants=(Variant(name="v", instances=1),)
    ),
    Endpoint(
        name="steps",
        status="Failed",
        config="steps-config",
        failure_reason="Out of luck.",
        variants=(Variant(name="v"),),
    ),
]
MODELS = [
    Model(name="xgb", containers=(Container(image=XGBOOST, data="s3://mine/model.tar.gz"),)),
    Model(name="mme", containers=(Container(image=XGBOOST, several=True, data="s3://mine/models/"),)),
    Model(name="two", containers=(Container(hostname="first"), Container(hostname="second")), direct=True),
]


def configured(name, *models, **more):
    """A configuration whose variants have these models."""
    variants = [Configured(name=f"v{i or ''}", model=model, **more) for i, model in enumerate(models)]
    return Configuration(name=name, variants=tuple(variants))


CONFIGURATIONS = [
    Configuration(
        name="iris-config",
        variants=(
            Configured(name="champion", model="xgb", instance_type="ml.m5.large"),
            Configured(name="rival", model="xgb", instance_type="ml.m5.large"),
        ),
    ),
    configured("many-config", "mme"),
    configured("llms-config", None),
    configured("steps-config", "two"),
]
COMPONENTS = [
    Component(name="tiny", endpoint="llms", variant="v", status="InService", model="t", copies=2, wanted=2),
    Component(
        name="huge", endpoint="llms", variant="v", status="Creating", copies=0, wanted=1, image="x/vllm:1"
    ),
]


def plane(*denied, with_error=None):
    """A control plane that denies these calls."""

    def gate(call):
        if call in denied:
            raise with_error or AccessDeniedException(f"not authorized to perform: {call}", status=403)

    return FunctionCatalog(
        DEPLOYED,
        configurations=CONFIGURATIONS,
        models=MODELS,
        components=COMPONENTS,
        objects=["s3://mine/models/a.tar.gz", "s3://mine/models/b.tar.gz", "s3://mine/other"],
        traffic={
            "iris-blue": [
                Traffic(variant="champion", invocations=120, errors=3, latency=0.0123, slowest=0.4, last=NOW)
            ]
        },
        log={"/aws/sagemaker/Endpoints/iris-blue": [LogLine(time=NOW, stream="champion/i-1", text="ready")]},
        gate=gate,
    )


def client(catalog):
    """A client whose control plane this is."""
    runtime = FunctionRuntime(
        lambda request: Response(payload=request.payload), where=Where(region="eu-west-1")
    )
    return Client(runtime=runtime, catalog=catalog)


def test_an_overview_tells_every_kind():
    """By its configuration and models, where the endpoint alone does not tell."""
    found = overview(plane())

    assert {one.name: one.kind for one in found} == {
        "iris-blue": "real-time",
        "small": "serverless",
        "slow": "asynchronous",
        "many": "multi-model",
        "llms": "components",
        "steps": "multi-container",
    }
    assert found.missing == () and len(found) == 6


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*s*", ["iris-blue", "small", "slow", "llms", "steps"]),
        ("IRIS*", ["iris-blue"]),
        ("s[lm]*", ["small", "slow"]),
        ("????", ["slow", "many", "llms"]),
        ("nothing*", []),
    ],
)
def test_a_pattern_chooses(pattern, names):
    """Whatever the case, as file names are chosen in a shell."""
    assert [one.name for one in overview(plane(), pattern)] == names
    assert is_pattern(pattern) and not is_pattern("iris-blue")


def test_an_overview_without_permissions_is_a_list():
    """Names, states and times are ListEndpoints' own; each missing permission is named once."""
    actions = ["DescribeEndpoint", "DescribeEndpointConfig", "ListInferenceComponents"]

    found = overview(plane(*actions))

    assert [(one.name, one.status, one.kind) for one in found][:2] == [
        ("iris-blue", "InService", None),
        ("small", "Creating", None),
    ]
    assert [str(one) for one in found.missing] == [
        "not allowed: sagemaker:DescribeEndpoint",
        "not allowed: sagemaker:ListInferenceComponents",
    ]
    with pytest.raises(AccessDeniedException):
        overview(plane("ListEndpoints"))


def test_an_overview_stops_to_ask_what_is_always_denied():
    """A role without DescribeEndpoint costs a few calls, not one for each of a hundred endpoints."""
    asked = []

    def gate(call):
        asked.append(call)
        if call == "DescribeEndpoint":
            raise AccessDeniedException("no", status=403)

    found = overview(
        FunctionCatalog([Endpoint(name=f"e{i}", status="InService") for i in range(120)], gate=gate)
    )

    assert len(found) == 120
    assert asked.count("DescribeEndpoint") < 15


def test_one_endpoint_is_told_whole():
    """Its configuration, models, images, framework and traffic."""
    found = describe(plane(), "iris-blue")

    assert found.endpoint == DEPLOYED[0]
    assert [model.name for model in found.models] == ["xgb"]
    assert [framework.name for framework in found.frameworks] == ["XGBoost"]
    assert [one.invocations for one in found.traffic] == [120, 0]
    assert found.images == (XGBOOST,) and found.missing == ()


def test_components_and_stored_models_are_told():
    """Those of DescribeInferenceComponent; the models that lie below a multi-model endpoint's address."""
    llms, many = describe(plane(), "llms"), describe(plane(), "many")

    assert [(one.name, one.copies, one.wanted) for one in llms.components] == [("tiny", 2, 2), ("huge", 0, 1)]
    assert [framework.name for framework in llms.frameworks] == ["vLLM"]
    assert many.stored == ("a.tar.gz", "b.tar.gz")


@pytest.mark.parametrize(
    ("call", "action", "lost"),
    [
        ("DescribeEndpoint", "sagemaker:DescribeEndpoint", "endpoint"),
        ("DescribeEndpointConfig", "sagemaker:DescribeEndpointConfig", "configuration"),
        ("DescribeModel", "sagemaker:DescribeModel", "models"),
        ("ListObjectsV2", "s3:ListBucket", "stored"),
        ("GetMetricData", "cloudwatch:GetMetricData", "traffic"),
        ("ListInferenceComponents", "sagemaker:ListInferenceComponents", "components"),
    ],
)
def test_what_is_denied_says_so_and_spoils_nothing_else(call, action, lost):
    """Each part by its own permission."""
    found = describe(plane(call), "many")

    assert [str(one) for one in found.missing] == [f"not allowed: {action}"]
    assert not getattr(found, lost)
    if lost != "endpoint":
        assert found.status == "InService"
    assert f"not allowed: {action}" in found._repr_mimebundle_()["text/plain"]


def test_a_component_that_may_not_be_described_keeps_its_name():
    """ListInferenceComponents told it."""
    found = describe(plane("DescribeInferenceComponent"), "llms")

    assert [one.name for one in found.components] == ["tiny", "huge"]
    assert str(found.missing[0]) == "not allowed: sagemaker:DescribeInferenceComponent"


def test_what_is_slow_is_not_told():
    """A service that is out of reach is no permission that is missing."""
    found = describe(plane("GetMetricData", with_error=ReadTimeout("No answer within 2 s.")), "iris-blue")

    assert str(found.missing[0]) == "not told: cloudwatch:GetMetricData"


def test_a_brief_description_costs_two_calls():
    """Variants and the names of components, for a form."""
    asked = []
    catalog = FunctionCatalog(DEPLOYED, components=COMPONENTS, gate=asked.append)

    found = client(catalog).describe("llms", brief=True)

    assert [one.name for one in found.components] == ["tiny", "huge"]
    assert [one.name for one in found.variants] == ["v"]
    assert sorted(asked) == ["DescribeEndpoint", "ListInferenceComponents"]


def test_an_endpoint_that_is_not_there_is_an_error_with_near_names():
    """As an invocation's error would say it."""
    with pytest.raises(ValidationError, match="There is no endpoint iris-blu in eu-west-1") as caught:
        client(plane()).describe("iris-blu")
    assert caught.value.hint == "Did you mean `iris-blue`?"
    with pytest.raises(ConnectError):
        client(None).describe("iris-blue")


def test_the_card_of_many_is_a_table():
    """Shares and instances of variants, their change, and where."""
    shown = table(overview(plane(), "*"), now=NOW)["text/plain"]

    assert "6 endpoints" in shown
    (row,) = [line for line in shown.splitlines() if line.startswith("iris-blue")]
    assert "champion 75 % × 2, rival 25 % × 0 → 1" in row and "5 min ago" in row
    assert "serverless" in shown and "v 2048 MB" in shown


def test_the_card_of_one_tells_what_to_type():
    """Image, framework, data capture, traffic; account ids by their last four digits."""
    bundle = detail(client(plane()).describe("iris-blue"), now=NOW)
    shown = bundle["text/plain"]

    assert "iris-blue · InService · real-time" in shown
    assert "XGBoost: takes csv, libsvm" in shown and "-t csv" in shown
    assert "50 % to s3://sagemaker-eu-west-1-…9012/captured" in shown
    assert "120 requests, 3 errors, the last 0 s ago" in shown and "12.3 ms, 400 ms at most" in shown
    assert "123456789012" not in shown + bundle["text/html"]
    assert "141502667606" not in shown + bundle["text/html"]


def test_the_card_of_a_failure_says_why():
    """FailureReason, and the hostnames of its containers."""
    shown = detail(describe(plane(), "steps"))["text/plain"]

    assert "Out of luck." in shown and "multi-container" in shown
    assert "first" in shown and "second" in shown


def test_hostile_names_are_text():
    """What the account's own tags and names hold is shown, never run."""
    evil = "<script>alert(1)</script>\x1b[31m"
    components = [Component(name=evil, endpoint="e", model=evil)]
    catalog = FunctionCatalog([Endpoint(name="e", status=evil, failure_reason=evil)], components=components)

    bundle = detail(describe(catalog, "e"))

    assert "<script>" not in bundle["text/html"] and "\x1b" not in bundle["text/plain"]


@pytest.mark.parametrize(
    ("passed", "said"), [(5, "5 s ago"), (7200, "2 h ago"), (-3, "0 s ago"), (90_000, "2026-11-20")]
)
def test_ages(passed, said):
    """A clock that is a little ahead makes no negative ages."""
    assert age(NOW - timedelta(seconds=passed), NOW) == said


def test_nothing_known_is_no_kind():
    """Rather none than a wrong one."""
    assert kind(None) == "real-time"
    assert describe(plane("DescribeEndpoint", "ListInferenceComponents"), "many").kind is None


def test_a_log_is_told():
    """The last lines, newest last, as text and as a card; where none was written yet it says so."""
    told = client(plane())
    found, none = told.logs("iris-blue", variant="champion"), told.logs("small")

    assert found.text == "ready" and len(found) == 1
    assert "12:00:00 ready" in found._repr_mimebundle_()["text/plain"]
    assert not none.log.there and "no such log" in none._repr_mimebundle_()["text/plain"]
    assert len(told.logs("iris-blue", variant="rival")) == 0
