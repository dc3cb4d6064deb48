"""Where embeddings are in an answer, and what is none."""

import json

import pytest

from sm_magic.messages import Payload
from sm_magic.views.vectors import find

ONE, TWO = [0.5, -0.5, 0.25], [1.0, 0.0, -1.0]
WIDE = [0.5, -0.25] * 192


def _sent(value):
    return Payload(body=json.dumps(value).encode(), content_type="application/json")


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ({"embedding": ONE}, 1),
        ({"embedding": [ONE, TWO]}, 2),
        ({"embeddings": [ONE, TWO], "id": "x"}, 2),
        ({"embeddings": {"float": [ONE, TWO], "int8": [[1, 2, 3], [4, 5, 6]]}}, 2),
        ({"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": ONE}]}, 1),
        ({"predictions": [{"embeddings": ONE}, {"embeddings": TWO}]}, 2),
        ([{"embeddings": ONE}, {"embeddings": TWO}], 2),
        ([{"word": "a", "vector": ONE}, {"word": "b", "vector": TWO}], 2),
        ({"predictions": [{"ip_embedding": ONE, "entity_embedding": TWO, "dot_product": 0.25}]}, 2),
    ],
)
def test_under_a_key_they_are_known(answer, value, count):
    """JumpStart, Cohere, OpenAI and TEI, Object2Vec in JSON and JSON Lines, BlazingText, IP Insights."""
    assert len(find(answer(value)).vectors) == count


@pytest.mark.parametrize(
    ("value", "request_", "shape"),
    [
        ([WIDE], {"inputs": "a text"}, (1, ())),
        (WIDE, {"inputs": "a text"}, (1, ())),
        ([WIDE, WIDE], {"inputs": ["a", "b"]}, (2, ())),
        ([[WIDE, WIDE, WIDE]], {"inputs": "a b c"}, (3, (3,))),
        ([[[WIDE, WIDE]], [[WIDE]]], {"parameters": {}, "inputs": ["a b", "c"]}, (3, (2, 1))),
    ],
)
def test_without_a_key_they_are_what_was_made_of_texts(answer, value, request_, shape):
    """Hugging Face's feature-extraction and TEI: a vector for each text, or for each of its tokens."""
    found = find(answer(value, sent=_sent(request_)))

    assert (len(found.vectors), tuple(found.tokens)) == shape
    assert find(answer(value)) is None
    assert find(answer(value, sent=_sent({"instances": [[1.0, 2.0]]}))) is None
    assert find(answer(value, sent=_sent({"inputs": ["a"] * 9}))) is None


@pytest.mark.parametrize(
    "value",
    [
        {"embedding": []},
        {"embedding": ["a", "b"]},
        {"embedding": 0.5},
        {"embeddings": [ONE, [1.0]]},
        {"embeddings": [[1.0]]},
        {"embeddings": {}},
        {"data": [[1.0, 2.0]], "columns": ["a", "b"]},
        {"data": [{"embedding": ONE}, None]},
        {"predictions": [{"score": 0.5}]},
        [{"vector": ONE}, {"vector": [1.0]}],
        [[0.25] * 10, [0.5] * 10],
        [],
        {},
        "text",
        None,
    ],
)
def test_what_is_none(answer, value):
    """Ragged or narrow ones, tables, scores."""
    assert find(answer(value, sent=_sent({"inputs": ["a", "b"]}))) is None


def test_each_is_named_by_what_it_is_of(answer):
    """The word, the key, or the text that was sent."""
    words = find(answer([{"word": "a", "vector": ONE}, {"word": "b", "vector": TWO}]))
    keys = find(
        answer({"predictions": [{"ip_embedding": ONE, "entity_embedding": TWO, "dot_product": 0.25}]})
    )
    texts = find(answer({"embedding": [ONE, TWO]}, sent=_sent({"text_inputs": ["x", "y"]})))
    plain = find(answer({"embedding": ONE}, sent=Payload(body=b"hello", content_type="application/x-text")))

    assert words.labels == ["a", "b"]
    assert keys.labels == ["ip_embedding", "entity_embedding"]
    assert keys.beside == [{"dot_product": 0.25}]
    assert texts.labels == ["x", "y"]
    assert plain.labels == ["hello"]
