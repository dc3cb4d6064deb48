"""%sm_jobs: what was queued, here and before; waited for, given up, picked up again."""

from __future__ import annotations

import _thread
import threading

import pytest

from sm_magic.errors import StillRunning
from sm_magic.joblist import Jobs
from sm_magic.jobs import Job
from sm_magic.journal import Journal
from sm_magic.result import Result

SEND = "%sm_invoke echo {'a': 1} --async -q"


def rows(shown):
    """The lines of the table that was shown."""
    return [line.split() for line in shown.splitlines() if line.startswith(("i-", "s3://"))]


def test_nothing_yet(notebook, queue):
    """It says what would make one."""
    shown = notebook.run("%sm_jobs")

    assert "none yet: %sm_invoke ENDPOINT INPUT --async" in shown
    assert len(notebook.result) == 0


def test_all_are_listed_newest_first(notebook, queue):
    """Id, endpoint, state, age; once, whether it is the last value or not."""
    notebook.run(f"{SEND} -o first\n{SEND} -o second")
    queue.answer(b"[1]", 1)
    queue.answer(b"no", 2, folder="failed", kind="text/plain")
    queue.until(lambda: {notebook.names[name].state for name in ("first", "second")} == {"done", "failed"})
    notebook.run(SEND)
    shown = notebook.run("%sm_jobs")

    assert shown.count("asynchronous requests") == 1
    assert "LOCAL" in shown
    assert [(row[0], row[1], row[2]) for row in rows(shown)] == [
        ("i-3", "echo", "submitted,"),
        ("i-2", "echo", "failed"),
        ("i-1", "echo", "answered"),
    ]
    assert rows(shown)[0][-1] == "s"
    assert notebook.result[0].inference_id == "i-3"


def test_a_new_kernel_finds_them_in_the_journal(notebook, queue):
    """Where there was no answer yet it looks for one; what it lists can be asked."""
    notebook.run(SEND)
    notebook.run(SEND)
    notebook.shell.run_line_magic("reload_ext", "sm_magic")
    queue.connect(notebook)
    queue.answer(b"[7]", 1)

    shown = notebook.run("%sm_jobs -o jobs")

    assert {row[0]: row[2] for row in rows(shown)} == {"i-1": "answered", "i-2": "submitted,"}
    assert [job.result(5).value for job in notebook.names["jobs"] if job.state == "done"] == [[7]]
    assert {entry.inference_id: entry.state for entry in Journal().entries()} == {
        "i-1": "done",
        "i-2": "waiting",
    }


def test_of_another_connection_nothing_is_asked(notebook, queue):
    """The journal knows where each was sent; it is listed and not looked for."""
    notebook.run(SEND)
    path = Journal().path
    path.write_text(path.read_text().replace("eu-west-1", "us-east-1"))
    notebook.door.jobs.clear()

    assert "submitted, not looked at" in notebook.run("%sm_jobs")
    assert len(notebook.result) == 0


def test_waiting_ends_when_all_have_ended(notebook, queue):
    """A failure is an end, too; the answers are in order."""
    notebook.run(f"{SEND}\n{SEND}")
    queue.answer(b"[1]", 1)
    queue.answer(b"no", 2, folder="failed", kind="text/plain")

    shown = notebook.run("%sm_jobs --wait")

    assert sorted(row[2] for row in rows(shown)) == ["answered", "failed"]
    assert isinstance(notebook.result, Jobs)


def test_a_wait_that_is_over_lists_and_says_so(notebook, queue):
    """How many have none, and how to go on; the jobs are the error's."""
    notebook.run(f"{SEND}\n{SEND}")
    queue.answer(b"[1]", 1)

    error = notebook.fails("%sm_jobs --wait=0.3")

    assert error.startswith(f"{StillRunning.__name__}: ")
    assert "have no answer after 0 s." in error
    assert "`%sm_jobs --wait` waits again." in error


def test_waiting_is_given_up(notebook, queue):
    """For one, by its id; a near one is proposed, one that ended is not waited for."""
    notebook.run(f"{SEND} -o job")

    assert "Did you mean `i-1`?" in notebook.fails("%sm_jobs --cancel i-11")
    shown = notebook.run("%sm_jobs --cancel i-1")
    assert shown.count("submitted, not waited for") == 1
    assert notebook.names["job"].state == "cancelled"
    assert "This kernel waits for no job `i-1`." in notebook.fails("%sm_jobs --cancel i-1")


def test_any_request_is_picked_up(notebook, queue):
    """By the place of its answer; at once a Job, with --wait its answer."""
    queue.answer(b'{"b": 2}', 9)

    shown = notebook.run("%sm_jobs --attach s3://mine/out/9 -o job")
    assert isinstance(notebook.result, Job)
    assert '"b": 2' in shown
    assert notebook.names["job"].result().value == {"b": 2}
    shown = notebook.run("%sm_jobs --attach s3://mine/out/9 --wait -o answer")
    assert isinstance(notebook.result, Result)
    assert shown.count("LOCAL") == 1
    assert notebook.names["answer"] == {"b": 2}


