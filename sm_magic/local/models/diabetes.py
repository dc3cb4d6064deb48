"""diabetes: ten baseline measures -> progression of the disease after a year.  Linear regression, 442 patients.

Linear, so that a feature's share of a prediction is exact: coefficient times value.
"""

from __future__ import annotations

from ..fleet import Model
from ..wire import Call, Reply
from . import answers, rows
from .weights import Weights, load

FEATURES = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


def model(_: str) -> Model:
    """The regressor; there is one variant."""
    weights = load("diabetes-1", {"coefficients": (10,), "intercept": ()}, _train)

    def predict(call: Call) -> Reply:
        patients = rows.read(call.body, call.content_type, FEATURES, "LinearRegression")
        scores = patients @ weights["coefficients"] + weights["intercept"]
        return answers.table(call.accept, scores, lambda: [{"score": score} for score in scores.tolist()])

    return predict


def _train() -> Weights:
    from sklearn.datasets import load_diabetes
    from sklearn.linear_model import LinearRegression

    x, y = load_diabetes(return_X_y=True)
    fitted = LinearRegression().fit(x, y)
    return {"coefficients": fitted.coef_, "intercept": fitted.intercept_}
