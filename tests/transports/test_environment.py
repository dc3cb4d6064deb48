"""What of the environment and of the AWS configuration is heeded, in processes that have nothing else."""

SCENARIOS = """
import json, os
from sm_magic.settings import Connection
from sm_magic.transports.clients import Clients

out = {}
def facts(name, connection, **env):
    for key in list(os.environ):
        if key in ADDED: del os.environ[key]
    os.environ.update(env); ADDED.update(env)
    before = dict(os.environ)
    clients = Clients(connection)
    try:
        client = clients.runtime()
        out[name] = [client.meta.region_name, client.meta.endpoint_url, str(clients.where)]
    except Exception as exc:
        out[name] = [type(exc).__name__, str(exc)]
    assert before == dict(os.environ)
ADDED = set()
"""


def test_the_region_comes_from_where_people_put_it(elsewhere, tmp_path):
    """Connection, AWS_REGION, AWS_DEFAULT_REGION, the profile: in that order.  None is an error that says so."""
    (tmp_path / "config").write_text("[default]\nregion = eu-north-1\n[profile p]\nregion = eu-south-1\n")
    found = elsewhere(
        SCENARIOS
        + """
both = dict(AWS_REGION="us-west-1", AWS_DEFAULT_REGION="us-west-2")
facts("connection", Connection(region="ca-central-1"), **both)
facts("aws_region", Connection(), **both)
facts("default_region", Connection(), AWS_DEFAULT_REGION="us-west-2")
facts("empty", Connection(), AWS_REGION="", AWS_DEFAULT_REGION="us-west-2")
facts("default profile", Connection())
facts("profile", Connection(profile="p"))
facts("aws_profile", Connection(), AWS_PROFILE="p")
facts("none", Connection(), AWS_CONFIG_FILE="/dev/null")
facts("bad", Connection(region="eu west"))
print(json.dumps(out))
"""
    )
    regions = {name: facts[0] for name, facts in found.items()}

    assert regions == {
        "connection": "ca-central-1",
        "aws_region": "us-west-1",
        "default_region": "us-west-2",
        "empty": "us-west-2",
        "default profile": "eu-north-1",
        "profile": "eu-south-1",
        "aws_profile": "eu-south-1",
        "none": "CredentialsError",
        "bad": "UsageError",
    }
    assert "AWS · eu-south-1 · profile p" == found["profile"][2] == found["aws_profile"][2]
    assert "%sm_connect --region" in found["none"][1]


def test_urls_come_by_boto3s_own_chain(elsewhere, tmp_path):
    """AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME and a profile's services count, and plain http elsewhere stays refused."""
    (tmp_path / "config").write_text(
        "[profile dev]\nregion = eu-west-1\nservices = dev\n"
        "[services dev]\nsagemaker_runtime =\n  endpoint_url = https://runtime.example.com\n"
    )
    found = elsewhere(
        SCENARIOS
        + """
region = dict(AWS_REGION="eu-west-1")
facts("own", Connection(), **region)
facts("china", Connection(region="cn-north-1"))
facts("environment", Connection(), AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME="http://127.0.0.1:9", **region)
facts("profile", Connection(profile="dev"))
facts("refused", Connection(), AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME="http://example.com", **region)
facts("nonsense", Connection(), AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME="iris", **region)
# Nothing of the user's configuration keeps anyone from the local endpoint.
hostile = dict(AWS_PROFILE="gone", AWS_USE_FIPS_ENDPOINT="true", AWS_MAX_ATTEMPTS="9", HTTP_PROXY="http://127.0.0.1:2")
facts("local", Connection(endpoint_url="http://127.0.0.1:9", local_token="t"), **hostile)
print(json.dumps(out))
"""
    )

    assert found["own"][1] == "https://runtime.sagemaker.eu-west-1.amazonaws.com"
    assert found["china"][1] == "https://runtime.sagemaker.cn-north-1.amazonaws.com.cn"
    assert found["environment"][2] == "LOCAL · eu-west-1 · http://127.0.0.1:9"
    assert found["profile"][1] == "https://runtime.example.com"
    assert "UsageError" == found["refused"][0] == found["nonsense"][0]
    assert found["local"][2] == "LOCAL · http://127.0.0.1:9"


