"""What holds for every card: nothing a model says is ever live, and nothing is lost in an untrusted notebook."""

import re
from base64 import b64decode

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.messages import Facts, Payload, Request, Where
from sm_magic.settings import Settings
from sm_magic.views import VIEW_NAMES, Answer, Card, card, one_line, report, request_card, show

# All that a card's markup is made of.  No script, no style but our own, no object, no form, no link but http(s).
ELEMENTS = {
    "div", "style", "table", "caption", "thead", "tbody", "tr", "th", "td", "p", "pre", "code", "b", "small", "strong",
    "details", "summary", "ul", "ol", "li", "meter", "figure", "figcaption", "img", "iframe", "em", "a", "hr",
    "mark", "h4", "h5", "h6", "blockquote", "audio", "video",
}  # fmt: skip
ATTRIBUTES = {
    "class", "scope", "open", "min", "max", "value", "src", "alt", "width", "sandbox", "srcdoc", "title", "href",
    "rel", "target", "start", "dir", "controls",
}  # fmt: skip
SOURCES = {  # bytes that are in the page itself
    "img": "data:image/(png|jpeg|gif|webp|bmp);base64,[A-Za-z0-9+/=]*",
    "audio": "data:audio/(wav|mpeg|flac|ogg|mp4|aac|webm);base64,[A-Za-z0-9+/=]*",
    "video": "data:video/(mp4|webm|ogg);base64,[A-Za-z0-9+/=]*",
}
EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "</pre></div><iframe src=javascript:alert(1)>",
    "<!--",
    "]]>",
    "&lt;script&gt;",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "<http://a/<script>>",
    "\x1b]0;title\x07",
    "\u202egnp.exe",
    "\ud800",
    "\x00",
    "{{7*7}} ${7*7} <%= 7 %>",
]
HOSTILE = st.one_of(
    st.sampled_from(EVIL), st.text(st.characters(), max_size=30), st.text("<>&\"'/=;!-` \n", max_size=30)
)
PNG = (  # of 2 × 2 pixels
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxAADCBYDAwAQHgEDIwVxnQAAAABJRU5ErkJggg=="
)
SIDES = ("xmin", "ymin", "xmax", "ymax")


def _said(text):
    call = {"function": {"name": text, "arguments": text}}
    return {"message": {"content": text, "reasoning": text, "tool_calls": [call]}, "finish_reason": text}


VALUES = st.one_of(
    HOSTILE,
    st.recursive(
        HOSTILE | st.floats() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3),
        max_leaves=8,
    ),
    st.lists(
        st.dictionaries(st.sampled_from(EVIL[:3]), HOSTILE, min_size=1, max_size=2), min_size=1, max_size=3
    ),
    HOSTILE.map(lambda text: {"labels": [text, "b"], "probabilities": [0.25, 0.75], text: text}),
    HOSTILE.map(lambda text: text.encode("utf-8", "replace").decode()).map(  # Arrow takes no lone surrogates
        lambda text: pd.DataFrame({text: [text, text]}, index=[text, "b"])
    ),
    HOSTILE.map(lambda text: {"predictions": [{text: text}], text: [text]}),
    HOSTILE.map(lambda text: text.encode("utf-8", "replace")),
    HOSTILE.map(lambda text: {"choices": [_said(text)] * 2, "usage": {text: 1}, text: text}),
    HOSTILE.map(
        lambda text: {"text": text, "chunks": [{"timestamp": [0, 1], "text": text, "speaker": text}]}
    ),
    HOSTILE.map(lambda text: [{"entity": text, "word": text, "start": 0, "end": 2, "score": text}]),
    HOSTILE.map(lambda text: {"score": 1, "start": 1, "end": 3, "answer": text}),
    HOSTILE.map(
        lambda text: {"outputs": [{"name": text, "datatype": text, "shape": [1], "data": [text]}], text: 1}
    ),
    HOSTILE.map(lambda text: {text: np.array([[text]]), "b": np.zeros((1, 1, 1))}),
    HOSTILE.map(lambda text: [{"label": text, "score": 0.5, "box": dict.fromkeys(SIDES, 1)}]),
    HOSTILE.map(lambda text: [{"label": text, "score": 0.5, "mask": PNG}, {"label": "b", "mask": text}]),
    HOSTILE.map(lambda text: {text: [{"base64": PNG, text: text}] * 2, "other": text}),
)


def _check(markup, page):
    found = page(markup)
    for name, attributes in found.elements:
        assert name in ELEMENTS
        assert set(attributes) <= ATTRIBUTES
        assert re.fullmatch(SOURCES.get(name, "no source"), attributes.get("src", "no source"))
        assert re.match("https?://", attributes.get("href", "http://"))
        assert attributes.get("sandbox", "") == ""
    assert len(found.all("style")) <= 1
    assert "<!--" not in markup
    _check_text(markup)


