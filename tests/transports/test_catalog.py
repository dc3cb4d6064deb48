"""The control plane: what it tells, how long it may take, how long that is kept."""

import json
import threading
import time

import pytest

from sm_magic.client import Client
from sm_magic.errors import AccessDeniedException, ConnectError, SmMagicError
from sm_magic.messages import Variant
from sm_magic.readiness import Clock
from sm_magic.settings import Connection
from sm_magic.transports.catalog import BotoCatalog, NoCatalog, _changes
from sm_magic.transports.clients import Clients

ARN = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/digits"


def sts(account):
    """GetCallerIdentity's answer, in the query protocol."""
    return (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>arn:aws:iam::{account}:user/u</Arn><UserId>U</UserId><Account>{account}</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
    ).encode()


def test_the_account_is_asked_once(plane, far):
    """GetCallerIdentity; who is asking does not change."""
    connected, told = plane
    told["STS"] = sts("123456789012")

    assert "123456789012" == connected.catalog.account() == connected.catalog.account()
    assert len(far.seen) == 1


def test_another_profile_is_another_account(plane, far, monkeypatch):
    """%env AWS_PROFILE=… changes who asks: what the one before was told holds no more."""
    connected, told = plane
    told["STS"] = sts("123456789012")
    told["ListEndpoints"] = {"Endpoints": [{"EndpointName": "theirs"}]}
    connected.catalog.account(), connected.catalog.endpoints()

    monkeypatch.setenv("AWS_PROFILE", "another")
    told["STS"] = sts("999999999999")
    told["ListEndpoints"] = {"Endpoints": [{"EndpointName": "mine"}]}

    assert (connected.catalog.account(), connected.catalog.endpoints()) == ("999999999999", ("mine",))


def test_renewed_credentials_are_asked_again(far, monkeypatch):
    """Credentials that were refused are made anew, and may be another account's."""
    for name, value in {"ACCESS_KEY_ID": "AKIATESTTESTTEST0000", "SECRET_ACCESS_KEY": "s"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", far.url)
    far.says(far.Answer(body=sts("123456789012")), far.Answer(body=sts("999999999999")))
    clients = Clients(Connection(region="eu-west-1"))
    catalog = BotoCatalog(clients)

    assert (catalog.account(), clients.where.account) == ("123456789012", "9012")
    clients.forget()
    assert clients.where.account is None
    assert (catalog.account(), clients.where.account) == ("999999999999", "9999")


def test_an_account_is_learned_beside_the_calls(plane, far):
    """It returns at once, whatever becomes of it, and asks once for each caller."""
    connected, told = plane
    told["STS"] = far.Answer(cut="silent")

    for _ in range(3):
        assert connected.catalog.learn_account() is None
    asking = [thread for thread in threading.enumerate() if thread.name == "sm_magic account"]
    assert len(asking) == 1 and asking[0].daemon
    asking[0].join(10)

    assert len(far.seen) == 1
    assert connected.catalog.learn_account() is None


def test_what_was_learned_is_not_asked_again(plane, far):
    """The thread's answer is the catalog's."""
    connected, told = plane
    told["STS"] = sts("123456789012")

    connected.catalog.learn_account()
    for thread in threading.enumerate():
        if thread.name == "sm_magic account":
            thread.join(10)

    assert connected.catalog.account() == "123456789012"
    assert len(far.seen) == 1


def test_the_names_come_newest_first_and_are_kept(plane, far):
    """ListEndpoints, at most a hundred."""
    connected, told = plane
    told["ListEndpoints"] = {"Endpoints": [{"EndpointName": "new"}, {"EndpointName": "old"}]}

    assert ("new", "old") == connected.catalog.endpoints() == connected.catalog.endpoints()
    assert len(far.seen) == 1
    assert json.loads(far.seen[0].body) == {
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
        "MaxResults": 100,
    }


def test_an_endpoint_is_told_whole(plane):
    """State, variants with their weights, instances and images, and whether it is asynchronous."""
    connected, told = plane
    told["DescribeEndpoint"] = {
        "EndpointName": "digits",
        "EndpointArn": ARN,
        "EndpointConfigName": "c",
        "EndpointStatus": "InService",
        "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://b/p", "S3FailurePath": "s3://b/f"}},
        "ProductionVariants": [
            {
                "VariantName": "champion",
                "CurrentWeight": 70.0,
                "CurrentInstanceCount": 2,
                "DeployedImages": [{"SpecifiedImage": "repo:tag", "ResolvedImage": "repo@sha"}],
            },
        ],
    }

    found = connected.catalog.endpoint("digits")

    assert (found.name, found.status, found.asynchronous, found.arn) == ("digits", "InService", True, ARN)
    assert (found.output_path, found.failure_path) == ("s3://b/p", "s3://b/f")
    assert (Variant(name="champion", weight=70.0, instances=2, images=("repo:tag",)),) == found.variants
    assert "123456789012" not in repr(found)


