"""A page, when asked for: in a frame that runs nothing and reaches nothing."""

from html import unescape


def test_a_sandboxed_frame(shown, golden):
    """The frame, and the source folded below it."""
    made = shown("<h1>Hello</h1>\n<script>alert(1)</script>", view="html", content_type="text/html")

    golden("html", text=made.text, html=made.html)


def test_the_frame_has_no_rights(shown, page):
    """An empty sandbox, a policy that allows no network, and nothing of the page outside of the frame."""
    found = page(shown("</iframe><script>alert(1)</script>", view="html").html)
    (frame,) = found.all("iframe")

    assert frame["sandbox"] == ""
    assert "default-src 'none'" in frame["srcdoc"]
    assert {name for name, _ in found.elements} == {"iframe", "details", "summary", "pre"}


def test_without_the_frame_the_source_is_there(shown, page):
    """An untrusted notebook drops frames."""
    assert "<h1>Hello</h1>" in page(shown("<h1>Hello</h1>", view="html").html).text


def test_a_large_page_is_cut(shown):
    """256 KB of markup in all, however much escaping adds."""
    made = shown('<a href="x">&</a>' * 100_000, view="html")

    assert len(made.html.encode()) < 256 * 1024
    assert unescape(made.html).count("<a href") > 1_000
