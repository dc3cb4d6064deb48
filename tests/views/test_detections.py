"""Boxes as containers write them, read as one thing."""

import pytest

from sm_magic.views.detections import Detection, read

CAT = Detection("cat", 0.9, (0.25, 0.5, 0.75, 1.0))
# Each holds one box: left a quarter, top a half, right three quarters, bottom the whole.
SHARES = {
    "MXNet SSD": {"prediction": [[-1.0, -1, -1, -1, -1, -1], [3.0, 0.9, 0.25, 0.5, 0.75, 1.0]]},
    "JumpStart TensorFlow": {
        "normalized_boxes": [[0.25, 0.5, 0.75, 1.0]], "classes": [1.0], "scores": [0.9], "labels": ["dog", "cat"],
    },
    "TensorFlow Serving": {
        "predictions": [
            {
                "detection_boxes": [[0.5, 0.25, 1.0, 0.75], [0.0, 0.0, 0.0, 0.0]], "detection_classes": [3.0, 1.0],
                "detection_scores": [0.9, 0.0], "num_detections": 1.0,
            }
        ]
    },
    "torchvision, shares": [{"boxes": [[0.25, 0.5, 0.75, 1.0]], "labels": [3], "scores": [0.9]}],
}  # fmt: skip
HUGGING_FACE = [{"label": "cat", "score": 0.9, "box": {"xmin": 25, "ymin": 100, "xmax": 75, "ymax": 200}}]
PIXELS = {
    "Hugging Face": HUGGING_FACE,
    "Hugging Face, in a list": [HUGGING_FACE],
    "Hugging Face, under predictions": {"predictions": HUGGING_FACE},
    "MXNet, annotation=1": {
        "annotations": [{"class_id": 3, "score": 0.9, "left": 25, "top": 100, "width": 50, "height": 100}],
        "image_size": [{"width": 100, "height": 200, "depth": 3}],
    },
    "torchvision": [{"boxes": [[25.0, 100.0, 75.0, 200.0]], "labels": ["cat"], "scores": [0.9]}],
}


@pytest.mark.parametrize("value", [*SHARES.values(), *PIXELS.values()], ids=[*SHARES, *PIXELS])
def test_one_box_written_in_many_ways(value):
    """Left, top, right, bottom in the pixels of a picture of 100 × 200; a class by its name, or its number."""
    (one,) = read(value).within((100, 200))

    assert one.box == (25, 100, 75, 200)
    assert one.label in ("cat", "3")
    assert one.score == 0.9


def test_pixels_of_another_size_are_scaled():
    """A model that made the picture smaller says so by `image_size`."""
    (one,) = read(PIXELS["MXNet, annotation=1"]).within((200, 200))

    assert one.box == (50, 100, 150, 200)


def test_best_first():
    """By the score; boxes without one come last."""
    rows = [[0, 0.2, 0, 0, 1, 1], [1, 0.8, 0, 0, 1, 1], [2, 0.5, 0, 0, 1, 1]]

    assert [one.label for one in read({"prediction": rows}).found] == ["1", "2", "0"]


def test_what_stands_beside_the_boxes_is_kept():
    """Everything that is no part of them."""
    assert read({"prediction": [], "model": "ssd"}).rest == {"model": "ssd"}
    assert read({"predictions": HUGGING_FACE, "model": "detr"}).rest == {"model": "detr"}
    assert read({**SHARES["JumpStart TensorFlow"], "more": 1}).rest == {"more": 1}


@pytest.mark.parametrize(
    "value",
    [
        {"prediction": [0.1, 0.9]},
        {"prediction": [[0.1, 0.2, 0.3, 0.1, 0.2, 0.1]]},  # six probabilities
        {"prediction": [[1, 0.5, 0, 0, 1]]},
        {"prediction": [[1, 0.5, 0, 0, 1, float("nan")]]},
        {"prediction": [[1, 0.5, 0, 0, 1, "1"]]},
        {"annotations": []},
        {"annotations": ["a note"]},
        {"annotations": [{"left": 1}]},
        {"normalized_boxes": [[0, 0, 1, 1]], "classes": [1], "scores": []},
        {"normalized_boxes": 3},
        {"boxes": [[1, 2, 3]], "labels": ["a"], "scores": [0.1]},
        {"predictions": [{"detection_boxes": [[0, 0, 1, 1]]}]},
        [{"label": "cat", "score": 0.9, "box": {"xmin": 1, "ymin": 2}}],
        [{"label": "cat", "box": None}],
        [],
        {},
        None,
        "prediction",
    ],
)
def test_what_holds_no_boxes(value):
    """What only begins like boxes is left to other views."""
    assert read(value) is None