def test_an_endpoint_tells_how_many_instances_it_is_scaled_to(plane):
    """None now, one on its way."""
    connected, told = plane
    counts = {"CurrentInstanceCount": 0, "DesiredInstanceCount": 1}
    told["DescribeEndpoint"] = {
        "EndpointName": "digits",
        "EndpointStatus": "InService",
        "ProductionVariants": [{"VariantName": "v", **counts}],
    }

    assert (Variant(name="v", instances=0, desired=1),) == connected.catalog.endpoint("digits").variants


def counted(told, *points):
    """GetMetricStatistics' answer, in JSON, and in the query protocol that older versions of botocore speak."""
    members = "".join(
        f"<member><Timestamp>2026-11-21T10:0{minute}:00Z</Timestamp><Average>{value}</Average></member>"
        for minute, value in points
    )
    told["STS"] = (
        '<GetMetricStatisticsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">'
        f"<GetMetricStatisticsResult><Label>l</Label><Datapoints>{members}</Datapoints></GetMetricStatisticsResult>"
        "</GetMetricStatisticsResponse>"
    ).encode()
    points = [{"Timestamp": 60 * minute, "Average": value} for minute, value in points]
    told["GetMetricStatistics"] = {"Label": "l", "Datapoints": points}


def test_a_backlog_is_the_last_that_was_counted(plane, far):
    """CloudWatch promises no order; it is asked for one endpoint and the last minutes, and the answer is kept."""
    connected, told = plane
    counted(told, (3, 2.0), (5, 14.2), (4, 7.0))

    assert connected.catalog.backlog("digits") == connected.catalog.backlog("digits") == 14
    (asked,) = far.seen
    for word in (b"ApproximateBacklogSize", b"AWS", b"EndpointName", b"digits"):
        assert word in asked.body


def test_nothing_counted_is_no_backlog(plane):
    """Of an endpoint in real time, of one that is new, or of one that is not there."""
    connected, told = plane
    counted(told)

    assert connected.catalog.backlog("digits") is None


def test_who_may_not_read_metrics_may_describe(plane, far):
    """Its denial is kept for a minute."""
    connected, told = plane
    told["DescribeEndpoint"] = {"EndpointName": "d", "EndpointStatus": "InService"}

    for _ in range(3):
        with pytest.raises(SmMagicError):
            connected.catalog.backlog("d")
    assert connected.catalog.endpoint("d").name == "d"
    assert len(far.seen) == 2


