"""The card: one read tells where, what, who answered, what it said."""

import pytest

from sm_magic.messages import Facts, Payload, Request, Where
from sm_magic.settings import Settings
from sm_magic.views import card, one_line, report, request_card

SENT = Payload(
    body=b"1,a\n2,b\n",
    content_type="text/csv",
    facts=Facts(rows=2, columns=2, text_columns=("city",), dropped=("label",), notes=("It was re-encoded.",)),
)


def test_every_fact_is_told(a_card, shown, golden):
    """Where, target, variant, attributes, types, sizes, rows, latency, attempts, id, sessions, notes; the value."""
    made = card(
        a_card(
            request=Request(
                endpoint="xgb-churn-2026-11",
                payload=SENT,
                target="churn",
                accept="text/csv",
                target_variant="blue",
                session_id="NEW_SESSION",
            ),
            rows="2 rows → 2 predictions",
            attempts=2,
            new_session_id="s-1",
            session_expires="2026-11-21 12:00:00 UTC",
            closed_session_id="s-0",
            notes=("It was re-encoded.", "The first row was taken for a header: --header."),
        ),
        shown({"a": 1}),
        Settings(),
    )

    golden("card", text=made["text/plain"], html=made["text/html"])


def test_what_is_not_there_is_said(a_card, golden):
    """No variant, no attributes, no request id, nothing sent."""
    made = card(
        a_card(
            request=Request(endpoint="local"),
            where=Where(place="LOCAL", endpoint_url="http://127.0.0.1:39127"),
            received=Payload(body=b"", content_type="application/octet-stream"),
            variant=None,
            custom_attributes=None,
            rows=None,
            latency=None,
            request_id=None,
            status=204,
        ),
        None,
        Settings(),
    )

    golden("card-bare", text=made["text/plain"], html=made["text/html"])


def test_a_bundle_is_text_and_html_and_nothing_else(a_card, shown):
    """A frontend would show application/json in html's place; html can be turned off."""
    assert set(card(a_card(), shown(1), Settings())) == {"text/plain", "text/html"}
    assert set(card(a_card(), shown(1), Settings(html=False))) == {"text/plain"}


@pytest.mark.parametrize("length", [1, 60, 63, 500])
def test_no_line_of_the_head_is_wider_than_a_terminal(a_card, length):
    """110 columns, whatever is in it."""
    long = "x" * length
    made = card(
        a_card(
            request=Request(endpoint=long, payload=SENT, target=long, target_model="m " * length),
            variant=long,
            custom_attributes="東京 " * length,
            notes=("word " * length,),
        ),
        None,
        Settings(),
    )

    widths = [len(line) + line.count("東") + line.count("京") for line in made["text/plain"].splitlines()]
    assert max(widths) <= 110


def test_account_ids_are_four_digits(a_card):
    """In the head of a card, of a dry run, of a report; what the model said is shown as it is."""
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/x"
    where = Where(endpoint_url=f"https://{arn}")
    told = card(a_card(where=where, custom_attributes=arn), None, Settings())["text/plain"]
    dry = request_card(Request(endpoint="x"), where, f"/{arn}", [("X-Arn", arn)], Settings())["text/html"]
    reported = report(arn, [("arn", arn), ("arns", [arn])], (("arn",), [(arn,)]))

    assert told.count("123456789012") == 1
    assert "…9012" in told
    assert "123456789012" not in dry
    assert "123456789012" not in str(reported)


def test_one_line(a_card):
    """What a Result's repr says."""
    assert one_line(a_card()) == (
        "<Result iris → variant blue · application/json 9.12 kB · 150 rows → 150 predictions · 12.3 ms>"
    )
    assert one_line(a_card(variant="\x1b[31m\nred")) == (
        "<Result iris → variant \\x1b[31m\\nred · application/json 9.12 kB · 150 rows → 150 predictions · 12.3 ms>"
    )


def test_a_dry_run_shows_the_exact_request(golden):
    """Method, path, each header, the body's size and beginning; and that nothing was sent."""
    made = request_card(
        Request(endpoint="iris", payload=SENT),
        Where(region="eu-west-1"),
        "/endpoints/iris/invocations",
        [("Content-Type", "text/csv"), ("X-Amzn-SageMaker-Custom-Attributes", "a=1")],
        Settings(),
        ("A note.",),
    )

    golden("dry-run", text=made["text/plain"], html=made["text/html"])


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (None, "body  none"),
        (Payload(body=b"", content_type="text/csv"), "body  text/csv, 0 bytes"),
        (Payload(body=b"\x93NUMPY", content_type="application/x-npy"), "00000000  93 4e 55 4d 50 59"),
        (Payload(body=b"x" * 9_000, content_type="text/plain"), "xxx\n… 5 kB more"),
    ],
)
def test_a_dry_run_of_any_body(payload, said):
    """None, nothing, bytes, and more than a preview."""
    made = request_card(Request(endpoint="x", payload=payload), None, "/x", [], Settings(html=False))

    assert said in made["text/plain"]
    assert set(made) == {"text/plain"}


def test_a_report(golden):
    """Facts and a table in the same clothes."""
    made = report(
        "connection",
        [("where", "LOCAL · http://127.0.0.1:39127"), ("endpoints", ["iris", "digits"]), ("timeout", 70.0)],
        (("name", "status", "variants"), [("iris", "InService", 1), ("digits", "InService", 2)]),
    )

    golden("report", text=made["text/plain"], html=made["text/html"])


def test_a_report_without_a_table():
    """Facts alone; html only if wanted."""
    assert report("x", [("a", 1)])["text/plain"] == "x\n  a  1"
    assert set(report("x", [], settings=Settings(html=False))) == {"text/plain"}


def test_a_hostile_head_stays_within_the_cap(a_card, shown):
    """A far end may send headers of any size: the card stays under 256 KB."""
    huge = '"<&\x1b' * 100_000
    made = card(
        a_card(
            received=Payload(body=b"", content_type=huge),
            variant=huge,
            custom_attributes=huge,
            rows=huge,
            request_id=huge,
            new_session_id=huge,
        ),
        shown('"<&' * 1_000_000),
        Settings(),
    )

    assert len(made["text/html"].encode()) < 256 * 1024
    assert len(made["text/plain"].encode()) < 256 * 1024


def test_a_content_type_that_is_not_there_is_said_to_be_missing(a_card):
    """In the head, in the one line, and where bytes are shown."""
    for content_type in ("", " "):
        bare = a_card(received=Payload(body=b"", content_type=content_type))
        assert "→ no content type, 0 bytes" in card(bare, None, Settings())["text/plain"]
        assert "no content type 0 bytes" in one_line(bare)


def test_a_note_of_two_lines_stands_on_two_lines(a_card):
    """A hint follows its sentence after a newline: it is not shown as a backslash and an n."""
    made = card(a_card(notes=("It went wrong.\n→ Try this", "It went wrong.\n→ Try this")), None, Settings())
    assert "note" in made["text/plain"]
    assert "notes" not in made["text/plain"]
    assert "\\n" not in made["text/plain"] + made["text/html"]
    lines = made["text/plain"].splitlines()
    first = next(line for line in lines if line.endswith("It went wrong."))
    assert lines[lines.index(first) + 1].strip() == "→ Try this"
    assert "<div>It went wrong.</div><div>→ Try this</div>" in made["text/html"]
