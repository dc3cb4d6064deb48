"""%sm_history: what was sent and answered, and making a call again."""

from __future__ import annotations

import pandas as pd
import pytest

from sm_magic.client import Client
from sm_magic.messages import Payload, Request, Response
from sm_magic.transports.function import FunctionRuntime


@pytest.fixture
def numbers(notebook):
    """Whatever stands in the notebook, and the number of the next call."""
    from sm_magic.records import history

    notebook.names.update(df=pd.DataFrame({"a": [1, 2], "b": [3, 4]}), name="echo")
    notebook.run("%sm_invoke echo [1] -q")
    first = history[-1].number
    history.clear()
    return first + 1


def inserted(notebook, line: str) -> str:
    """The cell that the line puts below."""
    notebook.shell.rl_next_input = None
    notebook.run(line)
    return notebook.shell.rl_next_input


def test_calls_are_listed_newest_first(notebook, numbers):
    """A row a call: number, time, endpoint, types and sizes, variant, latency; no bodies."""
    notebook.run("%sm_invoke echo df -q")
    notebook.run('%sm_invoke echo ("a secret") -q')

    shown = notebook.run("%sm_history")

    calls = [line.split()[0] for line in shown.splitlines() if "AllTraffic" in line]
    assert calls == [str(numbers + 1), str(numbers)]
    for word in ("echo", "text/csv 8 bytes", "AllTraffic", "2 ms"):
        assert word in shown
    assert "secret" not in shown
    assert "error" not in shown


def test_an_error_stands_in_the_list(notebook, numbers):
    """What failed is there with why, and without accounts."""
    notebook.fails("%sm_invoke iris-clasifier df")

    shown = notebook.run("%sm_history")

    assert "ValidationError" in shown
    assert "123456789012" not in shown


def test_nothing_was_called_yet(notebook):
    """An empty history says how to begin."""
    assert "none yet: %sm_invoke" in notebook.run("%sm_history")


def test_a_call_in_detail(notebook, numbers):
    """Its members by the API's names, sizes, the request's id; its bodies only when asked for."""
    notebook.run("%sm_invoke echo df -q --custom-attributes trace=1")

    shown = notebook.run(f"%sm_history {numbers}")
    whole = notebook.run(f"%sm_history {numbers} --bodies")

    for word in (f"call {numbers}", "InvokeEndpoint", "CustomAttributes", "trace=1", "r-1", "LOCAL"):
        assert word in shown
    assert "1,3" not in shown
    assert whole.count("1,3\n2,4") == 2


def test_bodies_are_escaped_and_capped(notebook, numbers):
    """What a model answers is hostile and may be long; the html is markup of ours alone."""
    from sm_magic.magics.history import _add_body

    notebook.run("%config SageMakerMagics.max_text = 50_000")
    body = b"<script>alert(1)</script>\x1b[2J" + b"x" * 100_000
    bundle = {"text/plain": "", "text/html": ""}
    _add_body(notebook.door, bundle, "received", Payload(body=body, content_type="text/plain"))
    _add_body(notebook.door, bundle, "sent", None)

    assert "<script" not in bundle["text/html"]
    assert "\x1b" not in bundle["text/plain"]
    assert len(bundle["text/html"]) < 60_000
    assert bundle["text/plain"].endswith("sent\nnot kept")


def test_bytes_are_hex(notebook, numbers):
    """A body that is no text shows its first bytes."""
    notebook.run(r"%sm_invoke echo b'\x89\x00\xff' -q")

    assert "89 00 ff" in notebook.run(f"%sm_history {numbers} --bodies")


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        ('%%sm_invoke echo -q\n{"a": 1}', '%%sm_invoke echo -q\n{"a": 1}'),
        ("%%sm_invoke ${name} -t csv -o z\n1,2\n", "%%sm_invoke echo -t csv -o z\n1,2"),
        ('%%sm_invoke echo --expand --query a\n{"a": ${df.a[0]}}', '%%sm_invoke echo --query a\n{"a": 1}'),
        ("%sm_invoke echo df --columns b,a -q", "%sm_invoke echo df --columns b,a -q"),
        (
            "y = %sm_invoke ${name} df.head(1) -t json --orient split --target-variant ${'rival'} -q",
            "%sm_invoke echo df.head(1) -t json --orient split --target-variant rival -q",
        ),
        ("%%sm_invoke echo --python -q\nd = 1\n{'a': d}", "%%sm_invoke echo --python -q\nd = 1\n{'a': d}"),
        ("%sm_invoke echo --dry-run=1", None),
        ("%sm_invoke -q echo -- -df.a", "%sm_invoke echo (-df.a) -q"),
    ],
)
def test_the_cell_of_a_call_is_inserted(notebook, numbers, typed, cell):
    """Options of the API as they were sent, the rest as typed; a text as it was sent, a variable as it was called."""
    if cell is None:
        notebook.fails(typed)
        return
    notebook.run(typed)

    made = inserted(notebook, f"%sm_history {numbers} --insert")

    assert made == cell
    notebook.run(made)
    assert notebook.sent[-1] == notebook.sent[-2]


