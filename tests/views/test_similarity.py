"""Sentences and how near they are to one."""

import json

from sm_magic.messages import Payload
from sm_magic.views import find_table


def _sent(sentences):
    value = {"inputs": {"source_sentence": "I am <happy>", "sentences": sentences}}
    return Payload(body=json.dumps(value).encode(), content_type="application/json")


SHOWN_AS = [
    ("sentence similarity", [0.83, 0.17], None, "similarity", _sent(["I am glad", "It rains"])),
    ("as many scores as there is no sentence for", [0.83, 0.2, 0.4], None, "table", _sent(["I am glad", "It rains"])),
]  # fmt: skip


def test_scores_stand_beside_their_sentences(shown, page, answer):
    """In the order in which they were sent, below what they were compared with."""
    sent = _sent(["I am glad", "It rains"])
    made = shown([0.83, 0.17], sent=sent)

    assert made.text == (
        "compared with: I am <happy>\n"
        "2 rows × 2 columns\nsentence   score\n─────────  ─────\nI am glad   0.83\nIt rains    0.17"
    )
    assert "I am <happy>" in page(made.html).text
    assert find_table(answer([0.83, 0.17], sent=sent)).score.tolist() == [0.83, 0.17]
