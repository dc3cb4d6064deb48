"""Value in, Result out: over a function, so that every sentence of an answer is in the test."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sm_magic.client import Client
from sm_magic.errors import CodecError, SmMagicError, UsageError, ValidationError
from sm_magic.messages import Endpoint, Payload, Response, Variant, Where
from sm_magic.records import history
from sm_magic.settings import Settings
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime


def answering(body, content_type="application/json", **more):
    """A client whose endpoint always answers the same."""
    payload = Payload(body=body, content_type=content_type)
    return Client(settings=Settings(), runtime=FunctionRuntime(lambda _: Response(payload=payload, **more)))


@pytest.fixture
def echo():
    """A client whose endpoint answers what it got."""
    return Client(settings=Settings(), runtime=FunctionRuntime(lambda r: Response(payload=r.payload)))


FRAME = pd.DataFrame({"a": [1.5, 2.5], "b": [3, 4]})


def test_a_frame_goes_out_as_csv_and_comes_back_as_a_frame(echo):
    """Without a word on types a DataFrame is text/csv without header and index."""
    result = echo.invoke(FRAME, endpoint="iris")

    assert (result.request.content_type, result.request.body) == ("text/csv", b"1.5,3\n2.5,4\n")
    assert result.frame().to_numpy().tolist() == [[1.5, 3.0], [2.5, 4.0]]
    assert result.ledger.sentence == "2 rows → 2 predictions"


def test_the_result_tells_everything_the_answer_said():
    """Each attribute of a Result is the answer's own."""
    result = answering(
        b'{"ok": true}',
        variant="blue",
        custom_attributes="Trace ID: 1",
        new_session_id="abc; Expires=2026-11-21T10:00:00Z",
        closed_session_id="old",
        request_id="r-1",
        latency=0.25,
        attempts=2,
        headers={"x": "y"},
    ).invoke({"a": 1}, endpoint="e")

    assert result.value == {"ok": True}
    assert (
        result.variant,
        result.custom_attributes,
        result.new_session_id,
        result.closed_session_id,
    ) == ("blue", "Trace ID: 1", "abc", "old")
    assert datetime(2026, 11, 21, 10, tzinfo=UTC) == result.session_expires
    assert (
        result.request_id,
        result.latency,
        result.attempts,
        result.status,
        dict(result.headers),
    ) == ("r-1", 0.25, 2, 200, {"x": "y"})
    assert (result.body, result.content_type, result.complete) == (b'{"ok": true}', "application/json", True)
    assert result.image is None


def test_every_member_reaches_the_request(echo):
    """The API's members travel by our names; short names of types are spelt out."""
    members = {
        "custom_attributes": "trace id=1",
        "target_model": "m.tar.gz",
        "target_variant": "blue",
        "target_container_hostname": "second",
        "inference_id": "i-1",
        "enable_explanations": "`true`",
        "inference_component_name": "component",
        "session_id": "NEW_SESSION",
        "prefix_aware_id": "p-1",
    }

    request = echo.prepare([1], endpoint="e", accept="csv", **members)

    assert request.accept == "text/csv"
    assert members == {name: getattr(request, name) for name in members}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"endpoint": "my_endpoint"}, "letters, digits and hyphens"),
        ({"endpoint": "a" * 64}, "64 characters; the API takes 63"),
        ({"endpoint": "e", "custom_attributes": "a\nb"}, "line break"),
        ({"endpoint": "e", "custom_attributes": "größe"}, "'ö' is not visible ASCII"),
        ({"endpoint": "e", "custom_attributes": "x" * 1025}, "1,025 characters"),
        ({"endpoint": "e", "target_variant": "a b"}, "--target-variant can't be 'a b'"),
        ({"endpoint": "e", "session_id": "a;b"}, "NEW_SESSION, or an id"),
        ({"endpoint": "e", "inference_id": ""}, "--inference-id is empty"),
        ({"endpoint": "e", "accept": "text/csv, application/json"}, "one media type"),
        ({"endpoint": "e", "accept": "cvs"}, "no media type"),
        ({"endpoint": "e", "target_varaint": "x"}, "no option 'target_varaint'"),
        ({"endpoint": "arn:aws:iam::123456789012:role/x"}, "no endpoint ARN"),
    ],
)
def test_what_the_service_would_refuse_is_refused_before_sending(options, words):
    """botocore sends all of these; here nothing is sent."""
    sent = []
    client = Client(settings=Settings(), runtime=FunctionRuntime(sent.append))

    with pytest.raises(UsageError, match=words):
        client.invoke([1], **options)

    assert sent == []


