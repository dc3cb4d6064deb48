"""boxes: a picture of several handwritten digits -> where each stands, and which it is.

Connected ink is one digit; `digits`' champion names it.  Answers as SageMaker's object detection does (MXNet SSD):
``{"prediction": [[class, score, xmin, ymin, xmax, ymax], …]}``, coordinates from 0 to 1, best score first.
``application/json;annotation=1`` gives pixels: ``annotations`` of ``class_id``, ``score``, ``left``, ``top``,
``width``, ``height``, and ``image_size``.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from PIL import Image

from ..fleet import Model
from ..wire import Call, Reply
from . import answers, digits, pictures
from .weights import Array

_MOST = 200  # digits of one picture
_GAP = 64  # strokes nearer than a 64th of the longer side are of one digit
_SPECK = 4  # a digit's ink is at least so many pixels high

Box = tuple[int, int, int, int]
"""left, top, right, bottom in pixels; right and bottom lie outside."""


def model(_: str) -> Model:
    """The detector; there is one variant."""
    classify = digits.champion()

    def detect(call: Call) -> Reply:
        ink = darkness(pictures.read(call.body, call.content_type))
        found = sorted(((*_named(ink, box, classify), box) for box in find(ink)), key=lambda row: -row[1])
        return answers.answer(
            call.accept,
            {
                "application/json": lambda: json.dumps(_relative(found, ink)).encode(),
                "application/json;annotation=1": lambda: json.dumps(_pixels(found, ink)).encode(),
            },
        )

    return detect


def darkness(picture: Image.Image) -> Array:
    """0 (paper) to 1 (ink) at each pixel, whichever of the two is dark in the picture."""
    grey = np.asarray(digits.on_paper(picture).convert("L"), dtype=np.float64)
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = float(np.median(edge))
    span = max(float(np.abs(grey - paper).max()), 1.0)
    return np.asarray(np.abs(grey - paper) / span)


def find(ink: Array) -> list[Box]:
    """The boxes around connected ink, in reading order; specks are left out."""
    from scipy import ndimage

    gap = max(1, max(ink.shape) // _GAP)
    strokes = ink > 0.35
    labels, _ = ndimage.label(ndimage.binary_dilation(strokes, iterations=(gap + 1) // 2))
    boxes = []
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        own = strokes[rows, columns] & (labels[rows, columns] == number)
        ys, xs = np.nonzero(own)
        if len(ys) and ys.max() - ys.min() + 1 >= _SPECK:
            top, left = rows.start, columns.start
            boxes.append(
                (left + int(xs.min()), top + int(ys.min()), left + int(xs.max()) + 1, top + int(ys.max()) + 1)
            )
    return boxes[:_MOST]


def _named(ink: Array, box: Box, classify: digits.Score) -> tuple[int, float]:
    """The digit in *box* and its probability: cut out, squared, and shrunk to the 8 × 8 that the model knows."""
    left, top, right, bottom = box
    cut = ink[top:bottom, left:right]
    side = max(cut.shape)
    square = np.zeros((side, side))
    y, x = (side - cut.shape[0]) // 2, (side - cut.shape[1]) // 2
    square[y : y + cut.shape[0], x : x + cut.shape[1]] = cut
    small = Image.fromarray((square * 255).astype(np.uint8)).resize((8, 8), Image.Resampling.BOX)
    pixels = np.asarray(small, dtype=np.float64)
    probabilities = answers.softmax(classify((pixels / max(pixels.max(), 1.0)).reshape(1, 64)))[0]
    return int(probabilities.argmax()), float(probabilities.max())


def _relative(found: list[tuple[int, float, Box]], ink: Array) -> dict[str, Any]:
    height, width = ink.shape
    rows = [
        [float(label), score, left / width, top / height, right / width, bottom / height]
        for label, score, (left, top, right, bottom) in found
    ]
    return {"prediction": rows}


def _pixels(found: list[tuple[int, float, Box]], ink: Array) -> dict[str, Any]:
    height, width = ink.shape
    rows = [
        {
            "class_id": label,
            "score": score,
            "left": left,
            "top": top,
            "width": right - left,
            "height": bottom - top,
        }
        for label, score, (left, top, right, bottom) in found
    ]
    return {"annotations": rows, "image_size": [{"width": width, "height": height, "depth": 3}]}
