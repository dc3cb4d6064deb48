"""An answer without a body."""


def test_an_empty_answer_is_said_to_be_empty(shown, golden):
    """One sentence, in both forms."""
    made = shown(None, body=b"")

    golden("empty", text=made.text, html=made.html)


def test_null_is_not_empty(shown):
    """A JSON ``null`` is an answer."""
    assert shown(None, body=b"null").text == "null"