def test_a_body_beyond_the_limit_is_refused_unless_told_otherwise():
    """25 MB is the service's limit, not ours to break silently; 6 MB deserves a word."""
    client = answering(b"{}")
    small = Client(settings=replace(Settings(), max_bytes=10, warn_bytes=5), runtime=client.runtime)

    with pytest.raises(SmMagicError, match="the limit is 10 bytes"):
        small.invoke(b"x" * 11, endpoint="e")
    with pytest.raises(UsageError, match="real-time endpoint takes"):
        small.prepare(payload=Payload(body=b"x" * 11, content_type="text/plain"), endpoint="e")

    assert "many containers stop" in small.prepare(b"x" * 7, endpoint="e").payload.facts.notes[-1]
    assert small.prepare(b"x" * 11, endpoint="e", no_limit=True).payload.size == 11


def test_query_picks_the_value_out_of_a_json_answer():
    """--query is JMESPath over the decoded answer."""
    client = answering(b'{"choices": [{"message": {"content": "hi"}}]}')

    assert client.invoke([1], endpoint="e", query="choices[0].message.content").value == "hi"


def test_a_query_that_is_wrong_costs_nothing():
    """A bad expression is refused before anything is sent."""
    sent = []
    client = Client(settings=Settings(), runtime=FunctionRuntime(sent.append))

    with pytest.raises(UsageError, match="no JMESPath"):
        client.invoke([1], endpoint="e", query="choices[")

    assert sent == []


def test_a_query_that_finds_nothing_says_what_there_is():
    """The keys are named, and the answer is kept."""
    with pytest.raises(CodecError, match="Its keys: choices") as caught:
        answering(b'{"choices": []}').invoke([1], endpoint="e", query="choice")

    assert caught.value.result.value == {"choices": []}
    assert caught.value.result.body == b'{"choices": []}'


def test_an_answer_that_does_not_decode_is_not_lost(tmp_path):
    """The error carries the Result: its body can be saved, and it is the last answer."""
    with pytest.raises(CodecError) as caught:
        answering(b'{"a": [1, 2', variant="blue").invoke([1], endpoint="e")

    kept = caught.value.result
    assert (kept.body, kept.variant) == (b'{"a": [1, 2', "blue")
    assert kept.body == kept.save(tmp_path / "a.json").read_bytes()
    assert history.last is kept
    assert "text/plain" in kept._repr_mimebundle_()
    with pytest.raises(CodecError):
        _ = kept.value


def test_an_answer_without_a_type_is_read_by_its_first_bytes(echo):
    """No Content-Type in the answer: the magic number decides, and the card says so."""
    png = echo.prepare(Image.new("RGB", (3, 2)), endpoint="e").body

    result = answering(png, "").invoke([1], endpoint="e")

    assert result.image.size == (3, 2)
    assert "read as image/png" in result._repr_mimebundle_()["text/plain"]


def test_a_path_is_sent_as_the_file_is(echo, tmp_path):
    """A Path means the file's own bytes, under the type that its name tells."""
    path = tmp_path / "x.csv"
    path.write_bytes(b"1,2\r\n")

    assert echo.invoke(path, endpoint="e").request.body == b"1,2\r\n"
    with pytest.raises(UsageError, match="sent as it is"):
        echo.invoke(path, endpoint="e", columns=["a"])


def test_an_arn_of_another_region_or_account_is_refused():
    """The service would call a namesake; we don't."""
    home = Where(place="AWS", region="eu-west-1")
    runtime = FunctionRuntime(lambda r: Response(payload=r.payload), where=home)
    client = Client(settings=Settings(), runtime=runtime, catalog=FunctionCatalog(account="111111111111"))
    arn = "arn:aws:sagemaker:{}:{}:endpoint/iris"

    assert client.invoke([1], endpoint=arn.format("eu-west-1", "111111111111")).request.endpoint == "iris"
    with pytest.raises(UsageError, match="region is us-east-1"):
        client.invoke([1], endpoint=arn.format("us-east-1", "111111111111"))
    with pytest.raises(UsageError, match="…9012; you are …1111"):
        client.invoke([1], endpoint=arn.format("eu-west-1", "123456789012"))


def failing(message, **catalog):
    """A client whose service refuses everything with *message*."""

    def refuse(request):
        raise ValidationError(message, status=400, code="ValidationError", service_message=message)

    return Client(
        settings=Settings(targets={"churn": {"endpoint": "xgb-churn"}}),
        runtime=FunctionRuntime(refuse),
        catalog=FunctionCatalog(**catalog),
    )


