"""The cell of a request, run in a notebook, makes the same request."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from sm_magic.arns import parse_endpoint
from sm_magic.cells import cell, word
from sm_magic.errors import UsageError
from sm_magic.magics.line import tokenize, unquote
from sm_magic.magics.values import expand
from sm_magic.members import INPUTS, OPERATIONS
from sm_magic.messages import Payload, Request, Response, Ticket
from sm_magic.transports import model

VISIBLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=30)
NAME = st.from_regex(r"[a-zA-Z0-9](-?[a-zA-Z0-9]){0,10}", fullmatch=True)
VALUES = {
    "accept": st.sampled_from(["application/json", "text/csv", "image/*", "text/plain; verbose=1"]),
    "custom_attributes": ASCII | st.sampled_from(["a={x}", "$x ${x}", "-a", 'say "hi" \\', "#;", "{_}?"]),
    "target_model": st.builds(str.__add__, VISIBLE, ASCII),
    "inference_id": st.builds(str.__add__, VISIBLE, ASCII),
    "enable_explanations": ASCII,
    "session_id": NAME | st.just("NEW_SESSION"),
    "target_variant": NAME,
    "target_container_hostname": NAME,
    "inference_component_name": NAME,
    "s3_output_path_extension": st.from_regex(r"[a-z0-9!_.*'()/-]{1,9}", fullmatch=True),
    "filename": st.from_regex(r"[a-z0-9][a-z0-9_-]{0,5}(\.csv)?", fullmatch=True),
    "request_ttl_seconds": st.integers(60, 21600),
    "invocation_timeout_seconds": st.integers(1, 3600),
}
PIECES = st.lists(
    st.sampled_from(
        [
            "a", "1", "ü", "☃", " ", "\t", "\n", "\r\n", "\x00", "\x0c", "\u2028", "\u202e", ",", ";", "#", "?", "!",
            "\\", '"', "'", "'''", "$", "{", "}", "${", "${x}", "$${", "%%", "%sm_invoke", ">>> ", "... ", "In [1]: ",
        ]
    ),
    max_size=12,
).map("".join)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | PIECES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PIECES, inner, max_size=3),
    max_leaves=5,
)


def _json(value: object, indent: int | None, ascii_only: bool) -> bytes:
    return json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()


BODIES = st.one_of(
    st.builds(_json, JSON, st.sampled_from([None, 2]), st.booleans()).map(lambda b: (b, "application/json")),
    st.builds(lambda b: (b + b"\n", "application/json"), st.builds(_json, JSON, st.none(), st.booleans())),
    st.tuples(
        PIECES.map(str.encode),
        st.sampled_from(
            ["text/csv", "text/plain", "text/libsvm", "application/xml", "application/octet-stream", "a/b"]
        ),
    ),
    PIECES.map(lambda text: (text.encode("latin-1", "ignore"), "text/plain; charset=latin-1")),
    st.tuples(st.binary(max_size=20), st.sampled_from(["image/png", "text/csv", "application/x-npy", "a/b"])),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Any request that the API takes."""
    queues = model.has(
        "InvokeEndpointAsync", "Body"
    )  # an older botocore uploads the body, elsewhere each time
    operation = draw(st.sampled_from(OPERATIONS if queues else OPERATIONS[:2]))
    taken = [
        member.name
        for member in INPUTS
        if member.name in VALUES
        and member.place(operation) is not None
        and model.has(operation, member.parameter)
    ]
    chosen = draw(st.lists(st.sampled_from(taken), unique=True, max_size=4))
    members = {name: draw(VALUES[name]) for name in chosen}
    if members.get("session_id") == "NEW_SESSION" and operation != "InvokeEndpoint":
        members["session_id"] = "s-1"
    body, content_type = draw(BODIES)
    return Request(
        endpoint=draw(NAME),
        operation=operation,
        payload=Payload(body=body, content_type=content_type),
        **members,
    )


@pytest.fixture
def anything(notebook):
    """A notebook whose endpoints take any request, whatever they are called."""
    from functools import partial

    from sm_magic.client import Client
    from sm_magic.transports.function import FunctionRuntime, FunctionStore

    def stream(request: Request) -> tuple[Response, list[bytes]]:
        return notebook.handle(request), [b"{}"]

    def submit(request: Request) -> Ticket:
        notebook.handle(request)
        return Ticket(output_location="s3://mine/out/1", failure_location="s3://mine/failed/1")

    answer = Payload(body=b"{}", content_type="application/json")
    notebook.answer = lambda request: Response(payload=answer)
    runtime = FunctionRuntime(notebook.handle, streamer=stream, submitter=submit)
    notebook.door.place = partial(Client, runtime=runtime, store=FunctionStore({"s3://mine/out/1": b"{}"}))
    notebook.names.update(x="not this", a="nor this")
    return notebook


def sends(notebook, request: Request, **options) -> Request:
    """What the request's cell sends; its file is written first."""
    made = cell(request, names=notebook.names, targets=notebook.door.settings().targets, **options)
    assert made.lost == ()
    if made.payload is not None:
        Path(made.file).write_bytes(made.payload.body)
    notebook.sent.clear()
    notebook.run(made.text)
    (sent,) = notebook.sent
    return sent


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=requests())
def test_the_cell_of_a_request_makes_the_same_request(anything, request):
    """Whatever its members and its body: what the transport gets is equal in every member."""
    assert sends(anything, request) == request


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_a_word_is_read_back_as_it_is(text):
    """Whatever is in it: quotes, line ends, what reads as a variable of the notebook's."""
    (token,) = tokenize(word(text))

    assert expand(unquote(token.text), {"x": 1, "a": 2, "_": 3}) == text