def test_loopback_goes_past_proxies_and_nothing_else_does(elsewhere, far):
    """HTTP_PROXY that leads nowhere spoils no local call; it is heeded for AWS."""
    found = elsewhere(
        """
import json, os, sys
from sm_magic.messages import Payload, Request
from sm_magic.settings import Connection
from sm_magic.transports.boto import connect

request = Request(endpoint="e", payload=Payload(body=b"1", content_type="text/csv"))
def told(connection):
    try:
        return connect(connection).runtime.invoke(request).status
    except Exception as exc:
        return f"{type(exc).__name__}: {exc}"
explicit = told(Connection(endpoint_url=os.environ["FAR"], local_token="t"))
os.environ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = os.environ["FAR"]
chain = told(Connection(region="eu-west-1"))
del os.environ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"]
aws = told(Connection(region="eu-west-1"))
print(json.dumps([explicit, chain, aws]))
""",
        FAR=far.url,
        HTTP_PROXY="http://127.0.0.1:9",
        HTTPS_PROXY="http://127.0.0.1:9",
        http_proxy="http://127.0.0.1:9",
        AWS_ACCESS_KEY_ID="AKIATESTTESTTEST0000",
        AWS_SECRET_ACCESS_KEY="s",
    )

    assert found[:2] == [200, 200]
    assert "ConnectError" in found[2] and "proxy" in found[2]


def test_credentials_that_changed_are_heeded_at_the_next_call(elsewhere, far):
    """%env AWS_ACCESS_KEY_ID=… counts; so do keys renewed in the file after they were refused, and a fork."""

    def refuse_a1(seen):
        if "Credential=A1/" in seen.headers["authorization"]:
            return far.fault(
                "ExpiredTokenException", "The security token included in the request is expired", 403
            )
        return far.Answer()

    far.says(refuse_a1)
    found = elsewhere(
        """
import json, os
from pathlib import Path
from sm_magic.messages import Payload, Request
from sm_magic.settings import Connection
from sm_magic.transports.boto import connect
from sm_magic.transports.clients import Clients

request = Request(endpoint="e", payload=Payload(body=b"1", content_type="text/csv"))
runtime = connect(Connection(endpoint_url=os.environ["FAR"], region="eu-west-1")).runtime
file = Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"])
def key(name):
    file.write_text(f"[default]\\naws_access_key_id = {name}\\naws_secret_access_key = s\\n")
def told():
    try:
        return runtime.invoke(request).status
    except Exception as exc:
        return type(exc).__name__
out = [told()]
key("A1"); out.append(told())
key("A2"); out.append(told())
os.environ.update(AWS_ACCESS_KEY_ID="A3", AWS_SECRET_ACCESS_KEY="s"); out.append(told())
clients = Clients(Connection(endpoint_url=os.environ["FAR"], region="eu-west-1"))
first = clients.runtime()
r, w = os.pipe()
child = os.fork()
if child == 0:
    os.write(w, b"same" if clients.runtime() is first else b"other")
    os._exit(0)
os.waitpid(child, 0)
out.append(os.read(r, 9).decode())
print(json.dumps(out))
""",
        FAR=far.url,
    )

    assert found == ["CredentialsError", "CredentialsError", 200, 200, "other"]
    assert [seen.headers["authorization"].split("Credential=")[1][:2] for seen in far.seen] == [
        "A1",
        "A2",
        "A3",
    ]


def test_descriptions_of_services_are_read_once(elsewhere, tmp_path):
    """However many connections there are: of SageMaker Runtime and of the control plane, a file each.

    A folder of AWS_DATA_PATH is looked through before botocore's own.
    """
    own = tmp_path / "models"
    own.mkdir()
    found = elsewhere(
        """
import json, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from sm_magic.settings import Connection
from sm_magic.transports.clients import Clients

for region in ("eu-west-1", "us-east-1", "eu-west-3"):
    clients = Clients(Connection(region=region))
    clients.runtime(), clients.control()
    paths = clients._open_session()._session.get_component("data_loader").search_paths
read = [path.replace("\\\\", "/").split("/data/")[1].split("/")[0] for path in opened if "service-2.json" in path]
print(json.dumps([sorted(read), paths[0]]))
""",
        AWS_DATA_PATH=str(own),
    )
    assert found[0] == ["sagemaker", "sagemaker-runtime"]
    assert str(own) in found[1]
