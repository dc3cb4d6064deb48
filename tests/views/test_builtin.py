"""The answers that SageMaker's built-in algorithms are documented to give, each with the view that it gets.

Shapes: Developer Guide, "Common Data Formats for Inference" and the pages of the algorithms.  JSON Lines are decoded to
lists of objects, CSV and RecordIO to frames and arrays.
"""

import json
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sm_magic.messages import Payload
from sm_magic.views import find_table, views


def _picture():
    out = BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    return Payload(body=out.getvalue(), content_type="image/png")


def _sent(value):
    return Payload(body=json.dumps(value).encode(), content_type="application/json")


PICTURE = _picture()
MASK = Image.fromarray(np.repeat(np.array([[0, 0, 15]], np.uint8), 40, axis=0).repeat(20, axis=1))
DEEPAR = {"mean": [1.0, 2.0], "quantiles": {"0.1": [0.5, 1.0], "0.9": [1.5, 3.0]}, "samples": [[1.0, 2.0]]}
OBJECTS = {
    "normalized_boxes": [[0.1, 0.1, 0.5, 0.5]],
    "classes": [1.0],
    "scores": [0.9],
    "labels": ["person", "bicycle"],
    "tensorflow_model_output": {"num_detections": [1.0]},
}
ANNOTATIONS = {
    "image_size": [{"width": 60, "height": 40, "depth": 3}],
    "annotations": [{"class_id": 0, "left": 6, "top": 4, "width": 12, "height": 8, "score": 0.9}],
}
WORDS = [{"word": "awesome", "vector": [0.25, 0.5, 0.75]}, {"word": "film", "vector": [0.5, 0.5, 0.25]}]
BOX = ["label", "score", "x0", "y0", "x1", "y1"]
STEPS = ["series", "step", "mean", "0.1", "0.9"]
RANKED = [{"label": ["__label__4"], "prob": [0.98]}, {"label": ["__label__1"], "prob": [0.7]}]

