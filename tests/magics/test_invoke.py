"""%sm_invoke and %%sm_invoke: what is sent, what is shown, what is kept."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import sm_magic
from sm_magic.messages import Payload, Request, Response

FRAME = pd.DataFrame({"a": [1.5, 2.5], "b": [3, 4], "c": [5, 6]})


def body(notebook) -> bytes:
    """The bytes that were sent last."""
    return notebook.sent[-1].body


@pytest.mark.parametrize(
    ("cell", "content_type", "sent"),
    [
        ("%sm_invoke echo df", "text/csv", b"1.5,3,5\n2.5,4,6\n"),
        ("%sm_invoke echo df[['b','a']].head(1)", "text/csv", b"3,1.5\n"),
        ("%sm_invoke echo df --columns c,a --header", "text/csv", b"c,a\n5,1.5\n6,2.5\n"),
        ("%sm_invoke echo df --columns @wanted", "text/csv", b"3\n4\n"),
        ("%sm_invoke echo df --columns @narrow", "text/csv", b"1.5\n2.5\n"),
        ("%sm_invoke echo df --drop a --drop b", "text/csv", b"5\n6\n"),
        (
            "%sm_invoke echo df.head(1) -t json --orient instances",
            "application/json",
            b'{"instances":[[1.5,3,5]]}',
        ),
        ('%sm_invoke echo {"a": [1, 2]}', "application/json", b'{"a":[1,2]}'),
        ('%sm_invoke echo "Tell me a joke"', "text/plain", b"Tell me a joke"),
        ("%sm_invoke echo (1 + 1)", "application/json", b"2"),
        ("%sm_invoke ${name} 1", "application/json", b"1"),
        ("%sm_invoke echo 1  # a comment", "application/json", b"1"),
        ("%sm_invoke echo 1;", "application/json", b"1"),
        ("%sm_invoke -t application/json echo 1", "application/json", b"1"),
        ("%sm_invoke echo \\\n    df \\\n    --columns c", "text/csv", b"5\n6\n"),
        ("%%sm_invoke echo\n{'a': 1}".replace("'", '"'), "application/json", b'{"a": 1}'),
        ("%%sm_invoke echo -t csv\n1,2\n3,4\n", "text/csv", b"1,2\n3,4\n"),
        ("%%sm_invoke echo -t text\nIt's {fine} $name\n", "text/plain", b"It's {fine} $name"),
        ("%%sm_invoke echo --raw -t json\n[1]\n", "application/json", b"[1]\n"),
        ("%%sm_invoke echo \\\n    -t csv\n1,2\n", "text/csv", b"1,2\n"),
        (
            '%%sm_invoke echo --expand\n{"n": ${name}, "rows": ${wanted}}',
            "application/json",
            b'{"n": "echo", "rows": ["b"]}',
        ),
        ("%%sm_invoke echo --python\nk = 2\n{'k': k}", "application/json", b'{"k":2}'),
        ("%%sm_invoke echo --python --columns a\nd = df.head(1)\nd  # the rows", "text/csv", b"1.5\n"),
    ],
)
def test_what_is_sent(notebook, cell, content_type, sent):
    """The line and the cell become exactly these bytes under this type."""
    notebook.names.update(df=FRAME, name="echo", wanted=["b"], narrow=FRAME[["a"]])

    notebook.run(cell)

    assert (content_type, sent) == (notebook.sent[-1].content_type, body(notebook))


def test_python_runs_in_the_notebook(notebook):
    """What a --python cell defines stays, and IPython's own syntax works in it."""
    notebook.run("%%sm_invoke echo --python\nn = !echo 7\nm = int(n[0])\nm")

    assert notebook.names["m"] == 7
    assert body(notebook) == b"7"


def test_a_file_is_sent_as_it_is(notebook, folder):
    """--file sends the file's bytes under the type of its suffix, or of -t."""
    (folder / "my rows.csv").write_bytes(b"1,2\n")

    notebook.run('%sm_invoke echo --file "my rows.csv"')
    first = notebook.sent[-1]
    notebook.run('%sm_invoke echo --file "my rows.csv" -t text')

    assert (first.content_type, first.body) == ("text/csv", b"1,2\n")
    assert notebook.sent[-1].content_type == "text/plain"


