"""JSON as a tree and as text."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.settings import Settings
from sm_magic.views.tree import inline, tree_html, tree_text

CHAT = {
    "id": "chat-1",
    "turns": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Once upon a time,\na model."},
            "logprobs": None,
        },
    ],
    "usage": {"prompt_tokens": 12, "completion_tokens": 64},
    "numbers": [round(i / 7, 3) for i in range(40)],
    "empty": {},
    "ok": True,
}


def test_a_tree(shown, golden):
    """Objects fold, short ones stand on a line, numbers share lines, keys keep their order."""
    made = shown(CHAT)

    golden("json", text=made.text, html=made.html)


def test_text_is_json_again(shown):
    """What is not capped can be copied and parsed."""
    assert json.loads(shown(CHAT).text) == CHAT


def test_words_are_there_to_be_found(shown, page):
    """Keys and values stand in the page's text as JSON writes them."""
    text = page(shown(CHAT).html).text

    assert '"prompt_tokens": 12' in text
    assert '"content": "Once upon a time,\\na model."' in text


def test_long_ones_fold(shown, page):
    """A large tree starts with its outline; what is short starts open."""
    many = {f"part {i}": {"values": [{"name": f"{i} {j}" * 9} for j in range(9)]} for i in range(30)}
    details = page(shown(many).html).all("details")

    assert "open" in details[0]
    assert sum("open" in one for one in details) < 8


def test_long_strings_fold(shown, page):
    """The beginning and the length stay; the whole is inside, where searching the page finds it."""
    prose = "Lorem <ipsum> dolor " * 30 + "needle"
    made = shown({"short": "x" * 400, "long": prose, "b": {"c": [1]}})

    assert page(made.html).all("details") == [{"open": ""}, {}]
    assert "… 606 characters" in page(made.html).text
    assert "needle" in page(made.html).text
    assert f'"long": "{prose}"' in made.text


@pytest.mark.parametrize(
    "value", [[0] * 1_000_000, {str(i): i for i in range(100_000)}, ["x" * 1_000_000] * 9]
)
def test_it_is_capped(shown, value):
    """A million items or characters: the beginning, and that there is more."""
    made = shown(value, view="json", body=b"-")

    assert len(made.html.encode()) < 256 * 1024
    assert len(made.text.encode()) < 256 * 1024
    assert len(made.text.splitlines()) <= 210
    assert "more" in made.text
    assert "more" in made.html


@pytest.mark.parametrize(
    "wrap", [lambda inner: [inner], lambda inner: {"a": inner}, lambda inner: [inner, inner]]
)
def test_ten_thousand_levels(shown, wrap):
    """Depth neither recurses nor fills the page."""
    value = 1
    for _ in range(10_000):
        value = wrap(value)
    made = shown(value, body=b"-")

    assert len(made.html) < 256 * 1024
    assert "1 item" in made.text or "1 key" in made.text or "2 items" in made.text


def test_numbers_keep_their_digits(shown):
    """JSON is shown as it came: all digits of a float, all of an integer, NaN as NaN."""
    text = shown({"pi": 3.141592653589793, "big": 2**70, "nan": float("nan"), "x": 1e-320}).text

    assert '"pi": 3.141592653589793' in text
    assert f'"big": {2**70}' in text
    assert '"nan": NaN' in text


def test_an_integer_too_long_to_write(shown):
    """Python refuses to write it; its size is said."""
    assert "an integer of 33,220 bits" in shown({"n": 10**10_000}, body=b"-").text


def test_a_table_asked_for_as_json(shown):
    """Rows as objects, as many as a table would show."""
    frame = pd.DataFrame({"a": range(30), "b": "x"})
    text = shown(frame, view="json", body=b"-").text

    assert '{"a": 0, "b": "x"}' in text
    assert "10 more rows" in text
    assert '"prediction": 0.0' in shown(np.zeros(2), view="json").text


def test_values_that_json_has_no_form_for(shown):
    """Bytes, arrays and objects inside are described."""
    text = shown({"b": b"123", "a": np.zeros((2, 3)), "t": (1, 2)}, body=b"-").text

    assert '"b": 3 bytes' in text
    assert '"a": ndarray of shape (2, 3), float64' in text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=30,
)


@given(JSON, st.integers(0, 200))
def test_a_line_takes_no_more_than_it_may(value, limit):
    """`inline` gives what fits, or None."""
    text = inline(value, limit)

    assert text is None or (len(text) <= limit and "\n" not in text)


@given(JSON, st.integers(0, 3_000))
def test_room_is_kept(value, space):
    """Text and markup stay near the room they are given, whatever it is."""
    assert len(tree_text(value, space).encode()) <= space + 60
    assert len(tree_html(value, space).encode()) <= space + 4_000


def test_the_cap_is_a_setting(shown):
    """``max_text`` bounds both forms."""
    made = shown(
        [{"a": "é" * 90, "b": [i]} for i in range(1_000)], view="json", settings=Settings(max_text=30_000)
    )

    assert len(made.html.encode()) < 30_000
    assert len(made.text.encode()) < 30_000
