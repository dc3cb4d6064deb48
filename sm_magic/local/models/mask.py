"""mask: a photograph -> a picture of the same size whose values are classes, as semantic segmentation answers.

The classes are five families of colour, found by k-means in the two photographs that scikit-learn ships, numbered
from the darkest to the lightest.  ``image/png`` in one channel: a pixel's value is its class.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from ..fleet import Model
from ..wire import Call, Reply
from . import answers, digits, pictures
from .weights import Array, Weights, load

CLASSES = 5
_STRIPE = 1 << 18  # pixels that are compared at once


def model(_: str) -> Model:
    """The segmentation; there is one variant."""
    colours = load("mask-1", {"colours": (CLASSES, 3)}, _train)["colours"]

    def segment(call: Call) -> Reply:
        mask = nearest(digits.on_paper(pictures.read(call.body, call.content_type)), colours)
        return answers.answer(call.accept, {"image/png": lambda: _png(mask)})

    return segment


def nearest(picture: Image.Image, colours: Array) -> Image.Image:
    """At each pixel the number of the colour that is nearest, from 0."""
    pixels = np.asarray(picture.convert("RGB"), dtype=np.float32)
    flat = pixels.reshape(-1, 3)
    classes = np.empty(len(flat), dtype=np.uint8)
    known = colours.astype(np.float32)
    # |p - c|² = |p|² - 2 p·c + |c|², and |p|² is the same for all colours.
    lengths = (known**2).sum(axis=1)
    for start in range(0, len(flat), _STRIPE):
        part = flat[start : start + _STRIPE]
        classes[start : start + _STRIPE] = (lengths - 2 * part @ known.T).argmin(axis=1)
    return Image.fromarray(classes.reshape(pixels.shape[:2]))


def _png(mask: Image.Image) -> bytes:
    out = io.BytesIO()
    mask.save(out, "PNG")
    return out.getvalue()


def _train() -> Weights:
    from sklearn.cluster import KMeans
    from sklearn.datasets import load_sample_images

    pixels = np.concatenate([image.reshape(-1, 3)[::97] for image in load_sample_images().images])
    centres = KMeans(CLASSES, n_init=3, random_state=0).fit(pixels.astype(np.float64)).cluster_centers_
    return {"colours": centres[centres.sum(axis=1).argsort()]}