def test_an_object_in_s3_is_sent_as_a_file_is(notebook):
    """Where a path goes, an address in S3 goes, filled from the notebook too; the card says where it was read."""
    notebook.run("bucket = 'bucket'")
    shown = notebook.run('%sm_invoke echo --file "s3://${bucket}/in/my rows.csv"')
    first = notebook.sent[-1]
    notebook.run('%sm_invoke echo --form "file=@s3://bucket/in/my rows.csv"')

    assert (first.content_type, first.body) == ("text/csv", b"1,2\n")
    assert "Read from FUNCTION: s3://bucket/in/my rows.csv" in shown
    assert b'filename="my rows.csv"' in notebook.sent[-1].body
    assert "There is no s3://bucket/x." in notebook.fails("%sm_invoke echo --file s3://bucket/x")
    assert "s3://BUCKET/KEY" in notebook.fails("%sm_invoke echo --file s3://bucket")


def test_a_line_in_a_function_sees_the_functions_names(notebook):
    """Locals first, then the notebook; -o still writes the notebook's namespace."""
    notebook.run(
        "x = 'theirs'\n"
        "def f(rows):\n"
        "    x = 10\n"
        "    %sm_invoke echo [x * row for row in rows] -o kept -q\n"
        "    return 'kept' in locals()\n"
        "inside = f([1, 2])"
    )

    assert body(notebook) == b"[10,20]"
    assert notebook.names["kept"] == [10, 20]
    assert notebook.names["inside"] is False


MEMBERS = {
    "--accept json": ("accept", "application/json"),
    '--custom-attributes "trace id=1"': ("custom_attributes", "trace id=1"),
    '--custom-attributes="trace id=1"': ("custom_attributes", "trace id=1"),
    "--custom-attributes ${name}-1": ("custom_attributes", "echo-1"),
    "--target-variant rival": ("target_variant", "rival"),
    "--target-model a/b.tar.gz": ("target_model", "a/b.tar.gz"),
    "--target-container-hostname second": ("target_container_hostname", "second"),
    "--inference-component-name part": ("inference_component_name", "part"),
    "--inference-id 7": ("inference_id", "7"),
    "--session-id NEW_SESSION": ("session_id", "NEW_SESSION"),
    "--enable-explanations '`true`'": ("enable_explanations", "`true`"),
    "--prefix-aware-id user-1": ("prefix_aware_id", "user-1"),
}


@pytest.mark.parametrize(("option", "expected"), MEMBERS.items(), ids=MEMBERS.keys())
def test_members_of_the_api(notebook, option, expected):
    """Each option carries its member of InvokeEndpoint."""
    notebook.names["name"] = "echo"

    notebook.run(f"%sm_invoke echo 1 {option}")

    assert expected[1] == getattr(notebook.sent[-1], expected[0])


def test_the_magic_returns_the_result(notebook):
    """Its value, and all else, is on the Result; the last one is sm_magic.last."""
    notebook.run("r = %sm_invoke echo df".replace("df", "[[1, 2]]"))

    assert notebook.names["r"].value == [[1, 2]]
    assert notebook.names["r"].variant == "AllTraffic"
    assert sm_magic.last is notebook.names["r"]


def test_the_card_is_shown(notebook):
    """The card tells endpoint, variant, types and the answer."""
    shown = notebook.run("x = %sm_invoke echo [[1, 2]]")

    for word in ("echo", "AllTraffic", "LOCAL", "application/json", "r-1"):
        assert word in shown


def test_quiet_shows_nothing_and_returns_all_the_same(notebook):
    """-q is silent."""
    assert notebook.run("x = %sm_invoke echo 1 -q") == ""
    assert notebook.names["x"].value == 1