def test_an_endpoint_that_is_being_created_has_its_variants_from_its_configuration(plane):
    """DescribeEndpoint does not tell them yet."""
    connected, told = plane
    told["DescribeEndpoint"] = {
        "EndpointName": "digits",
        "EndpointConfigName": "c",
        "EndpointStatus": "Failed",
        "FailureReason": "No image in 123456789012.dkr.ecr.eu-west-1.amazonaws.com/x.",
    }
    told["DescribeEndpointConfig"] = {
        "ProductionVariants": [{"VariantName": "v", "InitialVariantWeight": 1.0, "InitialInstanceCount": 1}]
    }

    found = connected.catalog.endpoint("digits")

    assert (Variant(name="v", weight=1.0, instances=1),) == found.variants
    assert "…9012" in found.failure_reason


def test_a_configuration_that_is_denied_costs_the_variants_alone(plane):
    """Many may describe endpoints and not their configurations."""
    connected, told = plane
    told["DescribeEndpoint"] = {"EndpointName": "d", "EndpointConfigName": "c", "EndpointStatus": "Creating"}

    assert connected.catalog.endpoint("d").variants == ()


def test_an_endpoint_that_is_not_there_is_none(plane, far):
    """A ValidationException, told from a denial by its words."""
    connected, told = plane
    told["DescribeEndpoint"] = far.fault("ValidationException", f'Could not find endpoint "{ARN}".')

    assert connected.catalog.endpoint("digits") is None


def test_a_denial_is_an_error_of_ours_and_is_kept(plane, far):
    """It is asked once; the next minute costs nothing."""
    connected, _ = plane

    for _ in range(3):
        with pytest.raises(AccessDeniedException):
            connected.catalog.endpoints()

    assert len(far.seen) == 1


def test_who_asks_again_on_purpose_is_asked_again(plane):
    """A permission that was just given counts at once; what was told is kept."""
    connected, told = plane
    told["DescribeEndpoint"] = {"EndpointName": "d", "EndpointStatus": "InService"}
    connected.catalog.endpoint("d")
    with pytest.raises(AccessDeniedException):
        connected.catalog.endpoints()
    told["ListEndpoints"] = {"Endpoints": [{"EndpointName": "new"}]}
    told.pop("DescribeEndpoint")

    connected.catalog.retry()

    assert connected.catalog.endpoints() == ("new",)
    assert connected.catalog.endpoint("d").name == "d"


def test_an_endpoint_that_was_changed_is_told_as_it_is_now(plane, far):
    """Whoever describes or follows it on purpose hears nothing that was told before; what only helps keeps it."""
    connected, told = plane
    client = Client(runtime=connected.runtime, catalog=connected.catalog)

    def deployed(status, copies):
        told["DescribeEndpoint"] = {"EndpointName": "d", "EndpointStatus": status}
        told["ListInferenceComponents"] = {
            "InferenceComponents": [
                {"InferenceComponentName": f"c{n}", "EndpointName": "d", "CreationTime": 1.0}
                for n in range(copies)
            ]
        }

    deployed("InService", 1)
    assert client.describe("d").endpoint.status == "InService"
    deployed("Updating", 2)
    brief = client.describe("d", brief=True)
    assert (brief.endpoint.status, len(brief.components)) == ("InService", 1)

    changed = client.describe("d")
    assert (changed.endpoint.status, len(changed.components)) == ("Updating", 2)
    deployed("RollingBack", 2)
    following = client.follow("d", clock=Clock(now=lambda: 0.0, sleep=lambda seconds: None))
    assert next(following).endpoint.status == "RollingBack"
    deployed("InService", 2)
    last = next(following)
    assert (last.endpoint.status, last.over) == ("InService", True)


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        *(("endpoint d", True), ("components d", True), ("component c", True), ("traffic d v w", True)),
        *(("d", True), ("endpoint d2", False), ("components ", False), ("traffic d2 d", False)),
        *(("configuration c", False), ("model d", False), ("endpoints", False), ("listed d", False)),
    ],
)
def test_what_changes_of_an_endpoint(what, changes):
    """Its state, its components, its numbers; no configuration and no model ever does."""
    assert _changes(what, "d") is changes