def test_a_file_is_sent_from_where_it_was(notebook, numbers, folder):
    """--file and --form stay what they were."""
    (folder / "my rows.csv").write_bytes(b"1,2\n")
    notebook.run('%sm_invoke echo --file "my rows.csv" -q')
    notebook.run('%sm_invoke echo --form text=hi --form rows=@"my rows.csv" -q')

    assert inserted(notebook, f"%sm_history {numbers} --insert") == '%sm_invoke echo --file "my rows.csv" -q'
    assert inserted(notebook, f"%sm_history {numbers + 1} --insert") == (
        '%sm_invoke echo --form text=hi --form rows=@"my rows.csv" -q'
    )


def test_a_call_by_a_target_is_one_again(notebook, numbers):
    """The target's name, and every option that was sent."""
    notebook.run("%sm_target add churn echo -t csv --custom-attributes a=1")
    notebook.run("%sm_invoke churn df -q")

    made = inserted(notebook, f"%sm_history {numbers} --insert")

    assert made == "%sm_invoke churn df --custom-attributes a=1 -q"
    notebook.run(made)
    assert notebook.sent[-1] == notebook.sent[-2]


def test_what_was_sent_can_be_kept_in_a_file(notebook, numbers, folder):
    """--save writes the bytes, so that a variable that has changed does not matter."""
    notebook.run("%sm_invoke echo df -q")
    notebook.run("df['a'] = 0")

    made = inserted(notebook, f"%sm_history {numbers} --insert --save rows.csv")
    notebook.run(made)

    assert made == "%sm_invoke echo --file rows.csv -t csv -q"
    assert (folder / "rows.csv").read_bytes() == notebook.sent[-1].body == b"1,3\n2,4\n"
    assert "written" in notebook.run(f"%sm_history {numbers} --save again.csv")
    assert (folder / "again.csv").read_bytes() == b"1,3\n2,4\n"


def test_a_call_by_python_has_a_cell_too(notebook, numbers, folder):
    """Of Client's calls the request is known; what else was asked is said to be missing."""
    client = Client(runtime=FunctionRuntime(lambda request: Response(payload=request.payload)))
    client.invoke({"a": 1}, endpoint="echo")
    client.invoke(b"\x89\x00\xff", endpoint="echo")

    shown = notebook.run(f"%sm_history {numbers} --insert")

    assert notebook.shell.rl_next_input == '%%sm_invoke echo\n{"a":1}'
    assert "is not in the cell" in shown
    said = notebook.fails(f"%sm_history {numbers + 1} --insert")
    assert "can't stand in a cell" in said
    assert f"%sm_history {numbers + 1} --insert --save body-" in said


def test_bodies_that_are_gone_are_said_to_be(notebook, numbers):
    """Beyond history_bytes there are digests; a line's own words still make the cell."""
    notebook.run("%config SageMakerMagics.history_bytes = 0")
    notebook.run("%sm_invoke echo df -q")
    notebook.run("%%sm_invoke echo -q\n1")

    assert "sha256:" in notebook.run(f"%sm_history {numbers}")
    assert "not kept" in notebook.run(f"%sm_history {numbers} --bodies")
    assert inserted(notebook, f"%sm_history {numbers} --insert") == "%sm_invoke echo df -q"
    assert "not kept any more" in notebook.fails(f"%sm_history {numbers + 1} --insert")
    assert "not kept any more" in notebook.fails(f"%sm_history {numbers} --save x")