def test_where_an_answer_is_kept(notebook, folder):
    """-o keeps the value, --out-frame a frame, --save the bytes; it is shown all the same."""
    shown = notebook.run("x = %sm_invoke echo [[1, 2], [3, 4]] -o v --out-frame f --save a.json")

    assert notebook.names["v"] == [[1, 2], [3, 4]]
    assert notebook.names["f"].shape == (2, 2)
    assert (folder / "a.json").read_bytes() == b"[[1,2],[3,4]]"
    assert "sent → received" in shown


def test_a_query_picks_the_value(notebook):
    """--query takes a part of a JSON answer."""
    notebook.run('%%sm_invoke echo --query predictions[0].score -o s\n{"predictions": [{"score": 0.5}]}')

    assert notebook.names["s"] == 0.5


def test_a_query_that_finds_nothing_shows_the_answer(notebook):
    """The call was paid for: its card stands above the error, and -o has the whole answer."""
    from contextlib import redirect_stdout
    from io import StringIO

    shown = StringIO()
    with redirect_stdout(shown):
        notebook.shell.run_cell('%sm_invoke echo {"a": 1} --query b -o kept')

    assert "finds nothing in the answer" in shown.getvalue()
    assert "sent → received" in shown.getvalue()
    assert notebook.names["kept"] == {"a": 1}
    assert sm_magic.last.body == b'{"a":1}'


def test_a_view_by_name(notebook):
    """--view raw shows the bytes."""
    assert "Fc" in notebook.run("x = %sm_invoke echo {'Fc': 1} --view raw")


def test_dry_run_sends_nothing(notebook):
    """The exact request is shown and returned; nothing leaves."""
    shown = notebook.run(
        'r = %sm_invoke echo {"a":1} --dry-run --target-variant rival --custom-attributes "t=1"'
    )

    assert notebook.sent == []
    assert isinstance(notebook.names["r"], Request)
    for word in (
        "/endpoints/echo/invocations",
        "nothing was sent",
        "application/json",
        "X-Amzn-SageMaker-Target-Variant",
        "rival",
        "t=1",
        '{"a":1}',
    ):
        assert word in shown


def test_dry_run_needs_no_credentials_and_no_region(notebook):
    """Without AWS at all a dry run works."""
    notebook.door.place = None

    shown = notebook.run("r = %sm_invoke my-endpoint [1, 2] --dry-run")

    assert "/endpoints/my-endpoint/invocations" in shown


def test_help(notebook):
    """--help prints the manual and sends nothing."""
    assert "%sm_invoke ENDPOINT INPUT" in notebook.run("%sm_invoke --help")
    assert notebook.sent == []


def test_options_of_a_target(notebook):
    """A target's options fill what the line leaves open; the line wins; the card names the target."""
    notebook.names["df"] = FRAME
    notebook.run("%sm_target add mine echo -t csv --columns b,a --custom-attributes x=1")

    shown = notebook.run("r = %sm_invoke mine df --custom-attributes x=2")

    sent = notebook.sent[-1]
    assert (
        sent.endpoint,
        sent.target,
        sent.content_type,
        sent.body,
        sent.custom_attributes,
    ) == ("echo", "mine", "text/csv", b"3,1.5\n4,2.5\n", "x=2")
    assert "mine" in shown


def test_a_targets_table_options_wait_for_a_table(notebook):
    """A text, a list and a picture go to a target whose columns are meant for its tables."""
    notebook.run("%sm_target add flower echo --columns a,b --orient split")
    notebook.run("import pandas as pd; df = pd.DataFrame({'a': [1], 'b': [2], 'c': [3]})")

    for value in ('"a text"', "{'k': 1}", "b'bytes'"):
        notebook.run(f"%sm_invoke flower {value} -q")
    notebook.run("%sm_invoke flower df -q")
    notebook.run("%sm_invoke flower df -t csv -q")

    text, mapping, blob, split, csv = notebook.sent
    assert (text.body, mapping.body, blob.body) == (b"a text", b'{"k":1}', b"bytes")
    assert split.body == b'{"columns":["a","b"],"index":[0],"data":[[1,2]]}'
    assert csv.body == b"1,2\n"


