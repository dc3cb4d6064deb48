"""Code to copy: as it is, below what must be known of it."""

from sm_magic import views

LINES = "one <b>\n\ttwo  'three'\n" + "x" * 500 + "\n"


def test_code_is_neither_wrapped_nor_cut():
    """In a terminal it stands as it would be pasted."""
    shown = views.listing("title", LINES, [("note", ["a", "b"]), ("none", "")])["text/plain"]
    assert shown == f"title\n  note  a\n        b\n\n{LINES}".rstrip("\n")


def test_its_markup_is_text():
    """Escaped, in a block that scrolls; without html, text alone."""
    bundle = views.listing("<i>", LINES, [("to", "<u>")])
    assert "one &lt;b&gt;\n\ttwo  &#x27;three&#x27;\n" in bundle["text/html"]
    assert not any(tag in bundle["text/html"] for tag in ("<i>", "<u>", "<b>"))
    assert list(views.listing("t", LINES, [], html=False)) == ["text/plain"]
