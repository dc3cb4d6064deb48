"""%sm_connect: where calls go."""

from __future__ import annotations

import time

import pytest

from sm_magic.errors import AccessDeniedException
from sm_magic.messages import Where
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime


def told(shown: str) -> dict[str, str]:
    """The facts of a report; a long one goes on in the next line."""
    facts: dict[str, str] = {}
    for line in shown.splitlines()[1:]:
        name, _, value = line.strip().partition("  ")
        if line.startswith("   ") and facts:
            facts[list(facts)[-1]] += " " + line.strip()
        elif value:
            facts[name] = value.strip()
    return facts


def test_alone_it_says_where_you_are(notebook):
    """Place, region; of the account the last four digits only."""
    from functools import partial

    from sm_magic.client import Client

    runtime = FunctionRuntime(notebook.handle, where=Where(place="AWS", region="eu-west-1", profile="prod"))
    notebook.door.place = partial(Client, runtime=runtime, catalog=FunctionCatalog(account="123456789012"))

    shown = notebook.run("%sm_connect")

    assert told(shown) == {"place": "AWS", "region": "eu-west-1", "profile": "prod", "account": "…9012"}
    assert "12345678" not in shown


def test_without_region_and_credentials_it_says_so(notebook):
    """On a fresh machine nothing fails, nothing is slow, and the next step is named."""
    notebook.door.place = None
    started = time.perf_counter()

    shown = notebook.run("%sm_connect")

    assert told(shown) == {"place": "AWS", "region": "none: %sm_connect --region REGION"}
    assert time.perf_counter() - started < 5


class Denying(FunctionCatalog):
    """A control plane that denies everything."""

    def account(self):
        """Nothing is told."""
        raise AccessDeniedException("not authorized")

    def endpoints(self):
        """Nothing is told."""
        raise AccessDeniedException("not authorized")


def test_being_denied_is_no_failure(notebook):
    """What the control plane denies is left out."""
    from functools import partial

    from sm_magic.client import Client

    runtime = FunctionRuntime(notebook.handle, where=Where(place="LOCAL"))
    notebook.door.place = partial(Client, runtime=runtime, catalog=Denying())

    assert told(notebook.run("%sm_connect")) == {"place": "LOCAL"}


def test_options_hold_for_the_session(notebook):
    """They set the traits, as %config does, and lead away from any other place."""
    shown = notebook.run("%sm_connect --region eu-central-1 --endpoint-url https://vpce.example.com")

    assert notebook.door.place is None
    assert (notebook.door.region, notebook.door.endpoint_url) == ("eu-central-1", "https://vpce.example.com")
    assert told(shown)["region"] == "eu-central-1"
    assert told(shown)["endpoint URL"] == "https://vpce.example.com"


def test_one_place_after_another(notebook):
    """What a session was told before gives way to what it is told now."""
    notebook.run("%sm_connect --region eu-west-1")

    assert told(notebook.run("%sm_connect --region us-east-1"))["region"] == "us-east-1"


def test_nothing_changes_where_the_line_cannot_be_done(notebook):
    """A profile that is not there leaves the session as it was."""
    place = notebook.door.place

    notebook.fails("%sm_connect --region eu-central-1 --profile nosuch")

    assert place is notebook.door.place
    assert (notebook.door.region, notebook.door.profile) == (None, None)


def test_trusting_a_project(notebook, folder):
    """What an untrusted project would redirect is named; --trust-project lets it count."""
    notebook.door.place = None
    (folder / "pyproject.toml").write_text(
        "[tool.sm_magic]\nendpoint_url = 'https://vpce.example.com'\n"
        "[tool.sm_magic.targets.far]\nendpoint = 'echo'\nprofile = 'prod'\n"
    )

    before = told(notebook.run("%sm_connect"))
    refused = notebook.fails("%sm_invoke far 1")
    after = told(notebook.run("%sm_connect --trust-project"))

    assert (
        f"{folder}/pyproject.toml; until %sm_connect --trust-project without endpoint_url, target far"
        == before["project"]
    )
    assert "endpoint URL" not in before
    assert "sets profile, which decides where data goes" in refused
    assert "%sm_connect --trust-project" in refused
    assert f"{folder}/pyproject.toml, trusted" == after["project"]
    assert after["endpoint URL"] == "https://vpce.example.com"


