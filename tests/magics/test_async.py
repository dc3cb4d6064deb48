"""--async and --wait: a Job at once, whose card follows it; or its answer."""

from __future__ import annotations

import json
import threading

import pytest

from sm_magic.errors import Cancelled, ModelError, StillRunning
from sm_magic.jobs import Job
from sm_magic.magics.options import TARGET
from sm_magic.result import Result
from sm_magic.s3 import S3Uri

OUT = "s3://mine/out/1"


# --- a Job -----------------------------------------------------------------------------------------------------


def test_a_job_is_shown_and_returned_at_once(notebook, queue):
    """One card that pretends nothing; the Job looks for its answer while the kernel does other things."""
    shown = notebook.run("%sm_invoke echo {'a': 1} --async")

    job = notebook.result
    assert isinstance(job, Job)
    assert shown.count("submitted, no answer yet") == 1
    assert "LOCAL" in shown
    assert OUT in shown
    queue.answer(b"[1]")
    queue.until(lambda: job.state == "done")
    assert job.result().value == [1]


def test_the_variable_holds_the_job(notebook, queue):
    """Without --wait there is nothing else to keep."""
    notebook.run("%sm_invoke echo {'a': 1} --async -o job")

    assert isinstance(notebook.names["job"], Job)
    queue.answer(b"[1]")
    assert notebook.run("job.result().value").endswith("Out[1]: [1]\n") or notebook.result == [1]


def test_silence_is_kept(notebook, queue):
    """-q shows nothing, then or later, and the Job still looks."""
    shown = notebook.run("job = %sm_invoke echo {'a': 1} --async -q\njob.state\n%sm_invoke echo 1 --async -q")
    queue.answer(b"[1]")
    queue.until(lambda: notebook.names["job"].state == "done")

    assert "submitted" not in shown


def test_how_the_answer_is_read_is_said_at_once(notebook, queue):
    """--query and --view hold for the answer, whenever it comes."""
    notebook.run("%sm_invoke echo {'a': 1} --async --query b[0] --view json -o job")
    queue.answer(b'{"b": [7]}')

    result = notebook.names["job"].result(5)
    assert (result.value, result.view) == (7, "json")


def test_members_of_its_own_are_sent(notebook, queue):
    """All that InvokeEndpointAsync takes, each by its option."""
    notebook.run(
        "%sm_invoke echo {'a': 1} --async -q --filename a.json --s3-output-path-extension mine/today "
        "--request-ttl-seconds 600 --invocation-timeout-seconds 60 --inference-id i-9"
    )

    (request,) = queue.sent
    assert request.operation == "InvokeEndpointAsync"
    assert (request.filename, request.s3_output_path_extension) == ("a.json", "mine/today")
    assert (request.request_ttl_seconds, request.invocation_timeout_seconds) == (600, 60)
    assert request.inference_id == "i-9"


def test_a_body_that_lies_in_s3_is_named(notebook, queue):
    """Nothing is read or uploaded; its name or -t says its type."""
    notebook.run("%sm_invoke echo --input-location s3://mine/in.csv --async -q")
    notebook.run("%sm_invoke echo --input-location s3://mine/in -t json --async -q")

    first, second = queue.sent
    assert (first.input_location, first.body, first.content_type) == ("s3://mine/in.csv", None, "text/csv")
    assert second.content_type == "application/json"


def test_a_body_is_uploaded_where_the_user_says_and_deleted_after(notebook, queue):
    """Even a small one; it is gone once the answer is there."""
    notebook.run("%sm_invoke echo {'a': 1} --async -q --upload-to s3://mine/in --delete-input -o job")

    uploaded = queue.sent[0].input_location
    assert uploaded.startswith("s3://mine/in/sm-magic/echo/")
    assert queue.store.get(S3Uri.of(uploaded), lambda size: None) == b'{"a":1}'
    queue.answer(b"[1]")
    notebook.names["job"].result(5)
    queue.until(lambda: queue.store.look(S3Uri.of(uploaded)).state == "absent")


