from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.server


def test_it_is_the_model_that_scikit_learn_trains(
    invoke: Callable[..., tuple[bytes, dict[str, Any]]],
) -> None:
    """Its CSV and JSON carry the regression's predictions."""
    from sklearn.datasets import load_diabetes
    from sklearn.linear_model import LinearRegression

    x, y = load_diabetes(return_X_y=True)
    expected = LinearRegression().fit(x, y).predict(x)
    csv = "\n".join(",".join(map(repr, row)) for row in x.tolist())
    body, _ = invoke("diabetes", csv, ContentType="text/csv", Accept="text/csv")
    np.testing.assert_allclose(np.loadtxt(io.BytesIO(body)), expected)
    body, _ = invoke("diabetes", json.dumps(x.tolist()), ContentType="application/json")
    np.testing.assert_allclose([row["score"] for row in json.loads(body)["predictions"]], expected)
