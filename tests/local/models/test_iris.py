from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.server
Invoke = Callable[..., tuple[bytes, dict[str, Any]]]


@pytest.fixture(scope="module")
def flowers() -> tuple[Any, Any]:
    """All 150, and their species."""
    from sklearn.datasets import load_iris

    found: tuple[Any, Any] = load_iris(return_X_y=True)
    return found


def npy(array: Any) -> bytes:
    """*array* as a file."""
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def test_it_is_the_model_that_scikit_learn_trains(invoke: Invoke, flowers: tuple[Any, Any]) -> None:
    """Numpy with the kept weights predicts what the pipeline predicts."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, y = flowers
    body, _ = invoke("iris", npy(x), ContentType="application/x-npy", Accept="application/x-npy")
    expected = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y).predict_proba(x)
    np.testing.assert_allclose(np.load(io.BytesIO(body)), expected, atol=1e-9)


def test_all_formats_tell_the_same(invoke: Invoke, flowers: tuple[Any, Any]) -> None:
    """CSV, JSON, JSON Lines and npy carry the same probabilities, to the last bit."""
    x = flowers[0][:5]
    csv = "\n".join(",".join(map(repr, row)) for row in x.tolist())
    body, answer = invoke("iris", csv, ContentType="text/csv", Accept="text/csv")
    table = np.loadtxt(io.BytesIO(body), delimiter=",")
    assert answer["ContentType"] == "text/csv"
    body, answer = invoke("iris", json.dumps({"instances": x.tolist()}), ContentType="application/json")
    records = json.loads(body)["predictions"]
    assert answer["ContentType"] == "application/json"
    assert [record["predicted_label"] for record in records] == ["setosa"] * 5
    assert np.array_equal([list(record["probabilities"].values()) for record in records], table)
    lines, _ = invoke("iris", csv, ContentType="text/csv", Accept="application/jsonlines")
    assert [json.loads(line) for line in lines.splitlines()] == records
    body, _ = invoke("iris", npy(x), ContentType="application/x-npy", Accept="application/x-npy")
    assert np.array_equal(np.load(io.BytesIO(body)), table)


@pytest.mark.parametrize("accept", ["application/xml", "text/csv, application/json", "image/png"])
def test_an_accept_it_cannot_serve_is_406(invoke: Invoke, runtime: Any, accept: str) -> None:
    """One value it knows, or none: a list of values is refused, as XGBoost refuses it."""
    with pytest.raises(runtime.exceptions.ModelError) as caught:
        invoke("iris", "1,2,3,4", ContentType="text/csv", Accept=accept)
    assert caught.value.response["OriginalStatusCode"] == 406