def test_a_target_may_be_asynchronous(notebook, queue):
    """It is a usual option of a large model, as is the place of large bodies; --no-async undoes both."""
    notebook.run("%sm_target add big echo --async --upload-to s3://mine/in --request-ttl-seconds 600")
    notebook.run("%sm_invoke big {'a': 1} -q")

    place = queue.sent[0].input_location  # None where this botocore lets a small body go with the call
    assert place is None or place.startswith("s3://mine/in/")
    assert queue.sent[0].request_ttl_seconds == 600
    shown = notebook.run("%sm_invoke big {'a': 1} --no-async --dry-run")
    assert "/endpoints/echo/invocations" in shown
    assert "RequestTTL" not in shown


def test_what_one_call_alone_can_mean_is_no_part_of_a_target():
    """A name for one answer, a body, a wait."""
    assert not {"filename", "input_location", "wait"} & {option.dest for option in TARGET}


def test_a_dry_run_shows_path_and_headers(notebook, queue):
    """Those of the asynchronous operation; nothing is sent, nothing uploaded."""
    shown = notebook.run(
        "%sm_invoke echo {'a': 1} --async --dry-run --filename a.json --upload-to s3://mine/in"
    )

    assert "POST /endpoints/echo/async-invocations" in shown
    assert "X-Amzn-SageMaker-Filename" in shown
    assert "The body would be uploaded to s3://mine/in" in shown
    assert (queue.sent, queue.store.look(S3Uri.of(OUT)).state) == ([], "absent")


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("{'a': 1} --filename a.json", "InvokeEndpoint does not take --filename.", "--async"),
        ("--input-location s3://b/k", "InvokeEndpoint does not take --input-location.", "--async"),
        ("{'a': 1} --wait", "--wait is for --async.", "`--async --wait`"),
        ("{'a': 1} --upload-to s3://b", "--upload-to is for --async.", "--async --upload-to"),
        ("{'a': 1} --async --stream", "it can't be streamed", "--no-stream, --no-async"),
        ("{'a': 1} --async --target-variant a", "does not take --target-variant", "Leave out --async"),
        ("{'a': 1} --async --save x.json", "--save needs the answer", "--async --wait"),
        ("{'a': 1} --async --out-frame x", "--out-frame needs the answer", "--async --wait"),
        ("{'a': 1} --async --input-location s3://b/k", "both INPUT", "Leave out all but one"),
        ("--async --input-location s3://b/k --delete-input", "--delete-input is for a body that is", "one"),
        ("{'a': 1} --async --wait=soon", "`--wait` takes seconds", "`--wait=30`"),
        ("{'a': 1} --async --wait 30", "`--wait` takes a number only", "`--wait=30`"),
        ("{'a': 1} --async --request-ttl-seconds 1", "--request-ttl-seconds can't be 1", ""),
    ],
)
def test_what_can_not_be_is_refused_before_sending(notebook, queue, line, message, hint):
    """By a sentence that says what can."""
    error = notebook.fails(f"%sm_invoke echo {line}")

    assert message in error
    assert hint in error
    assert queue.sent == []


# --- the answer ------------------------------------------------------------------------------------------------


def test_waiting_ends_with_the_answer(notebook, queue, folder):
    """One card, the answer's; it is kept where the options say."""
    queue.at_once = b'{"predictions": [[0.5, 1.5]]}'
    shown = notebook.run(
        "%sm_invoke echo {'a': 1} --async --wait -o answer --out-frame frame --save a.json --query predictions"
    )

    assert isinstance(notebook.result, Result)
    assert shown.count("LOCAL") == 1
    assert "submitted" not in shown
    assert notebook.names["answer"] == [[0.5, 1.5]]
    assert notebook.names["frame"].to_numpy().tolist() == [[0.5, 1.5]]
    assert json.loads((folder / "a.json").read_text()) == {"predictions": [[0.5, 1.5]]}


def test_a_wait_that_is_over_leaves_the_job(notebook, queue):
    """The variable holds it, the hint names it, and it finds the answer later."""
    error = notebook.fails("%sm_invoke echo {'a': 1} --async --wait=0.1 -o later")

    assert error.startswith("StillRunning: No answer of echo after")
    assert "`later.result()` waits again" in error
    queue.answer(b"[1]")
    assert notebook.names["later"].result(5).value == [1]


