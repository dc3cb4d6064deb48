"""The journal outlives its process, broken lines and company."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from sm_magic.journal import Entry, Journal, journal_file

OUT = "s3://sagemaker-eu-west-1-123456789012/out"
ENTRY = Entry(
    output_location=OUT,
    endpoint="e",
    inference_id="i-1",
    submitted="2026-11-21T10:00:07+00:00",
    request_ttl_seconds=60,
    uploaded=True,
)


@pytest.fixture
def journal(tmp_path):
    """An empty journal in a folder that is not there yet."""
    return Journal(tmp_path / "new" / "jobs.jsonl")


def test_a_request_is_found_again_in_full(journal):
    """By the place of its answer or by its id; for its owner alone."""
    journal.add(ENTRY)
    (found,) = Journal(journal.path).entries()
    assert found == journal.find("i-1") == journal.find(OUT)
    assert (found.output_location, found.submitted_at) == (OUT, datetime(2026, 11, 21, 10, 0, 7, tzinfo=UTC))
    assert (found.request_ttl_seconds, found.uploaded, found.state) == (60, True, "waiting")
    assert 0 <= found.age < 60
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert "123456789012" not in repr(found)
    assert journal.find("nothing") is None


def test_what_became_of_it_is_known(journal):
    """The last word counts; a place that is used again is another request."""
    journal.add(ENTRY)
    journal.mark(OUT, "done")
    journal.mark("s3://never/heard", "done")
    assert [entry.state for entry in journal.entries()] == ["done"]
    journal.add(ENTRY)
    assert [entry.state for entry in journal.entries()] == ["waiting"]


def test_a_broken_line_is_left_out(journal):
    """Half a line of a process that was killed, another version's, somebody's text: the others stay."""
    journal.add(ENTRY)
    strange = [
        b"{\n",
        b"[1]\n",
        b"\xff\xfe\n",
        b'{"output_location": 1, "endpoint": "x"}\n',
        b'{"output_location": "s3://b/new", "endpoint": "n", "accept": [1], "from_the_future": 1}\n',
        b"[" * 100_000 + b"\n",
        b'{"output_loc',
    ]
    with journal.path.open("ab") as file:
        file.writelines(strange)
    journal.add(Entry(output_location="s3://b/last", endpoint="l"))
    assert [entry.endpoint for entry in journal.entries()] == ["e", "n", "l"]


def test_two_processes_may_write(journal):
    """No line is lost or torn."""
    code = (
        "import sys; from pathlib import Path; from sm_magic.journal import Entry, Journal\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "for i in range(200): journal.add(Entry(output_location=f's3://b/{sys.argv[2]}/{i}', endpoint='x' * 500))"
    )
    env = {**os.environ, "PYTHONPATH": ":".join(path for path in sys.path if path)}
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(journal.path), name], env=env) for name in "ab"
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    assert len(journal.entries()) == 400


def test_it_does_not_grow_for_ever(journal):
    """The oldest requests go; the file is whole and its owner's afterwards."""
    journal.path.parent.mkdir()
    line = json.dumps({"output_location": "s3://b/{}", "endpoint": "e" * 200})
    journal.path.write_text("".join(line.replace("{}", str(i)) + "\n" for i in range(9_000)))
    journal.add(ENTRY)
    entries = journal.entries()
    assert len(entries) == 1_001
    assert (entries[0].output_location, entries[-1].output_location) == ("s3://b/8000", OUT)
    assert journal.path.stat().st_mode & 0o777 == 0o600
    journal.mark(OUT, "done")
    assert journal.entries()[-1].state == "done"


def test_what_can_not_be_written_costs_nothing(tmp_path):
    """A full disk or a file where a folder should be is no reason not to send."""
    (tmp_path / "file").write_text("")
    journal = Journal(tmp_path / "file" / "jobs.jsonl")
    journal.add(ENTRY)
    assert journal.entries() == ()


def test_its_place_is_the_users(tmp_path, monkeypatch):
    """The settings' folder if that was said, else where state is kept."""
    monkeypatch.setenv("SM_MAGIC_CONFIG_DIR", str(tmp_path))
    assert journal_file() == tmp_path / "jobs.jsonl"
    monkeypatch.delenv("SM_MAGIC_CONFIG_DIR")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert journal_file() == tmp_path / "state" / "sm_magic" / "jobs.jsonl"
