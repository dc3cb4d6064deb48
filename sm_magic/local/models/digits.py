"""digits: a picture of a handwritten digit -> probabilities of the ten.  Two variants, two different models.

champion is a neural network with one hidden layer, challenger a logistic regression.  Both learnt the first 1,500
of scikit-learn's 1,797 digits; the others are new to them.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
from PIL import Image

from ..fleet import Model
from ..wire import Call, Reply
from . import answers, pictures
from .weights import Array, Weights, load

LABELS = tuple("0123456789")
LEARNT = 1500
_HIDDEN = 48
Score = Callable[[Array], Array]


def model(variant: str) -> Model:
    """The classifier of that variant: champion or challenger."""
    score = champion() if variant == "champion" else _challenger()

    def classify(call: Call) -> Reply:
        ink = pixels(pictures.read(call.body, call.content_type))
        probabilities = answers.softmax(score(ink.reshape(1, 64)))
        document = {
            "predicted_label": LABELS[int(probabilities[0].argmax())],
            "probabilities": probabilities[0].tolist(),
            "labels": LABELS,
        }
        return answers.answer(
            call.accept,
            {
                "application/json": lambda: json.dumps(document).encode(),
                "text/csv": lambda: answers.csv(probabilities),
            },
        )

    return classify


def pixels(picture: Image.Image) -> Array:
    """8 × 8 values from 0 (paper) to 1 (ink), whichever of the two is dark in the picture."""
    grey = on_paper(picture).convert("L")
    small = np.asarray(grey.resize((8, 8), Image.Resampling.BOX), dtype=np.float64)
    edge = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    if np.median(edge) > 127:
        small = 255 - small
    span = small.max() - small.min()
    return np.asarray((small - small.min()) / span if span else np.zeros_like(small))


def on_paper(picture: Image.Image) -> Image.Image:
    """*picture* on white, where it lets something through."""
    if picture.mode not in {"RGBA", "LA", "PA"} and "transparency" not in picture.info:
        return picture
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA"))


def champion() -> Score:
    """The network: rows of 64 values from 0 (paper) to 1 (ink) -> a score for each digit, before the softmax."""
    shapes = {"w1": (64, _HIDDEN), "b1": (_HIDDEN,), "w2": (_HIDDEN, 10), "b2": (10,)}
    weights = load("digits-champion-1", shapes, _train_champion)

    def score(ink: Array) -> Array:
        hidden = np.maximum(ink @ weights["w1"] + weights["b1"], 0)
        return np.asarray(hidden @ weights["w2"] + weights["b2"])

    return score


def _challenger() -> Score:
    weights = load("digits-challenger-1", {"coefficients": (64, 10), "intercepts": (10,)}, _train_challenger)

    def score(ink: Array) -> Array:
        return np.asarray(ink @ weights["coefficients"] + weights["intercepts"])

    return score


def _train_champion() -> Weights:
    from sklearn.neural_network import MLPClassifier

    x, y = _learnt()
    fitted = MLPClassifier((_HIDDEN,), random_state=0, tol=1e-3, learning_rate_init=0.005).fit(x, y)
    (w1, w2), (b1, b2) = fitted.coefs_, fitted.intercepts_
    return {"w1": w1, "b1": b1, "w2": w2, "b2": b2}


def _train_challenger() -> Weights:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(max_iter=500).fit(*_learnt())
    return {"coefficients": fitted.coef_.T, "intercepts": fitted.intercept_}


def _learnt() -> tuple[Array, Array]:
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return x[:LEARNT] / 16, y[:LEARNT]
