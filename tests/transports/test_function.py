"""What is a function transport's own."""

import pytest

from sm_magic.errors import ModelError, ValidationError
from sm_magic.messages import Endpoint, Payload, Request, Response, Ticket, Where
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime

REQUEST = Request(endpoint="e", payload=Payload(body=b"1", content_type="text/csv"))


def test_a_function_that_fails_is_a_container_that_fails():
    """Whatever it raises is a ModelError with the cause on it."""
    runtime = FunctionRuntime(lambda _: 1 / 0)

    with pytest.raises(ModelError, match="ZeroDivisionError") as caught:
        runtime.invoke(REQUEST)

    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert (
        caught.value.original_status,
        caught.value.original_message,
    ) == (500, "ZeroDivisionError: division by zero")


def test_a_response_keeps_the_latency_it_has():
    """A replayed answer tells its own time."""
    said = Response(payload=REQUEST.payload, latency=1.5)

    assert FunctionRuntime(lambda _: said).invoke(REQUEST).latency == 1.5


def test_it_is_nowhere_unless_told():
    """The card says FUNCTION, or what it was given."""
    assert str(FunctionRuntime(lambda _: None).where) == "FUNCTION"
    assert FunctionRuntime(lambda _: None, where=Where(place="here")).where.place == "here"


def test_a_catalog_knows_what_it_was_told():
    """Endpoints by name, in the order given; None for what is not there."""
    iris = Endpoint(name="iris", status="InService")
    catalog = FunctionCatalog([iris, Endpoint(name="digits", status="Creating")], account="123456789012")

    assert catalog.endpoints() == ("iris", "digits")
    assert iris == catalog.endpoint("iris")
    assert catalog.endpoint("none") is None
    assert catalog.account() == "123456789012"
    assert FunctionCatalog(backlogs={"iris": 3}).backlog("iris") == 3
    assert catalog.backlog("iris") is None
    assert FunctionCatalog().account() is None


def test_a_function_queues_only_if_it_was_given_one_that_does():
    """As an endpoint without an AsyncInferenceConfig refuses."""
    ticket = Ticket(output_location="s3://bucket/out")
    assert ticket is FunctionRuntime(lambda _: None, submitter=lambda _: ticket).submit(REQUEST)
    with pytest.raises(ValidationError, match="no asynchronous requests"):
        FunctionRuntime(lambda _: None).submit(REQUEST)
    with pytest.raises(ModelError, match="ZeroDivisionError"):
        FunctionRuntime(lambda _: None, submitter=lambda _: 1 / 0).submit(REQUEST)