def _check_text(text):
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    text.encode()


@given(
    VALUES, st.sampled_from(VIEW_NAMES), st.sampled_from(["application/json", "text/html", "<b>", "x\x1b"])
)
def test_no_value_is_ever_live(page, value, view, content_type):
    """Any string in any place of any answer, by any view: only our elements, no handlers, no control characters."""
    sent = Payload(body=b64decode(PNG), content_type="image/png")
    answer = Answer(
        value=value, payload=Payload(body=b'{"a": "<script>"}', content_type=content_type), sent=sent
    )
    shown = show(answer, Settings(), view=view)

    _check(shown.html, page)
    _check_text(shown.text)


@given(HOSTILE, HOSTILE)
def test_no_header_is_ever_live(page, text, other):
    """Any string in any fact of a card, a dry run, a report, a repr."""
    facts = Facts(rows=1, names=(text,), text_columns=(text,), dropped=(other,), notes=(text,))
    sent = Payload(body=text.encode("utf-8", "replace"), content_type=other, facts=facts)
    request = Request(endpoint=text, payload=sent, target=other, accept=text, custom_attributes=other)
    where = Where(place="AWS", region=text, account=other, profile=text, endpoint_url=other)
    made = Card(
        request=request,
        where=where,
        received=Payload(body=b"", content_type=text),
        variant=text,
        custom_attributes=f"{text}={other}",
        rows=text,
        latency=0.1,
        request_id=other,
        new_session_id=text,
        session_expires=other,
        closed_session_id=text,
        notes=(other,),
    )
    bundles = (
        card(made, None, Settings()),
        request_card(request, where, text, [(other, text)], Settings(), (text,)),
        report(text, [(other, text), (text, [other])], ((text, other), [(text, other)])),
    )

    for bundle in bundles:
        _check(bundle["text/html"], page)
        _check_text(bundle["text/plain"])
    assert "\n" not in one_line(made)
    _check_text(one_line(made))


def _sanitized(markup):
    """As JupyterLab shows a notebook it doesn't trust: no style, svg, iframe; no style, aria, data, role attributes."""
    markup = re.sub(r"<(style|svg|iframe|script)\b.*?</\1>", "", markup, flags=re.DOTALL)
    return re.sub(r" (?:style|role|aria-[\w-]+|data-[\w-]+|class|srcdoc|sandbox)=\"[^\"]*\"", "", markup)


@pytest.mark.parametrize(
    ("value", "facts"),
    [
        ({"predictions": [{"score": 0.125, "predicted_label": "a"}]}, ["score", "0.125", "predicted_label"]),
        ({"labels": ["cat", "dog"], "probabilities": [0.875, 0.125]}, ["cat", "0.8750", "dog", "0.1250"]),
        ({"a": {"b": ["deep", {"c": "er"}]}}, ['"a"', '"b"', '"deep"', '"er"']),
        ("<b>text</b>", ["<b>text</b>"]),
        (b"\x00\x01", ["00 01", "2 bytes"]),
        ({"choices": [{"message": {"content": "Hi", "reasoning": "why"}}]}, ["Hi", "why", "Reasoning"]),
        ([{"entity": "PER", "word": "Ada", "start": 0, "end": 3}], ["PER", "Ada"]),
        ({"y": np.zeros((2, 2))}, ["y · float64 · 2 × 2"]),
        (np.zeros((2, 2, 2)), ["2 × 2 × 2", "float64"]),
    ],
)
def test_an_untrusted_notebook_says_as_much(page, a_card, shown, value, facts):
    """Without our style and attributes every fact of the card and of the value stands there as text."""
    text = page(_sanitized(card(a_card(), shown(value), Settings())["text/html"])).text
    head = [
        "iris", "variant blue", "eu-west-1", "…9012", "model = iris-rf", "version = 7", "text/csv", "2.7 kB",
        "application/json", "9.12 kB", "150 rows → 150 predictions", "12.3 ms", "1 attempt", "6f0c2c1e",
    ]  # fmt: skip

    assert [fact for fact in [*head, *facts] if fact not in text] == []


def test_text_tells_what_html_tells(page, a_card, shown):
    """Each word of a card's markup stands in its text too."""
    made = card(a_card(), shown({"labels": ["cat", "dog"], "scores": [0.9, 0.1], "k": 2}), Settings())
    words = set(" ".join(page(made["text/html"]).pieces).split())

    assert words - set(made["text/plain"].split()) == set()


def test_tables_are_tables(page, a_card, shown):
    """Captions and scopes, for who can't see the layout; a number beside each bar."""
    found = page(
        card(a_card(), shown({"labels": ["cat", "dog"], "scores": [0.9, 0.1]}), Settings())["text/html"]
    )

    assert len(found.all("caption")) == len(found.all("table")) == 2
    assert all(heading.get("scope") in ("row", "col") for heading in found.all("th"))