def test_a_misspelt_endpoint_or_target_gets_the_near_names():
    """The control plane's list and the targets answer "did you mean"."""
    message = "Endpoint irs of account 123456789012 not found."

    with pytest.raises(ValidationError) as caught:
        failing(message, endpoints=[Endpoint(name="iris", status="InService")]).invoke([1], endpoint="irs")
    assert caught.value.hint == "Did you mean `iris`?"
    assert "…9012" in str(caught.value) and "123456789012" not in str(caught.value)

    with pytest.raises(ValidationError, match="Did you mean `churn`"):
        failing(message).invoke([1], endpoint="chrun")


def test_a_stream_is_explained_as_any_call():
    """The same hint, whether the answer was to be gathered or handed out in parts."""
    client = failing(
        "Endpoint irs of account 123456789012 not found.",
        endpoints=[Endpoint(name="iris", status="InService")],
    )
    streaming = Client(
        settings=Settings(),
        runtime=FunctionRuntime(client.runtime.invoke, streamer=client.runtime.invoke),
        catalog=client.catalog,
    )

    for call in (partial(streaming.invoke, stream=True), streaming.stream):
        with pytest.raises(ValidationError, match="Did you mean `iris`"):
            call([1], endpoint="irs")


def test_a_stream_is_an_option_of_invoke(echo):
    """An endpoint that does not stream answers in one part; the operation is another."""
    result = echo.invoke({"a": 1}, endpoint="e", stream=True)

    assert result.request.operation == "InvokeEndpointWithResponseStream"
    assert (result.value, echo.invoke({"a": 1}, endpoint="e").value) == ({"a": 1}, {"a": 1})
    assert [part.data for part in echo.stream({"a": 1}, endpoint="e")] == [{"a": 1}]


def test_a_misspelt_variant_gets_the_variants():
    """DescribeEndpoint knows the names."""
    variants = (Variant(name="champion"), Variant(name="challenger"))
    client = failing(
        "Variant chmpion not found for endpoint digits",
        endpoints=[Endpoint(name="digits", status="InService", variants=variants)],
    )

    with pytest.raises(ValidationError, match=r"--target-variant champion.*has champion, challenger"):
        client.invoke([1], endpoint="digits", target_variant="chmpion")


def test_a_control_plane_that_is_denied_spoils_nothing():
    """The error stays what it was."""
    client = failing("Endpoint irs of account 123456789012 not found.")

    with pytest.raises(ValidationError, match="irs"):
        client.invoke([1], endpoint="zzz")


def test_the_card_and_the_line_tell_the_same():
    """A Result shows html and text, honours include and exclude, and has a one-line repr."""
    result = answering(b"0.1,0.9\n", "text/csv", variant="blue").invoke([[1, 2]], endpoint="iris")

    bundle = result._repr_mimebundle_()

    assert {"text/html", "text/plain"} == set(bundle)
    assert {"text/plain"} == set(result._repr_mimebundle_(include={"text/plain"}))
    assert {"text/plain"} == set(result._repr_mimebundle_(exclude={"text/html"}))
    for text in (*bundle.values(), repr(result)):
        assert "iris" in text and "blue" in text
    assert "\n" not in repr(result)


def test_arrays_go_as_npy_and_come_back_equal(echo):
    """Nothing is lost on the way."""
    array = np.arange(6, dtype=np.float32).reshape(2, 3)

    back = echo.invoke(array, endpoint="e").value

    np.testing.assert_array_equal(array, back)
    assert array.dtype == back.dtype


def test_frame_says_what_to_do_when_there_is_no_table():
    """Text is no table."""
    with pytest.raises(CodecError, match="no table"):
        answering(b"hello", "text/plain").invoke([1], endpoint="e").frame()


def test_frame_fails_as_ours_where_pandas_cannot():
    """Half a surrogate pair is JSON and no text that pandas 3 takes: the answer stays, the error is ours."""
    result = answering(b'[{"a": "\\ud800"}]').invoke([1], endpoint="e")

    try:
        assert result.frame().shape == (1, 1)
    except CodecError as error:
        assert error.result is result


def test_a_misspelt_connection_keyword_is_an_error():
    """A keyword that is lost would call somewhere else."""
    with pytest.raises(TypeError, match="regoin"):
        Client(settings=Settings(), runtime=FunctionRuntime(lambda r: r), regoin="eu-west-1")


