"""The panel: fill in, send, see; stop; keep what came."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from sm_magic import configuration
from sm_magic.errors import AccessDeniedException, Cancelled, CodecError, ThrottlingException, UsageError
from sm_magic.messages import Payload, Response
from sm_magic.records import history
from sm_magic.settings import Settings
from sm_magic.transports import cancellation
from sm_magic.transports.function import FunctionStore

from .conftest import until

NOW = datetime.now(UTC)
FRAME = pd.DataFrame([[5.1, 3.5, 1.4, 0.2], [6.3, 3.3, 6.0, 2.5]])


# --- what the form offers ---------------------------------------------------------------------------------------


def test_lists_are_filled(desk):
    """Variables at once, endpoints and the endpoint's variants when they are told; new ones on Refresh."""
    one = desk(namespace={"df": FRAME})
    assert one.form.variable.options == (("df · DataFrame, 2 × 4", "df"),)
    assert one.form.endpoint.options == ("iris", "story")
    assert [name for name, _ in one.form.variant.options] == ["by weight", "champion", "rival"]

    one.namespace["more"] = [1]
    one.panel.refresh()
    assert [name for _, name in one.form.variable.options] == ["df", "more"]
    one.say(endpoint="story")
    until(lambda: [name for name, _ in one.form.variant.options] == ["by weight", "AllTraffic"])


@pytest.mark.parametrize(
    ("filled", "words"),
    [
        ({"variable": "df"}, "Will be sent: text/csv · 32 bytes · 2 rows × 4 columns"),
        ({"variable": "df", "content_type": "json"}, "Will be sent: application/json · "),
        ({"variable": "picture"}, "Will be sent: image/png · "),
        ({"source": "Text", "text": '{"a": 1}'}, "Will be sent: application/json · 8 bytes"),
        ({"source": "File", "path": "rows.csv"}, "Will be sent: text/csv · 4 bytes"),
        ({"source": "File", "path": "nowhere.csv"}, "nowhere.csv"),
        ({"source": "File"}, "There is no file."),
        ({"source": "Text"}, "The cell is empty."),
        ({"endpoint": ""}, "There is no endpoint."),
    ],
)
def test_what_will_be_sent_is_said_before(desk, filled, words):
    """Its type and size, or why it can't be."""
    one = desk(namespace={"df": FRAME, "picture": Image.new("L", (8, 8))})
    Path("rows.csv").write_bytes(b"1,2\n")
    one.say(**filled)
    until(lambda: words in one.form.preview.value)
    assert ("<img" in one.form.preview.value) == (filled.get("variable") == "picture")


def test_a_mistake_in_the_text_is_marked(desk):
    """While it is typed, with line and column."""
    one = desk()
    one.say(source="Text", text='{\n "a": 1,}')
    assert "line 2, column 8" in one.form.problem.value
    one.say(text='{\n "a": 1}')
    assert one.form.problem.value == ""
    one.say(text="1,2\n3", format="CSV")
    assert "line 2, column 2" in one.form.problem.value


def test_only_the_chosen_input_is_seen(desk):
    """The others take no room, and no turn of the Tab key."""
    one = desk()
    for name, part in (("Variable", "variables"), ("Text", "texts"), ("File", "files")):
        one.say(source=name)
        seen = [
            each
            for each in ("variables", "texts", "files")
            if getattr(one.form, each).layout.display != "none"
        ]
        assert seen == [part]


def test_every_field_has_a_label(desk):
    """Which screen readers read, and a click on it leads to."""
    one = desk()

    def all_of(widget):
        yield widget
        for child in getattr(widget, "children", ()):
            yield from all_of(child)

    silent = ("HTML", "Box", "_Box", "VBox", "Accordion")
    fields = [each for each in all_of(one.form.box) if type(each).__name__ not in silent]
    assert len(fields) > 30
    assert [each for each in fields if not each.description] == []


# --- sending ----------------------------------------------------------------------------------------------------