def test_silence_costs_two_seconds_once(far, warmed):
    """A network without a control plane holds up nobody: the thread that asks is left behind."""
    far.says(far.Answer(cut="silent"))
    catalog = warmed(Connection(endpoint_url=far.url, local_token="t", region="eu-west-3")).catalog

    started = time.perf_counter()
    for _ in range(3):
        with pytest.raises(SmMagicError):
            catalog.endpoints()

    assert time.perf_counter() - started < 2.5


def test_one_silence_is_enough_for_the_whole_service(far, warmed):
    """An error asks for names and for one endpoint: the second question is not put to a host that was silent."""
    far.says(far.Answer(cut="silent"))
    catalog = warmed(Connection(endpoint_url=far.url, local_token="t", region="eu-west-3")).catalog

    for ask in (catalog.endpoints, lambda: catalog.endpoint("one"), lambda: catalog.endpoint("another")):
        with pytest.raises(SmMagicError):
            ask()

    assert len(far.seen) == 1


def test_a_silent_service_does_not_silence_the_other(plane, far):
    """A private network may reach SageMaker and not STS."""
    connected, told = plane
    told["STS"] = far.Answer(cut="silent")
    told["ListEndpoints"] = {"Endpoints": [{"EndpointName": "new"}]}

    with pytest.raises(SmMagicError):
        connected.catalog.account()

    assert connected.catalog.endpoints() == ("new",)


def test_a_denial_leaves_the_other_questions(plane):
    """Who may not list endpoints may still describe one."""
    connected, told = plane
    told["DescribeEndpoint"] = {"EndpointName": "d", "EndpointStatus": "InService"}

    with pytest.raises(AccessDeniedException):
        connected.catalog.endpoints()

    assert connected.catalog.endpoint("d").name == "d"


def test_no_answer_takes_longer_than_two_seconds(far, warmed):
    """One that trickles never times out by itself: the deadline is for all of it."""
    far.says(far.Answer(body=b" " * 100, cut="trickling"))
    catalog = warmed(Connection(endpoint_url=far.url, local_token="t", region="eu-west-3")).catalog

    started = time.perf_counter()
    with pytest.raises(ConnectError, match="within 2 s"):
        catalog.endpoints()

    assert time.perf_counter() - started < 2.5


def test_a_refused_connection_is_an_error_at_once(closed_port, warmed):
    """Nothing listens: no waiting."""
    catalog = warmed(Connection(endpoint_url=f"http://127.0.0.1:{closed_port}", local_token="t")).catalog

    started = time.perf_counter()
    with pytest.raises(ConnectError):
        catalog.account()

    assert time.perf_counter() - started < 1.5


def test_sts_is_regional_even_where_boto3_would_ask_the_global_one(elsewhere):
    """Private networks reach the regional one alone."""
    found = elsewhere(
        """
import json
from sm_magic.settings import Connection
from sm_magic.transports.clients import Clients
print(json.dumps(Clients(Connection(region="us-east-1")).identity().meta.endpoint_url))
""",
        AWS_STS_REGIONAL_ENDPOINTS="legacy",
    )

    assert found == "https://sts.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    "ask",
    [
        lambda catalog: catalog.account(),
        lambda catalog: catalog.endpoint("e"),
        lambda catalog: catalog.endpoints(),
        lambda catalog: catalog.listed("e"),
        lambda catalog: catalog.configuration("c"),
        lambda catalog: catalog.model("m"),
        lambda catalog: catalog.components("e"),
        lambda catalog: catalog.component("c"),
        lambda catalog: catalog.below("s3://b/f/"),
        lambda catalog: catalog.backlog("e"),
        lambda catalog: catalog.traffic("e", ["v"]),
        lambda catalog: catalog.logs("g", minutes=1),
    ],
)
def test_a_client_of_the_user_s_own_has_no_control_plane(ask):
    """It can't be told with whose credentials to ask."""
    with pytest.raises(ConnectError, match="Nothing is known of this client"):
        ask(NoCatalog())