def test_trust_is_given_to_one_project(notebook, folder, tmp_path, monkeypatch):
    """Another folder's project is another's, whatever was trusted before; back in the first it still is."""
    notebook.door.place = None
    other = tmp_path / "cloned"
    other.mkdir()
    for where, url in ((folder, "https://vpce.example.com"), (other, "https://evil.example")):
        (where / "pyproject.toml").write_text(f"[tool.sm_magic]\nendpoint_url = '{url}'\n")
    notebook.run("%sm_connect --trust-project")

    monkeypatch.chdir(other)
    there = told(notebook.run("%sm_connect"))
    monkeypatch.chdir(folder)
    back = told(notebook.run("%sm_connect"))

    assert "endpoint URL" not in there and "until %sm_connect --trust-project" in there["project"]
    assert back["endpoint URL"] == "https://vpce.example.com"


def test_an_untrusted_project_redirects_no_call(notebook, folder):
    """Its URL is not where a call goes."""
    notebook.door.place = None
    (folder / "pyproject.toml").write_text("[tool.sm_magic]\nendpoint_url = 'https://evil.example'\n")

    untrusted = notebook.run("x = %sm_invoke echo 1 --dry-run")
    notebook.run("%sm_connect --trust-project")
    trusted = notebook.run("x = %sm_invoke echo 1 --dry-run")

    assert "evil" not in untrusted
    assert "https://evil.example" in trusted


def test_help(notebook):
    """--help prints the manual."""
    assert "%sm_connect local" in notebook.run("%sm_connect --help")


@pytest.mark.server
def test_local(notebook, local_endpoint):
    """%sm_connect local joins or starts the endpoint of this machine, and says what it has."""
    notebook.run("%config SageMakerMagics.profile = 'nosuch'")

    shown = notebook.run("%sm_connect local")
    notebook.run("%sm_invoke iris [[5.1, 3.5, 1.4, 0.2]] -t json -o answer -q")

    assert told(shown)["place"] == "LOCAL"
    assert (
        told(shown)["endpoints"]
        == "iris, digits, diabetes, edges, boxes, mask, forecast, story, echo, faulty"
    )
    assert notebook.names["answer"]["predictions"][0]["predicted_label"] == "setosa"
    assert "region" not in told(shown)


@pytest.mark.server
def test_leaving_local(notebook, local_endpoint):
    """Any option of the connection leads back to AWS."""
    notebook.run("%sm_connect local")

    assert told(notebook.run("%sm_connect aws"))["place"] == "AWS"
    notebook.run("%sm_connect local")
    assert told(notebook.run("%sm_connect --region eu-west-1"))["place"] == "AWS"


ROLE = "arn:aws:iam::123456789012:role/service/invoker"


def test_a_role_holds_for_the_session(notebook):
    """Its name is told, never its account; a call or the session goes without it again."""
    shown = notebook.run(f"%sm_connect --region eu-west-1 --role-arn {ROLE}")

    assert told(shown)["role"] == "invoker"
    assert notebook.door.role_arn == ROLE
    assert "12345678" not in shown + notebook.run("x = %sm_invoke echo 1 --dry-run")
    notebook.run("%config SageMakerMagics.role_arn = None")
    assert "role" not in told(notebook.run("%sm_connect"))


def test_what_is_no_role_changes_nothing(notebook):
    """An assumed role's ARN leads to the role's own."""
    said = notebook.fails("%sm_connect --role-arn arn:aws:sts::123456789012:assumed-role/invoker/jane")

    assert "--role-arn arn:aws:iam::…9012:role/invoker" in said
    assert notebook.door.role_arn is None
    assert "is no role's ARN" in notebook.fails("%sm_invoke echo 1 --role-arn invoker")