def test_send_shows_the_magics_own_card(desk):
    """With all that was filled in; the kernel was free meanwhile."""
    one = desk(namespace={"df": FRAME})
    one.say(variable="df", variant="rival", custom_attributes="a=1", accept="text/csv")
    one.form.members["inference_id"].value = "i-9"
    one.send()

    (request,) = one.sent
    assert (request.endpoint, request.target_variant, request.custom_attributes) == ("iris", "rival", "a=1")
    assert (request.accept, request.inference_id) == ("text/csv", "i-9")
    assert one.panel.result.variant == "rival"
    assert one.shown == one.panel.result._repr_mimebundle_()["text/html"]
    assert "Answered in" in one.status
    assert (one.form.send.disabled, one.form.stop.disabled, one.form.keep.disabled) == (False, True, False)


def test_text_files_and_uploads_are_sent_as_they_are(desk):
    """By the type that they have, or the one that was asked for."""
    one = desk()
    Path("rows.csv").write_bytes(b"1,2\n")
    one.say(source="Text", text="1,2", format="CSV")
    one.send()
    one.say(source="File", path="rows.csv")
    one.send()
    one.say(path="", content_type="application/x-mine")
    one.form.upload.value = [
        {
            "name": "a.png",
            "type": "image/png",
            "size": 3,
            "content": memoryview(b"abc"),
            "last_modified": NOW,
        }
    ]
    one.send()
    sent = [(each.content_type, each.body) for each in one.sent]
    assert sent == [("text/csv", b"1,2\n"), ("text/csv", b"1,2\n"), ("application/x-mine", b"abc")]


def test_an_upload_that_is_too_large_is_refused(desk):
    """And the path field is the way."""
    one = desk()
    one.say(source="File")
    big = {
        "name": "a",
        "type": "",
        "size": 1,
        "content": memoryview(bytes(10_000_001)),
        "last_modified": NOW,
    }
    one.form.upload.value = [big]
    with pytest.raises(UsageError, match=r"10,000,001 bytes; an upload may have 10,000,000\.") as caught:
        one.panel.send()
    assert "path" in caught.value.hint
    assert one.sent == []


def test_a_stream_grows_in_the_panel(desk):
    """Its words are there while others come."""
    free = threading.Event()

    def parts():
        yield b"Once "
        while not free.is_set():
            cancellation.sleep(0.005)
        yield b"upon"

    one = desk(parts=parts, namespace={"body": {"a": 1}})
    one.say(operation="Stream", variable="body")
    one.panel.send()
    until(lambda: "Once " in one.shown)
    assert one.panel.busy
    assert one.form.send.disabled
    free.set()
    until(lambda: not one.panel.busy)
    assert one.panel.result.value == "Once upon"
    assert "Once upon" in one.shown


def test_stop_keeps_what_came(desk):
    """And says that the endpoint may still be computing."""

    def parts():
        yield b"Once "
        cancellation.sleep(60)

    one = desk(parts=parts, namespace={"body": {"a": 1}})
    one.say(operation="Stream", variable="body")
    one.panel.send()
    until(lambda: "Once " in one.shown)
    one.panel.stop()
    until(lambda: not one.panel.busy and "Cancelled: the answer is not complete." in one.shown)

    assert isinstance(one.panel.error, Cancelled)
    assert one.panel.result.value == "Once "
    assert "Cancelled after" in one.status
    assert "may still be computing" in one.status
    one.panel.stop()  # nothing goes on any more


def test_a_call_that_is_stopped_does_not_disturb_the_next(desk):
    """Whatever the first one still says."""
    going = threading.Event()

    def slow(request):
        if request.body == b"1":
            going.set()
            cancellation.sleep(60)
        return Response(payload=request.payload)

    one = desk(answer=slow, namespace={"first": 1, "second": 2})
    one.say(variable="first")
    one.panel.send()
    assert going.wait(10)
    one.panel.stop()
    until(lambda: not one.panel.busy)
    one.say(variable="second")
    one.send()
    assert one.panel.result.value == 2
    assert one.panel.error is None


