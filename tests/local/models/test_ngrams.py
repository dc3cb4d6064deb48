from __future__ import annotations

import math
import time
import tracemalloc
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sm_magic.local.models
from sm_magic.local.models.ngrams import Ngrams, tokens

STORY = (Path(sm_magic.local.models.__file__).parent / "story.txt").read_text(encoding="utf-8")


def write(model: Ngrams, prompt: str, temperature: float, seed: int = 0, most: int = 60) -> str:
    """What follows *prompt*."""
    context, random, text = model.begin(prompt), Random(seed), ""
    for _ in range(most):
        token = model.next(context, random, temperature)
        if token is None:
            break
        context.append(token.text)
        text += token.text
    return text


def test_it_is_trained_at_once_and_stays_small() -> None:
    """Less than a fifth of a second and four megabytes."""
    started = time.perf_counter()
    Ngrams(STORY)
    assert time.perf_counter() - started < 0.2
    tracemalloc.start()
    kept = Ngrams(STORY)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept
    assert size < 4_000_000


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    """But for white space at its end: nothing is lost, whatever the script."""
    assert "".join(tokens(text)) == text[: len("".join(tokens(text)))]
    assert not text[len("".join(tokens(text))) :].strip()


def test_without_temperature_it_says_the_likeliest() -> None:
    """The words that most often follow; the seed does not matter."""
    model = Ngrams("a b c\n\na b c\n\na b d")
    assert [write(model, "a", 0, seed) for seed in range(3)] == [" b c"] * 3
    assert write(model, "a", 1e-9) == " b c"


def test_it_has_learnt_the_text() -> None:
    """Four words in a row that it writes stand in the story more often than not, and it does not just recite it."""
    text = write(Ngrams(STORY), "Once upon a time", 0.4, seed=3, most=200)
    words = tokens(text)
    runs = ["".join(words[at : at + 4]) for at in range(len(words) - 3)]
    assert sum(run in STORY for run in runs) > len(runs) / 2
    assert text.strip() not in STORY


def test_seed_and_temperature_tell() -> None:
    """The same seed gives the same text, another another; what it has never seen it takes up all the same."""
    model = Ngrams(STORY)
    assert write(model, "The fox", 0.8, seed=1) == write(model, "The fox", 0.8, seed=1)
    assert len({write(model, "The fox", 0.8, seed=seed) for seed in range(8)}) > 4
    assert write(model, "xyzzy", 0.8)


@pytest.mark.parametrize("context", [[""], ["the", " fox"], [" the", " fox", " sang"]])
def test_probabilities_sum_to_one(context: list[str]) -> None:
    """The log probabilities are those of a distribution: the draws of it agree with them."""
    model, random, found = Ngrams("the fox sang\n\nthe fox ran\n\na fox sang"), Random(1), {}
    for _ in range(2000):
        token = model.next(context, random, 1.0)
        found.setdefault(token and token.text, [0, token])[0] += 1
    for text, (times, token) in found.items():
        if text is not None:
            assert math.exp(token.logprob) == pytest.approx(times / 2000, abs=0.05)