def test_a_wait_that_is_over_shows_the_card_once(notebook, queue):
    """Without a variable the error carries the Job."""
    notebook.names["StillRunning"] = StillRunning
    shown = notebook.run(
        "try:\n    %sm_invoke echo {'a': 1} --async --wait=0.1\nexcept StillRunning as error:\n    job = error.result"
    )

    assert shown.count("submitted, no answer yet") == 1
    assert notebook.names["job"].state == "waiting"


def test_an_interrupt_leaves_the_job(notebook, queue):
    """The request goes on, and the error says how to wait again."""
    import _thread

    interrupt = threading.Timer(0.2, _thread.interrupt_main)
    interrupt.start()
    error = notebook.fails("%sm_invoke echo {'a': 1} --async --wait -o later")

    assert error.startswith(f"{Cancelled.__name__}: Interrupted after")
    assert "`later.result()` waits again" in error
    queue.answer(b"[1]")
    assert notebook.names["later"].result(5).value == [1]


def test_a_failure_is_the_models_own_error(notebook, queue):
    """While it is waited for; without a wait the Job has it."""
    notebook.run("%sm_invoke echo {'a': 1} --async -q -o job")
    queue.answer(b"out of memory", 1, folder="failed", kind="text/plain")
    queue.answer(b"out of memory", 2, folder="failed", kind="text/plain")

    assert "out of memory" in notebook.fails("%sm_invoke echo {'a': 1} --async --wait")
    queue.until(lambda: notebook.names["job"].state == "failed")
    assert isinstance(notebook.names["job"].error, ModelError)


def test_an_answer_that_does_not_decode_is_kept(notebook, queue):
    """Its bytes are where its value was wanted."""
    queue.at_once = b"{no json"
    error = notebook.fails("%sm_invoke echo {'a': 1} --async --wait -o answer")

    assert error.startswith("CodecError")
    assert notebook.names["answer"] == b"{no json"


# --- in a kernel, against the local endpoint ---------------------------------------------------------------------

SLOW = "--async --custom-attributes sm-magic-delay=2"


@pytest.mark.server
def test_the_card_becomes_the_answer_while_the_kernel_is_free(connected):
    """The next cell runs at once; the card is replaced by its id, and nothing is printed into that cell."""
    (card,) = connected.shown(f"%sm_invoke echo {{'a': 1}} {SLOW} -o job")
    outputs = connected.run(  # its listener is told after the card's
        "free = job.state\n"
        "import threading; told = threading.Event()\n"
        "remove = job.on_change(lambda job: told.set() if job.state == 'done' else None)\n"
        "ended = told.wait(20)"
    )

    assert card.text.startswith("echo · submitted, no answer yet, ")
    assert connected.value("free") == "waiting"
    assert {(output.kind, output.display_id) for output in outputs} == {
        ("update_display_data", card.display_id)
    }
    assert outputs[-1].text.startswith("echo → ")
    assert all(output.html for output in outputs)


@pytest.mark.server
def test_waiting_is_one_output(connected):
    """The Job's card, then the answer in its place; in silence nothing."""
    (card,) = connected.shown(f"%sm_invoke echo {{'a': 1}} {SLOW} --wait -o answer")

    assert card.kind == "update_display_data"
    assert card.text.startswith("echo → ")
    assert connected.value("answer") == {"a": 1}
    assert connected.shown("%sm_invoke echo 1 --async --wait -q") == []


@pytest.mark.server
def test_an_interrupt_of_the_kernel_is_one_error(connected):
    """Two lines, what goes on and how to wait again; the card goes on too."""
    outputs = connected.outputs(
        connected.start("%sm_invoke echo 1 --async --custom-attributes sm-magic-delay=2.5 --wait -o later")
    )
    card = next(output for output in outputs if not output.text.startswith("Submitting"))
    connected.manager.interrupt_kernel()
    *_, error = outputs
    connected.reply()

    assert card.text.startswith("echo · submitted")
    assert error.text.startswith("Cancelled: Interrupted after")
    assert "`later.result()` waits again" in error.text
    assert connected.value("later.state") == "waiting"
    # Its last look may be under way: the next test shall not hear of it.
    connected.run(
        "import threading\nlater.cancel()\n"
        "[thread.join(10) for thread in threading.enumerate() if thread.name == 'sm_magic watch']"
    )