def test_one_call_at_a_time(desk):
    """Send is off meanwhile; the method says why."""
    free = threading.Event()
    one = desk(answer=lambda request: free.wait(10) and Response(payload=request.payload), namespace={"n": 1})
    one.say(variable="n")
    one.panel.send()
    with pytest.raises(UsageError, match="A call goes on"):
        one.panel.send()
    free.set()
    until(lambda: not one.panel.busy)


def test_an_asynchronous_request_is_followed(desk):
    """Its state, then its answer."""
    one = desk(namespace={"n": 1})
    one.say(operation="Asynchronous", variable="n")
    one.panel.send()
    until(lambda: "submitted, no answer yet" in one.shown)
    assert "submitted, no answer yet" in one.status
    from sm_magic.s3 import S3Uri

    one.store.put(S3Uri.of("s3://mine/out/1"), b"[7]", "application/json")
    until(lambda: not one.panel.busy)
    assert one.panel.result.value == [7]
    assert one.sent[0].operation == "InvokeEndpointAsync"


def test_stop_leaves_a_queued_request_alone(desk):
    """It says how to find it again."""
    one = desk(namespace={"n": 1})
    one.say(operation="Asynchronous", variable="n")
    one.panel.send()
    until(lambda: "submitted, no answer yet" in one.status)
    one.panel.stop()
    until(lambda: not one.panel.busy)
    until(lambda: "%sm_jobs --attach s3://mine/out/1" in one.status)


# --- errors -----------------------------------------------------------------------------------------------------


def fails(request):
    """An endpoint that is busy."""
    raise ThrottlingException("Rate exceeded", hint="Wait a moment.")


def test_an_error_of_the_call_stands_in_the_panel(desk):
    """With what to do; the next call may be sent."""
    one = desk(answer=fails, namespace={"n": 1})
    one.say(variable="n")
    one.send()
    assert isinstance(one.panel.error, ThrottlingException)
    assert "ThrottlingException" in one.shown
    assert "Rate exceeded" in one.shown
    assert "→ Wait a moment." in one.shown
    assert not one.form.send.disabled


def test_an_error_of_a_click_stands_in_the_panel(desk):
    """A callback's exception would be seen by nobody."""
    one = desk()
    one.say(endpoint="")
    one.form.send.click()
    assert "There is no endpoint." in one.shown
    one.form.keep.click()
    assert "There is no answer yet." in one.shown
    one.form.keep_preset.click()
    assert "There is no endpoint to keep." in one.shown


def test_an_answer_that_does_not_decode_is_kept(desk):
    """Its bytes can be saved."""
    broken = Payload(body=b"{no", content_type="application/json")
    one = desk(answer=lambda request: Response(payload=broken), namespace={"n": 1})
    one.say(variable="n")
    one.send()
    assert isinstance(one.panel.error, CodecError)
    one.panel.save("kept.bin")
    assert Path("kept.bin").read_bytes() == b"{no"


def test_what_a_model_says_is_escaped(desk):
    """In answers, errors and previews."""
    evil = "<script>alert(1)</script>"
    one = desk(
        answer=lambda request: Response(payload=Payload(body=evil.encode(), content_type="text/html")),
        namespace={"n": 1},
    )
    one.say(variable="n")
    one.send()
    assert "<script" not in one.shown
    one.say(source="File", path=evil)
    until(lambda: "alert(1)" in one.form.preview.value)
    assert "<script" not in one.form.preview.value


# --- what came --------------------------------------------------------------------------------------------------


def test_the_answer_is_kept(desk):
    """As a variable of the notebook, which can be sent again; as a file."""
    one = desk(namespace={"n": {"a": 1}})
    one.say(variable="n", name="mine")
    one.send()
    one.panel.keep()
    assert one.namespace["mine"] == {"a": 1}
    assert "mine" in [name for _, name in one.form.variable.options]
    one.panel.save("answer.json")
    assert Path("answer.json").read_bytes() == b'{"a":1}'
    for name in ("not a name", "class", "In", "__builtins__"):
        with pytest.raises(UsageError, match="can't be a variable's name"):
            one.panel.keep(name)


