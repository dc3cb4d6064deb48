"""An error inside the data, and what is none."""

from __future__ import annotations

import pytest

from sm_magic.streams import Event
from sm_magic.streams.failure import failure


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"error": "Input validation error", "error_type": "validation"}, "Input validation error"),
        ({"error": {"message": "died", "type": "x", "code": 500}}, "died"),
        ({"error": {"error_code": 400, "error_msg": "too long"}}, "too long"),
        ({"error": True, "message": "busy"}, "busy"),
        ({"object": "error", "message": "too long", "code": 400}, "too long"),
        ({"error": " "}, "an error without a message"),
        ({"error": ""}, None),
        ({"error": None, "message": "fine"}, None),
        ({"error": 0.25}, None),
        ({"error": {"mse": 0.5}}, None),
        ({"message": "hello"}, None),
        ("error", None),
    ],
)
def test_the_servers_own_words(value, message):
    """A measure called "error" is none."""
    assert failure(Event("json", value)) == message


def test_whatever_an_event_named_error_holds():
    """Its words are all there is to know."""
    assert failure(Event("text", "CUDA", "error")) == "CUDA"
    assert failure(Event("json", {"detail": "x"}, "error")) == '{"detail": "x"}'
    assert failure(Event("json", {"error": {"message": "m"}}, "error")) == "m"


def test_a_long_one_keeps_its_end():
    """A traceback's last lines say what happened."""
    message = failure(Event("json", {"error": "x" * 100_000 + "ValueError: here"}))
    assert len(message) == 4_000
    assert message.endswith("ValueError: here")