def request(body: bytes, content_type: str = "application/json", **members) -> Request:
    """A request to echo."""
    return Request(endpoint="echo", payload=Payload(body=body, content_type=content_type), **members)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (request(b'{"a": 1}'), '%%sm_invoke echo\n{"a": 1}'),
        (request(b"1,2\n3,4\n", "text/csv"), "%%sm_invoke echo -t csv\n1,2\n3,4"),
        (request(b"1,2", "text/csv"), "%%sm_invoke echo -t csv --python\n'1,2'.encode()"),
        (request(b'"${x}"'), '%%sm_invoke echo --expand\n"$${x}"'),
        (request(b"{oops}\n"), "%%sm_invoke echo -t json --raw\n{oops}"),
        (request(b">>> 1", "text/plain"), "%%sm_invoke echo -t text --python\n'>>> 1'.encode()"),
        (
            request(b"{}", operation="InvokeEndpointWithResponseStream", accept="text/csv", session_id="s"),
            "%%sm_invoke echo --stream -a csv --session-id s\n{}",
        ),
        (
            request(b"", operation="InvokeEndpointAsync", input_location="s3://mine/a b.json"),
            '%sm_invoke echo --async -t json --input-location "s3://mine/a b.json"',
        ),
        (request(b"\x89PNG", "image/png"), "%sm_invoke echo --file body-0f4636c78f65.png -t png"),
    ],
)
def test_a_cell_reads_as_one_would_type_it(sent, text):
    """Text stands as it is where it may; else as Python, and what is binary in a file."""
    assert cell(sent).text == text


def test_a_long_body_goes_by_a_file():
    """What nobody could read in a cell stands in a file, whose bytes the caller writes."""
    long = request(b"1,2\n" * 40_000, "text/csv")

    made = cell(long, file="my rows.csv")

    assert made.text == '%sm_invoke echo --file "my rows.csv" -t csv'
    assert (made.file, made.payload) == ("my rows.csv", long.payload)


def test_the_words_of_a_line_take_the_place_of_bytes():
    """A body that came from a variable is that variable's again."""
    sent = request(b"1,2\n", "text/csv", target_variant="rival")

    made = cell(sent, source="df -t csv --columns a,b", words=["--query", "scores"])

    assert made.text == "%sm_invoke echo df -t csv --columns a,b --target-variant rival --query scores"
    assert cell(sent, source="--python", code="df.head()").text == (
        "%%sm_invoke echo --python --target-variant rival\ndf.head()"
    )


def test_a_target_is_called_by_its_name(anything):
    """Its connection and what else it says count again; what the call took back is taken back."""
    anything.run("%sm_target add llm echo --stream -t csv")
    sent = replace(request(b'{"a": 1}'), target="llm")

    made = cell(sent, targets=anything.door.settings().targets)

    assert made.text == '%%sm_invoke llm --no-stream -t json\n{"a": 1}'
    assert sends(anything, sent) == sent


def test_a_target_that_is_gone_is_said():
    """The endpoint is called by its own name, and the cell's reader is told."""
    made = cell(replace(request(b"1"), target="llm"))

    assert made.text == "%%sm_invoke echo\n1"
    assert "no target `llm`" in made.lost[0]


def test_an_endpoint_called_like_a_variable_or_a_target(anything):
    """Quotes make it the endpoint's name; against a target no quotes help, and that is said."""
    anything.names["echo"] = "iris"

    assert sends(anything, request(b"1")) == request(b"1")
    assert "name of a target" in cell(request(b"1"), targets={"echo": {"endpoint": "other"}}).lost[0]


def test_no_account_is_written():
    """An ARN becomes its region and name."""
    name, arn = parse_endpoint("arn:aws:sagemaker:eu-west-1:123456789012:endpoint/echo")
    _, local = parse_endpoint("arn:aws:sagemaker:eu-west-1:000000000000:endpoint/echo")

    assert (
        cell(replace(request(b"1"), endpoint=name, arn=arn)).text == "%%sm_invoke echo --region eu-west-1\n1"
    )
    assert cell(replace(request(b"1"), endpoint=name, arn=local)).text == "%%sm_invoke echo\n1"


def test_what_a_line_can_not_say_is_said():
    """Accept with several types is a deserializer's; a file that is no JSON is refused by who sends it."""
    several = cell(request(b"1", accept="text/csv, application/json"))
    broken = cell(request(b"{oops\r\n"))

    assert "a deserializer" in several.lost[0]
    assert "not what its type says" in broken.lost[0]


def test_a_body_that_is_not_kept_has_no_cell():
    """Its words have, if they are known."""
    bare = replace(request(b"1"), payload=None)

    assert cell(bare, source="df").text == "%sm_invoke echo df"
    with pytest.raises(UsageError, match="not kept any more"):
        cell(bare)


def test_the_values_of_the_law_are_all_members_that_are_options():
    """A new member of the API joins the law."""
    names = {member.name for member in INPUTS if member.option is not None}

    assert names - {"content_type", "input_location", "prefix_aware_id"} == set(VALUES)
    assert names <= {field.name for field in fields(Request)} | {"content_type"}