def test_an_earlier_answer_is_shown_again(desk):
    """By its number in the history."""
    one = desk(namespace={"first": "one", "second": "two"})
    one.say(variable="first")
    one.send()
    one.say(variable="second")
    one.send()
    assert "two" in one.shown
    (_, number) = one.form.history.options[2]
    one.say(history=number)
    assert "one" in one.shown
    with pytest.raises(UsageError, match="There is no answer of call 999"):
        one.panel.show_earlier(999)
    one.send()
    assert "two" in one.shown
    assert one.form.history.value == ""


# --- what is another's ------------------------------------------------------------------------------------------


def test_variants_of_another_endpoint_are_no_choice(desk):
    """Not even of one that can't be described; an ARN is its endpoint's name."""
    one = desk()
    one.say(variant="rival")
    one.say(endpoint="nobody")
    assert (one.form.variant.value, len(one.form.variant.options)) == ("", 1)
    one.say(endpoint="arn:aws:sagemaker:eu-west-1:123456789012:endpoint/iris")
    until(lambda: len(one.form.variant.options) == 3)


def test_a_target_typed_as_endpoint_is_meant(desk):
    """Its endpoint and its options, as on a magic's line."""
    targets = {"mine": {"endpoint": "story", "stream": True}, "story": {"endpoint": "iris"}}
    one = desk(settings=Settings(targets=targets))
    one.say(endpoint="mine")
    assert (one.form.endpoint.value, one.form.operation.value) == ("story", "Stream")


def test_a_preset_that_leads_elsewhere_is_refused(desk):
    """Its data would go to the wrong account; a panel of its own goes there."""
    one = desk(settings=Settings(targets={"prod": {"endpoint": "story", "profile": "prod"}}))
    one.say(presets="prod")
    assert "sets profile" in one.shown
    assert "%sm_panel prod" in one.shown
    assert one.form.endpoint.value == "iris"


def test_what_lies_in_s3_is_not_fetched_to_be_previewed(desk):
    """It is named."""
    asked = []
    one = desk(store=FunctionStore({"s3://mine/a.csv": b"1"}, gate=lambda call, uri: asked.append(call)))
    one.say(source="File", path="s3://mine/a.csv")
    until(lambda: "Will be sent: what lies at s3://mine/a.csv" in one.form.preview.value)
    one.say(header=True, orient="records")
    assert asked == []


def test_s3_that_refuses_ends_the_waiting(desk):
    """With what it said: nobody would ever hear of the answer."""

    def denies(call, uri):
        if call == "GetObject":
            raise AccessDeniedException("Access Denied", service_message="s3:GetObject is denied")

    one = desk(store=FunctionStore({}, buckets=["mine"], gate=denies), namespace={"n": 1})
    one.say(operation="Asynchronous", variable="n")
    one.send()
    assert isinstance(one.panel.error, AccessDeniedException)
    assert "AccessDeniedException" in one.shown


# --- the same elsewhere -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filled", "cell"),
    [
        ({"variable": "df"}, "%sm_invoke iris df"),
        (
            {"variable": "df", "content_type": "json", "orient": "instances", "variant": "rival"},
            "%sm_invoke iris df -t json --orient instances --target-variant rival",
        ),
        (
            {"variable": "df", "header": True, "operation": "Asynchronous"},
            "%sm_invoke iris df --header --async",
        ),
        ({"source": "Text", "text": '{"a": 1}'}, '%%sm_invoke iris\n{"a": 1}'),
        ({"source": "Text", "text": "1,2", "format": "CSV"}, "%%sm_invoke iris -t csv\n1,2"),
        ({"source": "File", "path": "my rows.csv"}, '%sm_invoke iris --file "my rows.csv"'),
    ],
)
def test_the_cell_that_does_the_same(desk, filled, cell):
    """In a box to be copied, in the history, and by a line that inserts it; nothing is sent."""
    one = desk(namespace={"df": FRAME})
    Path("my rows.csv").write_bytes(b"1,2\n")
    one.say(**filled)
    assert one.panel.insert_cell() == cell
    (record,) = history
    assert (one.form.copyable.value, record.cell) == (cell, cell)
    assert one.form.line.value == f"%sm_history {record.number} --insert"
    assert one.form.copied.layout.display is None
    assert one.sent == []


