"""Code to copy: labelled facts above it, the code as it is below."""

from __future__ import annotations

from collections.abc import Sequence

from .facts import Fact, facts_html, facts_text
from .markup import join, tag
from .printable import one_line
from .style import STYLE

__all__ = ["listing"]


def listing(
    title: str, code: str, facts: Sequence[tuple[str, str | list[str]]], *, html: bool = True
) -> dict[str, str]:
    """*code*, to be selected and pasted: nothing in it is wrapped or cut; as a MIME bundle."""
    title, said = one_line(title), [Fact(label, text) for label, text in facts if text]
    bundle = {"text/plain": f"{facts_text(title, said)}\n\n{code}".rstrip("\n")}
    if html:
        lines = tag("div", tag("pre", tag("code", code)), class_="sm-magic-value sm-magic-scroll")
        bundle["text/html"] = str(
            tag("div", STYLE, facts_html(join(title), said), lines, class_="sm-magic-card")
        )
    return bundle