def test_what_this_kernel_has_is_not_picked_up_twice(notebook, queue):
    """By its id or its place it is the same Job, which knows what was sent."""
    notebook.run(f"{SEND} -o job")
    notebook.run("%sm_jobs --attach i-1 -q")
    assert notebook.result is notebook.names["job"]
    notebook.run("%sm_jobs --attach s3://mine/out/1 -q")
    assert notebook.result is notebook.names["job"]


def test_a_failure_that_is_picked_up_is_an_error(notebook, queue):
    """Where its place is told; the model's own words."""
    queue.answer(b"out of memory", 9, folder="failed", kind="text/plain")

    error = notebook.fails("%sm_jobs --attach s3://mine/out/9 --failure s3://mine/failed/9")

    assert "out of memory" in error


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--attach nowhere", "nowhere"),
        ("--failure s3://mine/f", "--failure is for --attach."),
        ("--cancel i-1 --wait", "--cancel and --wait exclude each other."),
        ("--cancel i-1 --attach s3://mine/o", "--cancel and --attach exclude each other."),
        ("i-1", "%sm_jobs can't take `i-1` here."),
        ("--atach s3://mine/o", "Did you mean `--attach`?"),
        ("--wait=soon", "`--wait=30`"),
    ],
)
def test_a_mistake_is_answered_by_what_to_type(notebook, queue, line, said):
    """Before anything is looked at."""
    assert said in notebook.fails(f"%sm_jobs {line}")


def test_silence_and_help(notebook, queue):
    """-q returns all the same; -h shows the manual."""
    notebook.run(SEND)

    assert notebook.run("jobs = %sm_jobs -q\n%sm_jobs -q").count("echo") == 0
    assert "--attach S3URI" in notebook.run("%sm_jobs -h")


def test_what_came_of_each_stands_in_the_table(notebook, queue):
    """The answer's type and size, the failure's words; where there is none yet, no column for it."""
    notebook.run(f"{SEND}\n{SEND}\n{SEND}")
    head = next(line for line in notebook.run("%sm_jobs").splitlines() if line.startswith("id "))
    assert head.split() == ["id", "endpoint", "state", "age"]
    queue.answer(b"[1]", 1)
    queue.answer(b"out of memory", 2, folder="failed", kind="text/plain")
    queue.until(lambda: sum(job.state != "waiting" for job in notebook.door.jobs.values()) == 2)
    found = {row[0]: " ".join(row[1:]) for row in rows(notebook.run("%sm_jobs"))}

    assert "application/json, 3 bytes" in found["i-1"]
    assert "out of memory" in found["i-2"]


def test_an_interrupted_wait_leaves_all_as_they_are(notebook, queue):
    """They are listed, kept where a variable was named, and can be waited for."""
    notebook.run(f"{SEND}\n{SEND}")
    interrupt = threading.Timer(0.5, _thread.interrupt_main)
    interrupt.start()
    error = notebook.fails("%sm_jobs --wait -o jobs")

    assert error.startswith("Cancelled: Interrupted after")
    assert "`%sm_jobs --wait` waits again." in error
    assert [job.state for job in notebook.names["jobs"]] == ["waiting", "waiting"]
    for number in (1, 2):
        queue.answer(b"[%d]" % number, number)
    assert [result.value for result in notebook.names["jobs"].results(10)] == [[2], [1]]


# --- in a kernel, against the local endpoint -------------------------------------------------------------------------


@pytest.mark.server
def test_a_wait_shows_one_table_that_changes(connected):
    """From the first look to the last: in one output, whose rows end one by one."""
    send = "%sm_invoke {} --async -q --custom-attributes sm-magic-delay={}"
    connected.run(f"{send.format('echo 1', 1)}\n{send.format('iris [[1,2,3,4]]', 3)}")
    outputs = connected.run("%sm_jobs --wait -o jobs")

    assert {output.kind for output in outputs} == {"display_data", "update_display_data"}
    assert len({output.display_id for output in outputs}) == 1
    tables = [output for output in outputs if "Waiting for" in output.text]
    assert tables[0].text.startswith("Waiting for 2 of 2 jobs … 0 s")
    assert any("Waiting for 1 of 2 jobs" in table.text and "answered" in table.text for table in tables)
    assert all("<table" in table.html for table in tables)
    assert outputs[-1].text.startswith("asynchronous requests")
    assert outputs[-1].text.count("answered") == 2
    assert connected.value("[job.state for job in jobs]") == ["done", "done"]


@pytest.mark.server
def test_an_interrupt_of_the_kernel_leaves_the_table(connected):
    """As it is then, without the seconds; the error comes below it."""
    send = "%sm_invoke echo 1 --async -q --custom-attributes sm-magic-delay=2"
    connected.run(send)
    outputs = connected.outputs(connected.start("%sm_jobs --wait"))
    next(output for output in outputs if "Waiting for" in output.text)
    connected.manager.interrupt_kernel()
    *_, table, error = outputs
    connected.reply()

    assert table.text.startswith("asynchronous requests") and "no answer yet" in table.text
    assert error.text.startswith("Cancelled: Interrupted after")
    assert "answered" in connected.shown("%sm_jobs --wait")[-1].text
