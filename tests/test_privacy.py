"""Account ids and credentials never reach a card, an error, a log or a repr; a model's own numbers do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.errors import SmMagicError
from sm_magic.privacy import placeholders, redact

ACCOUNT = "123456789012"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:endpoint/iris",
            "arn:aws:sagemaker:eu-west-1:…9012:endpoint/iris",
        ),
        (f"arn:aws-cn:iam::{ACCOUNT}:role/x", "arn:aws-cn:iam::…9012:role/x"),
        (
            f"arn:aws-us-gov:sagemaker:us-gov-west-1:{ACCOUNT}:endpoint/x",
            "arn:aws-us-gov:sagemaker:us-gov-west-1:…9012:endpoint/x",
        ),
        (f"in account {ACCOUNT} for more information.", "in account …9012 for more information."),
        (f'"Account": "{ACCOUNT}"', '"Account": "…9012"'),
        (f"account id: {ACCOUNT}", "account id: …9012"),
        (f"'AccountId': '{ACCOUNT}'", "'AccountId': '…9012'"),
        (f"another account ({ACCOUNT})", "another account (…9012)"),
        (f"s3://sagemaker-eu-west-1-{ACCOUNT}/in", "s3://sagemaker-eu-west-1-…9012/in"),
        (f"s3://sagemaker-us-gov-west-1-{ACCOUNT}/in", "s3://sagemaker-us-gov-west-1-…9012/in"),
        (f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/x", "…9012.dkr.ecr.eu-west-1.amazonaws.com/x"),
        ("AKIAIOSFODNN7EXAMPLE", "…"),
        ("key ASIAIOSFODNN7EXAMPLE.", "key …."),
        ("aws_secret_access_key=abc/def+1", "aws_secret_access_key=…"),
        ('"SessionToken": "IQoJb3JpZ2luX2Vj"', '"SessionToken": "…"'),
        ("https://x/?X-Amz-Signature=deadbeef&b=1", "https://x/?X-Amz-Signature=…&b=1"),
    ],
)
def test_what_identifies_is_left_out(text, shown):
    """Ids keep their last four digits, credentials nothing."""
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [ACCOUNT, f"score {ACCOUNT}", f"[{ACCOUNT}]", f"0.{ACCOUNT}", f"id-{ACCOUNT}-x", f"account {ACCOUNT}345"],
)
def test_other_numbers_stay(text):
    """Twelve digits alone are a number."""
    assert redact(text) == text


def test_no_pattern_starts_over_without_end():
    """A bucket's region has a few short words: nothing unbounded is tried from each place of a long text."""
    for region in ("-".join(["aa"] * 6), "aa-" + "b" * 13):
        text = f"sagemaker-{region}-1-{ACCOUNT}"
        assert redact(text) == text


@given(st.text())
def test_redacting_twice_changes_nothing(text):
    """What is left out is out."""
    assert redact(redact(text)) == redact(text)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_no_account_survives_in_an_arn(account):
    """Whatever its digits."""
    assert account not in redact(f"arn:aws:sagemaker:us-east-1:{account}:endpoint/e and arn:aws:s3:::b")


def test_errors_redact_themselves():
    """Message, hint, rendering and traceback alike."""
    error = SmMagicError(f"account {ACCOUNT}", hint=f"arn:aws:iam::{ACCOUNT}:role/r")
    error.show_traceback = True
    for text in (str(error), error.message, error.hint, "\n".join(error._render_traceback_()), repr(error)):
        assert ACCOUNT not in text


def test_code_that_others_fill_in_has_placeholders():
    """Which say what belongs there."""
    text = f"s3://sagemaker-eu-west-1-{ACCOUNT}/x arn:aws:iam::{ACCOUNT}:role/r AKIAIOSFODNN7EXAMPLE n=123456789012"
    assert placeholders(text) == (
        "s3://sagemaker-eu-west-1-<account>/x arn:aws:iam::<account>:role/r <secret> n=123456789012"
    )
    assert placeholders(f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/x").startswith("<account>.dkr")
    assert placeholders("session_token=abc") == "session_token=<secret>"