def test_each_upload_becomes_a_file_of_its_own(desk):
    """Its bytes are nowhere else; no file of the user's, and none of a cell before, is written over."""
    one = desk()
    one.say(source="File")
    one.form.upload.value = [
        {
            "name": "a.png",
            "type": "image/png",
            "size": 4,
            "content": memoryview(b"\x89PNG"),
            "last_modified": NOW,
        }
    ]
    Path("body.png").write_bytes(b"mine")
    first = one.panel.insert_cell()
    assert first.split()[3] in one.status
    one.form.upload.value = [{**one.form.upload.value[0], "content": memoryview(b"\x89other")}]
    second = one.panel.insert_cell()
    assert [Path(cell.split()[3]).read_bytes() for cell in (first, second)] == [b"\x89PNG", b"\x89other"]
    assert Path("body.png").read_bytes() == b"mine"


def test_the_code_that_does_the_same(desk):
    """boto3's call; nothing is sent."""
    one = desk(namespace={"df": FRAME})
    one.say(variable="df")
    code = one.panel.copy_code()
    assert "invoke_endpoint(" in code
    assert "text/csv" in code
    assert one.form.copyable.value == code
    assert one.form.line.layout.display == "none"
    assert one.sent == []


# --- presets ----------------------------------------------------------------------------------------------------

TARGET = {
    "endpoint": "story",
    "stream": True,
    "accept": "text/plain",
    "inference-component-name": "a",
    "timeout": 5.0,
}


def test_a_preset_fills_the_form_in(desk):
    """What the form has no place for is named."""
    one = desk(settings=Settings(targets={"churn": TARGET}))
    one.say(presets="churn")
    form = one.form
    assert (form.endpoint.value, form.operation.value, form.accept.value) == ("story", "Stream", "text/plain")
    assert form.component.value == "a"
    assert "left out: timeout" in one.status
    one.say(accept="text/csv")
    one.panel.refresh()
    assert form.accept.value == "text/csv"
    with pytest.raises(UsageError, match="There is no preset `nobody`"):
        one.panel.load_preset("nobody")


@pytest.mark.parametrize("project", [False, True])
def test_the_form_is_kept_as_a_target(desk, project):
    """In the user's file, or the project's; what one call alone can mean is left out."""
    Path("pyproject.toml").write_text("[project]\nname = 'mine'\n")
    one = desk()
    one.say(operation="Asynchronous", content_type="csv", header=True, variant="champion")
    one.form.members["inference_id"].value = "i-9"
    one.form.members["request_ttl_seconds"].value = "600"
    one.panel.keep_preset("churn", project=project)

    kept = configuration.read(trust_project=True)
    assert kept.settings.targets["churn"] == {
        "endpoint": "iris", "content_type": "csv", "request_ttl_seconds": 600, "async": True, "header": True,
        "target_variant": "champion",
    }  # fmt: skip
    assert kept.origins["churn"] == (configuration.project_file() if project else configuration.user_file())
    assert "churn" in [name for name, _ in one.form.presets.options]
    for _ in range(2):
        one.say(endpoint="story", content_type="")
        one.panel.load_preset("churn")
        assert (one.form.endpoint.value, one.form.content_type.value) == ("iris", "csv")
        assert (one.form.variant.value, one.form.members["request_ttl_seconds"].value) == ("champion", "600")
        one.panel.refresh()
    with pytest.raises(UsageError, match="can't be a target's name"):
        one.panel.keep_preset("not a name")
