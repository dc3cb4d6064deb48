"""The texts in what was sent."""

import pytest

from sm_magic.messages import Payload
from sm_magic.views.sent_text import MOST, inputs


@pytest.mark.parametrize(
    ("body", "content_type", "found"),
    [
        (b'{"inputs": "a", "parameters": {}}', "application/json", "a"),
        (b'{"question": "a", "context": "b"}', "application/json", {"question": "a", "context": "b"}),
        (b'["a", "b"]', "application/list-text", ["a", "b"]),
        (b'["a"', "application/json", None),
        ("é".encode("latin-1"), "text/plain; charset=latin-1", "é"),
        (b"a", "application/x-text", "a"),
        (b"a", "text/csv", None),
        (b"", "text/plain", None),
        (b" " * MOST + b"1", "application/json", None),
    ],
)
def test_what_stood_under_inputs(body, content_type, found):
    """JSON's `inputs`, or all of it; text as it is; None where it is neither or too long."""
    assert inputs(Payload(body=body, content_type=content_type)) == found
    assert inputs(None) is None
