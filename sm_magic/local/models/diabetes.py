"""diabetes: ten baseline measures -> progression of the disease after a year.  Linear regression, 442 patients.

Linear, so that a feature's share of a prediction is exact, no estimate: coefficient times the distance from the
average patient.  The shares of a row and the average patient's prediction add up to the row's prediction.
"""

from __future__ import annotations

from functools import cache

from ..explainer import Explainer
from ..fleet import Model
from ..wire import Call, Reply
from . import answers, rows
from .weights import Array, Weights, load

FEATURES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


def model(_: str) -> Model:
    """The regressor; there is one variant."""
    weights = _weights()

    def predict(call: Call) -> Reply:
        patients = _patients(call)
        scores = patients @ weights["coefficients"] + weights["intercept"]
        return answers.table(call.accept, scores, lambda: [{"score": score} for score in scores.tolist()])

    return predict


@cache
def explainer() -> Explainer:
    """The exact one."""
    weights = _weights()

    def attribute(call: Call) -> list[list[list[float]]]:
        shares = (_patients(call) - weights["average"]) * weights["coefficients"]
        return [[[share] for share in row] for row in shares.tolist()]

    return Explainer(features=FEATURES, baseline=tuple(weights["average"].tolist()), attribute=attribute)


def _patients(call: Call) -> Array:
    return rows.read(call.body, call.content_type, FEATURES, "LinearRegression")


def _weights() -> Weights:
    return load("diabetes-2", {"coefficients": (10,), "intercept": (), "average": (10,)}, _train)


def _train() -> Weights:
    from sklearn.datasets import load_diabetes
    from sklearn.linear_model import LinearRegression

    x, y = load_diabetes(return_X_y=True)
    fitted = LinearRegression().fit(x, y)
    return {"coefficients": fitted.coef_, "intercept": fitted.intercept_, "average": x.mean(axis=0)}
