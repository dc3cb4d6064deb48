"""The body as it came: text as text, anything else as a hex view of its first bytes, and how to save it."""

from __future__ import annotations

from dataclasses import replace

from ..mediatypes import sniff
from ..messages import Payload
from ..settings import Settings
from .base import Answer, Shown, View, room
from .markup import join, tag
from .preview import hex_view, is_text, text_of
from .quantities import size
from .text import text_shown


def claims(answer: Answer) -> bool:
    """Whether the value is bytes."""
    return isinstance(answer.value, bytes | bytearray | memoryview)


def show(answer: Answer, settings: Settings) -> Shown:
    """The bytes that were received; those of the value where it is bytes itself."""
    payload = answer.payload
    if isinstance(answer.value, bytes | bytearray | memoryview):
        payload = replace(payload, body=bytes(answer.value))
    if is_text(payload):
        return text_shown(text_of(payload), room(settings))
    about, lines = _about(payload), hex_view(payload.body)
    html = join(tag("p", about), tag("div", tag("pre", lines), class_="sm-magic-scroll"))
    return Shown(html=html, text=f"{about}\n\n{lines}")


def _about(payload: Payload) -> str:
    looks = sniff(payload.body)
    kind = f", begins like {looks}" if looks and looks != payload.content_type else ""
    said = payload.content_type.strip() or "no content type"
    return f"{size(payload.size)} of {said}{kind}. To keep them: --save PATH, or .save(path)."


VIEW = View(name="raw", rank=80, claims=claims, show=show)