def test_a_call_and_a_target_may_have_a_role(notebook):
    """--role-arn on a call leaves the local endpoint, as --region does; a target's counts where calls go to AWS."""
    notebook.run(f"x = %sm_invoke echo 1 --dry-run --region eu-west-1 --role-arn {ROLE}")
    here = notebook.run(f"%sm_target add far echo --region eu-west-1 --role-arn {ROLE}")
    stays = notebook.run("x = %sm_invoke far 1 --dry-run")
    notebook.door.place = None
    goes = notebook.run("x = %sm_invoke far 1 --dry-run")

    assert "…9012:role/service/invoker" in here and "12345678" not in here
    assert "role invoker" not in stays
    assert "AWS · eu-west-1 · role invoker" in goes


def test_a_role_does_not_follow_to_the_local_endpoint(notebook):
    """It is of AWS: the local endpoint has its own keys."""
    notebook.run(f"%config SageMakerMagics.role_arn = '{ROLE}'")

    assert notebook.door.client(notebook.door.settings())._connection.role_arn is None


def test_a_role_of_a_project_counts_once_it_is_trusted(notebook, folder):
    """A cloned repository must not say who calls: neither by a setting nor by a target."""
    notebook.door.place = None
    (folder / "pyproject.toml").write_text(
        f"[tool.sm_magic]\nrole_arn = '{ROLE}'\n[tool.sm_magic.targets.far]\nendpoint = 'echo'\nrole_arn = '{ROLE}'\n"
    )

    before = told(notebook.run("%sm_connect"))
    refused = notebook.fails("%sm_invoke far 1")
    after = told(notebook.run("%sm_connect --trust-project"))

    assert "role" not in before and before["project"].endswith("without role_arn, target far")
    assert "sets role_arn, which decides where data goes" in refused
    assert after["role"] == "invoker"


def checkable(notebook, **catalog):
    """Connect the notebook to endpoints that a function describes."""
    from functools import partial

    from sm_magic.client import Client
    from sm_magic.messages import Endpoint
    from sm_magic.transports.access import FunctionAccess
    from sm_magic.transports.function import FunctionStore

    arn = "arn:aws:iam::123456789012:user/jane"
    endpoint = Endpoint(name="echo", status="InService", asynchronous=True, output_path="s3://mine/out")
    notebook.door.place = partial(
        Client,
        runtime=FunctionRuntime(notebook.handle, where=Where(place="AWS", region="eu-west-1")),
        catalog=FunctionCatalog([endpoint], **catalog),
        store=FunctionStore({}),
        access=FunctionAccess(arn, ["sagemaker:InvokeEndpointAsync"]),
    )


def test_check_says_what_works(notebook):
    """A mark, what is so, what it is for, and what to do; nothing is sent."""
    checkable(notebook)

    shown = notebook.run("%sm_connect --check echo")
    facts = told(shown)

    assert shown.startswith("check of echo · ")
    assert facts["where"] == "AWS · eu-west-1"
    assert facts["✓ credentials"] == "user/jane of …9012 · for every call"
    assert facts["✓ InvokeEndpointAsync"] == "allowed by your policies · for --async"
    assert facts["✗ failures in S3"].startswith(
        "the endpoint has no FailureLocation · for --async: what failed"
    )
    assert "→ Set S3FailurePath" in facts["✗ failures in S3"]
    assert facts["– data capture"].startswith("off · ")
    assert notebook.sent == [] and "12345678" not in shown


def test_check_of_what_is_denied(notebook):
    """Crosses with their actions, and no error."""

    def deny(call):
        raise AccessDeniedException("not authorized")

    checkable(notebook, gate=deny)

    facts = told(notebook.run("%sm_connect --check echo"))

    assert facts["✗ DescribeEndpoint"].endswith("→ Allow sagemaker:DescribeEndpoint")
    assert facts["✗ FilterLogEvents"].endswith("→ Allow logs:FilterLogEvents")


def test_check_knows_targets_and_needs_an_endpoint(notebook):
    """A target stands for its endpoint."""
    checkable(notebook)
    notebook.run("%sm_target add mine echo")

    assert told(notebook.run("%sm_connect --check mine"))["target"] == "mine stands for echo"
    assert "`--check` needs a value" in notebook.fails("%sm_connect --check")
