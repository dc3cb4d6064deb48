"""Embeddings: their count, width and norms, and how near they are to each other."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sm_magic.messages import Payload
from sm_magic.settings import Settings
from sm_magic.views import Answer, find_table, show

THREE = {"embedding": [[3.0, 4.0, 0.0], [3.0, 4.0, 0.5], [0.0, 0.0, -2.0]], "model": "m"}
TEXTS = Payload(
    body=json.dumps({"text_inputs": ["a cat", "<b>cat</b>", "東京"]}).encode(),
    content_type="application/json",
)
ONE_TEXT = Payload(body=b'{"inputs": "a text"}', content_type="application/json")
WIDE = np.random.default_rng(0).normal(size=(60, 384)).round(4).tolist()
IP_INSIGHTS = {"predictions": [{"ip_embedding": WIDE[0], "entity_embedding": WIDE[1], "dot_product": 0.5}]}
SHOWN_AS = [
    ("embeddings, JumpStart", THREE, 3, "embeddings", TEXTS),
    ("embeddings, OpenAI", {"data": [{"embedding": WIDE[0], "index": 0}], "model": "m"}, 1, "embeddings"),
    ("embeddings, tokens", [WIDE[:3]], None, "embeddings", ONE_TEXT),
    ("Object2Vec, embeddings", {"predictions": [{"embeddings": WIDE[0]}, {"embeddings": WIDE[1]}]}, 2, "embeddings"),
    ("Object2Vec, scores", {"predictions": [{"scores": [0.25, 0.75]}, {"scores": [0.5, 0.5]}]}, 2, "table"),
    ("BlazingText, vectors", [{"word": "a", "vector": WIDE[0]}], 1, "embeddings"),
    ("IP Insights", {"predictions": [{"dot_product": 0.25}, {"dot_product": 0.5}]}, 2, "table"),
    ("IP Insights, verbose", IP_INSIGHTS, 1, "embeddings"),
    ("wide rows of numbers", WIDE[:3], 3, "table"),
    ("a wide array", np.array(WIDE[:3]), 3, "table"),
]  # fmt: skip


def test_a_grid_of_similarities(shown, golden):
    """Each with each, by the texts that were sent; what stood beside them is below."""
    made = shown(THREE, sent=TEXTS)

    golden("embeddings", text=made.text, html=made.html)


def test_many_are_not_compared(shown, golden):
    """Of more than fifty the first numbers are shown, never hundreds of columns."""
    made = shown({"embeddings": [[1.0, 0.5, *[0.0] * 766]] * 51})

    golden("embeddings-many", text=made.text, html=made.html)


def test_the_whole_is_a_picture_where_the_grid_is_cut(shown, page):
    """Fifty are compared in a heat map; the numbers of the first twenty stay."""
    pytest.importorskip("matplotlib")
    found = page(shown({"embeddings": WIDE[:50]}).html)
    (image,) = found.all("img")

    assert image["alt"] == "Heat map of the cosine similarities of all 50 vectors"
    assert "20 of 50 rows × 20 of 50 columns" in found.text


def test_tokens_of_one_text_are_compared_and_of_several_their_means(shown):
    """What is near to what in a text; which texts are near to each other."""
    two = Payload(body=b'{"inputs": ["a b", "c d"]}', content_type="application/json")
    one = shown([WIDE[:3]], sent=ONE_TEXT).text
    several = shown([[WIDE[:3]], [WIDE[3:4]]], sent=two).text

    assert "3 vectors of 384 numbers · of the tokens of 1 text" in one
    assert "cosine similarity: 3 rows × 3 columns" in one
    assert (
        "4 vectors of 384 numbers · of the tokens of 2 texts · compared by the mean of each text" in several
    )
    assert "cosine similarity: 2 rows × 2 columns" in several
    assert "1 c d" in several


def test_the_frame_has_the_vectors(answer):
    """A row each, by what it is of; of tokens by text and token."""
    frame = find_table(answer(THREE, sent=TEXTS))
    tokens = find_table(answer([WIDE[:3]], sent=ONE_TEXT))

    assert frame.shape == (3, 3)
    assert list(frame.index) == ["a cat", "<b>cat</b>", "東京"]
    assert frame.loc["東京"].tolist() == [0.0, 0.0, -2.0]
    assert tokens.shape == (3, 384)
    assert list(tokens.index) == [(0, 0), (0, 1), (0, 2)]


NUMBER = st.floats() | st.integers()


@given(
    st.integers(2, 4).flatmap(
        lambda n: st.lists(st.lists(NUMBER, min_size=n, max_size=n), min_size=1, max_size=60)
    )
)
def test_any_vectors_are_shown(page, vectors):
    """Zeros, NaN, infinite and huge ones: a line of facts and a grid."""
    payload = Payload(body=b"{}", content_type="application/json")
    made = show(Answer(value={"embeddings": vectors}, payload=payload), Settings(html=False))

    assert "vector" in made.text.splitlines()[0]
    assert page(made.html).text.strip()


def test_its_room_is_kept(shown):
    """Fifty vectors, named by long texts, all shown: within what a card holds."""
    sent = Payload(body=json.dumps({"input": ["<&>" * 9_000] * 50}).encode(), content_type="application/json")
    made = shown(
        {"embeddings": WIDE[:50]}, sent=sent, settings=Settings(html=False, max_rows=99, max_columns=99)
    )

    assert len(made.html.encode()) <= Settings().max_text
    assert len(made.text.encode()) <= Settings().max_text
