"""A text/html answer as a page, when asked for: in a frame that runs nothing and reaches nothing."""

from __future__ import annotations

from html import escape
from typing import Final

from ..settings import Settings
from .base import Answer, Shown, View, room
from .markup import join, tag
from .preview import text_of
from .text import text_shown

# The empty sandbox takes scripts, forms, popups and our origin away; the policy also takes the network.
_POLICY: Final = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
)


def claims(answer: Answer) -> bool:
    """Never unasked: a model's markup is a stranger's."""
    return False


def show(answer: Answer, settings: Settings) -> Shown:
    """The page in a sandboxed frame, and its source folded below, which is all an untrusted notebook keeps."""
    source = answer.value if isinstance(answer.value, str) else text_of(answer.payload)
    third = room(settings) // 3
    text = text_shown(source, third)
    frame = tag(
        "iframe",
        sandbox="",
        srcdoc=_POLICY + _beginning(source, third),
        title="The answer as a page",
        class_="sm-magic-page",
    )
    folded = tag("details", tag("summary", "Source"), text.html)
    return Shown(html=join(frame, folded), text=text.text)


def _beginning(source: str, limit: int) -> str:
    """As much of *source* as takes at most *limit* bytes once it is escaped."""
    source = source[:limit]
    while len(escape(source).encode("utf-8", "replace")) > limit:
        source = source[: len(source) * 3 // 4]
    return source


VIEW = View(name="html", rank=200, claims=claims, show=show)
