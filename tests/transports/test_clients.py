"""boto3's clients: how they are set up, what of the environment they heed, how long they are kept."""

import boto3
import pytest

from sm_magic import __version__
from sm_magic.errors import CredentialsError, UsageError
from sm_magic.messages import Payload, Request
from sm_magic.settings import Connection
from sm_magic.transports.boto import connect
from sm_magic.transports.clients import Clients

from_aws = {"aws_access_key_id": "AKIATESTTESTTEST0000", "aws_secret_access_key": "s"}
REQUEST = Request(endpoint="e", payload=Payload(body=b"1", content_type="text/csv"))


def local(**options):
    """Clients that read nothing of this machine's AWS configuration."""
    return Clients(Connection(**{"endpoint_url": "http://127.0.0.1:1", "local_token": "t", **options}))


def test_one_attempt_seventy_seconds_standard_retries():
    """botocore's own defaults would send again, silently, after 60 s."""
    config = local().runtime().meta.config

    assert (config.read_timeout, config.connect_timeout) == (70.0, 5.0)
    assert (config.retries["mode"], config.retries["total_max_attempts"]) == ("standard", 1)
    assert config.max_pool_connections >= 16
    assert f"sm_magic/{__version__}" in config.user_agent_extra


def test_retries_and_times_are_the_connections():
    """--retries 2 is three attempts; side calls stay at one and a second."""
    clients = local(retries=2, timeout=10.0, connect_timeout=2.0)
    config, side = clients.runtime().meta.config, clients.control().meta.config

    assert (
        config.read_timeout,
        config.connect_timeout,
        config.retries["total_max_attempts"],
    ) == (10.0, 2.0, 3)
    assert (side.read_timeout, side.connect_timeout, side.retries["total_max_attempts"]) == (1.0, 1.0, 1)


def test_the_same_connection_is_the_same_object():
    """So that open connections are used again; another region is another object."""
    connection = Connection(endpoint_url="http://127.0.0.1:1", local_token="t")

    assert connect(connection).runtime is connect(Connection(**_fields(connection))).runtime
    assert connect(connection).runtime is not connect(Connection(region="us-east-1")).runtime


def _fields(connection):
    return {name: getattr(connection, name) for name in Connection.__dataclass_fields__}


def test_clients_are_kept_until_forgotten():
    """One client for all calls; a new one after `forget`."""
    clients = local()
    first = clients.runtime()

    assert first is clients.runtime()
    clients.forget()
    assert first is not clients.runtime()


def test_the_local_endpoint_answers_for_its_own_control_plane():
    """Names and account are asked where the calls go, not of AWS."""
    clients = local()

    assert "http://127.0.0.1:1" == clients.control().meta.endpoint_url == clients.identity().meta.endpoint_url


def test_where_tells_place_region_and_account():
    """LOCAL without a region of its own; the account once it is known, four digits of it."""
    assert str(local().where) == "LOCAL · http://127.0.0.1:1"

    clients = Clients(Connection(region="eu-west-1"), session=boto3.Session(**from_aws))
    assert str(clients.where) == "AWS · eu-west-1"
    clients.know_account("123456789012", clients.stamp)
    assert str(clients.where) == "AWS · eu-west-1 · account …9012"


def test_an_account_is_not_shown_for_another_caller():
    """What was asked of forgotten clients may be another's, also when the answer comes late."""
    clients = Clients(Connection(region="eu-west-1"), session=boto3.Session(**from_aws))
    before = clients.stamp
    clients.know_account("123456789012", before)

    clients.forget()

    assert clients.where.account is None
    clients.know_account("123456789012", before)
    assert clients.where.account is None


def test_where_never_raises():
    """What can't be told is left out."""
    assert Clients(Connection(profile="not-there-at-all")).where.place == "AWS"


def test_an_injected_client_is_used_as_it_is(far):
    """Its region and URL are told; of its control plane nothing is known."""
    client = boto3.client("sagemaker-runtime", endpoint_url=far.url, region_name="eu-west-3", **from_aws)
    connected = connect(Connection(), client=client)

    assert connected.runtime.invoke(REQUEST).payload.body == b""
    assert (connected.runtime.where.place, connected.runtime.where.region) == ("LOCAL", "eu-west-3")
    for ask in (
        connected.catalog.account,
        connected.catalog.endpoints,
        lambda: connected.catalog.endpoint("e"),
    ):
        with pytest.raises(Exception, match="Nothing is known"):
            ask()


def test_an_injected_client_must_not_send_in_the_clear():
    """Nor by a URL with a password: it is judged as one of the connection's."""
    for url, words in (
        ("http://10.0.0.1:8080", "unencrypted"),
        ("https://me:secret@example.com", "password in the URL"),
    ):
        client = boto3.client("sagemaker-runtime", endpoint_url=url, region_name="eu-west-3", **from_aws)
        with pytest.raises(UsageError, match=words) as caught:
            connect(Connection(), client=client)
        assert "secret" not in str(caught.value)


def test_a_refused_url_is_told_without_its_password():
    """--dry-run and %sm_connect tell the place before anything is refused."""
    where = Clients(
        Connection(endpoint_url="https://me:secret@example.com/x?token=t", region="eu-west-1")
    ).where

    assert where.endpoint_url == "https://example.com/x"


def test_an_injected_session_gives_credentials_and_region(far):
    """The signature is made with its keys, for its region."""
    session = boto3.Session(region_name="ap-south-1", **from_aws)

    connect(Connection(endpoint_url=far.url), session=session).runtime.invoke(REQUEST)

    assert "AKIATESTTESTTEST0000/" in far.seen[0].headers["authorization"]
    assert "/ap-south-1/sagemaker/" in far.seen[0].headers["authorization"]


def test_the_token_of_the_local_endpoint_is_its_access_key(far, runtime):
    """On that client only, so that the server knows its callers."""
    runtime(local_token="token-1").invoke(REQUEST)

    assert "Credential=token-1/" in far.seen[0].headers["authorization"]


def test_plain_http_elsewhere_is_refused_before_anything_is_sent():
    """For each URL that a connection has."""
    with pytest.raises(UsageError, match="unencrypted"):
        Clients(Connection(endpoint_url="http://10.0.0.1", region="eu-west-1")).runtime()
    with pytest.raises(UsageError, match="unencrypted"):
        Clients(Connection(sagemaker_endpoint_url="http://10.0.0.1", region="eu-west-1")).control()


def test_a_ca_bundle_that_is_not_there_is_said_at_once():
    """botocore would say so in the words of OpenSSL."""
    with pytest.raises(UsageError, match="no-such-file"):
        local(ca_bundle="/no-such-file.pem").runtime()


def test_a_profile_that_is_not_there_is_said_when_connecting():
    """%sm_connect --profile typo is an error, not the next call."""
    with pytest.raises(CredentialsError, match=r"not-there-at-all[\s\S]*--profile NAME"):
        connect(Connection(profile="not-there-at-all"))
