"""CustomAttributes: pairs as pairs, anything else as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.views.attributes import pairs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a=1", [("a", "1")]),
        ("a=1;b=2", [("a", "1"), ("b", "2")]),
        ("a=1; b = two words ;", [("a", "1"), ("b", "two words")]),
        ("tfs-model-name=x,tfs-model-version=2", [("tfs-model-name", "x"), ("tfs-model-version", "2")]),
        ("accept_eula=true", [("accept_eula", "true")]),
        ("empty=", [("empty", "")]),
        ("Trace ID: 1f7a", [("Trace ID", "1f7a")]),
        ("Trace ID: 1, Span ID: 2", [("Trace ID", "1"), ("Span ID", "2")]),
        ("route=/v1/audio/speech", [("route", "/v1/audio/speech")]),
        ("a=1,b", [("a", "1,b")]),
        ("a=1;b=2,c=3", None),
        ("a", None),
        ("", None),
        ('{"a": 1}', None),
        ("{'trace id': 1}", None),
        ("https://example.com/a", None),
        ("a=1&b=2", None),
        ("dG9rZW4=", [("dG9rZW4", "")]),
        ("a==b", None),
        ("=1", None),
        ("12:30:00", None),
    ],
)
def test_what_containers_write(text, found):
    """The forms in use, and what only looks like them."""
    assert pairs(text) == (None if found is None else tuple(found))


@given(st.text(max_size=200))
def test_no_text_is_an_error(text):
    """And the pairs hold nothing that was not there."""
    for name, value in pairs(text) or ():
        assert name in text
        assert value in text
