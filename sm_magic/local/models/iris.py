"""iris: four measures of a flower -> probabilities of three species.  Logistic regression, all 150 flowers."""

from __future__ import annotations

from ..fleet import Model
from ..wire import Call, Reply
from . import answers, rows
from .weights import Array, Weights, load

FEATURES = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
LABELS = ("setosa", "versicolor", "virginica")


def model(_: str) -> Model:
    """The classifier; there is one variant."""
    weights = load("iris-1", {"coefficients": (4, 3), "intercepts": (3,)}, _train)

    def classify(call: Call) -> Reply:
        flowers = rows.read(call.body, call.content_type, FEATURES, "LogisticRegression")
        probabilities = answers.softmax(flowers @ weights["coefficients"] + weights["intercepts"])
        return answers.table(call.accept, probabilities, lambda: _records(probabilities))

    return classify


def _records(probabilities: Array) -> list[dict[str, object]]:
    best = probabilities.argmax(axis=1)
    return [
        {"predicted_label": LABELS[index], "probabilities": dict(zip(LABELS, row, strict=True))}
        for row, index in zip(probabilities.tolist(), best, strict=True)
    ]


def _train() -> Weights:
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    x, y = load_iris(return_X_y=True)
    scaler = StandardScaler().fit(x)
    fitted = LogisticRegression().fit(scaler.transform(x), y)
    coefficients = fitted.coef_ / scaler.scale_  # the scaling folded in: raw measures go straight to scores
    return {
        "coefficients": coefficients.T,
        "intercepts": fitted.intercept_ - coefficients @ scaler.mean_,
    }
