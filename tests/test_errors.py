"""The errors: short in a notebook, without accounts and credentials, ordinary exceptions everywhere else."""

import pickle

import pytest

from sm_magic import errors
from sm_magic.errors import Cancelled, ModelError, ServiceError, SmMagicError, UsageError

ACCOUNT = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/x"


def test_an_error_says_what_was_wrong_and_what_to_type():
    """The message, then the hint after an arrow."""
    error = UsageError("There is no option --strem.", hint="Did you mean --save?")

    assert str(error) == "There is no option --strem.\n→ Did you mean --save?"
    assert str(UsageError("Plain.")) == "Plain."


def test_a_notebook_shows_its_class_and_its_words():
    """`_render_traceback_` is what IPython prints in place of the stack."""
    lines = UsageError("Wrong.", hint="Right.")._render_traceback_()

    assert lines == ["UsageError: Wrong.", "→ Right."]


def test_the_stack_comes_when_asked_for():
    """--traceback: the cause too, redacted as well."""
    try:
        try:
            raise ValueError(f"no {ACCOUNT}")
        except ValueError as cause:
            raise UsageError("Wrong.") from cause
    except UsageError as error:
        error.show_traceback = True
        shown = "\n".join(error._render_traceback_())

    assert "ValueError" in shown and "Traceback" in shown
    assert "123456789012" not in shown


def test_accounts_and_keys_are_not_shown():
    """In the message and in the hint, by str and by repr."""
    error = UsageError(f"{ACCOUNT} AKIAIOSFODNN7EXAMPLE", hint=f"Use {ACCOUNT}.")

    for text in (str(error), repr(error), *error._render_traceback_()):
        assert "123456789012" not in text and "AKIAIOSFODNN7EXAMPLE" not in text
    assert "…9012" in str(error)


ALL = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, SmMagicError)]


def test_all_are_exported_and_named_in_the_tree():
    """`__all__` and the drawing at the head of the module have every one."""
    assert {cls.__name__ for cls in ALL} == set(errors.__all__)
    assert all(name in errors.__doc__ for name in errors.__all__)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_each_is_caught_as_the_base(kind):
    """One except is enough."""
    with pytest.raises(SmMagicError, match="x"):
        raise kind("x")


def test_an_interrupt_is_no_ordinary_exception():
    """Run All stops on it, as on Ctrl-C."""
    assert issubclass(Cancelled, KeyboardInterrupt)
    assert not issubclass(UsageError, KeyboardInterrupt)


def test_a_service_error_carries_the_services_words():
    """Status, code, message, request id, attempts; never_ran only where it was said."""
    error = ServiceError(
        "No.", status=400, code="X", service_message="raw", request_id="r", attempts=2, never_ran=True
    )

    assert (
        error.status,
        error.code,
        error.service_message,
        error.request_id,
        error.attempts,
        error.never_ran,
        error.not_ready,
    ) == (400, "X", "raw", "r", 2, True, False)


def test_a_model_error_knows_nothing_until_told():
    """The container's part is empty by default."""
    error = ModelError("x")

    assert (
        error.original_status,
        error.original_message,
        error.original_text,
        error.log_stream_arn,
        error.log_url,
    ) == (None, "", "", None, None)


def test_errors_cross_processes():
    """A pool of workers hands them back with their words."""
    error = pickle.loads(pickle.dumps(UsageError("Wrong.", hint="Right.")))

    assert (error.message, error.hint) == ("Wrong.", "Right.")


HOSTILE = "\x1b[2J\x1b]0;title\x07\x9b31m\u202eabc\u2066\r\x00"


def test_no_text_of_a_stranger_moves_the_cursor():
    """Whatever a container or a service says: no control character, no override of direction is shown."""
    error = UsageError(f"It said {HOSTILE}.", hint=f"Ask {HOSTILE}.")
    error.show_traceback = True

    for text in (str(error), repr(error), *error._render_traceback_()):
        assert not set(text) & set("\x00\x07\r\x1b\x9b\u202e\u2066")
    assert str(error) == "It said abc.\n→ Ask abc."


def test_a_hint_that_comes_later_is_judged_too():
    """What the control plane says of an endpoint is a stranger's text as well."""
    error = UsageError("Wrong.")
    error.hint = f"It is Failed: {HOSTILE} {ACCOUNT}"

    assert error.hint == "It is Failed: abc arn:aws:sagemaker:eu-west-1:…9012:endpoint/x"
    error.hint = None
    assert error.hint is None


def test_an_account_is_not_hidden_by_control_characters():
    """Twelve digits that would stand together once these are gone are an account's."""
    assert "123456789012" not in str(UsageError("account 12345678\x009012"))


def test_an_error_is_no_flood():
    """At most 4,000 characters each; the beginning and the end stay, and a caret stands where it stood."""
    line = "  %sm_invoke iris (df\n                  ^"
    error = UsageError(f"No key {'k' * 5_000_000}.\n{line}", hint="h" * 5_000)

    assert len(error.message) <= 4_000 and len(error.hint) <= 4_000
    assert error.message.startswith("No key kkk") and error.message.endswith(f"k.\n{line}")
    assert "…" in error.message and "…" in error.hint