# (algorithm, decoded answer, rows sent, view, the frame's columns[, the payload that was sent])
ANSWERS = [
    ("linear learner, binary", {"predictions": [{"score": 0.4, "predicted_label": 0}] * 2}, 2, "table",
     ["score", "predicted_label"]),
    ("linear learner, multiclass", {"predictions": [{"score": [0.1, 0.6, 0.3], "predicted_label": 1}] * 2}, 2, "table",
     ["score.0", "score.1", "score.2", "predicted_label"]),
    ("linear learner, JSON Lines", [{"score": 0.4, "predicted_label": 0}, {"score": 0.8, "predicted_label": 1}], 2,
     "table", ["score", "predicted_label"]),
    ("linear learner, RecordIO", pd.DataFrame({"score": [0.4, 0.8], "predicted_label": [0.0, 1.0]}), 2, "table",
     ["score", "predicted_label"]),
    ("linear learner, multiclass, RecordIO", {"score": np.eye(2, 3), "predicted_label": np.array([0.0, 1.0])}, 2,
     "tensors", ["score.0", "score.1", "score.2", "predicted_label"]),
    ("factorization machines, regression", {"predictions": [{"score": 0.4}, {"score": 1.4}]}, 2, "table", ["score"]),
    ("factorization machines", {"predictions": [{"score": 0.4, "predicted_label": 0.0}]}, 1, "table",
     ["score", "predicted_label"]),
    ("k-means", {"predictions": [{"closest_cluster": 1.0, "distance_to_cluster": 3.0}] * 2}, 2, "table",
     ["closest_cluster", "distance_to_cluster"]),
    ("k-means, JSON Lines", [{"closest_cluster": 1.0, "distance_to_cluster": 3.0}] * 2, 2, "table",
     ["closest_cluster", "distance_to_cluster"]),
    ("k-means, CSV", pd.DataFrame([[1.0, 3.0]]), 1, "table", [0, 1]),
    ("k-means, RecordIO", pd.DataFrame({"closest_cluster": [1.0], "distance_to_cluster": [3.0]}), 1, "table",
     ["closest_cluster", "distance_to_cluster"]),
    ("k-NN", {"predictions": [{"predicted_label": 0.0}, {"predicted_label": 2.0}]}, 2, "table", ["predicted_label"]),
    ("k-NN, verbose", {"predictions": [{"predicted_label": 0.0, "distances": [3.1, 2.9], "labels": [0.0, 1.0]}]}, 1,
     "table", ["predicted_label", "distances.0", "distances.1", "labels.0", "labels.1"]),
    ("PCA", {"projections": [{"projection": [1.5, 2.5]}, {"projection": [0.5, 1.0]}]}, 2, "table",
     ["projection.0", "projection.1"]),
    ("PCA, JSON Lines", [{"projection": [1.5, 2.5]}, {"projection": [0.5, 1.0]}], 2, "table",
     ["projection.0", "projection.1"]),
    ("PCA, RecordIO", {"projection": np.array([[1.5, 2.5], [0.5, 1.0]], np.float32)}, 2, "tensors",
     ["projection.0", "projection.1"]),
    ("random cut forest", {"scores": [{"score": 0.02}, {"score": 0.25}]}, 2, "table", ["score"]),
    ("random cut forest, JSON Lines", [{"score": 0.02}, {"score": 0.25}], 2, "table", ["score"]),
    ("NTM", {"predictions": [{"topic_weights": [0.02, 0.1, 0.88]}, {"topic_weights": [0.2, 0.1, 0.7]}]}, 2, "table",
     ["topic_weights.0", "topic_weights.1", "topic_weights.2"]),
    ("IP Insights", {"predictions": [{"dot_product": 0.0}, {"dot_product": 2.5}]}, 2, "table", ["dot_product"]),
    ("IP Insights, verbose",
     {"predictions": [{"dot_product": 0.1, "ip_embedding": [0.1, 0.2], "entity_embedding": [0.3, 0.4]}] * 2}, 2,
     "embeddings", None),
    ("Object2Vec, classes", {"predictions": [{"scores": [0.6, 0.3, 0.1]}, {"scores": [0.2, 0.5, 0.3]}]}, 2, "table",
     ["scores.0", "scores.1", "scores.2"]),
    ("Object2Vec, regression", {"predictions": [{"scores": [3.4]}, {"scores": [2.6]}]}, 2, "table", ["scores.0"]),
    ("Object2Vec, embeddings", {"predictions": [{"embeddings": [0.05, 0.3]}, {"embeddings": [0.5, 0.1]}]}, 2,
     "embeddings", [0, 1]),
    ("DeepAR", {"predictions": [DEEPAR]}, 1, "forecast", None),
    ("DeepAR, JSON Lines", [DEEPAR, DEEPAR], 2, "forecast", None),
    ("BlazingText, one text", RANKED[:1], 1, "probabilities", ["label", "prob"]),
    ("BlazingText, one text, k = 2", [{"label": ["__label__4", "__label__1"], "prob": [0.98, 0.01]}], None,
     "probabilities", ["label.0", "prob.0", "label.1", "prob.1"]),
    ("BlazingText", RANKED, 2, "table", ["label", "prob"]),
    ("BlazingText, vectors", WORDS, None, "embeddings", None),
    ("Seq2Seq", {"predictions": [{"target": "Das ist gut ."}]}, None, "table", ["target"]),
    ("Seq2Seq, attention", {"predictions": [{"target": "Das ist gut .", "matrix": [[0.9, 0.1], [0.2, 0.8]]}]}, None,
     "generation", ["target"]),
    ("image classification", [0.01, 0.97, 0.02], None, "probabilities", ["prediction"], PICTURE),
    ("image classification, batch transform", {"prediction": [0.01, 0.97, 0.02]}, None, "probabilities", ["prediction"],
     PICTURE),
    ("image classification, TensorFlow", {"probabilities": [0.9, 0.1]}, None, "probabilities", ["probabilities"],
     PICTURE),
    ("image classification, TensorFlow, verbose",
     {"probabilities": [0.9, 0.1], "labels": ["cat", "dog"], "predicted_label": "cat"}, None, "probabilities",
     ["label", "probability"], PICTURE),
    ("text classification, TensorFlow, verbose",
     {"probabilities": [0.9, 0.1], "labels": ["bad", "good"], "predicted_label": "bad"}, None, "probabilities",
     ["label", "probability"]),
    ("object detection", {"prediction": [[4.0, 0.86, 0.39, 0.09, 0.96, 1.0], [0.0, 0.05, 0.1, 0.2, 0.3, 0.4]]}, None,
     "boxes", BOX, PICTURE),
    ("object detection, annotations", ANNOTATIONS, None, "boxes", BOX, PICTURE),
    ("object detection, TensorFlow", OBJECTS, None, "boxes", BOX, PICTURE),
    ("semantic segmentation", MASK, None, "mask", ["label", "share"], PICTURE),
    ("semantic segmentation, probabilities", np.full((1, 2, 4, 4), 0.5, np.float32), None, "array", None, PICTURE),
    ("LightGBM, CatBoost, TabTransformer", {"probabilities": [[0.1, 0.9], [0.7, 0.3]]}, 2, "table",
     ["probabilities.0", "probabilities.1"]),
    ("LightGBM, one row", {"probabilities": [[0.1, 0.9]]}, 1, "probabilities",
     ["probabilities.0", "probabilities.1"]),
    ("LightGBM, regression", {"prediction": [0.5, 1.5]}, 2, "table", ["prediction"]),
    ("AutoGluon, CSV", pd.DataFrame([["yes", 0.1, 0.9], ["no", 0.7, 0.3]]), 2, "table", [0, 1, 2]),
    ("XGBoost, CSV", pd.DataFrame({0: [0.1, 0.9, 0.4]}), 3, "table", [0]),
    ("XGBoost, CSV, softprob", pd.DataFrame([[0.1, 0.9], [0.4, 0.6]]), 2, "table", [0, 1]),
    ("XGBoost, JSON", {"predictions": [{"score": 0.1}, {"score": 0.9}]}, 2, "table", ["score"]),
    ("XGBoost, JSON Lines", [{"score": 0.1}, {"score": 0.9}], 2, "table", ["score"]),
]  # fmt: skip
SHOWN_AS = [(f"{row[0]} (built in)", *row[1:4], *row[5:]) for row in ANSWERS]


@pytest.mark.parametrize("row", ANSWERS, ids=[row[0] for row in ANSWERS])
def test_its_frame(answer, row):
    """The tidy table of each, under the names of the documentation."""
    _, value, rows, view, columns, *sent = row
    given = answer(value, rows=rows, sent=sent[0] if sent else None)
    frame = find_table(given)

    assert next(name for name, one in views().items() if one.claims(given)) == view
    if view != "array":
        assert len(frame) > 0
    if columns is not None:
        assert list(frame.columns) == columns