def test_a_targets_table_options_leave_a_cell_alone(notebook):
    """A literal body is sent as it is, under the target's type."""
    notebook.run("%sm_target add mine echo -t csv --columns b,a")

    notebook.run("%%sm_invoke mine\n1,2\n")

    assert (notebook.sent[-1].content_type, body(notebook)) == ("text/csv", b"1,2\n")


def test_settings_of_one_call(notebook):
    """--timeout and --retries hold for this call alone."""
    made = []
    place = notebook.door.place
    notebook.door.place = lambda settings: made.append(settings) or place(settings=settings)

    notebook.run("x = %sm_invoke echo 1 --timeout 3 --retries 2")
    notebook.run("x = %sm_invoke echo 1")

    assert [(each.timeout, each.retries) for each in made] == [(3.0, 2), (70.0, 0)]


def test_a_connection_of_ones_own_leaves_the_sessions_place(notebook):
    """--region goes to AWS, though the session is elsewhere; a target's connection does not."""
    shown = notebook.run("x = %sm_invoke echo 1 --region eu-central-1 --dry-run")
    notebook.run("%sm_target add far echo --region eu-central-1")
    stayed = notebook.run("x = %sm_invoke far 1")

    assert "AWS" in shown
    assert "eu-central-1" in shown
    assert "LOCAL" in stayed


def test_a_targets_connection_counts_in_aws(notebook):
    """Without a place of its own the session goes where the target says."""
    notebook.door.place = None
    notebook.run("%sm_target add far echo --region eu-central-1")

    assert "eu-central-1" in notebook.run("x = %sm_invoke far 1 --dry-run")


@pytest.mark.usefixtures("young")
def test_many_results_of_a_loop_are_not_kept_alive(notebook):
    """A loop in one cell may make more answers than fit: the rule of display holds them weakly."""
    notebook.run(
        "import gc, weakref\n"
        "%config SageMakerMagics.history_size = 1\n"
        "held = []\n"
        "for n in range(3):\n"
        "    r = %sm_invoke echo n -q\n"
        "    held.append(weakref.ref(r))\n"
        "del r\n"
        "_ = gc.collect()\n"
        "alive = [each() is not None for each in held]"
    )

    assert notebook.names["alive"] == [False, False, True]


def test_values_of_other_kinds(notebook):
    """Arrays, bytes and ready payloads go out as what they are."""
    notebook.names.update(array=np.ones(2), payload=Payload(body=b"x", content_type="text/x-own"))

    notebook.run("%sm_invoke echo array -q")
    notebook.run("%sm_invoke echo payload -q")

    assert [each.content_type for each in notebook.sent] == ["application/x-npy", "text/x-own"]


def test_interrupting_before_anything_is_sent(notebook):
    """Ctrl-C while the value is made is one line, and an error that stops the cells after it."""
    notebook.run("def stop(): raise KeyboardInterrupt")

    assert notebook.fails("%sm_invoke echo stop()") == "Cancelled: Interrupted."


def test_traceback_on_request(notebook):
    """--traceback, or the trait, shows the whole stack, the user's own line in it."""
    notebook.run("def wrong(): return 1 / 0")

    short = notebook.fails("%sm_invoke echo wrong()")
    long = notebook.fails("%sm_invoke echo wrong() --traceback")
    notebook.run("%config SageMakerMagics.traceback = True")
    trait = notebook.fails("%sm_invoke echo wrong()")

    assert "Traceback" not in short
    for text in (long, trait):
        assert "ZeroDivisionError" in text
        assert "Traceback" in text


def test_answers_are_kept_in_the_history(notebook):
    """Every call is recorded."""
    notebook.run("%sm_invoke echo 1 -q")
    notebook.answer = lambda request: Response(payload=Payload(body=b"{}", content_type="application/json"))
    notebook.run("%sm_invoke echo 2 -q")

    assert [record.result.body for record in sm_magic.history] == [b"1", b"{}"]
    assert json.loads(sm_magic.history[-1].request.body) == 2
