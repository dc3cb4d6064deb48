"""%sm_logs and --logs: what an endpoint's containers wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from sm_magic.client import Client
from sm_magic.deployments import LogLine
from sm_magic.errors import AccessDeniedException, ModelError, UsageError, ValidationError
from sm_magic.logtail import Tail
from sm_magic.messages import Endpoint, Where
from sm_magic.transports.function import FunctionCatalog, FunctionRuntime

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EVIL = "loaded \x1b[31m\x1b]0;owned\x07<b> for arn:aws:iam::123456789012:role/x"


@pytest.fixture
def logged(notebook):
    """The notebook, connected to an endpoint whose containers wrote these lines; the calls that it names are denied."""
    denied: set[str] = set()

    def gate(call: str) -> None:
        if call in denied:
            raise AccessDeniedException("no", status=403)

    wrote = [
        LogLine(time=NOON, stream="blue/i-1", text=EVIL),
        LogLine(time=NOON, stream="green/i-2", text="CUDA out of memory"),
    ]
    part = [LogLine(time=NOON, stream="AllTraffic/i-3", text="component ready")]
    catalog = FunctionCatalog(
        log={"/aws/sagemaker/Endpoints/echo": wrote, "/aws/sagemaker/InferenceComponents/c": part}, gate=gate
    )
    runtime = FunctionRuntime(notebook.handle, where=Where(region="eu-west-1"))
    notebook.door.place = partial(Client, runtime=runtime, catalog=catalog)
    return denied


def test_the_last_lines_are_shown(notebook, logged):
    """Once, newest last; strangers' lines do no harm."""
    shown = notebook.run("%sm_logs echo -o log")

    assert shown.count("echo · 2 lines") == 1
    assert shown.index("loaded") < shown.index("CUDA out of memory")
    assert "\x1b" not in shown and "\x07" not in shown and "123456789012" not in shown
    assert isinstance(notebook.names["log"], Tail) and len(notebook.result) == 2


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        ("--variant green", ["CUDA out of memory"]),
        ('--grep "out of memory"', ["CUDA out of memory"]),
        ("--grep nothing --minutes 5", []),
        ("--inference-component-name c", ["component ready"]),
    ],
)
def test_lines_are_chosen(notebook, logged, options, texts):
    """By the variant, by a text, by the component."""
    notebook.run(f"%sm_logs echo -q {options}")

    assert [line.text for line in notebook.result] == texts


def test_a_log_that_is_denied_is_an_error(notebook, logged):
    """It is what was asked for."""
    logged.add("FilterLogEvents")

    with pytest.raises(AccessDeniedException):
        notebook.run("%sm_logs echo")


def test_a_name_that_is_misspelt_is_an_error(notebook):
    """With the name that was meant; an endpoint without a log yet is none, nor one that is gone and left its log."""
    catalog = FunctionCatalog(
        [Endpoint(name="echo", status="Creating")], log={"/aws/sagemaker/Endpoints/gone": []}
    )
    runtime = FunctionRuntime(notebook.handle, where=Where(region="eu-west-1"))
    notebook.door.place = partial(Client, runtime=runtime, catalog=catalog)

    with pytest.raises(ValidationError, match="There is no endpoint ecko in eu-west-1") as caught:
        notebook.run("%sm_logs ecko")
    assert caught.value.hint == "Did you mean `echo`?"
    for name in ("echo", "gone"):
        assert "0 lines" in notebook.run(f"%sm_logs {name}")


def failing(request):
    """A container that fails."""
    raise ModelError(
        "The container answered 500: boom", hint="kept", status=424, code="ModelError", request=request
    )


def test_an_error_shows_the_log_below_it(notebook, logged):
    """After the hint, a line each; without the option there is none."""
    notebook.answer = failing

    without, shown = notebook.fails("%sm_invoke echo 1"), notebook.fails("%sm_invoke echo 1 --logs")

    assert without.splitlines()[-1] == "→ kept"
    error, hint, title, *lines = shown.splitlines()
    assert (error, hint) == ("ModelError: The container answered 500: boom", "→ kept")
    assert title == "The last lines of /aws/sagemaker/Endpoints/echo:"
    assert [line.split(maxsplit=2)[2] for line in lines][1:] == ["CUDA out of memory"]
    assert "\x1b" not in shown and "123456789012" not in shown


def test_a_log_that_is_denied_is_one_line_below_the_error(notebook, logged):
    """The error is the news; and a target may ask for logs."""
    logged.add("FilterLogEvents")
    notebook.answer = failing
    notebook.run("%config SageMakerMagics.targets = {'t': {'endpoint': 'echo', 'logs': True}}")

    for line in ("%sm_invoke echo 1 --logs", "%sm_invoke t 1"):
        assert notebook.fails(line).splitlines()[2:] == ["No log: not allowed: logs:FilterLogEvents"]


def test_a_call_in_the_background_has_its_error_elsewhere(notebook, logged):
    """It is refused before anything is sent."""
    with pytest.raises(UsageError, match="exclude each other"):
        notebook.run("%sm_invoke echo 1 --logs --background")
    assert notebook.sent == []


def test_what_never_reached_a_container_has_no_log(notebook, logged):
    """Nothing is asked for."""

    def refused(request):
        raise ValidationError("no", status=400, code="ValidationError", request=request, never_ran=True)

    notebook.answer = refused

    assert notebook.fails("%sm_invoke echo 1 --logs") == "ValidationError: no"


@pytest.mark.server
def test_on_the_local_endpoint(notebook):
    """The whole way: boto3, the local endpoint's own log."""
    notebook.run("%sm_connect local --new")

    shown = notebook.fails("%sm_invoke faulty {'status': 503} --logs")

    assert '"POST /invocations HTTP/1.1" 503' in shown
    assert '" 503' in notebook.run("%sm_logs faulty --grep POST")
    assert "1 request, 1 error" in notebook.run("%sm_endpoints faulty")
    notebook.door.place = None