def test_every_error_is_ours(echo):
    """Whatever is typed, SmMagicError is what comes out."""
    for value in (object(), lambda: 1, {1, object()}):
        with pytest.raises(SmMagicError):
            echo.invoke(value, endpoint="e", content_type="json")


def test_what_json_cannot_lose_survives(echo):
    """Floats keep every bit on the way out."""
    numbers = [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, 2**63, -0.0]

    assert numbers == json.loads(echo.invoke(numbers, endpoint="e").request.body)


@pytest.mark.server
def test_the_local_client_needs_nothing_else(local_endpoint):
    """Client.local() finds or starts the endpoint, and a real model answers through the real boto3."""
    result = Client.local().invoke(pd.DataFrame([[5.1, 3.5, 1.4, 0.2]]), endpoint="iris")

    assert result.where.place == "LOCAL"
    assert result.ledger.sentence == "1 row → 1 prediction"
    assert result.frame().shape[0] == 1


def test_the_account_is_learnt_beside_the_call():
    """The card tells the account's last four digits; nothing is asked where there is nothing to learn."""
    asked = []

    class Catalog(FunctionCatalog):
        def learn_account(self):
            asked.append(1)

    for where, times in (
        (Where(place="AWS", region="eu-west-1"), 1),
        (Where(place="AWS", region="eu-west-1", account="9012"), 0),
        (Where(place="LOCAL"), 0),
    ):
        runtime = FunctionRuntime(lambda r: Response(payload=r.payload), where=where)
        Client(settings=Settings(), runtime=runtime, catalog=Catalog()).invoke([1], endpoint="e")

        assert len(asked) == times
        asked.clear()


def test_exactly_one_body(echo):
    """None of two sources is lost without a word, and none at all is an error; None itself is JSON's null."""
    ready = Payload(body=b"x", content_type="text/plain")

    assert echo.prepare(None, endpoint="e").body == b"null"
    for options in ({"value": [1]}, {"content_type": "json"}, {"columns": ["a"]}):
        with pytest.raises(UsageError, match="would be lost"):
            echo.prepare(endpoint="e", payload=ready, **options)
    with pytest.raises(UsageError, match="nothing to send"):
        echo.invoke(endpoint="e")


@pytest.mark.parametrize(
    "options",
    [{"arn": "x"}, {"operation": "InvokeEndpointAsync"}, {"session_id": 3}, {"endpoint": None}],
)
def test_only_the_operations_members_are_options(echo, options):
    """What is no member of InvokeEndpoint, or no text, is refused by name."""
    with pytest.raises(UsageError, match=next(iter(options))):
        echo.invoke([1], **{"endpoint": "e", **options})


def test_the_local_endpoint_keeps_its_data_at_home():
    """An ARN of AWS does not carry data away from the local endpoint; its own ARNs are at home."""
    runtime = FunctionRuntime(lambda r: Response(payload=r.payload), where=Where(place="LOCAL"))
    client = Client(settings=Settings(), runtime=runtime)
    arn = "arn:aws:sagemaker:us-east-1:{}:endpoint/iris"

    assert client.invoke([1], endpoint=arn.format("000000000000")).request.endpoint == "iris"
    with pytest.raises(UsageError, match="connected to the local endpoint"):
        client.invoke([1], endpoint=arn.format("123456789012"))


def test_an_arn_changes_the_region_and_nothing_else(tmp_path):
    """The profile and the times stay; where the URL is fixed, another region is refused."""
    client = Client(settings=Settings(region="us-east-1", timeout=7, connect_timeout=2))
    request = client.prepare([1], endpoint="arn:aws:sagemaker:eu-west-1:123456789012:endpoint/iris")

    home = client.home(request)

    assert home.where.region == "eu-west-1"
    assert (home._connection.timeout, home._connection.connect_timeout) == (7, 2)
    private = Client(settings=Settings(region="us-east-1", endpoint_url="https://vpce-1.example.com"))
    with pytest.raises(UsageError, match="region is eu-west-1"):
        private.send(request)


def test_a_json_file_that_is_not_json_is_refused(echo, tmp_path):
    """The container would say 400, or worse; where the error stands is said before anything is sent."""
    path = tmp_path / "a.json"
    path.write_text('{"a": NaN}')

    with pytest.raises(CodecError, match="line 1"):
        echo.invoke(path, endpoint="e")

    assert echo.invoke(path, endpoint="e", content_type="text").request.body == b'{"a": NaN}'
