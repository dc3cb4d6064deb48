"""%sm_endpoints: what is deployed, one endpoint in detail, a deployment that is followed."""

from __future__ import annotations

import re
from functools import partial

import pytest

from sm_magic.client import Client
from sm_magic.deployments import Configuration, Configured
from sm_magic.descriptions import Description, Overview
from sm_magic.errors import AccessDeniedException, SmMagicError, StillRunning, UsageError, ValidationError
from sm_magic.messages import Endpoint, Variant, Where
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime

FAILED = Endpoint(
    name="broken",
    status="Failed",
    variants=(Variant(name="v"),),
    failure_reason="The ping failed in 123456789012.dkr.ecr.x.",
)
DEPLOYED = (
    Endpoint(name="iris", status="InService", config="c", variants=(Variant(name="champion", instances=2),)),
    Endpoint(name="iris-next", status="Creating", variants=(Variant(name="v", instances=0, desired=1),)),
    FAILED,
)


@pytest.fixture
def deployed(notebook):
    """The notebook, connected to these endpoints; the calls that it names are denied."""
    denied: set[str] = set()

    def gate(call: str) -> None:
        if call in denied:
            raise AccessDeniedException("no", status=403)

    catalog = FunctionCatalog(
        DEPLOYED,
        configurations=[Configuration(name="c", variants=(Configured(name="champion", model="m"),))],
        gate=gate,
    )
    runtime = FunctionRuntime(notebook.handle, where=Where(region="eu-west-1"))
    notebook.door.place = partial(Client, runtime=runtime, catalog=catalog)
    return denied


def test_all_are_listed_in_a_table(notebook, deployed):
    """Once; what the magic returns can be asked, and kept."""
    shown = notebook.run("%sm_endpoints -o found")

    assert shown.count("3 endpoints") == 1
    assert [line.split()[0] for line in shown.splitlines() if "  " in line and "v ×" in line] == ["iris-next"]
    found = notebook.names["found"]
    assert isinstance(found, Overview) and [one.name for one in found] == ["iris", "iris-next", "broken"]
    assert notebook.result is found


def test_a_pattern_chooses(notebook, deployed):
    """In quotes or without."""
    for pattern in ("iris*", '"IRIS*"'):
        shown = notebook.run(f"%sm_endpoints {pattern} -q")
        assert "rows" not in shown and len(notebook.result) == 2
    assert "2 endpoints like iris*" in notebook.run("%sm_endpoints iris*")


def test_one_is_told_in_detail(notebook, deployed):
    """By its name, by a target, by an ARN, by a variable."""
    notebook.run("%config SageMakerMagics.targets = {'flowers': {'endpoint': 'iris'}}\nname = 'iris'")
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/iris"
    for told in ("iris", "flowers", arn, "${name}"):
        shown = notebook.run(f"%sm_endpoints {told}")
        assert "iris · InService · real-time" in shown and "champion" in shown
        assert isinstance(notebook.result, Description)


def test_what_is_denied_is_said_in_its_place(notebook, deployed):
    """The rest is there."""
    deployed |= {"DescribeModel", "GetMetricData"}

    shown = notebook.run("%sm_endpoints iris")

    assert (
        "not allowed: sagemaker:DescribeModel" in shown and "not allowed: cloudwatch:GetMetricData" in shown
    )
    assert "champion" in shown


def test_a_name_that_is_not_there_is_an_error(notebook, deployed):
    """With the name that was meant."""
    with pytest.raises(ValidationError, match="There is no endpoint irs in eu-west-1") as caught:
        notebook.run("%sm_endpoints irs")
    assert caught.value.hint == "Did you mean `iris`?"


def test_a_list_that_is_denied_is_an_error(notebook, deployed):
    """There is nothing to show."""
    deployed.add("ListEndpoints")

    with pytest.raises(AccessDeniedException):
        notebook.run("%sm_endpoints")


def test_a_deployment_that_is_over_is_told_at_once(notebook, deployed):
    """Once, and what the magic returns can be asked.  What failed stops Run All, with the reason."""
    shown = notebook.run("%sm_endpoints iris --wait -o iris")
    assert re.search(r"iris is InService after \d+ s", shown) and "Endpoint(" not in shown
    found = notebook.names["iris"]
    assert isinstance(found, Description) and found.status == "InService" and notebook.result is found
    with pytest.raises(SmMagicError, match=r"broken is Failed: The ping failed in …9012") as caught:
        notebook.run("%sm_endpoints broken --wait")
    assert caught.value.hint == "%sm_logs broken shows its log"


def test_one_that_goes_on_is_given_up_when_its_time_is_over(notebook, deployed):
    """StillRunning, and how to look again."""
    with pytest.raises(StillRunning, match=r"iris-next is Creating after \d+ s") as caught:
        notebook.run("%sm_endpoints iris-next --wait=0.000001")
    assert "`%sm_endpoints iris-next --wait` follows it again" in caught.value.hint


def test_many_can_not_be_followed(notebook, deployed):
    """One deployment at a time."""
    for line in ("%sm_endpoints --wait", "%sm_endpoints iris* --wait"):
        with pytest.raises(UsageError, match="follows one endpoint"):
            notebook.run(line)


DEPLOYING = """
from functools import partial
from sm_magic.client import Client
from sm_magic.messages import Endpoint, Variant
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime
endpoint = Endpoint(name="next", status="Creating", variants=(Variant(name="v", instances=0, desired=1),))
door = get_ipython().magics_manager.registry["SageMakerMagics"]
there = Endpoint(name="there", status="InService", variants=endpoint.variants)
door.place = partial(Client, runtime=FunctionRuntime(print), catalog=FunctionCatalog([endpoint, there]))
"""


@pytest.mark.server
def test_a_deployment_is_one_display_until_it_is_interrupted(kernel):
    """In a notebook: its card stays, with what it was at; the error says how to go on."""
    kernel.run(DEPLOYING)
    outputs = kernel.outputs(kernel.start("%sm_endpoints next --wait"))
    card = next(one for one in outputs if "next is Creating" in one.text)
    second = next(outputs)
    kernel.manager.interrupt_kernel()
    *updates, error = outputs
    kernel.reply()

    assert second.kind == "update_display_data"
    assert {one.display_id for one in (second, *updates)} == {card.display_id}
    assert "next is Creating … " in card.text and "v × 0 → 1" in card.text
    assert "next is Creating … interrupted after" in updates[-1].text
    assert "v × 0 → 1" in updates[-1].text
    assert error.kind == "error" and "The deployment goes on: `%sm_endpoints next --wait`" in error.text


@pytest.mark.server
def test_answers_stand_once_in_a_notebook(kernel):
    """A table and a card are displays of their own; what the magics return says nothing more."""
    kernel.run(DEPLOYING)

    for line, words in (
        ("%sm_endpoints", "2 endpoints"),
        ("%sm_endpoints next", "Creating"),
        ("%sm_endpoints there --wait", "there is InService"),
        ("%sm_logs next", "0 lines"),
    ):
        (output,) = kernel.shown(line)
        assert words in output.text and "<table" in output.html
