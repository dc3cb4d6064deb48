"""The last lines of a log: below an error, and as a card."""

from datetime import UTC, datetime, timedelta

import pytest

from sm_magic import logcards, logtail
from sm_magic.deployments import Log, LogLine
from sm_magic.errors import AccessDeniedException, ConnectError, ModelError
from sm_magic.messages import Request
from sm_magic.transports.function import FunctionCatalog

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GROUP = "/aws/sagemaker/Endpoints/e"
ARN = f"arn:aws:logs:eu-west-1:123456789012:log-group:{GROUP}"


def lines(*texts, stream="blue/i-1"):
    """What a container wrote, a line a second."""
    return [
        LogLine(time=NOON + timedelta(seconds=i), stream=stream, text=text) for i, text in enumerate(texts)
    ]


def failing(arn=None):
    """The error of a container."""
    error = ModelError("The container answered 500.", status=424)
    error.log_stream_arn = arn
    return error


LOGS = FunctionCatalog(
    log={
        GROUP: [*lines("one", "two"), *lines("three", stream="green/i-2")],
        "/aws/sagemaker/InferenceComponents/c": lines("component"),
    }
)


@pytest.mark.parametrize(
    ("error", "asked", "texts"),
    [
        (failing(), {}, ["one", "two", "three"]),
        (failing(), {"target_variant": "green"}, ["three"]),
        (failing(ARN), {}, ["one", "two", "three"]),
        (failing(f"{ARN}:log-stream:green/i-2"), {}, ["three"]),
        (failing(), {"inference_component_name": "c"}, ["component"]),
    ],
)
def test_the_log_that_the_error_points_to_is_read(error, asked, texts):
    """Its stream, else the variant's that was asked for, else all; a component has its own."""
    found = logtail.beneath(error, Request(endpoint="e", **asked), LOGS)

    assert [line.text for line in found.lines] == texts


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (AccessDeniedException("no", status=403), "No log: not allowed: logs:FilterLogEvents"),
        (ConnectError("No answer within 2 s."), "No log: No answer within 2 s."),
    ],
)
def test_what_can_not_be_read_is_one_line(problem, said):
    """The error that it stands below is the news."""

    def gate(call):
        raise problem

    assert logtail.beneath(failing(), Request(endpoint="e"), FunctionCatalog(gate=gate)) == said
    assert logtail.beneath(failing(), Request(endpoint="e"), None).startswith("No log: nothing is known")


def shown(*found, **more):
    """The card of these lines."""
    log = Log(group=GROUP, lines=tuple(found), **more)
    return logtail.Tail(name="e", log=log, minutes=60)._repr_mimebundle_()


def test_a_log_is_read_from_above_and_ends_with_the_newest():
    """Streams are named where there are several."""
    text = shown(*lines("first", "second"))["text/plain"]
    both = shown(*lines("first"), *lines("second", stream="green/i-2"))["text/plain"]

    assert text.index("12:00:00 first") < text.index("12:00:01 second")
    assert "blue/i-1 first" in both and "green/i-2 second" in both


def test_what_strangers_wrote_does_no_harm():
    """Markup, a terminal's sequences, account ids, credentials, lines of a megabyte."""
    evil = "<img src=x onerror=alert(1)>\x1b]0;owned\x07\x9b31m arn:aws:iam::123456789012:role/x AKIAABCDEFGHIJKLMNOP"
    bundle = shown(*lines(evil, "x" * 1_000_000, "a\nb\rc\u202e"))

    assert "<img" not in bundle["text/html"]
    assert not set("\x1b\x07\x9b\r\u202e") & set(bundle["text/plain"] + bundle["text/html"])
    assert "123456789012" not in bundle["text/plain"] and "AKIA" not in bundle["text/html"]
    assert len(bundle["text/plain"]) < 3_000


def test_a_long_log_is_capped_at_its_end():
    """The newest lines are those that count."""
    found = logtail.Tail(name="e", log=Log(group=GROUP, lines=tuple(lines(*["y" * 399] * 400))), minutes=60)

    told = logcards.lines(found)

    assert sum(map(len, told)) <= 64_000
    assert told[-1].startswith("12:06:39")


def test_nothing_and_more_are_said():
    """And which option helps."""
    assert "--minutes N looks further back" in shown()["text/plain"]
    assert "There are older lines" in shown(*lines("x"), more=True)["text/plain"]
    assert "There is no such log" in shown(there=False)["text/plain"]
