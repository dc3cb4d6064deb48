"""A deployment, followed by a clock that does not wait."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from sm_magic import rolloutcards
from sm_magic.client import Client
from sm_magic.deployments import LogLine
from sm_magic.descriptions import Missing
from sm_magic.errors import AccessDeniedException, ConnectError, ValidationError
from sm_magic.messages import Endpoint, Response, Variant
from sm_magic.readiness import Clock
from sm_magic.rollout import follow
from sm_magic.settings import Settings
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime

GROUP = "/aws/sagemaker/Endpoints/e"
WROTE = LogLine(time=datetime(2026, 11, 21, 12, 0, tzinfo=UTC), stream="v/i-1", text="loading\x1b[31m <b>")


@dataclass
class Deploying:
    """A control plane that tells one state after the other: an endpoint, None, or an error to raise."""

    states: list
    denied: tuple = ()
    now: float = 0.0
    asked: list = field(default_factory=list)

    @property
    def clock(self):
        """Time passes when somebody sleeps."""

        def sleep(seconds):
            self.now += seconds

        return Clock(now=lambda: self.now, sleep=sleep)

    @property
    def catalog(self):
        """The state that is next; the last one stays."""
        return _Changing(self)


class _Changing(FunctionCatalog):
    def __init__(self, told):
        super().__init__(log={GROUP: [WROTE]}, gate=self._gate)
        self.told = told

    def _gate(self, call):
        self.told.asked.append(call)
        if call in self.told.denied:
            raise AccessDeniedException("no", status=403)

    def endpoint(self, name):
        state = self.told.states.pop(0) if len(self.told.states) > 1 else self.told.states[0]
        if isinstance(state, Exception):
            raise state
        return state


def being(status, **more):
    """The endpoint in this state."""
    variant = Variant(name="v", instances=0, desired=1, state="Creating" if status == "Creating" else None)
    return Endpoint(name="e", status=status, variants=(variant,), **more)


def test_it_is_looked_at_until_it_is_in_service():
    """A look every ten seconds, the last lines of the log with each."""
    told = Deploying([being("Creating"), being("Creating"), being("InService")])

    steps = list(follow(told.catalog, "e", clock=told.clock))

    assert [(step.endpoint.status, step.elapsed, step.over) for step in steps] == [
        ("Creating", 0, False),
        ("Creating", 10, False),
        ("InService", 20, True),
    ]
    assert all(step.log.lines == (WROTE,) for step in steps)


@pytest.mark.parametrize("status", ["InService", "Failed", "OutOfService", "UpdateRollbackFailed"])
def test_what_stays_is_looked_at_once(status):
    """There is nothing to wait for."""
    told = Deploying([being(status)])

    (step,) = follow(told.catalog, "e", clock=told.clock)

    assert step.over and told.now == 0


def test_one_that_is_deleted_is_over_once_it_is_gone():
    """None is told of it then."""
    told = Deploying([being("Deleting"), None])

    *_, last = follow(told.catalog, "e", clock=told.clock)

    assert last.endpoint is None and last.over
    assert rolloutcards.title(last, "e") == "e is deleted"


def test_a_look_that_fails_is_told_and_tried_again():
    """The state is the last that was known; the first look must work."""
    told = Deploying([being("Updating"), ConnectError("No answer."), being("InService")])

    steps = list(follow(told.catalog, "e", clock=told.clock))

    assert [(step.endpoint.status, step.problem) for step in steps] == [
        ("Updating", None),
        ("Updating", "No answer."),
        ("InService", None),
    ]
    lost = Deploying([ConnectError("No answer.")])
    with pytest.raises(ConnectError):
        next(follow(lost.catalog, "e", clock=lost.clock))


def test_a_log_that_is_denied_is_asked_for_once():
    """The state is told all the same."""
    told = Deploying([being("Creating")] * 3 + [being("InService")], denied=("FilterLogEvents",))

    steps = list(follow(told.catalog, "e", clock=told.clock))

    assert told.asked.count("FilterLogEvents") == 1
    assert {step.missing for step in steps} == {Missing("not allowed", "logs:FilterLogEvents")}
    shown = rolloutcards.card(steps[0], "e", where=None, settings=Settings())["text/plain"]
    assert "not allowed: logs:FilterLogEvents" in shown


def test_the_card_tells_the_state_the_variants_and_the_last_lines():
    """Which strangers wrote: escaped."""
    told = Deploying([being("Creating"), being("Failed", failure_reason="No room in 123456789012.dkr.ecr.x")])
    first, last = follow(told.catalog, "e", clock=told.clock)

    going, over = (rolloutcards.card(step, "e", where=None, settings=Settings()) for step in (first, last))

    assert "e is Creating after 0 s" in going["text/plain"] and "v: Creating" in going["text/plain"]
    assert "v × 0 → 1" in going["text/plain"]
    assert "12:00:00 loading" in going["text/plain"] and "\x1b" not in going["text/plain"]
    assert "<b>" not in going["text/html"]
    assert "e is Failed after 10 s" in over["text/plain"] and "…9012" in over["text/plain"]


def test_a_client_follows_what_is_there():
    """A name that is not there is an error before anything is waited for."""
    told = Deploying([being("Updating"), being("InService")])
    client = Client(
        runtime=FunctionRuntime(lambda request: Response(payload=request.payload)), catalog=told.catalog
    )

    assert [step.endpoint.status for step in client.follow("e", clock=told.clock)] == [
        "Updating",
        "InService",
    ]
    told.states = [None]
    with pytest.raises(ValidationError, match="There is no endpoint e"):
        next(client.follow("e"))