def test_a_readers_accept_is_its_own(notebook, numbers):
    """A deserializer says again what it accepts."""

    class Reader:
        ACCEPT = ("text/csv", "application/json")

        def deserialize(self, stream, content_type):
            return stream.read()

    notebook.names["reader"] = Reader()
    notebook.run("%sm_invoke echo df --deserializer reader -q")

    made = inserted(notebook, f"%sm_history {numbers} --insert")

    assert made == "%sm_invoke echo df --deserializer reader -q"
    notebook.run(made)
    assert notebook.sent[-1] == notebook.sent[-2]


def test_a_stream_and_its_cell(notebook, numbers):
    """A streamed call is one row, and its cell streams."""
    notebook.run('%%sm_invoke echo --stream -q\n{"a": 1}')

    assert inserted(notebook, f"%sm_history {numbers} --insert") == '%%sm_invoke echo --stream -q\n{"a": 1}'


@pytest.mark.parametrize("line", ["df", "--input-location s3://mine/in.csv"])
def test_an_asynchronous_call_is_queued_again(notebook, numbers, queue, line):
    """What was uploaded for it is uploaded again; what lay in S3 already is named again."""
    queue.at_once = b"[1]"
    upload = " --upload-to s3://mine/in" if line == "df" else ""
    notebook.run(f"%sm_invoke echo {line} --async{upload} --wait -q")

    made = inserted(notebook, f"%sm_history {numbers} --insert")
    notebook.run(made)

    if line == "df":
        assert made == "%sm_invoke echo df --async --upload-to s3://mine/in --wait -q"
        assert [each.payload for each in queue.sent[:1]] == [each.payload for each in queue.sent[1:]]
    else:
        assert made == "%sm_invoke echo --async -t csv --input-location s3://mine/in.csv --wait -q"
        assert queue.sent[0] == queue.sent[1]


def test_the_history_is_cleared(notebook, numbers):
    """--clear forgets all, and stands alone."""
    notebook.run("%sm_invoke echo df -q")

    assert "forgotten  1" in notebook.run("%sm_history --clear")
    assert "none yet" in notebook.run("%sm_history")
    assert "stands alone" in notebook.fails("%sm_history 3 --clear")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%sm_history 999999", "There is no call 999999."),
        ("%sm_history two", "There is no call two."),
        ("%sm_history --insert", "--insert is for one call."),
        ("%sm_history --bodies", "%sm_history {last} --bodies"),
        ("%sm_history 1 2", "can't take `2` here"),
    ],
)
def test_mistakes_are_said(notebook, numbers, line, said):
    """Each with what to type."""
    notebook.run("%sm_invoke echo df -q")

    assert said.format(last=numbers) in notebook.fails(line)


def test_a_cell_that_was_written_and_not_run_is_inserted_as_it_is(notebook, numbers):
    """What the panel offers to insert."""
    from sm_magic.records import history
    from sm_magic.settings import Settings

    request = Request(endpoint="echo", payload=Payload(body=b"1", content_type="application/json"))
    history.note(request, "%%sm_invoke echo --view raw\n1", Settings())

    assert "not sent" in notebook.run("%sm_history")
    assert "not sent" in notebook.run(f"%sm_history {numbers}")
    assert inserted(notebook, f"%sm_history {numbers} --insert") == "%%sm_invoke echo --view raw\n1"


@pytest.mark.server
def test_a_kernel_puts_the_cell_below(kernel):
    """The frontend is told by the reply's payload, as of a cell that runs."""
    kernel.run('%%sm_invoke echo -q\n{"a": 1}')
    kernel.run("from sm_magic import history; n = history[-1].number")
    sent = kernel.start("get_ipython().run_line_magic('sm_history', f'{n} --insert')")
    list(kernel.outputs(sent))
    while (reply := kernel.reply())["parent_header"].get("msg_id") != sent:
        pass

    (payload,) = [each for each in reply["content"]["payload"] if each["source"] == "set_next_input"]
    assert payload["text"] == '%%sm_invoke echo -q\n{"a": 1}'
    assert payload["replace"] is False


def test_a_requests_line_is_no_part_of_it():
    """What was typed says where a request came from; it neither travels nor is it shown."""
    request = Request(endpoint="e", typed="e df --session-id secret")

    assert request == Request(endpoint="e")
    assert "secret" not in repr(request)
