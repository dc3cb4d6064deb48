"""What the tests of views share: how an answer is made, the page parsed, and the golden files."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sm_magic.messages import Facts, Payload, Request, Where
from sm_magic.settings import Settings
from sm_magic.views import Answer, Card, show

GOLDEN = Path(__file__).parent / "golden"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxAADCBYDAwAQHgEDIwVxnQAAAABJRU5ErkJggg=="
)


@dataclass
class Page:
    """What an HTML parser finds in markup: the elements with their attributes, and the text."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    @property
    def text(self):
        """All text but the style sheet's."""
        return "".join(self.pieces)

    def all(self, name):
        """The attributes of all elements of that name."""
        return [attributes for tag, attributes in self.elements if tag == name]


class _Parser(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.page = Page()

    def handle_starttag(self, tag, attrs):
        self.page.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in ("br", "hr", "img"):
            self.page.open.append(tag)

    def handle_endtag(self, tag):
        assert self.page.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.page.open:
            self.page.pieces.append(data)


def _parse(markup):
    parser = _Parser()
    parser.feed(markup)
    parser.close()
    assert parser.page.open == []
    return parser.page


def _answer(value, *, body=None, content_type="application/json", rows=None, sent=None):
    if body is None:
        body = (
            value
            if isinstance(value, bytes)
            else value.encode("utf-8", "replace")
            if isinstance(value, str)
            else b"{}"
        )
    sent = sent or Payload(body=b"1,2", content_type="text/csv", facts=Facts(rows=rows))
    return Answer(value=value, payload=Payload(body=body, content_type=content_type), sent=sent)


@pytest.fixture
def png():
    """A PNG of 2 × 2 pixels."""
    return PNG


@pytest.fixture(scope="session")
def page():
    """Markup -> Page; an element that isn't closed in order fails."""
    return _parse


@pytest.fixture
def answer():
    """(value, body=, content_type=, rows=, sent=) -> Answer."""
    return _answer


@pytest.fixture
def shown():
    """(value, view=, settings=, …) -> Shown."""

    def make(value, *, view="auto", settings=None, **more):
        return show(_answer(value, **more), settings or Settings(), view=view)

    return make


@pytest.fixture
def a_card():
    """A card with every fact, those given put in place of its own."""

    def make(**facts):
        sent = Payload(body=b"x" * 2_700, content_type="text/csv", facts=Facts(rows=150, columns=4))
        given = {
            "request": Request(endpoint="iris", payload=sent),
            "where": Where(region="eu-west-1", account="9012"),
            "received": Payload(body=b"y" * 9_120, content_type="application/json"),
            "variant": "blue",
            "custom_attributes": "model=iris-rf;version=7",
            "rows": "150 rows → 150 predictions",
            "latency": 0.0123,
            "request_id": "6f0c2c1e-7d1a-4b0b-9a55-0c0f1d8e2b77",
        }
        return Card(**{**given, **facts})

    return make


@pytest.fixture
def golden():
    """Compare with the files of that name; ``UPDATE_GOLDEN=1`` writes them."""

    def compare(name, *, text, html):
        for suffix, made in ((".txt", text), (".html", html)):
            file = GOLDEN / f"{name}{suffix}"
            if os.environ.get("UPDATE_GOLDEN") == "1":
                file.write_text(made + "\n", encoding="utf-8")
            assert made + "\n" == file.read_text(encoding="utf-8"), f"UPDATE_GOLDEN=1 rewrites {file.name}"

    return compare
