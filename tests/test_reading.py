"""A deserializer that the user brings, as the SageMaker SDK's are made: it reads the answer in our place."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pandas as pd
import pytest

from sm_magic.client import Client
from sm_magic.errors import CodecError, UsageError
from sm_magic.messages import Payload, Response
from sm_magic.records import history
from sm_magic.settings import Settings
from sm_magic.transports.function import FunctionRuntime


@dataclass
class Rows:
    """Rows of a CSV as lists of texts, as the SDK's CSVDeserializer gives them."""

    ACCEPT: object = ("text/csv",)
    seen: list[str] = field(default_factory=list)

    def deserialize(self, stream, content_type):
        """The rows; ValueError for another type."""
        with stream:
            self.seen.append(content_type)
            if content_type != "text/csv":
                raise ValueError(f"can't read {content_type}")
            return [line.split(",") for line in stream.read().decode().splitlines()]


def answering(body=b"1,2\n3,4\n", content_type="text/csv"):
    """A client whose endpoint always answers the same."""
    payload = Payload(body=body, content_type=content_type)
    return Client(settings=Settings(), runtime=FunctionRuntime(lambda _: Response(payload=payload)))


def test_it_makes_the_value_and_asks_for_its_type():
    """The bytes stay, the card says who read them, and views and `frame` take what it made."""
    result = answering().invoke([1], endpoint="e", deserializer=Rows())

    assert (result.value, result.body) == ([["1", "2"], ["3", "4"]], b"1,2\n3,4\n")
    assert result.request.accept == "text/csv"
    assert [note.endswith("Rows.") for note in result.notes] == [True]
    assert result.frame().shape == (2, 2)
    assert result.ledger.sentence is None


def test_rows_are_counted_in_what_it_made():
    """The row ledger holds for any reader."""
    result = answering().invoke(pd.DataFrame({"a": [1, 2]}), endpoint="e", deserializer=Rows())
    assert result.ledger.sentence == "2 rows → 2 predictions"


def test_query_picks_from_what_it_made():
    """--query asks the value, whoever made it."""
    result = answering().invoke([1], endpoint="e", deserializer=Rows(), query="[1][0]")
    assert result.value == "3"


@pytest.mark.parametrize(
    ("asked", "given", "sent"),
    [
        (("text/csv", "application/json"), None, "text/csv, application/json"),
        ("*/*", None, "*/*"),
        (("text/csv", "application/json"), "csv", "text/csv"),
    ],
)
def test_accept_is_its_own_unless_given(asked, given, sent):
    """Several types go out as the SDK sends them."""
    request = answering().prepare([1], endpoint="e", accept=given, deserializer=Rows(ACCEPT=asked))
    assert request.accept == sent


@pytest.mark.parametrize("asked", ["cvs", ("text/csv", "a\nb"), ("text/csv,", "*/*"), ""])
def test_an_accept_that_is_none_is_refused(asked):
    """Before anything is sent."""
    with pytest.raises(UsageError):
        answering().prepare([1], endpoint="e", deserializer=Rows(ACCEPT=asked))


def test_what_is_no_deserializer_is_refused_before_sending():
    """Whether it is given to `invoke` or to `send`."""
    sent = []
    client = Client(settings=Settings(), runtime=FunctionRuntime(sent.append))
    with pytest.raises(UsageError, match="Rows is a class"):
        client.invoke([1], endpoint="e", deserializer=Rows)
    with pytest.raises(UsageError, match="no deserializer"):
        client.send(client.prepare([1], endpoint="e"), deserializer="csv")
    assert sent == []


def test_what_it_raises_is_told_and_the_bytes_are_kept():
    """As when our own decoding fails: the Result is on the error and in the history."""
    with pytest.raises(
        CodecError, match="Rows failed on this answer of application/json: ValueError"
    ) as caught:
        answering(b"[1]", "application/json").invoke([1], endpoint="e", deserializer=Rows())

    result = caught.value.result
    assert (result.body, history.last.body) == (b"[1]", b"[1]")
    assert "sm_magic.last.body" in caught.value.hint
    with pytest.raises(CodecError, match="Rows failed"):
        result.value  # noqa: B018 - it raises
    assert "Rows failed" in result._repr_mimebundle_()["text/plain"]


def test_an_answer_without_a_type_is_read_by_its_first_bytes():
    """The deserializer is told what they look like."""
    rows = Rows()
    with pytest.raises(CodecError):
        answering(b"\x93NUMPY", "").invoke([1], endpoint="e", deserializer=rows)
    assert rows.seen == ["application/x-npy"]


def test_the_history_reads_with_it_again():
    """Where the value is not kept, it is made again as it was."""
    history.clear()
    rows = Rows()
    answering().invoke([1], endpoint="e", deserializer=rows)
    assert history[-1].result.value == [["1", "2"], ["3", "4"]]
    assert rows.seen == ["text/csv"] * 2


def test_an_object_of_any_kind_is_shown():
    """A stream, as the SDK's StreamDeserializer gives it, is nothing that a view knows."""

    class Stream:
        ACCEPT = "*/*"

        def deserialize(self, stream, content_type):
            return stream, content_type

    result = answering().invoke([1], endpoint="e", deserializer=Stream())
    assert result.value[0].read() == b"1,2\n3,4\n"
    assert "text/csv" in result._repr_mimebundle_()["text/plain"]


@pytest.mark.server
def test_the_local_endpoint_gets_its_accept(local_endpoint):
    """Over boto3 and HTTP: the header arrives, and the answer is read."""

    class Json(Rows):
        def deserialize(self, stream, content_type):
            return content_type, json.load(stream)

    client = Client(settings=Settings(), endpoint_url=local_endpoint.url, local_token=local_endpoint.token)
    content_type, value = client.invoke(
        [[5.1, 3.5, 1.4, 0.2]], endpoint="iris", content_type="csv", deserializer=Json(("application/json",))
    ).value
    assert content_type == "application/json"
    assert value["predictions"]
