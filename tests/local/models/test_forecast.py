from __future__ import annotations

import json

import numpy as np
import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.server


def wave(count: int, start: int = 0) -> np.ndarray:
    """A season of twelve on a slope."""
    t = np.arange(start, start + count)
    return 10 + 3 * np.sin(2 * np.pi * t / 12) + 0.05 * t


@pytest.fixture
def ask(invoke):
    """(series, configuration=) -> the predictions."""

    def send(*series, accept="application/json", **configuration):
        document = {
            "instances": [{"start": "2024-01-01 00:00:00", "target": list(target)} for target in series],
            **({"configuration": configuration} if configuration else {}),
        }
        body, _ = invoke("forecast", json.dumps(document), ContentType="application/json", Accept=accept)
        return body

    return send


def test_a_season_goes_on(ask):
    """The mean follows the true continuation, and the band lies around it."""
    noisy = wave(120) + np.random.default_rng(0).normal(0, 0.3, 120)
    (found,) = json.loads(ask(noisy))["predictions"]

    assert set(found) == {"mean", "quantiles"}
    assert len(found["mean"]) == 24
    assert np.abs(np.array(found["mean"]) - wave(24, 120)).mean() < 0.6
    low, middle, high = (np.array(found["quantiles"][level]) for level in ("0.1", "0.5", "0.9"))
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert ((low < wave(24, 120)) & (wave(24, 120) < high)).mean() > 0.6


def test_what_is_configured_is_answered(ask):
    """Samples, other quantiles, several series, missing values, JSON Lines; the same question has the same answer."""
    with_gap = [*wave(60)[:20], "NaN", None, *wave(60)[22:]]
    asked = {"num_samples": 7, "output_types": ["samples", "quantiles"], "quantiles": ["0.25"]}
    first, second = map(
        json.loads, ask(with_gap, wave(40), accept="application/jsonlines", **asked).splitlines()
    )

    assert np.array(first["samples"]).shape == (7, 24)
    assert set(second) == {"samples", "quantiles"}
    assert list(second["quantiles"]) == ["0.25"]
    assert ask(wave(40)) == ask(wave(40))


def test_a_constant_series_stays(ask):
    """No season, no spread: no division by nothing."""
    (found,) = json.loads(ask([5.0] * 30))["predictions"]
    np.testing.assert_allclose(found["mean"], 5.0, atol=1e-2)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "parse the JSON"),
        ("[]", "Expected"),
        ('{"instances": [{"target": 1}]}', "has no target"),
        ('{"instances": [{"target": [1, "x"]}]}', "no list of numbers"),
        ('{"instances": [{"target": [1, 2]}]}', "needs 12"),
        (
            json.dumps({"instances": [{"target": [1] * 20}], "configuration": {"num_samples": 0}}),
            "num_samples",
        ),
        (json.dumps({"instances": [{"target": [1] * 20}], "configuration": {"quantiles": [2]}}), "quantiles"),
        (
            json.dumps({"instances": [{"target": [1] * 20}], "configuration": {"output_types": ["x"]}}),
            "output_types",
        ),
    ],
)
def test_what_can_not_be_forecast_is_refused(invoke, body, words):
    """The container says what it expects."""
    with pytest.raises(ClientError, match=words) as caught:
        invoke("forecast", body, ContentType="application/json")
    assert caught.value.response["OriginalStatusCode"] == 400


def test_other_types_are_refused(invoke):
    """DeepAR takes JSON."""
    with pytest.raises(ClientError, match="Unsupported content type: text/csv"):
        invoke("forecast", "1,2", ContentType="text/csv")
